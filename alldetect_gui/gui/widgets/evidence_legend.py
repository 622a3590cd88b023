"""What the colours of an explanation mean: a scale with words at both ends."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from alldetect_gui.gui.language import marked, tr

_FOR_HEM, _NOTHING, _FOR_ALL = QColor(40, 110, 210), QColor(128, 128, 128), QColor(240, 130, 10)
_LEFT, _RIGHT = marked("H  speaks for HEM"), marked("speaks for ALL  A")


class EvidenceLegend(QWidget):
    """Blue, grey, orange, and which is which in words and letters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Legend: blue speaks for HEM, grey says nothing, orange speaks for ALL"))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(tr(_LEFT)) + metrics.horizontalAdvance(tr(_RIGHT))
        return QSize(words + metrics.averageCharWidth() * 24, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, metrics = QPainter(self), self.fontMetrics()
        left, right = metrics.horizontalAdvance(tr(_LEFT)) + 8, metrics.horizontalAdvance(tr(_RIGHT)) + 8
        bar = QRectF(left, 4, max(self.width() - left - right, 8), self.height() - 8)
        scale = QLinearGradient(bar.topLeft(), bar.topRight())
        for place, colour in ((0.0, _FOR_HEM), (0.5, _NOTHING), (1.0, _FOR_ALL)):
            scale.setColorAt(place, colour)
        painter.fillRect(bar, scale)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), int(middle | Qt.AlignmentFlag.AlignLeft), tr(_LEFT))
        painter.drawText(self.rect(), int(middle | Qt.AlignmentFlag.AlignRight), tr(_RIGHT))
