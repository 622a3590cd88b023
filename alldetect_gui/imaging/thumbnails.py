"""Small renderings for lists."""

import cv2
import numpy as np

from alldetect_gui.imaging.steps import RgbImage


def thumbnail(image: RgbImage, side: int) -> RgbImage:
    """`image` (uint8 RGB) shrunk to fit a square of `side` pixels, its proportions kept; never enlarged."""
    height, width = image.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def reductions(image: RgbImage, enough: int = 1_000_000) -> tuple[RgbImage, ...]:
    """`image` halved again and again, as long as it has more pixels than `enough`; empty for a small one."""
    found: list[RgbImage] = []
    while image.shape[0] * image.shape[1] > enough:
        size = (-(-image.shape[1] // 2), -(-image.shape[0] // 2))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        found.append(image)
    return tuple(found)
