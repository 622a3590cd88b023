"""TIFF: one page, all its strips or tiles inside the file, and only layouts that are drawn rightly."""

import struct
import zlib
from collections.abc import Sequence

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.header import MAX_SIDE, Header, incomplete
from alldetect_gui.imaging.header_jpeg import ends_with_its_mark

_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _COLOURS = 254, 256, 257, 258, 259, 262
_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES, _SAMPLES, _NUMBERS = 273, 279, 324, 325, 277, 339
_ROWS, _PLANES, _TILE_WIDTH, _TILE_HEIGHT = 278, 284, 322, 323
_TYPES = {1: "B", 3: "H", 4: "I"}
_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # of each type of value
_MOST_VALUES = 4 * MAX_SIDE
_MOST_ENTRIES = 4096
_MOST_OVERVIEWS = 32
_JPEG = 7
_DEFLATE = frozenset({8, 32946})
_READ = frozenset({1, 2, 3, 4, 5, _JPEG, 32773, *_DEFLATE})  # none, fax, LZW, JPEG, PackBits, Deflate
_COLOUR_WORDS = {4: "a mask", 8: "Lab colours", 9: "Lab colours", 10: "Lab colours", 32803: "a camera's raw data"}
_NUMBER_WORDS = {2: "signed numbers", 3: "floating-point numbers", 5: "complex numbers", 6: "complex numbers"}
_CHUNK = 1 << 20

Tags = dict[int, tuple[int, ...]]


def check_tiff(data: bytes) -> Header:
    """The first page; further ones may only be smaller overviews of it. Raises ImageRefused."""
    order = "<" if data[:2] == b"II" else ">"
    tags, following = _directory(data, order, struct.unpack_from(order + "I", data, 4)[0])
    if _WIDTH not in tags or _HEIGHT not in tags:
        raise ImageRefused("damaged TIFF (no size)")
    header = Header("TIFF", tags[_WIDTH][0], tags[_HEIGHT][0]).within_limits()
    _check_single(data, order, following)
    _check_layout(tags)
    places = tags.get(_STRIPS) or tags.get(_TILES) or ()
    lengths = tags.get(_STRIP_BYTES) or tags.get(_TILE_BYTES) or ()
    if not places or len(places) != len(lengths):
        raise ImageRefused("damaged TIFF (no image data)")
    _check_number(tags, header, len(places))
    if any(place + length > len(data) for place, length in zip(places, lengths, strict=True)):
        incomplete()
    compression = tags.get(_COMPRESSION, (1,))[0]
    if compression in _DEFLATE:
        _check_deflate(data, places, lengths, header)
    if compression == _JPEG:
        for place, length in zip(places, lengths, strict=True):
            if not ends_with_its_mark(data[place : place + length]):
                raise ImageRefused("damaged TIFF (its data does not end where it should)")
    return header


def _check_single(data: bytes, order: str, following: int) -> None:
    """Pages that call themselves reduced versions of another are no images of their own."""
    for _ in range(_MOST_OVERVIEWS):
        if not following:
            return
        tags, following = _directory(data, order, following)
        if not tags.get(_SUBFILE, (0,))[0] & 1:
            break
    raise ImageRefused("TIFF with several pages: which one is meant is not known")


def _check_layout(tags: Tags) -> None:
    """What OpenCV would draw in other colours than the file states, or not at all, is refused by name."""
    bits, compression = tags.get(_BITS, (1,)), tags.get(_COMPRESSION, (1,))[0]
    colours, numbers = tags.get(_COLOURS, (1,))[0], tags.get(_NUMBERS, (1,))
    samples = tags.get(_SAMPLES, (len(bits),))[0]
    if colours in _COLOUR_WORDS:
        raise ImageRefused(f"TIFF with {_COLOUR_WORDS[colours]}, which is not read: save it as RGB")
    for number in numbers:
        if number in _NUMBER_WORDS:
            raise ImageRefused(f"TIFF of {_NUMBER_WORDS[number]}, which is not read: save it with 8 or 16 bits")
    if compression not in _READ:
        raise ImageRefused(f"TIFF with compression {compression}, which is not read")
    if len({*bits}) != 1 or bits[0] not in (1, 8, 16) or (bits[0] == 1 and samples > 1):
        raise ImageRefused("TIFF with {} bits a sample, which is not read: save it with 8 or 16 bits".format(
            "/".join(str(bit) for bit in bits[:5])))  # fmt: skip
    if samples not in (1, 3, 4):
        raise ImageRefused(f"TIFF with {samples} channels, which is not read")
    if _TILES in tags and samples == 1 and bits[0] == 16 and tags[_WIDTH][0] % (tags.get(_TILE_WIDTH, (0,))[0] or 1):
        raise ImageRefused(
            "TIFF of 16-bit grey in tiles that do not fill its width, which is not read: save it in strips"
        )


def _check_number(tags: Tags, header: Header, there: int) -> None:
    """As many strips or tiles as the size needs, for each channel apart or for all together. Raises ImageRefused."""

    def parts(size: int, tag: int) -> int:
        return -(-size // min(tags.get(tag, (size,))[0] or size, size))

    planes = tags.get(_SAMPLES, (1,))[0] if tags.get(_PLANES, (1,))[0] == 2 else 1
    if _STRIPS in tags:
        right = there >= parts(header.height, _ROWS) * planes
    else:
        right = there == parts(header.width, _TILE_WIDTH) * parts(header.height, _TILE_HEIGHT) * planes
    if not right:
        raise ImageRefused("damaged TIFF (its parts are not as many as its size needs)")


def _check_deflate(data: bytes, places: Sequence[int], lengths: Sequence[int], header: Header) -> None:
    """Decoders draw what a damaged strip still yields; its own checksum tells. Nothing is kept of what comes out."""
    left = header.width * header.height * 32 + 65_536 * (len(places) + 1)
    for place, length in zip(places, lengths, strict=True):
        inflater = zlib.decompressobj()
        waiting: bytes = data[place : place + length]
        try:
            while waiting and not inflater.eof and left > 0:
                left -= len(inflater.decompress(waiting, _CHUNK))
                waiting = inflater.unconsumed_tail
        except zlib.error as error:
            raise ImageRefused("damaged TIFF (a checksum is wrong)") from error
        if not inflater.eof:
            raise ImageRefused("damaged TIFF (its data does not end where it should)")


def _directory(data: bytes, order: str, start: int) -> tuple[Tags, int]:
    """Whole-number tags of the directory at `start`, and where the next one begins (0: nowhere).

    What a tag of any type names has to lie inside the file. Raises ImageRefused.
    """
    (count,) = struct.unpack_from(order + "H", data, start)
    if count > _MOST_ENTRIES:
        raise ImageRefused("damaged TIFF (a directory without end)")
    tags: Tags = {}
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, number = struct.unpack_from(order + "HHI", data, entry)
        size = _BYTES.get(kind, 0) * number
        place = entry + 8 if size <= 4 else struct.unpack_from(order + "I", data, entry + 8)[0]
        if place + size > len(data):
            incomplete()
        if kind in _TYPES and 0 < number <= _MOST_VALUES:
            tags[tag] = struct.unpack_from(f"{order}{number}{_TYPES[kind]}", data, place)
    (following,) = struct.unpack_from(order + "I", data, start + 2 + 12 * count)
    return tags, following
