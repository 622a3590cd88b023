"""Headers that real files rarely have: each has its sentence, and what is read has its exact pixels."""

import errno
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging import header_bmp, header_png
from alldetect_gui.imaging.decode import decode, read_bytes
from tests.unit.imaging import files

IMAGE = files.speckled()


def refusal(data: bytes) -> str:
    with pytest.raises(ImageRefused) as caught:
        decode(data)
    return caught.value.reason


def os2_bitmap() -> bytes:
    """OS/2 1.x: a header of 12 bytes, rows from the bottom up."""
    height, width = IMAGE.shape[:2]
    rows = b"".join(row[:, ::-1].tobytes().ljust(header_bmp.row_bytes(width, 24), b"\0") for row in IMAGE[::-1])
    header = struct.pack("<IHHHH", 12, width, height, 1, 24)
    return b"BM" + struct.pack("<IHHI", 26 + len(rows), 0, 0, 26) + header + rows


def run_lengths(runs: bytes) -> bytes:
    """A bitmap of 4 x 2 pixels and a palette of 256 greys, packed as `runs` say; its length is not stated."""
    palette = bytes(value for grey in range(256) for value in (grey, grey, grey, 0))
    header = struct.pack("<IiiHHIIiiII", 40, 4, 2, 1, 8, 1, 0, 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + 40 + len(palette)) + header + palette + runs


def test_that_a_bitmap_with_the_short_header_has_its_pixels() -> None:
    np.testing.assert_array_equal(decode(os2_bitmap()), IMAGE)


ROW_7, ROW_1239, LINE, END = b"\4\7", b"\0\3\1\2\3\0" + b"\1\x09", b"\0\0", b"\0\1"


@pytest.mark.parametrize("after", [END, LINE + END])
def test_that_run_lengths_may_hold_pixels_as_they_are(after: bytes) -> None:
    runs = ROW_7 + LINE + ROW_1239 + after
    assert decode(run_lengths(runs))[:, :, 0].tolist() == [[1, 2, 3, 9], [7, 7, 7, 7]]
    assert refusal(run_lengths(runs[:-1])) == "file is incomplete"


def test_that_run_lengths_that_end_before_the_last_row_are_incomplete_though_their_end_is_marked() -> None:
    for runs in (ROW_7 + END, ROW_7 + LINE + END, END):
        assert refusal(run_lengths(runs)) == "file is incomplete"


def test_that_pixels_behind_a_jump_are_not_drawn_a_row_further() -> None:
    """OpenCV alone gives an empty upper row: it takes the jump to the row's end for the end of the row, too."""
    runs = b"\2\7" + b"\0\2\2\0" + LINE + ROW_1239 + END
    assert refusal(run_lengths(runs)) == "a BMP with gaps between its pixels, which is not read"


def test_that_run_lengths_without_end_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_bmp, "_LONGEST_WALK", 100)
    assert "run lengths do not end" in refusal(run_lengths(b"\1\7" * 200))


@pytest.mark.parametrize("compression", [4, 5])
def test_that_a_bitmap_that_wraps_another_format_is_named(compression: int) -> None:
    data = bytearray(files.bmp(IMAGE))
    data[30:34] = struct.pack("<I", compression)
    assert "inside a BMP" in refusal(bytes(data))


def test_that_a_png_of_endless_chunks_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_png, "MAX_CHUNKS", 4)
    assert "more than 4 chunks" in refusal(files.png(IMAGE, extra=[(b"tEXt", b"a\0b")] * 5))


def test_that_a_jpeg_without_an_image_is_refused() -> None:
    assert refusal(b"\xff\xd8\xff\xfe\0\4ab\xff\xd9") == "damaged JPEG (no image in it)"


@pytest.mark.parametrize("index", [b"MPF\0II*\0\xff\xff\xff\xff", b"MPF\0II*\0\x08\0\0\0\1\0" + bytes(12) + bytes(4)])
def test_that_an_index_of_pictures_that_leads_nowhere_names_no_second_one(index: bytes) -> None:
    whole = files.jpeg(files.smooth())
    marked = whole[:2] + b"\xff\xe2" + struct.pack(">H", len(index) + 2) + index + whole[2:]
    np.testing.assert_array_equal(decode(marked), decode(whole))


