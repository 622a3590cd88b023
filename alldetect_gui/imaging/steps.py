"""The preprocessing steps of the thesis, as pure functions on uint8 RGB images of shape (height, width, 3).

Segmented cells lie on pure black. Every step that could lift that background (CLAHE raises 0 to 3 at clip
limit 2 and to 41 at OpenCV's default of 40) restores it afterwards, so that background stays background.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

RgbImage = NDArray[np.uint8]
Mask = NDArray[np.bool_]

BLACK_LEVEL = 8
"""A pixel whose brightest channel is at most this is background: 0 in bitmaps, a little more after JPEG."""


def foreground_mask(image: RgbImage) -> Mask:
    """True where the image is not black background; shape (height, width)."""
    return np.asarray(cv2.inRange(image, (0, 0, 0), (BLACK_LEVEL,) * 3) == 0)


def blacken_background(processed: RgbImage, original: RgbImage) -> RgbImage:
    """`processed` itself, with the background of `original` set to black again: 20 megapixels are not copied for it."""
    background = cv2.inRange(original, (0, 0, 0), (BLACK_LEVEL,) * 3)
    return np.asarray(cv2.subtract(processed, processed, dst=processed, mask=background), dtype=np.uint8)


def gaussian_blur(image: RgbImage, kernel_size: int = 5, sigma: float = 0.0) -> RgbImage:
    """Gaussian blur (thesis section 4.3: 5 x 5 kernel). `sigma` in pixels; 0: binomial weights up to a kernel of 7."""
    result = np.zeros_like(image)
    if (lit := _lit(image, kernel_size // 2)) is not None:
        blurred = cv2.GaussianBlur(image[lit], (kernel_size, kernel_size), sigma)
        result[lit] = blacken_background(np.asarray(blurred, dtype=np.uint8), image[lit])
    return result


def _lit(image: RgbImage, margin: int) -> tuple[slice, slice] | None:
    """The least rectangle with all that is not 0 in it, and so many pixels around it; None when there is nothing.

    Most of a segmented cell's image is black, and stays so through every step.
    """
    height, width, _ = image.shape
    left, top, across, down = cv2.boundingRect(image.reshape(height, -1))  # three values a pixel
    right = -(-(left + across) // 3)
    if not across:
        return None
    rows = slice(max(0, top - margin), min(height, top + down + margin))
    return rows, slice(max(0, left // 3 - margin), min(width, right + margin))


def clahe(image: RgbImage, clip_limit: float = 2.0, tile_grid: int = 8) -> RgbImage:
    """Contrast-limited adaptive histogram equalisation on L of CIELAB (Zuiderveld, Graphics Gems IV, 1994).

    `clip_limit` is relative to a flat histogram, `tile_grid` the number of tiles a side.
    """
    result, luma = np.zeros_like(image), np.zeros(image.shape[:2], np.uint8)
    if (lit := _lit(image, 0)) is not None:  # colours only here; black has an L of 0
        lab = cv2.cvtColor(image[lit], cv2.COLOR_RGB2LAB)
        luma[lit] = cv2.extractChannel(lab, 0)
        equaliser = cv2.createCLAHE(clipLimit=clip_limit, tileGridSize=(tile_grid, tile_grid))
        cv2.insertChannel(equaliser.apply(luma)[lit], lab, 0)
        pixels = np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), dtype=np.uint8)
        result[lit] = blacken_background(pixels, image[lit])
    return result


def grayscale(image: RgbImage) -> RgbImage:
    """Luma by ITU-R BT.601, repeated on three channels so that the network's input keeps its shape."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
