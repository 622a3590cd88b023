"""Look at a file's bytes before any decoder does: which format, which size, and is it all there?

Decoders fill in what is missing and say nothing (a JPEG cut in half comes back full-sized and grey). A cell that
is half invented must never be classified, so each format is checked for its end here. Sizes come from the header,
so that a small file cannot ask for gigabytes.
"""

import struct
import zlib
from dataclasses import dataclass

from alldetect_gui.core.errors import ImageRefused

MAX_SIDE = 20_000
MAX_PIXELS = 50_000_000
MAX_JPEG_SCANS = 64
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_INCOMPLETE = "file is incomplete"


@dataclass(frozen=True, slots=True)
class Header:
    """Format and size as the file's own header states them."""

    format: str  # BMP, PNG, JPEG or TIFF
    width: int
    height: int


def check(data: bytes) -> Header:
    """The header of `data`, a whole file. Raises ImageRefused with the reason in words."""
    try:
        header = _header(data)
    except (struct.error, IndexError) as error:  # a header that ends before its fields do
        raise ImageRefused(_INCOMPLETE) from error
    if header.width < 1 or header.height < 1:
        raise ImageRefused("the image has no pixels")
    if max(header.width, header.height) > MAX_SIDE or header.width * header.height > MAX_PIXELS:
        limit = f"limit {MAX_PIXELS // 1_000_000} megapixels"
        raise ImageRefused(f"too large ({header.width} x {header.height}; {limit})")
    return header


