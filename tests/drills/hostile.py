"""Drill: thousands of hostile files that Pillow made and chance broke go through the reader and `alldetect classify`.

make drill-hostile          or: python -m tests.drills.hostile --files 6000 --seed 1 [--keep FOLDER]

Whole images in every layout that Pillow writes, cut at every byte, with flipped bits, spliced, of odd sizes and depths,
of other formats, under wrong names; pipes, sockets, links, closed and non-UTF-8 names. Pillow is the second opinion on
where a file ends: what it cannot read to its end must not be classified as whole.
"""

import argparse
import contextlib
import csv
import io
import os
import random
import re
import struct
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from alldetect_gui import paths
from alldetect_gui.__main__ import main as alldetect
from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging import formats, reader
from alldetect_gui.imaging.steps import RgbImage
from tests.drills.mutate import mutated
from tests.unit.imaging.hostile import _no_files as no_files
from tests.unit.inference.small_model import write_model

OURS = ("BMP", "PNG", "JPEG", "TIFF")
_NO_WORDS = re.compile(r"Error|Traceback|cv2|0x|cannot be decoded \(")
_SUFFIXES = (".bmp", ".png", ".jpg", ".tif", ".TIFF", ".Jpeg")
_ODD_SIZES = (0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


@dataclass(frozen=True)
class Case:
    """One file. `whole`: the bytes of which it is only the beginning."""

    what: str
    data: bytes
    suffix: str
    whole: bytes = b""
    foreign: bool = False  # none of the four formats, whatever its name


@dataclass
class Told:
    """What became of them."""

    cases: int = 0
    cut: int = 0  # only the beginning of a file
    read: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    beyond_pillow: Counter[str] = field(default_factory=Counter)  # read by us, refused by Pillow
    wrong: list[str] = field(default_factory=list)


def picture(width: int = 23, height: int = 17) -> Image.Image:
    """Something like a cell: smooth, not symmetric, other in each channel."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [128 + 100 * np.sin(x / (3 + n)) * np.cos(y / (5 - n)) + n * x for n in range(3)]
    return Image.fromarray(np.clip(np.stack(channels, axis=2), 0, 255).astype(np.uint8))


def seeds() -> Iterator[tuple[str, str, bytes]]:
    """What, Pillow's word for the format, bytes."""
    Image.init()
    rgb = picture()
    alpha = rgb.copy()
    alpha.putalpha(rgb.getchannel(0))
    wide = Image.fromarray(np.asarray(rgb.convert("L")).astype(np.uint16) * 257)
    modes = {"1": rgb.convert("1"), "L": rgb.convert("L"), "P": rgb.quantize(40), "RGB": rgb, "RGBA": alpha,
             "LA": alpha.convert("LA"), "CMYK": rgb.convert("CMYK"), "I;16": wide, "LAB": rgb.convert("LAB"),
             "YCbCr": rgb.convert("YCbCr"), "F": rgb.convert("F"), "I": rgb.convert("I")}  # fmt: skip
    junk = bytes(random.Random(3).randbytes(300))
    wanted: list[tuple[str, dict[str, object]]] = [(name, {}) for name in sorted(Image.SAVE)]
    wanted += [("JPEG", {"progressive": True}), ("JPEG", {"exif": _exif(6)}), ("JPEG", {"icc_profile": junk}),
               ("JPEG", {"comment": junk}), ("JPEG", {"subsampling": 2, "restart_marker_blocks": 1}),
               ("PNG", {"exif": _exif(8)}), ("PNG", {"icc_profile": junk}), ("PNG", {"transparency": 3}),
               ("TIFF", {"exif": _exif(3)}), ("TIFF", {"icc_profile": junk}), ("TIFF", {"big_tiff": True})]  # fmt: skip
    wanted += [("TIFF", {"compression": name}) for name in ("tiff_lzw", "packbits", "tiff_adobe_deflate", "jpeg",
               "group3", "group4", "tiff_deflate", "lzma", "zstd", "webp")]  # fmt: skip
    wanted += [
        (name, {"save_all": True, "append_images": [rgb, rgb]}) for name in ("PNG", "TIFF", "GIF", "WEBP", "MPO")
    ]
    for name, options in wanted:
        for mode, image in modes.items():
            made = io.BytesIO()
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image.save(made, name, **options)
                told = ", ".join(f"{key} {str(value)[:12]}" for key, value in options.items())
                yield f"{name} {mode} {told}".strip(), name, made.getvalue()
    for what, data in _other().items():
        yield what, what, data


def _exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def _other() -> dict[str, bytes]:
    """Formats that Pillow does not write."""
    return {
        "SVG": b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        "SVG without XML line": b"\n  <svg width='9' height='9'/>",
        "HTML": b"\xef\xbb\xbf<!DOCTYPE html><html><body>no image</body></html>",
        "DICOM": bytes(128) + b"DICM\x02\0\0\0UL\x04\0" + bytes(500),
        "DICOM without preamble": b"\x08\0\x05\0CS\x0a\0ISO_IR 100" + bytes(300),
        "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400),
        "HEIC mif1": b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(400),
        "HEIC heix": b"\0\0\0\x18ftypheix\0\0\0\0mif1heic" + bytes(400),
        "AVIF sequence": b"\0\0\0\x1cftypavis\0\0\0\0avisavif" + bytes(400),
        "MP4": b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + bytes(400),
        "JPEG XL": b"\xff\x0a" + bytes(200),
        "JPEG XL in boxes": b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(200),
        "JPEG 2000 codestream": b"\xff\x4f\xff\x51\0\x2f" + bytes(200),
        "JNG": b"\x8bJNG\r\n\x1a\n" + bytes(100),
        "MNG": b"\x8aMNG\r\n\x1a\n" + bytes(100),
        "ZIP": b"PK\x03\x04" + bytes(100),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(100),
        "gzip": b"\x1f\x8b\x08\0" + bytes(100),
        "xz": b"\xfd7zXZ\0" + bytes(100),
        "RAR": b"Rar!\x1a\x07\x01\0" + bytes(100),
        "ELF": b"\x7fELF\x02\x01\x01" + bytes(100),
        "EXE": b"MZ\x90\0" + bytes(100),
        "pickle": b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x05posix\x94.",
        "SQLite": b"SQLite format 3\0" + bytes(100),
        "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(100),
        "NumPy": b"\x93NUMPY\x01\0v\0{'descr': '|u1'}",
        "PSD": b"8BPS\0\1" + bytes(100),
        "XCF": b"gimp xcf v011\0" + bytes(100),
        "EXR": b"v/1\x01\x02\0\0\0" + bytes(100),
        "RGBE": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 9 +X 9\n",
        "FITS": b"SIMPLE  =                    T" + bytes(100),
        "NIfTI": b"\x5c\1\0\0" + bytes(340) + b"n+1\0",
        "camera raw (RW2)": b"IIU\0\x18\0\0\0" + bytes(100),
        "JavaScript": b"alert(1)",
        "empty": b"",
    }  # fmt: skip


def cases(number: int, seed: int) -> list[Case]:
    """About `number` files; the same two numbers give the same files."""
    chance, made = random.Random(seed), list(seeds())
    whole = [(what, name, data) for what, name, data in made if name in OURS]
    found = [Case(what, data, chance.choice(_SUFFIXES), foreign=name not in (*OURS, "DIB", "MPO"))
             for what, name, data in made]  # fmt: skip
    small = [item for item in whole if len(item[2]) < 3_000 and formats_ok(item[2])]
    cut_at = [(what, data, length) for what, _, data in small for length in range(len(data))]
    for what, data, length in chance.sample(cut_at, min(len(cut_at), number // 2)):
        found.append(Case(f"{what}: {length} of {len(data)} bytes", data[:length], chance.choice(_SUFFIXES), data))
    while len(found) < number:
        name = chance.choice(OURS)
        what, _, data = chance.choice([item for item in whole if item[1] == name])
        kind = chance.choice((_faults, _faults, _spliced, _resized, _tail))
        found.append(Case(*kind(what, data, chance, whole, name), chance.choice(_SUFFIXES)))
    return found


def formats_ok(data: bytes) -> bool:
    """True for a file that is refused for nothing but its end."""
    try:
        formats.check(data)
    except ImageRefused:
        return False
    return True


Whole = list[tuple[str, str, bytes]]


def _faults(what: str, data: bytes, chance: random.Random, _: Whole, __: str) -> tuple[str, bytes]:
    return f"{what}: faults", mutated(data, chance)


def _spliced(what: str, data: bytes, chance: random.Random, whole: Whole, _: str) -> tuple[str, bytes]:
    other, _, more = chance.choice(whole)
    at, begin = chance.randrange(1, len(data)), chance.randrange(len(more))
    return f"{what}: then {other}", data[:at] + more[begin:]


def _resized(what: str, data: bytes, chance: random.Random, _: Whole, name: str) -> tuple[str, bytes]:
    """Width, height, depth or number of planes as no honest file states them."""
    places = {"BMP": (18, 22, 26, 28, 30, 10, 14, 34), "PNG": (16, 20, 24, 25, 28), "JPEG": _frame(data),
              "TIFF": _values(data)}[name]  # fmt: skip
    place, order = chance.choice(places), "<" if name == "BMP" or data[:2] == b"II" else ">"
    value = chance.choice(_ODD_SIZES)
    kind = order + ("I" if value > 0xFFFF else chance.choice("HI"))
    text = struct.pack(kind, value & (0xFFFFFFFF if kind[1] == "I" else 0xFFFF))
    changed = data[:place] + text + data[place + len(text) :]
    if name == "PNG":
        from tests.drills.mutate import with_checksums

        changed = with_checksums(changed)
    return f"{what}: {value} at {place}", changed


def _frame(data: bytes) -> tuple[int, ...]:
    found = re.search(rb"\xff[\xc0\xc1\xc2]", data)
    place = found.start() if found else 2
    return place + 4, place + 5, place + 7, place + 9


def _values(data: bytes) -> tuple[int, ...]:
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack_from(order + "I", data, 4)
    if not 8 <= start < len(data) - 2:
        return (4,)
    (count,) = struct.unpack_from(order + "H", data, start)
    entries = [start + 2 + 12 * n for n in range(min(count, 60))]
    return tuple(place + more for place in entries for more in (0, 2, 4, 8) if place + 12 <= len(data)) or (4,)


def _tail(what: str, data: bytes, chance: random.Random, _: Whole, __: str) -> tuple[str, bytes]:
    return f"{what}: and more", data + chance.randbytes(chance.choice((1, 7, 5_000)))


def pillow(data: bytes) -> RgbImage | None:
    """The second opinion: the pixels, or None where Pillow does not read it to its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=list(OURS)) as image:
                image.load()
                return np.asarray(image.convert("RGB"))
        except Exception:  # noqa: BLE001 - whatever it raises is a no
            return None


class Drill:
    """The files of one folder, seen by the reader one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told, self.verdicts = folder, Told(), dict[str, bool]()
        self._whole: dict[bytes, RgbImage | None] = {}

    def look(self, number: int, case: Case) -> None:
        """Write it, read it, judge what came of it."""
        path = self.folder / f"{number:05d}{case.suffix}"
        path.write_bytes(case.data)
        began = time.monotonic()
        pixels, reason = self._read(path)
        self.told.slowest = max(self.told.slowest, time.monotonic() - began)
        self.told.cases += 1
        self.told.cut += bool(case.whole)
        self.verdicts[path.name] = pixels is not None
        if pixels is None:
            self.told.reasons[re.sub(r"\d+", "N", reason)] += 1
            if " " not in reason or _NO_WORDS.search(reason) or reason in (reader.STOPPED, reader.SLOW):
                self.told.wrong.append(f"{path.name} {case.what}: {reason}")
            return
        self.told.read += 1
        self._judge(case, pixels, path.name)

    def _read(self, path: Path) -> tuple[RgbImage | None, str]:
        (outcome,) = reader.read_images([path])
        return (None, outcome.reason) if isinstance(outcome, ImageRefused) else (outcome.pixels, "")

    def _judge(self, case: Case, pixels: RgbImage, name: str) -> None:
        if case.foreign:
            self.told.wrong.append(f"{name} {case.what}: read, and it is none of the four formats")
        other = pillow(case.data)
        if other is None:
            self.told.beyond_pillow[f"{case.what}, {name}"] += 1
        if not case.whole:
            return
        if case.whole not in self._whole:
            path = self.folder / "whole"
            path.write_bytes(case.whole)
            self._whole[case.whole] = self._read(path)[0]
            path.unlink()
        before = self._whole[case.whole]
        if before is None or not np.array_equal(before, pixels):
            self.told.wrong.append(f"{name} {case.what}: cut off, and read as another image")
        elif other is None:
            self.told.wrong.append(f"{name} {case.what}: cut off and read; Pillow finds that something is missing")

    def classify(self, out: Path) -> None:
        """The whole folder by the command, pipes, links and odd names among it: a row each, the same verdicts."""
        extra = 0
        for number, item in enumerate(no_files()):
            with contextlib.suppress(FileExistsError):
                item.make(Path(os.fsdecode(os.fsencode(self.folder) + b"/odd-%d-\xff\xfe" % number + item.name)))
                extra += 1
        began = time.monotonic()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            code = alldetect(["classify", str(self.folder), "--out", str(out), "--workspace", str(out / "w.alldetect")])
        self.seconds = time.monotonic() - began
        with (out / "results.csv").open(encoding="utf-8", newline="") as file:
            rows = {row["path"]: row for row in csv.DictReader(file)}
        if code or len(rows) != self.told.cases + extra:
            self.told.wrong.append(f"classify: exit code {code}, {len(rows)} rows for {self.told.cases + extra} files")
        for name, row in rows.items():
            read = self.verdicts.get(name.removeprefix("'"), False)
            may = name.startswith("odd-")  # root may read what is closed
            if not may and (row["outcome"] == "classified") != read:
                self.told.wrong.append(f"classify: {name} {row['outcome']}, and the reader said otherwise")
            if row["outcome"] == "skipped" and (" " not in row["reason"] or _NO_WORDS.search(row["reason"])):
                self.told.wrong.append(f"classify: {name}: {row['reason']}")


def drill(folder: Path, number: int, seed: int, *, command: bool = True) -> Told:
    """All cases through the reader and, with `command`, through `alldetect classify`."""
    (folder / "in").mkdir(parents=True)
    (folder / "out").mkdir()
    seen = Drill(folder / "in")
    for index, case in enumerate(cases(number, seed)):
        seen.look(index, case)
    if command:
        seen.classify(folder / "out")
    return seen.told


def main() -> int:
    """Print what was read, why the others were refused, and every finding; 1 when there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=6_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the files stay, for a look at them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = options.keep or Path(name)
        write_model(Path(name) / "models")
        paths.models = lambda: Path(name) / "models"
        told = drill(place, options.files, options.seed)
    print(f"{told.cases:,} files, {told.cut:,} of them cut off: {told.read:,} read, the others refused in words; "
          f"the slowest {told.slowest:.1f} s")  # fmt: skip
    for reason, count in told.reasons.most_common():
        print(f"  {count:6,}  {reason}")
    print(f"read by us and refused by Pillow: {dict(told.beyond_pillow) or 'none'}")
    print(*(told.wrong or ["nothing was found"]), sep="\n")
    return 1 if told.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
