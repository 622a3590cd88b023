"""How a rendering differs from the original, as an image."""

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.steps import RgbImage, blacken_background

FULL = 64
"""The difference in brightness, of 255, from which a colour is full: CLAHE moves most of a nucleus by less."""

_BRIGHTER, _SAME, _DARKER = (240, 130, 10), (128, 128, 128), (40, 110, 210)  # orange and blue, as everywhere


def signed_difference(rendering: RgbImage, original: RgbImage) -> RgbImage:
    """Orange where `rendering` is brighter than `original`, blue where darker, grey where equal; background black.

    Brightness is luma by ITU-R BT.601; both images are uint8 RGB of one shape.
    """
    brightness = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.int16) for image in (rendering, original)]
    change = np.clip(brightness[0] - brightness[1], -FULL, FULL) + FULL
    return blacken_background(_colours()[change], original)


def _colours() -> NDArray[np.uint8]:
    """(2 * FULL + 1, 3): from the colour of darker over grey to that of brighter."""
    share = np.linspace(-1, 1, 2 * FULL + 1)
    channels = [np.interp(share, (-1, 0, 1), stops) for stops in zip(_DARKER, _SAME, _BRIGHTER, strict=True)]
    return np.round(np.stack(channels, axis=1)).astype(np.uint8)
