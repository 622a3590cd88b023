"""Find the segmented cell on its black background and make a square of it, or of the whole frame, for the network."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.steps import Mask, RgbImage, foreground_mask

_LARGEST_SQUARE = 4096
FRAME = 450
"""Pixels of C-NMC's frames, with the cell in the middle: models of whole frames were trained on these."""


@dataclass(frozen=True, slots=True)
class CellRegion:
    """Where the cell lies, in pixels of the image."""

    mask: Mask  # (height, width), True on the cell
    left: int
    top: int
    width: int
    height: int
    area: int  # pixels of the mask

    @property
    def side(self) -> int:
        """The longer side of the bounding box."""
        return max(self.width, self.height)


def find_cell(image: RgbImage) -> CellRegion | None:
    """The largest connected part of `image` (uint8 RGB) that is not black; None when all of it is.

    Specks, captions and scale bars beside the cell are smaller than it and do not move the cut-out.
    """
    foreground = foreground_mask(image).view(np.uint8)
    x0, y0, width, height = cv2.boundingRect(foreground)
    if not width:
        return None
    lit = np.s_[y0 : y0 + height, x0 : x0 + width]  # the search for parts costs most, and a cell leaves much black
    if area := _area_of_only_part(foreground[lit]):
        return CellRegion(foreground.view(np.bool_), x0, y0, width, height, area)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(foreground[lit], connectivity=8)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    left, top, width, height, area = (int(value) for value in stats[largest])
    mask = np.zeros(foreground.shape, np.bool_)
    mask[lit] = labels == largest
    return CellRegion(mask, x0 + left, y0 + top, width, height, area)


def _area_of_only_part(lit: NDArray[np.uint8]) -> int:
    """Pixels of what is not 0 in `lit`, which it fills to the edges, where that is one connected part; else 0.

    A segmented cell is one nearly always, and flooding it takes a quarter of the time of numbering all parts.
    """
    flooded = np.zeros((lit.shape[0] + 2, lit.shape[1] + 2), np.uint8)
    seed = (int(lit[0].argmax()), 0)
    area, *_ = cv2.floodFill(lit, flooded, seed, 1, 0, 0, 8 | cv2.FLOODFILL_MASK_ONLY | 1 << 8)
    return area if area == cv2.countNonZero(lit) else 0


def square_place(region: CellRegion, side: float) -> tuple[int, int, int]:
    """Left, top and side in image pixels of the square that `cut_square` takes; it may reach over the image's edge."""
    edge = min(max(1, round(side)), _LARGEST_SQUARE)
    left = round(region.left + region.width / 2 - edge / 2)
    top = round(region.top + region.height / 2 - edge / 2)
    return left, top, edge


MEASURES = 10
COLOUR, SIZE_AND_COLOUR, TEXTURE = slice(1, 7), slice(0, 7), slice(7, 10)
"""Which of them are what."""


def cell_measures(image: RgbImage, region: CellRegion) -> NDArray[np.float32]:
    """What needs no network: cell area in pixels, mean and deviation of R, G and B over the cell, texture; (10,).

    Texture is the root mean square of the luma's Laplacian within the cell, at full, half and quarter size: focus,
    compression, sharpening and noise change it where an average of colours does not.
    """
    box = np.s_[region.top : region.top + region.height, region.left : region.left + region.width]
    pixels, mask = image[box], region.mask[box].view(np.uint8)
    mean, deviation = cv2.meanStdDev(pixels, mask=mask)
    return np.concatenate([[region.area], mean[:, 0], deviation[:, 0], _texture(pixels, mask)]).astype(np.float32)


_FIVE = np.ones((5, 5), np.uint8)


def _texture(pixels: RgbImage, mask: NDArray[np.uint8]) -> list[float]:
    """See cell_measures; 0 where the cell has no inside at that size."""
    luma, cover, found = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), mask * np.uint8(255), []
    for shrink in (1, 2, 4):
        small, share = luma, cover
        if shrink > 1:
            size = (max(1, luma.shape[1] // shrink), max(1, luma.shape[0] // shrink))
            small = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
            share = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.uint8)
        _, whole = cv2.threshold(share, 254, 1, cv2.THRESH_BINARY)
        inside = cv2.erode(whole, _FIVE, borderType=cv2.BORDER_CONSTANT, borderValue=0)
        mean, deviation = cv2.meanStdDev(cv2.Laplacian(small, cv2.CV_16S), mask=inside)  # the step to black left out
        found.append(float(np.hypot(mean[0, 0], deviation[0, 0])))
    return found


def cut_square(
    image: RgbImage, region: CellRegion, side: float, size: int, through: Callable[[RgbImage], RgbImage] | None = None
) -> tuple[RgbImage, NDArray[np.float32]]:
    """A square of `side` image pixels centred on the cell, at `size` x `size`, black where it leaves the image.

    Before it is shrunk it goes `through` a function, which sees the cell in its middle wherever it lies in the image.

    Returns the pixels (uint8 RGB) and how much of each pixel the cell covers (float32, 0 to 1), both (size, size).
    Shrinking averages over areas, so that fine texture does not turn into noise; enlarging is bilinear. Of something
    larger than any cell only the middle is taken: a file of 20,000 x 1 pixels must not cost a square of 20,000.
    """
    left, top, edge = square_place(region, side)
    pixels = _window(image, left, top, edge)
    if through is not None:
        pixels = through(pixels)
    cover = _window(region.mask.view(np.uint8), left, top, edge) * np.uint8(255)
    how = cv2.INTER_AREA if edge > size else cv2.INTER_LINEAR
    small = cv2.resize(pixels, (size, size), interpolation=how)
    share = cv2.resize(cover, (size, size), interpolation=how).astype(np.float32) / np.float32(255)
    return np.asarray(small, dtype=np.uint8), share


def frame_place(shape: tuple[int, ...], region: CellRegion) -> tuple[int, int, int]:
    """Left, top and side in image pixels of the frame: an image of FRAME x FRAME as it is, else as much about the cell.

    The same cell on more or less black must not become a smaller or larger one.
    """
    return (0, 0, FRAME) if shape[:2] == (FRAME, FRAME) else square_place(region, FRAME)


def whole_frame(image: RgbImage, region: CellRegion, size: int) -> tuple[RgbImage, NDArray[np.float32]]:
    """The frame of `image` at `size` x `size`, and the cell's cover; as `cut_square` returns them.

    What the thesis' loader did, but averaging over areas when it shrinks.
    """
    left, top, edge = frame_place(image.shape, region)
    pixels, cover = image, region.mask.astype(np.uint8) * np.uint8(255)
    if image.shape[:2] != (edge, edge):
        pixels, cover = _window(pixels, left, top, edge), _window(cover, left, top, edge)
    how = cv2.INTER_AREA if edge > size else cv2.INTER_LINEAR
    small = cv2.resize(pixels, (size, size), interpolation=how)
    share = cv2.resize(cover, (size, size), interpolation=how).astype(np.float32) / np.float32(255)
    return np.asarray(small, dtype=np.uint8), share


def _window(image: NDArray[np.uint8], left: int, top: int, edge: int) -> NDArray[np.uint8]:
    """The square at (left, top), filled with zeros outside the image."""
    height, width = image.shape[:2]
    result = np.zeros((edge, edge, *image.shape[2:]), np.uint8)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + edge, width), min(top + edge, height)
    if x1 > x0 and y1 > y0:
        result[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
    return result
