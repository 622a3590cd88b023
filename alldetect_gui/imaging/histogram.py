"""How often each value occurs in a rendering."""

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.steps import RgbImage, foreground_mask

_EXACT = 1 << 24  # OpenCV hands its counts over as numbers of 32 bits, exact up to here


def cell_histogram(rendering: RgbImage, original: RgbImage) -> NDArray[np.int64]:
    """Pixels of each value 0 to 255 in red, green and blue; shape (3, 256).

    Only what is not black background in `original` counts: the background would stand above everything else.
    """
    inside = foreground_mask(original).view(np.uint8)
    counts = np.zeros((3, 256), np.int64)
    rows = max(1, _EXACT // rendering.shape[1])
    for top in range(0, rendering.shape[0], rows):
        part = np.ascontiguousarray(rendering[top : top + rows])
        mask = inside[top : top + rows]
        for channel in range(3):
            counts[channel] += cv2.calcHist([part], [channel], mask, [256], [0, 256]).reshape(-1).astype(np.int64)
    return counts
