"""Changed copies of a cell for fine-tuning: turned, mirrored, scaled, in other light, a little blurred.

Scale is drawn from 0.8 to 1.4, more than the 1.17 that lies between the mean diameters of ALL and HEM cells here, so
that size stops being a shortcut. Both classes are changed alike, and only images of training subjects are.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.cell_region import CellRegion
from alldetect_gui.imaging.steps import RgbImage

SCALES = (0.8, 1.4)
_SHIFT = 4.0
"""Pixels of the result."""


def changed_cell(
    image: RgbImage, region: CellRegion, extent: float, size: int, draw: np.random.Generator
) -> tuple[RgbImage, NDArray[np.uint8]]:
    """A changed copy of the cell at `size` pixels, where `extent` image pixels would fill the frame unchanged.

    Returns pixels (uint8 RGB, background black) and how much of each pixel the cell covers (0 to 255), (size, size).
    """
    matrix, shrink = _placement(region, extent, size, draw)
    sigma = max(0.01, 0.35 * (1 / shrink - 1) + 0.3)  # against moiré where the copy is smaller than the image
    source = cv2.GaussianBlur(image, (0, 0), sigma) if shrink < 1 else image
    pixels = cv2.warpAffine(source, matrix, (size, size), flags=cv2.INTER_LINEAR)
    cover = cv2.warpAffine(region.mask.astype(np.uint8) * np.uint8(255), matrix, (size, size), flags=cv2.INTER_LINEAR)
    return _in_other_light(np.asarray(pixels, np.uint8), cover > 127, draw), np.asarray(cover, np.uint8)


def _placement(
    region: CellRegion, extent: float, size: int, draw: np.random.Generator
) -> tuple[NDArray[np.float64], float]:
    angle = draw.uniform(0, 2 * np.pi)
    shrink = float(np.exp(draw.uniform(*np.log(SCALES)))) * size / extent
    mirror = -1 if draw.random() < 0.5 else 1
    turn = np.array([[np.cos(angle) * mirror, -np.sin(angle)], [np.sin(angle) * mirror, np.cos(angle)]]) * shrink
    centre = np.array([region.left + region.width / 2, region.top + region.height / 2])
    shift = np.full(2, size / 2) - turn @ centre + draw.uniform(-_SHIFT, _SHIFT, 2)
    return np.hstack([turn, shift[:, np.newaxis]]), shrink


def _in_other_light(pixels: RgbImage, inside: NDArray[np.bool_], draw: np.random.Generator) -> RgbImage:
    light = pixels.astype(np.float32) * draw.uniform(0.88, 1.14) * draw.uniform(0.95, 1.05, 3).astype(np.float32)
    mean = light[inside].mean(axis=0) if inside.any() else np.zeros(3, np.float32)
    light = np.clip((light - mean) * draw.uniform(0.85, 1.18) + mean, 0, 255) * inside[..., np.newaxis]
    if draw.random() < 0.25:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), draw.uniform(0.4, 0.9)))
    return light.astype(np.uint8)
