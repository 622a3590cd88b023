"""The eight positions in which a square can be shown: quarter turns, and the same of its mirror image."""

from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Value = TypeVar("_Value", bound=np.generic)
TURNS = 8
_ORDER = (0, 5, 2, 7, 1, 4, 3, 6)
"""Of the eight: as it is, then along a diagonal, upside down, and so on, so that the first few differ most."""


def turned(square: NDArray[_Value], number: int) -> NDArray[_Value]:
    """Copy `number` (0 to 7) of a square (side, side, …): quarter turns, the last four mirrored; 0 is as it is."""
    if not number:
        return np.ascontiguousarray(square)
    side = square.shape[0]
    pixels = square.reshape(side * side, *square.shape[2:])
    return np.asarray(pixels.take(places(side)[number], axis=0).reshape(square.shape))


def turned_back(square: NDArray[_Value], number: int) -> NDArray[_Value]:
    """What `turned` was given, from what it gave."""
    side = square.shape[0]
    result = np.empty((side * side, *square.shape[2:]), square.dtype)
    result[places(side)[number]] = square.reshape(result.shape)
    return result.reshape(square.shape)


@lru_cache(maxsize=16)
def places(side: int) -> NDArray[np.intp]:
    """For each copy of a square and each of its pixels, line by line, the pixel that comes there; (8, side * side).

    Worked out once a side: to turn a small square by slices takes ten times as long as to copy it.
    """
    square = np.arange(side * side).reshape(side, side)
    copies = [np.rot90(square, order % 4)[:, :: -1 if order >= TURNS // 2 else 1] for order in _ORDER]
    result = np.stack(copies).reshape(TURNS, side * side)
    result.flags.writeable = False
    return result
