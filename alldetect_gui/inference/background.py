"""A frame without most of its constant background, and blocks 1 and 2 of VGG16 on what is left: the same to the bit.

Segmented cells lie on one colour. Where a pixel of block 2 sees nothing but that colour, and nothing of the zeros
beyond the frame's edge, it is what its neighbour is. Rows and columns of such pixels are computed once and copied.
Exact, because nothing else changes: the activations' least and greatest values, by which LiteRT rounds to 8 bits,
are those of the whole frame. The early blocks have the most pixels and take half of a pass.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STRIDE = 4
"""Pixels of the input along one of block 2: two poolings."""
_REACH = 6
"""Pixels of the input that one of block 2 sees beyond its own four, on either side: two 3 x 3 convolutions before each
pooling, 1 + 1 + 2 + 2."""
_EDGE = -(-_REACH // STRIDE)
"""Pixels of block 2 along each edge that see the zeros beyond it."""
_STEP = 16
"""Pixels by which the sides of what is computed differ: a network has to be planned anew for another side."""


@dataclass(frozen=True)
class Cut:
    """Rows and columns left out of a square, in pixels of the input; multiples of STRIDE."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0

    def of(self, square: NDArray[np.float32]) -> NDArray[np.float32]:
        """`square` (side, side, channels) without them."""
        height, width = square.shape[:2]
        return square[self.top : height - self.bottom, self.left : width - self.right]

    def undone(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Block 2's map of the whole square, from that of the cut one; (height, width, channels)."""
        rows = _copied(maps.shape[0], self.top // STRIDE, self.bottom // STRIDE)
        columns = _copied(maps.shape[1], self.left // STRIDE, self.right // STRIDE)
        return maps[rows[:, np.newaxis], columns]


def cut_for(square: NDArray[np.float32], planned: int = 0) -> Cut:
    """What can be left out of `square` (side, side, channels), so that a square is left; nothing for odd sides.

    Where the network is `planned` for a side that is hardly more than what is left, that one is left.
    """
    side = square.shape[0]
    if side % STRIDE:
        return Cut()
    busy = square != square[0, 0]
    top, bottom = _spare(busy.reshape(side, -1).any(axis=1))
    left, right = _spare(busy.any(axis=0).any(axis=1))
    spare = min(top + bottom, left + right) // _STEP * _STEP
    left_out = side - planned
    if max(0, spare - _STEP) <= left_out <= spare and left_out % STRIDE == 0:
        spare = left_out
    return Cut(*_shared(top, bottom, spare), *_shared(left, right, spare))


def _spare(busy: NDArray[np.bool_]) -> tuple[int, int]:
    """How many lines before and behind those that are `busy` add nothing; a third of a blank square at each end."""
    lines = np.flatnonzero(busy)
    first, last = (lines[0], lines[-1]) if lines.size else (busy.size // 3, busy.size - busy.size // 3)
    return _lines(int(first)), _lines(int(busy.size - 1 - last))


def _lines(blank: int) -> int:
    """Of so many blank lines at an edge: block 2's pixel _EDGE is the first that sees colour alone; one is kept."""
    alike = (blank - _REACH - STRIDE) // STRIDE - _EDGE + 1
    return max(0, alike - 1) * STRIDE


def _shared(first: int, last: int, spare: int) -> tuple[int, int]:
    """Of two ends that could give up `first` and `last` lines: `spare` in all."""
    given = min(first, spare)
    return given, min(last, spare - given)


def _copied(count: int, before: int, behind: int) -> NDArray[np.intp]:
    """For each line of the whole map, the computed one that it is alike; `count` were computed."""
    lines = np.arange(count)
    many = np.ones(count, np.intp)
    many[min(_EDGE, count - 1)] += before
    many[max(count - 1 - _EDGE, 0)] += behind
    return np.repeat(lines, many)
