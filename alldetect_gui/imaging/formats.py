"""Look at a file's bytes before any decoder does: which format, which size, and is it all there?

Decoders fill in what is missing and say nothing (a JPEG cut in half comes back full-sized and grey). A cell that
is half invented must never be classified, so each format is checked for its end here. Sizes come from the header,
so that a small file cannot ask for gigabytes. The whole policy, format by format: docs/formats.md.
"""

import struct

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.header import Header, incomplete
from alldetect_gui.imaging.header_bmp import check_bmp
from alldetect_gui.imaging.header_jpeg import check_jpeg
from alldetect_gui.imaging.header_png import SIGNATURE, check_png
from alldetect_gui.imaging.header_tiff import check_tiff

_FOREIGN = (
    (0, b"%PDF", "PDF"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "an archive"),
    (0, b"\xfd7zXZ\0", "an archive"),
    (0, b"Rar!\x1a\x07", "an archive"),
    (0, b"SQLite format 3\0", "a database"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"GIF8", "GIF"),
    (0, b"RIFF", "WebP or another RIFF file"),
    (0, b"%!PS", "PostScript"),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript"),
    (0, b"II+\0", "BigTIFF, which is not read"),
    (0, b"MM\0+", "BigTIFF, which is not read"),
    (0, b"8BPS", "Photoshop"),
    (0, b"gimp xcf", "GIMP"),
    (0, b"v/1\x01", "OpenEXR"),
    (0, b"#?RADIANCE", "Radiance HDR"),
    (0, b"qoif", "QOI"),
    (0, b"DDS ", "DDS"),
    (0, b"icns", "an icon"),
    (0, b"\x8aMNG", "MNG"),
    (0, b"\x8bJNG", "JNG"),
    (0, b"\x93NUMPY", "NumPy"),
    (0, b"\0\0\x01\0", "an icon"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"SIMPLE  =", "FITS"),
    (0, b"\x89HDF", "HDF5"),
    (4, b"ftypavi", "AVIF"),
    (4, b"ftyphei", "HEIF"),
    (4, b"ftyphev", "HEIF"),
    (4, b"ftypmif1", "HEIF"),
    (4, b"ftypmsf1", "HEIF"),
    (4, b"ftyp", "a film"),
    (0, b"\x08\0\x05\0", "DICOM, which is not read"),
    (128, b"DICM", "DICOM, which is not read"),
)


def check(data: bytes) -> Header:
    """The header of `data`, a whole file. Raises ImageRefused with the reason in words."""
    try:
        return _header(data).within_limits()
    except (struct.error, IndexError):  # a header that ends before its fields do
        incomplete()


def _header(data: bytes) -> Header:
    if data[:2] == b"BM":
        return check_bmp(data)
    if data[:8] == SIGNATURE:
        return check_png(data)
    if data[:3] == b"\xff\xd8\xff":
        return check_jpeg(data)
    if data[:4] in (b"II*\0", b"MM\0*"):
        return check_tiff(data)
    raise ImageRefused(f"not a BMP, PNG, JPEG or TIFF image (content is {_content(data)})")


def _content(data: bytes) -> str:
    """A word for what the bytes look like instead."""
    if data[:1] == b"P" and data[1:2] in b"1234567" and data[2:3].isspace():
        return "PPM, PGM or PBM"
    for place, magic, word in _FOREIGN:
        if data[place : place + len(magic)] == magic:
            return word
    if b"\0" not in data[:512]:
        start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
        if start.startswith((b"<!doctype html", b"<html")):
            return "HTML"
        return "SVG or XML" if start.startswith((b"<svg", b"<?xml")) else "text"
    return "unknown"
