"""Files that mean harm, or only look odd, made by script: bombs, cut files, wrong types, odd names, no files at all.

Each has a verdict: "refused" must be skipped with a reason, "read" must give an image, "either" only must not harm.
"""

import os
import random
import socket  # noqa: TID251 - for a file that is a socket
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.unit.imaging import files

IMAGE = files.speckled()
GRAY = IMAGE[:, :, 0]
RGBA = np.concatenate([IMAGE, GRAY[:, :, np.newaxis]], axis=2)
PALETTE = files.speckled(16, 16, seed=3).reshape(256, 3)
SHARES = (0.02, 0.25, 0.5, 0.9, 0.99)


@dataclass(frozen=True)
class Hostile:
    """One file; `make` puts it at a path."""

    what: str
    verdict: str
    make: Callable[[Path], object]
    name: bytes = b".bmp"  # what follows the number in its file name


def _file(what: str, verdict: str, data: bytes, name: bytes = b".bmp") -> Hostile:
    return Hostile(what, verdict, lambda path: path.write_bytes(data), name)


WHOLE = {
    "bmp 54": files.bmp(IMAGE),
    "bmp 138": files.bmp(IMAGE, header=124),
    "bmp 32 bits": files.bmp(IMAGE, bits=32),
    "bmp masks": files.bmp_masked(IMAGE, bits=16, masks=(0xF00, 0xF0, 0xF), header=56),
    "bmp palette": files.bmp_palette(GRAY, PALETTE),
    "bmp run lengths": files.bmp_run_lengths(np.repeat(GRAY[:, :4], 8, axis=1)[:, :31], PALETTE),
    "png": files.png(IMAGE),
    "png 16": files.png(RGBA.astype(np.uint16) * 257),
    "png palette": files.png(GRAY, palette=PALETTE),
    "jpeg": files.jpeg(files.smooth()),
    "jpeg progressive": files.jpeg(files.smooth(), progressive=True),
    "jpeg with thumbnail": files.with_exif(files.jpeg(files.smooth()), 6, files.jpeg(files.smooth(16, 16))),
    "jpeg cmyk": files.flat_jpeg((200, 100, 50, 220), adobe_transform=0),
    "tiff": files.tiff(IMAGE),
    "tiff big-endian": files.tiff(IMAGE, order=">"),
    "tiff deflate": files.tiff(IMAGE, deflate=True, rows_per_strip=7),
    "tiff 16": files.tiff(GRAY.astype(np.uint16) * 257, directory_first=True),
}


