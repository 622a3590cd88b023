"""The histogram under a pane: how the cell's pixels spread over the values 0 to 255."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from alldetect_gui.gui.language import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CHANNELS = (  # colour and line: the three can be told apart without colour
    (QColor("#d1495b"), Qt.PenStyle.SolidLine),
    (QColor("#3a9d5d"), Qt.PenStyle.DashLine),
    (QColor("#3d7ec4"), Qt.PenStyle.DotLine),
)


class HistogramView(QWidget):
    """One line a channel, all on one scale; a grey rendering has one line."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: NDArray[np.int64] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("{title}: histogram", title=title))
        self.setToolTip(
            tr(
                "Histogram of the cell without its black background, 0 at the left and 255 at the "
                "right.\nRed: solid line. Green: dashed. Blue: dotted. The scale is linear and is "
                "that of the tallest line."
            )
        )

    @property
    def counts(self) -> "NDArray[np.int64] | None":
        """What is shown: (3, 256) pixels of each value; None while there is nothing."""
        return self._counts

    def show_counts(self, counts: "NDArray[np.int64] | None") -> None:
        """Show (3, 256) counts of red, green and blue; None for nothing."""
        self._counts = counts
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, round(self.fontMetrics().height() * 2.4))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        if self._counts is None or not self._counts.any():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tallest = float(self._counts.max())
        across, up = (self.width() - 2) / 255, (self.height() - 4) / tallest
        grey = bool((self._counts[0] == self._counts[1]).all() and (self._counts[0] == self._counts[2]).all())
        ink = self.palette().color(QPalette.ColorRole.Text)
        for counts, (colour, line) in zip(self._counts[:1] if grey else self._counts, _CHANNELS, strict=False):
            points = [QPointF(1 + value * across, self.height() - 2 - count * up) for value, count in enumerate(counts)]
            painter.setPen(QPen(ink, 1.2) if grey else QPen(colour, 1.2, line))
            painter.drawPolyline(QPolygonF(points))
