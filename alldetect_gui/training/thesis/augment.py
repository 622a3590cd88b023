"""The thesis' augmentation: rotated and brightened copies of the rarer class."""

from dataclasses import dataclass

import cv2
import numpy as np

from alldetect_gui.imaging.steps import RgbImage

ROTATION = 45.0
"""Degrees: the largest angle either way (thesis section 4; Keras' rotation_range)."""
BRIGHTNESS = (1.0, 1.3)
"""Factors (thesis section 4; Keras' brightness_range)."""
METHOD = "rotation about the centre, bilinear, black fill; brightness as a factor, clipped at 255; drawn from SHA-256"


@dataclass(frozen=True, slots=True)
class Change:
    """One draw of the augmentation."""

    angle: float  # degrees, -45 to 45
    factor: float  # 1.0 to 1.3


def drawn_change(sha256: str, copy: int) -> Change:
    """Change number `copy` (from 1) of the image with this hash: the same on every machine, in any order."""
    generator = np.random.default_rng([int(sha256[:16], 16), copy])
    return Change(float(generator.uniform(-ROTATION, ROTATION)), float(generator.uniform(*BRIGHTNESS)))


def augmented(image: RgbImage, change: Change) -> RgbImage:
    """`image` (uint8 RGB, any size) turned and brightened; same size. Black stays black."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), change.angle, 1.0)
    turned = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(cv2.convertScaleAbs(turned, alpha=change.factor), dtype=np.uint8)
