"""BMP: header sizes that occur, the length that follows from them, and the layouts that are drawn rightly."""

import struct

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.header import Header, incomplete

_SIZES = frozenset({12, 40, 52, 56, 64, 108, 124})  # OS/2 1.x, Windows 3, with masks, OS/2 2.x, Windows V4 and V5
_PLAIN, _RLE8, _RLE4, _MASKS, _MASKS_AND_ALPHA = 0, 1, 2, 3, 6
_OS2 = 64
_DAMAGED = "damaged BMP header"
_LONGEST_WALK = 8_000_000  # bytes of run lengths that are walked one by one


def check_bmp(data: bytes) -> Header:
    """54-byte and 138-byte preambles occur in C-NMC. Raises ImageRefused."""
    offset, size = struct.unpack_from("<II", data, 10)
    if size not in _SIZES:
        raise ImageRefused(_DAMAGED)
    if size == 12:
        width, height, planes, bits = struct.unpack_from("<HHHH", data, 18)
        compression = length = colours = 0
    else:
        width, height, planes, bits, compression, length = struct.unpack_from("<iiHHII", data, 18)
        (colours,) = struct.unpack_from("<I", data, 46)
    if compression in (4, 5) and size != _OS2:
        raise ImageRefused("a JPEG or PNG inside a BMP, which is not read")
    if planes != 1 or bits not in (1, 4, 8, 16, 24, 32) or width < 1 or (size == 12 and bits in (16, 32)):
        raise ImageRefused(_DAMAGED)
    masked = compression in (_MASKS, _MASKS_AND_ALPHA) and size != _OS2 and bits in (16, 32)
    header = Header("BMP", width, abs(height), ours=masked or (bits == 16 and compression == _PLAIN)).within_limits()
    palette = 4 * colours if bits <= 8 and colours <= 1 << bits else 0
    if offset < 14 + size + palette + (12 if masked and size == 40 else 0):
        raise ImageRefused(_DAMAGED)
    if compression == _PLAIN or masked:
        if len(data) < offset + row_bytes(width, bits) * header.height:
            incomplete()
    elif (compression, bits) in ((_RLE8, 8), (_RLE4, 4)):
        _check_runs(data, offset, length, header, pixels_a_byte=1 if bits == 8 else 2)
    else:
        raise ImageRefused("a BMP with a compression that is not read")
    if len(data) < struct.unpack_from("<I", data, 2)[0]:  # what is missing may be padding; nobody can tell
        incomplete()
    return header


def row_bytes(width: int, bits: int) -> int:
    """The length of an uncompressed row, which fills whole 32-bit words."""
    return (width * bits + 31) // 32 * 4


def _check_runs(data: bytes, offset: int, length: int, header: Header, pixels_a_byte: int) -> None:
    """Run lengths say nothing about their number: they have to come to the last row, and to the mark of the end.

    Pixels that are jumped over are stated nowhere, and OpenCV puts those behind a jump to a row's end one row further.
    """
    if len(data) < offset + length:
        incomplete()
    place, begun, row = offset, False, 0
    while place < offset + _LONGEST_WALK:
        count, value = data[place], data[place + 1]  # IndexError: the file ends before its bitmap does
        place += 2
        if count or value > 2:
            begun = True
        if count:
            continue
        if value == 0:
            begun, row = False, row + 1
        elif value == 1:
            if row + begun < header.height:
                incomplete()
            return
        elif value == 2:
            raise ImageRefused("a BMP with gaps between its pixels, which is not read")
        else:
            held = -(-value // pixels_a_byte)
            place += held + held % 2
    raise ImageRefused("damaged BMP (its run lengths do not end)")
