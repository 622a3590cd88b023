"""How often each value occurs in a rendering."""

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.steps import RgbImage, foreground_mask


def cell_histogram(rendering: RgbImage, original: RgbImage) -> NDArray[np.int64]:
    """Pixels of each value 0 to 255 in red, green and blue; shape (3, 256).

    Only what is not black background in `original` counts: the background would stand above everything else.
    """
    inside = rendering[foreground_mask(original)]
    return np.stack([np.bincount(inside[:, channel], minlength=256) for channel in range(3)])
