"""A line of text as a picture, in any script for which this computer has letters."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter


def text_mask(text: str, size: int) -> NDArray[np.uint8]:
    """How much of each pixel is covered, 0 to 255, shape (height, width), letters `size` pixels high.

    Runs on any thread. A letter that no typeface has is written as an escape, so that none turns into a box.
    """
    font = QFont("sans-serif")
    font.setPixelSize(size)
    metrics = QFontMetricsF(font)
    shown = "".join(letter if metrics.inFontUcs4(ord(letter)) else _escape(letter) for letter in text)
    width, height = max(round(metrics.horizontalAdvance(shown)) + 2, 1), max(round(metrics.height()), 1)
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(QPointF(0, metrics.ascent()), shown)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return np.ascontiguousarray(rows[:, :width])


def _escape(letter: str) -> str:
    return letter.encode("ascii", "backslashreplace").decode("ascii")