def _header(data: bytes) -> Header:
    if data[:2] == b"BM":
        return _bmp(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _png(data)
    if data[:3] == b"\xff\xd8\xff":
        return _jpeg(data)
    if data[:4] in (b"II*\0", b"MM\0*"):
        return _tiff(data)
    raise ImageRefused(f"not a BMP, PNG, JPEG or TIFF image (content is {_content(data)})")


def _content(data: bytes) -> str:
    """A word for what the bytes look like instead."""
    known = {
        b"%PDF": "PDF",
        b"PK\x03\x04": "a ZIP archive",
        b"\x7fELF": "a program",
        b"MZ": "a program",
        b"GIF8": "GIF",
        b"RIFF": "WebP or another RIFF file",
        b"%!PS": "PostScript",
    }
    for magic, word in known.items():
        if data.startswith(magic):
            return word
    if b"\0" not in data[:512]:
        start = data[:512].lstrip().lower()
        if start.startswith((b"<!doctype html", b"<html")):
            return "HTML"
        return "SVG or XML" if start.startswith((b"<svg", b"<?xml")) else "text"
    return "unknown"


def _bmp(data: bytes) -> Header:
    """54-byte and 138-byte headers occur in C-NMC; the length of uncompressed rows is known from the header."""
    offset, size = struct.unpack_from("<II", data, 10)
    if size not in _BMP_HEADERS:
        raise ImageRefused("damaged BMP header")
    if size == 12:
        width, height, planes, bits = struct.unpack_from("<HHHH", data, 18)
        compression = 0
    else:
        width, height, planes, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    if planes != 1 or bits not in (1, 4, 8, 16, 24, 32) or width < 1:
        raise ImageRefused("damaged BMP header")
    height = abs(height)
    if compression in (0, 3) and len(data) < offset + ((width * bits + 31) // 32) * 4 * height:
        raise ImageRefused(_INCOMPLETE)
    if compression in (1, 2) and data[-2:] not in (b"\0\1", b"\1\0") and b"\0\1" not in data[-4:]:
        raise ImageRefused(_INCOMPLETE)
    return Header("BMP", width, height)


def _png(data: bytes) -> Header:
    """Walk all chunks: every checksum right, IHDR first, IEND at the end."""
    position, width, height = 8, 0, 0
    while True:
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise ImageRefused(_INCOMPLETE)
        if zlib.crc32(data[position + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise ImageRefused("damaged PNG (a checksum is wrong)")
        if position == 8:
            if kind != b"IHDR":
                raise ImageRefused("damaged PNG header")
            width, height = struct.unpack_from(">II", data, position + 8)
        if kind == b"acTL":
            raise ImageRefused("animated PNG: which frame is meant is not known")
        if kind == b"IEND":
            return Header("PNG", width, height)
        position = end


def _jpeg(data: bytes) -> Header:
    """Walk the segments to the frame header; count scans; the end marker must be there."""
    if b"\xff\xd9" not in data[-1024:]:
        raise ImageRefused(_INCOMPLETE)
    if data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise ImageRefused(f"JPEG with more than {MAX_JPEG_SCANS} scans")
    position = 2
    while True:
        marker, code = data[position], data[position + 1]
        if marker != 0xFF:
            raise ImageRefused("damaged JPEG")
        if code == 0xFF:
            position += 1
            continue
        if 0xC0 <= code <= 0xCF and code not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, position + 5)
            return Header("JPEG", width, height)
        if code in (0xD9, 0xDA):
            raise ImageRefused("damaged JPEG (no frame header)")
        position += 2 + int(struct.unpack_from(">H", data, position + 2)[0])


_TIFF_COMPRESSION, _DEFLATE = 259, (8, 32946)
_TIFF_TYPES = {1: ("B", 1), 3: ("H", 2), 4: ("I", 4)}
_TIFF_WIDTH, _TIFF_HEIGHT, _TIFF_STRIPS, _TIFF_STRIP_BYTES, _TIFF_TILES, _TIFF_TILE_BYTES = (
    256,
    257,
    273,
    279,
    324,
    325,
)

_TIFF_EXTRA, _UNASSOCIATED_ALPHA = 338, 2


def _tiff(data: bytes) -> Header:
    """First directory only; more than one page is refused. Every strip or tile must lie inside the file."""
    order = "<" if data[:2] == b"II" else ">"
    tags, following = _tiff_directory(data, order, struct.unpack_from(order + "I", data, 4)[0])
    if following:
        raise ImageRefused("TIFF with several pages: which one is meant is not known")
    if _TIFF_WIDTH not in tags or _TIFF_HEIGHT not in tags:
        raise ImageRefused("damaged TIFF (no size)")
    if _UNASSOCIATED_ALPHA in tags.get(_TIFF_EXTRA, ()):
        raise ImageRefused("TIFF with transparency: save it without")
    places = tags.get(_TIFF_STRIPS) or tags.get(_TIFF_TILES) or ()
    lengths = tags.get(_TIFF_STRIP_BYTES) or tags.get(_TIFF_TILE_BYTES) or ()
    if not places or len(places) != len(lengths):
        raise ImageRefused("damaged TIFF (no image data)")
    if any(place + length > len(data) for place, length in zip(places, lengths, strict=True)):
        raise ImageRefused(_INCOMPLETE)
    header = Header("TIFF", tags[_TIFF_WIDTH][0], tags[_TIFF_HEIGHT][0])
    if tags.get(_TIFF_COMPRESSION, (1,))[0] in _DEFLATE and max(header.width, header.height) <= MAX_SIDE:
        most = min(header.width * header.height, MAX_PIXELS) * 32 + 65_536
        for place, length in zip(places, lengths, strict=True):
            _check_deflate(data[place : place + length], most)
    return header


def _check_deflate(strip: bytes, most: int) -> None:
    """Decoders draw what a damaged strip still yields; its own checksum tells."""
    inflater = zlib.decompressobj()
    try:
        inflater.decompress(strip, most)
    except zlib.error as error:
        raise ImageRefused("damaged TIFF (a checksum is wrong)") from error
    if not inflater.eof:
        raise ImageRefused("damaged TIFF (its data does not end where it should)")


def _tiff_directory(data: bytes, order: str, start: int) -> tuple[dict[int, tuple[int, ...]], int]:
    """Whole-number tags of the directory at `start`, and where the next one begins (0: nowhere)."""
    (count,) = struct.unpack_from(order + "H", data, start)
    tags: dict[int, tuple[int, ...]] = {}
    for index in range(count):
        entry = start + 2 + 12 * index
        tag, kind, number = struct.unpack_from(order + "HHI", data, entry)
        if kind not in _TIFF_TYPES or number > MAX_SIDE * 4:
            continue
        code, size = _TIFF_TYPES[kind]
        inline = size * number <= 4
        place = entry + 8 if inline else struct.unpack_from(order + "I", data, entry + 8)[0]
        tags[tag] = struct.unpack_from(f"{order}{number}{code}", data, place)
    (following,) = struct.unpack_from(order + "I", data, start + 2 + 12 * count)
    return tags, following