def chunked(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these chunks, every checksum right."""
    return files.PNG_SIGNATURE + b"".join(files.png_chunk(kind, content) for kind, content in chunks)


def png_header(width: int, height: int, depth: int = 8, colour: int = 2) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)


def patched(data: bytes, place: int, value: bytes) -> bytes:
    return data[:place] + value + data[place + len(value) :]


def _bombs() -> Iterator[Hostile]:
    rows = zlib.compress(b"".join(b"\0" + row.tobytes() for row in IMAGE))
    end = (b"IEND", b"")
    size = png_header(IMAGE.shape[1], IMAGE.shape[0])
    huge = zlib.compress(bytes(32_000_000))
    jpeg = WHOLE["jpeg progressive"]
    frame = jpeg.index(b"\xff\xc2") + 5
    scan = jpeg.index(b"\xff\xda")
    first_scan = jpeg[scan : jpeg.index(b"\xff\xda", scan + 2)]
    tiff = files.tiff(IMAGE, deflate=True, directory_first=True)
    bombs = {
        "png 30000 x 30000": chunked(png_header(30000, 30000, 1, 0), (b"IDAT", rows), end),
        "png 2147483647 x 2147483647": chunked(png_header(2**31 - 1, 2**31 - 1), (b"IDAT", rows), end),
        "png 79 bytes": chunked(png_header(17000, 17000), (b"IDAT", b"x"), end),
        "bmp run lengths 30000 x 30000": patched(WHOLE["bmp run lengths"], 18, struct.pack("<ii", 30000, 30000)),
        "bmp height -2147483648": patched(WHOLE["bmp 54"], 22, struct.pack("<i", -(2**31))),
        "jpeg 65535 x 65535": patched(jpeg, frame, struct.pack(">HH", 65535, 65535)),
        "jpeg 3000 x 3000 with pixels for 48": patched(jpeg, frame, struct.pack(">HH", 3000, 3000)),
        "jpeg of 5,000 scans": jpeg[:-2] + first_scan * 5000 + jpeg[-2:],
        "tiff 30000 x 30000": patched(patched(tiff, 18, struct.pack("<I", 30000)), 30, struct.pack("<I", 30000)),
        "tiff strip of 32 MB": tiff[:8] + tiff[8:].replace(zlib.compress(IMAGE.tobytes()), huge),
        "tiff strip beyond the file": patched(WHOLE["tiff"], len(WHOLE["tiff"]) - 60, b"\xff\xff\xff\x7f"),
    }
    for what, data in bombs.items():
        yield _file(what, "refused" if "strip" not in what else "either", data)
    text = (b"zTXt", b"Comment\0\0" + huge)
    profile = (b"iCCP", b"profile\0\0" + huge)
    yield _file("png with 32 MB of text", "either", chunked(size, text, (b"IDAT", rows), end))
    yield _file("png with a profile of 32 MB", "either", chunked(size, profile, (b"IDAT", rows), end))
    yield _file("png with 32 MB of pixels too many", "either", chunked(size, (b"IDAT", huge), end))
    yield _file("png of 200,000 chunks", "either", chunked(size, *[(b"tEXt", b"a\0b")] * 200_000, (b"IDAT", rows), end))
    yield _file(
        "tiff whose directory leads to itself", "refused", files.tiff(IMAGE, next_directory=8, directory_first=True)
    )
    yield _file("tiff of 65,535 tags", "refused", b"II*\0\x08\0\0\0\xff\xff" + bytes(12 * 65535))
    yield _file("bmp run lengths without end", "refused", WHOLE["bmp run lengths"][:-2] + b"\1\7" * 200_000)


def _foreign() -> Iterator[Hostile]:
    starts = {
        "one byte": b"x", "BM only": b"BM", "html": b"<!DOCTYPE html><html></html>", "svg": b"<svg xmlns='x'/>",
        "xml": b"<?xml version='1.0'?><svg/>", "zip": b"PK\3\4" + bytes(60), "elf": b"\x7fELF\2" + bytes(60),
        "exe": b"MZ" + bytes(60), "eps": b"%!PS-Adobe-3.0 EPSF", "pdf": b"%PDF-1.7", "gif": b"GIF89a" + bytes(20),
        "webp": b"RIFF\0\0\0\0WEBP", "avif": b"\0\0\0 ftypavif", "heif": b"\0\0\0 ftypheic", "psd": b"8BPS\0\1",
        "dicom": bytes(128) + b"DICM", "bigtiff": b"II+\0\x08\0\0\0", "jpeg 2000": b"\0\0\0\x0cjP  \r\n",
        "text": b"a cell",
        "gzip": b"\x1f\x8b\x08", "pickle": b"\x80\x04cos\nsystem\n", "zeros": bytes(5000), "ones": b"\xff" * 5000,
        "png signature only": files.PNG_SIGNATURE, "jpeg start only": b"\xff\xd8\xff", "tiff start only": b"MM\0*",
        "jpeg start and end": b"\xff\xd8\xff\xd9", "empty": b"", "python": b"import os; os.system('x')",
    }  # fmt: skip
    for what, data in starts.items():
        yield _file(what, "refused", data, b".png" if len(data) % 2 else b".bmp")
    animated = files.png(IMAGE, extra=[(b"acTL", struct.pack(">II", 2, 0))])
    odd = {
        "animated png": animated,
        "tiff in Lab": files.tiff(IMAGE, photometric=8),
        "tiff of floats": files.tiff(GRAY.astype(np.float32), kind=3),
        "tiff of signed numbers": files.tiff(GRAY.astype(np.int32), kind=2),
        "tiff of five channels": files.tiff(np.concatenate([RGBA, RGBA[:, :, :1]], axis=2)),
        "transparent tiff": files.tiff(RGBA, alpha=2),
        "png with missing rows": files.png_with_missing_rows(IMAGE),
        "png with a wrong checksum": patched(WHOLE["png"], 60, b"\x55"),
        "bmp header of 66 bytes": patched(WHOLE["bmp 54"], 14, b"\x42"),
        "bmp of 3 bits": patched(WHOLE["bmp 54"], 28, b"\3"),
        "bmp of negative width": patched(WHOLE["bmp 54"], 18, b"\xff\xff\xff\xff"),
        "bmp without pixels": patched(WHOLE["bmp 54"], 22, bytes(4)),
        "jpeg inside a bmp": patched(WHOLE["bmp 54"], 30, b"\4"),
        "lossless jpeg": WHOLE["jpeg"].replace(b"\xff\xc0", b"\xff\xc3"),
    }
    for what, data in odd.items():
        yield _file(what, "refused", data)


def _cut() -> Iterator[Hostile]:
    for what, data in WHOLE.items():
        yield _file(what, "read", data)
        for length in sorted({*(int(len(data) * share) for share in SHARES), len(data) - 1}):
            yield _file(f"{what} cut to {length} of {len(data)} bytes", "refused", data[:length])


def _mutants() -> Iterator[Hostile]:
    chance = random.Random(5)
    for number in range(60):
        what, data = chance.choice(sorted(WHOLE.items()))
        mutant = bytearray(data)
        for _ in range(chance.choice((1, 3, 20))):
            mutant[chance.randrange(min(len(mutant), 300))] = chance.choice((0, 255, 127, chance.randrange(256)))
        yield _file(f"mutant {number} of {what}", "either", bytes(mutant))


def _names() -> Iterator[Hostile]:
    tails = [
        "ä ß", "細胞", "🩸", "a\u202eb", "two\nlines", "tab\there", "trailing ", "<img src=x>", "%s%n", "$(reboot)",
        "'; DROP TABLE", "=cmd|' -C calc'!A0", "a" * 240, "..", "~", "CON", "new\r\nrow", "\u200b", "a\u0301", "#?&",
    ]  # fmt: skip
    for tail in tails:
        yield _file(f"named {tail!a}", "read", WHOLE["bmp 54"], f" {tail}.bmp".encode())
    for raw in (b"\xff", b"\xff\xfe\x80", b"a\xc3", b"\xed\xa0\x80"):
        yield _file(f"named {raw!r}", "read", WHOLE["png"], b" " + raw + b".PNG")


def _no_files() -> Iterator[Hostile]:
    def bind(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))

    yield Hostile("pipe", "refused", os.mkfifo)
    yield Hostile("socket", "refused", bind)
    yield Hostile("link to a device", "refused", lambda path: path.symlink_to("/dev/zero"))
    yield Hostile("link to nothing", "refused", lambda path: path.symlink_to("nothing"))
    yield Hostile("link to itself", "refused", lambda path: path.symlink_to(path.name))
    yield Hostile("no permission", "either", lambda path: (path.write_bytes(WHOLE["png"]), path.chmod(0)))
    yield Hostile("300 MB", "refused", _sparse)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300_000_000)


def everything() -> list[Hostile]:
    """All of them, in one order."""
    return [*_cut(), *_foreign(), *_bombs(), *_mutants(), *_names(), *_no_files()]
