"""How one image looks in the gallery: a thumbnail with the letter of its suggestion, and its name."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from alldetect_gui.core.records import ImageResult
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.widgets.suggestion_chip import paint_chip

_EDGE = 4  # points around a thumbnail


class ImageTileDelegate(QStyledItemDelegate):
    """All tiles have the size given by `set_side`, so that nothing is measured."""

    def __init__(self, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side = side

    @property
    def side(self) -> int:
        """Points a side of a thumbnail."""
        return self._side

    def set_side(self, side: int) -> None:
        """Change the size of the thumbnails."""
        self._side = side

    def tile(self, line: int) -> QSize:
        """The size of a tile, its name in two lines of text below the thumbnail."""
        return QSize(self._side + 2 * _EDGE, self._side + 3 * _EDGE + 2 * line)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self.tile(option.fontMetrics.height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        own = QStyleOptionViewItem(option)
        selected = bool(own.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if own.widget is not None:
            own.widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, own, painter, own.widget)
        frame = QRect(own.rect.left() + _EDGE, own.rect.top() + _EDGE, self._side, self._side)
        painter.fillRect(frame, Qt.GlobalColor.black)
        image = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(image, QImage):
            size = image.deviceIndependentSize().toSize()
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(frame.center())
            painter.setClipRect(frame)
            painter.drawImage(place, image)
            painter.setClipping(False)
        result = index.data(ImageListModel.ResultRole)
        if isinstance(result, ImageResult) and result.prediction is not None:
            line = own.fontMetrics.height()
            chip = QRect(frame.left() + 2, frame.top() + 2, round(line * 1.3), line)
            paint_chip(painter, chip, result.prediction.suggestion)
        if selected:
            painter.setPen(QPen(own.palette.color(QPalette.ColorRole.Highlight), 3))
            painter.drawRect(frame.adjusted(1, 1, -1, -1))
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.setPen(own.palette.color(role))
        below = QRect(frame.left(), frame.bottom() + _EDGE, self._side, own.fontMetrics.height())
        for part in _lines(str(index.data()), own.fontMetrics, self._side):
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, part)
            below.translate(0, below.height())
        painter.restore()


def _lines(name: str, metrics: QFontMetrics, width: int) -> list[str]:
    """The name in at most two lines: in one, the middle is lost, and there the names of one patient's cells differ."""
    fits = len(name)
    while fits > 1 and metrics.horizontalAdvance(name[:fits]) > width:
        fits -= 1
    after_mark = max(name.rfind(mark, 0, fits) for mark in "_- ") + 1
    if fits < len(name) and after_mark > fits // 2:
        fits = after_mark
    rest = metrics.elidedText(name[fits:], Qt.TextElideMode.ElideLeft, width)
    return [name[:fits], rest] if rest else [name]
