"""What happens to a cell between two laboratories: other colours, stain, sharpness, file format, scale and position.

Each change keeps the background black, as a segmentation would. Stain is changed in optical density after separation
into haematoxylin, eosin and a residue (Ruifrok & Johnston 2001).
"""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.decode import decode
from alldetect_gui.imaging.steps import RgbImage, foreground_mask

Change = Callable[[RgbImage], RgbImage]
_STAINS = np.array([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11], [0.27, 0.57, 0.78]])
"""Optical density of R, G and B for a unit of haematoxylin, eosin and the residue."""


def _on_cell(image: RgbImage, changed: NDArray[np.floating]) -> RgbImage:
    inside = foreground_mask(image)[:, :, np.newaxis]
    return np.asarray(np.clip(np.rint(changed), 0, 255) * inside, np.uint8)


def gain(red: float, green: float, blue: float) -> Change:
    """Each channel multiplied."""
    return lambda image: _on_cell(image, image.astype(np.float32) * np.array([red, green, blue], np.float32))


def stained(haematoxylin: float, eosin: float) -> Change:
    """More or less of each stain."""

    def change(image: RgbImage) -> RgbImage:
        density = -np.log((image.astype(np.float32) + 1) / 256)
        amounts = density @ np.linalg.inv(_STAINS) * np.array([haematoxylin, eosin, 1.0])
        return _on_cell(image, np.exp(-(amounts @ _STAINS)) * 256 - 1)

    return change


def blurred(sigma: float) -> Change:
    """Out of focus; `sigma` in pixels of the image."""
    return lambda image: _on_cell(image, cv2.GaussianBlur(image, (0, 0), sigma).astype(np.float32))


def sharpened(strength: float) -> Change:
    """What a camera's sharpening adds."""

    def change(image: RgbImage) -> RgbImage:
        values = image.astype(np.float32)
        return _on_cell(image, values + strength * (values - cv2.GaussianBlur(values, (0, 0), 1.5)))

    return change


def jpeg(quality: int) -> Change:
    """Written as JPEG and read again."""

    def change(image: RgbImage) -> RgbImage:
        data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return decode(data.tobytes())

    return change


def placed(scale: float = 1.0, degrees: float = 0.0, right: float = 0.0) -> Change:
    """Larger or smaller, turned about the middle, and shifted by pixels."""

    def change(image: RgbImage) -> RgbImage:
        height, width = image.shape[:2]
        source = cv2.GaussianBlur(image, (0, 0), 0.35 / scale) if scale < 1 else image
        matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), degrees, scale)
        matrix[0, 2] += right
        return np.asarray(cv2.warpAffine(source, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8)

    return change


CHANGES: Mapping[str, Change] = {
    "as it is": lambda image: image,
    "a quarter turn": lambda image: np.ascontiguousarray(np.rot90(image)),
    "turned by 45 degrees": placed(degrees=45),
    "20 pixels to the right": placed(right=20),
    "brightness x 0.9": gain(0.9, 0.9, 0.9),
    "brightness x 1.1": gain(1.1, 1.1, 1.1),
    "red x 1.1": gain(1.1, 1, 1),
    "blue x 0.9": gain(1, 1, 0.9),
    "haematoxylin x 0.8": stained(0.8, 1),
    "haematoxylin x 1.2": stained(1.2, 1),
    "eosin x 1.2": stained(1, 1.2),
    "blurred by 1 pixel": blurred(1),
    "blurred by 2 pixels": blurred(2),
    "sharpened": sharpened(1),
    "JPEG at quality 90": jpeg(90),
    "JPEG at quality 50": jpeg(50),
    "scale x 0.8": placed(scale=0.8),
    "scale x 1.2": placed(scale=1.2),
}
