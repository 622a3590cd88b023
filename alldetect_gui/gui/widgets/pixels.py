"""Pixels of the imaging room to Qt's images."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    from alldetect_gui.imaging.steps import RgbImage


def to_qimage(pixels: "RgbImage") -> QImage:
    """A copy of `pixels` (uint8 RGB, shape (height, width, 3)) that owns its memory."""
    height, width = pixels.shape[:2]
    lines = np.ascontiguousarray(pixels)
    return QImage(lines.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class Picture:
    """What a view shows: pixels, and smaller copies of them that were made behind the window.

    Qt's own copy of 20 megapixels takes as long as a stutter can be seen, so it is made only when it is looked at
    closely enough; until then the smaller ones do.
    """

    def __init__(self, pixels: "RgbImage | None" = None, reduced: "Sequence[RgbImage]" = ()) -> None:
        """`reduced`: `pixels` halved again and again."""
        self._pixels, self._reduced = pixels, reduced
        self._images: dict[int, QImage] = {}  # 0 for the whole, then the smaller ones

    @classmethod
    def of(cls, image: QImage) -> "Picture":
        """Of an image that Qt has already."""
        picture = cls()
        picture._images[0] = image
        return picture

    @property
    def is_null(self) -> bool:
        """True where there is nothing to show."""
        return self._pixels is None and self.whole.isNull()

    @property
    def size(self) -> QSize:
        """In pixels of the whole."""
        if self._pixels is None:
            return self.whole.size()
        return QSize(self._pixels.shape[1], self._pixels.shape[0])

    def colour(self, point: QPoint) -> QColor:
        """Of one pixel, for which no copy of the whole is made."""
        if self._pixels is None:
            return self.whole.pixelColor(point)
        red, green, blue = self._pixels[point.y(), point.x()].tolist()
        return QColor(red, green, blue)

    @property
    def whole(self) -> QImage:
        """All of it."""
        return self._image(0)

    def at_least(self, size: QSize) -> QImage:
        """The smallest copy from which `size` can be made without enlarging."""
        number = len(self._reduced)
        while number and (
            self._reduced[number - 1].shape[1] < size.width() or self._reduced[number - 1].shape[0] < size.height()
        ):
            number -= 1
        return self._image(number)

    def _image(self, number: int) -> QImage:
        if number not in self._images:
            source = self._reduced[number - 1] if number else self._pixels
            self._images[number] = QImage() if source is None else to_qimage(source)
        return self._images[number]
