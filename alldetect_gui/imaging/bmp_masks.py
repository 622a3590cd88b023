"""BMP pixels of 16 or 32 bits whose colours lie behind bit masks; OpenCV takes most masks for the usual ones."""

import struct

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.header_bmp import row_bytes
from alldetect_gui.imaging.steps import RgbImage

_ROWS = 256
_FIVE_BITS_EACH = (0x7C00, 0x3E0, 0x1F)


def masked_pixels(data: bytes) -> RgbImage:
    """The pixels of a BMP that header_bmp has checked: uint8 RGB; alpha is dropped. Raises ImageRefused."""
    (offset,) = struct.unpack_from("<I", data, 10)
    width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    masks = struct.unpack_from("<III", data, 54) if compression else _FIVE_BITS_EACH
    stride = row_bytes(width, bits)
    raw = np.frombuffer(data, np.uint8, stride * abs(height), offset).reshape(abs(height), stride)
    values = raw.view("<u2" if bits == 16 else "<u4")[:: 1 if height < 0 else -1, :width]
    pixels = np.empty((*values.shape, 3), np.uint8)
    for top in range(0, len(values), _ROWS):  # in slabs: the steps between would take ten times the memory
        for channel, mask in enumerate(masks):
            pixels[top : top + _ROWS, :, channel] = _channel(values[top : top + _ROWS], mask, bits)
    return pixels


def _channel(values: NDArray[np.generic], mask: int, bits: int) -> NDArray[np.uint8]:
    """What lies behind `mask`, scaled to 0..255: never clipped, full stays full."""
    shift = (mask & -mask).bit_length() - 1
    most = mask >> shift if mask else 0
    if not mask or mask >> bits or most & (most + 1):
        raise ImageRefused("damaged BMP (its colour masks are not possible)")
    found = (values.astype(np.uint32) & np.uint32(mask)) >> np.uint32(shift)
    return np.asarray(np.rint(found * (255 / most)), dtype=np.uint8)
