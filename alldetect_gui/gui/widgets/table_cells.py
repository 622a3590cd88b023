"""Table cells that show more than text: a picture, and a probability as a bar."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.records import ImageResult
from alldetect_gui.gui.models.results_table import ResultsTableModel
from alldetect_gui.gui.presenters.cell_images import CellImages
from alldetect_gui.gui.theme import class_colours

_Index = QModelIndex | QPersistentModelIndex


def _paint_ground(
    delegate: QStyledItemDelegate, painter: QPainter, option: QStyleOptionViewItem, index: _Index
) -> None:
    """What the style paints behind a cell: selection, focus, alternating rows."""
    own = QStyleOptionViewItem(option)
    delegate.initStyleOption(own, index)
    own.text = ""
    style = own.widget.style() if own.widget else QApplication.style()
    style.drawControl(QStyle.ControlElement.CE_ItemViewItem, own, painter, own.widget)


class PictureDelegate(QStyledItemDelegate):
    """The image of a row in small, on black as in the files."""

    def __init__(self, images: CellImages, parent: QStyledItemDelegate | None = None) -> None:
        super().__init__(parent)
        self._images = images

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        _paint_ground(self, painter, option, index)
        result = index.data(ResultsTableModel.ResultRole)
        side = min(option.rect.height(), option.rect.width()) - 4
        frame = QRect(0, 0, side, side)
        frame.moveCenter(option.rect.center())
        painter.fillRect(frame, Qt.GlobalColor.black)
        picture = self._images.image(result.record) if isinstance(result, ImageResult) else None
        if isinstance(picture, QImage):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = picture.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(frame.center())
            painter.drawImage(place, picture)
            painter.restore()


class ProbabilityDelegate(QStyledItemDelegate):
    """The number, and a bar from 0 to 1 in the colour of the suggestion, whose word stands beside it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        _paint_ground(self, painter, option, index)
        text = str(index.data() or "")
        line = option.fontMetrics.height()
        numbers = option.fontMetrics.horizontalAdvance("0.00") + line // 2
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.save()
        painter.setPen(option.palette.color(role))
        area = option.rect.adjusted(line // 2, 0, -line // 2, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        result = index.data(ResultsTableModel.ResultRole)
        if isinstance(result, ImageResult) and result.prediction is not None and text[:1].isdigit():
            bar = QRectF(
                area.left() + numbers, option.rect.center().y() - line * 0.25, area.width() - numbers, line * 0.5
            )
            self._paint_bar(painter, option, bar, result.prediction.probability_all, result.prediction.suggestion)
        painter.restore()

    def _paint_bar(
        self, painter: QPainter, option: QStyleOptionViewItem, bar: QRectF, value: float, suggestion: Suggestion
    ) -> None:
        if bar.width() < 8:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QColor(option.palette.color(QPalette.ColorRole.Mid))
        painter.setBrush(track)
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(class_colours(suggestion)[0])
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * value, bar.height()), 2, 2)
