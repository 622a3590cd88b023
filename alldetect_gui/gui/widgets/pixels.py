"""Pixels of the imaging room to Qt's images."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from alldetect_gui.imaging.steps import RgbImage


def to_qimage(pixels: "RgbImage") -> QImage:
    """A copy of `pixels` (uint8 RGB, shape (height, width, 3)) that owns its memory."""
    height, width = pixels.shape[:2]
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
