"""How one image looks in the list: thumbnail, name, patient and reference, and the suggestion once there is one."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from alldetect_gui.core.records import ImageResult
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.widgets.suggestion_chip import paint_chip

_LINES = 3.2  # height of a row in lines of text


def thumbnail_side(option_height: int) -> int:
    """The side of the thumbnail in a row of that height."""
    return option_height - 8


class ImageRowDelegate(QStyledItemDelegate):
    """All rows have one size, taken from the font, so that a list of 100,000 needs no measuring."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        height = round(option.fontMetrics.height() * _LINES)
        return QSize(height * 3, height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        own = QStyleOptionViewItem(option)
        selected = bool(own.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if own.widget is not None:
            style = own.widget.style()
            style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, own, painter, own.widget)
        side = thumbnail_side(own.rect.height())
        frame = QRect(own.rect.left() + 4, own.rect.top() + 4, side, side)
        self._paint_thumbnail(painter, frame, index.data(Qt.ItemDataRole.DecorationRole))
        line = own.fontMetrics.height()
        area = own.rect.adjusted(side + 12, 0, -6, 0)
        top = QRect(area.left(), own.rect.center().y() - line - 1, area.width(), line)
        below = top.translated(0, line + 3)
        result = index.data(ImageListModel.ResultRole)
        if isinstance(result, ImageResult):
            below = self._paint_result(painter, below, result)
        group = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.setPen(own.palette.color(group))
        self._paint_text(painter, own, top, str(index.data()))
        if not selected:
            painter.setPen(own.palette.color(QPalette.ColorRole.PlaceholderText))
        model = index.model()
        if isinstance(model, ImageListModel):
            self._paint_text(painter, own, below, model.describe(index.data(ImageListModel.RecordRole)))
        painter.restore()

    def _paint_thumbnail(self, painter: QPainter, frame: QRect, image: object) -> None:
        painter.fillRect(frame, Qt.GlobalColor.black)
        if isinstance(image, QImage):
            size = (image.deviceIndependentSize()).toSize().boundedTo(frame.size())
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(frame.center())
            painter.drawImage(place, image)

    def _paint_result(self, painter: QPainter, line: QRect, result: ImageResult) -> QRect:
        """The chip at the left of the second line; returns what is left of the line."""
        if result.prediction is None:
            return line
        chip = QRect(line.left(), line.top(), round(line.height() * 1.3), line.height())
        paint_chip(painter, chip, result.prediction.suggestion)
        return line.adjusted(chip.width() + 6, 0, 0, 0)

    def _paint_text(self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, text: str) -> None:
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
