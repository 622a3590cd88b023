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