def test_that_a_portable_pixmap_is_named() -> None:
    assert "PPM, PGM or PBM" in refusal(b"P6 1 1 255 abc")


def test_that_a_deflated_tiff_whose_stream_has_no_end_is_refused() -> None:
    whole = files.tiff(IMAGE, deflate=True)
    packed = zlib.compress(IMAGE.tobytes())
    assert packed in whole
    endless = zlib.compressobj()
    stream = endless.compress(IMAGE.tobytes()) + endless.flush(zlib.Z_SYNC_FLUSH)
    assert len(stream) >= len(packed)
    cut = stream[: len(packed)]
    assert refusal(whole.replace(packed, cut)) == "damaged TIFF (its data does not end where it should)"


@pytest.mark.parametrize("said", ["channels apart", "half as wide", "twice as high"])
def test_that_a_tiff_has_as_many_parts_as_its_size_needs(said: str) -> None:
    """OpenCV draws such a file, in colours or places of its own."""
    tile = 16 if said == "half as wide" else 0
    data = bytearray(files.tiff(files.speckled(32, 32), tile=tile, deflate=bool(tile)))
    tag, kind, value = {
        "channels apart": (284, 3, 2), "half as wide": (256, 4, 16), "twice as high": (278, 4, 16),
    }[said]  # fmt: skip
    entry = data.rindex(struct.pack("<HHI", tag, kind, 1))
    data[entry + 8 : entry + 12] = struct.pack("<I", value)
    assert refusal(bytes(data)) == "damaged TIFF (its parts are not as many as its size needs)"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "no permission to read it"),
        (OSError(errno.EIO, "Input/output error"), "not readable (Input/output error)"),
        (OSError(errno.ESTALE, "Stale file handle"), "not readable (Stale file handle)"),
    ],
)
@pytest.mark.parametrize("step", ["open", "read"])
def test_that_what_a_disk_says_is_the_reason(
    step: str, error: OSError, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise error

    path = tmp_path / "x.bmp"
    path.write_bytes(files.bmp(IMAGE))
    if step == "open":
        monkeypatch.setattr("alldetect_gui.imaging.decode.os.open", fail)
    else:
        reason = f"not readable ({error.strerror})"
        monkeypatch.setattr("alldetect_gui.imaging.decode.os.fdopen", lambda *_: FailingFile(fail))
    with pytest.raises(ImageRefused) as caught:
        read_bytes(path)
    assert caught.value.reason == reason


class FailingFile:
    """As an open file on a share that has gone."""

    def __init__(self, read: Callable[..., Any]) -> None:
        self.read = read

    def __enter__(self) -> "FailingFile":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


@pytest.mark.parametrize(("write", "name"), [(files.png, "PNG"), (files.bmp, "BMP"), (files.tiff, "TIFF")])
def test_that_a_decoder_is_not_believed_where_header_and_pixels_differ(
    write: Callable[..., bytes], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write(IMAGE)
    monkeypatch.setattr(cv2, "imdecode", lambda *_: np.zeros((7, 7, 3), np.uint8))
    assert refusal(data) == f"damaged {name} (its size is not the one it states)"


@pytest.mark.parametrize("error", [cv2.error("assertion"), MemoryError()])
def test_that_what_a_decoder_raises_is_a_refusal(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Any:
        raise error

    data = files.png(IMAGE)
    monkeypatch.setattr(cv2, "imdecode", fail)
    assert refusal(data) == "damaged PNG (it cannot be decoded)"


def test_that_a_tiff_that_the_second_decoder_cannot_load_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> Any:
        raise OSError("image file is truncated")

    data = files.tiff(IMAGE)
    monkeypatch.setattr("PIL.TiffImagePlugin.TiffImageFile.load", fail)
    assert refusal(data) == "damaged TIFF (a second decoder cannot read it)"
