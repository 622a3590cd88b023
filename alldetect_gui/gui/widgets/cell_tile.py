"""How one cell looks on the page under review: the picture, a frame for the one in view, and the marks below."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.reviews import Reading
from alldetect_gui.gui.models.review_page import ReviewPageModel
from alldetect_gui.gui.theme import class_colours
from alldetect_gui.gui.widgets.suggestion_chip import paint_chip
from alldetect_gui.gui.wording import READING_MARKS

_LINES = 6.5  # side of the picture in lines of text
_LEAST = 3.0  # of a picture that has to be lower
_GAP = 5


def picture_side(line_height: int) -> int:
    """The side of a cell's picture, in points."""
    return round(line_height * _LINES)


def tile_size(line_height: int, side: int = 0) -> QSize:
    """Picture, a line of marks, and the room around them; `side` of a picture that is smaller than usual."""
    usual = picture_side(line_height)
    return QSize(usual + 2 * _GAP, (side or usual) + line_height + 3 * _GAP)


def fitting_side(line_height: int, room: int) -> int:
    """The side of a picture whose tile, with its marks, is not higher than `room`, as far as a cell is still seen."""
    side = min(picture_side(line_height), room - line_height - 3 * _GAP)
    return max(side, round(line_height * _LEAST))


class CellTileDelegate(QStyledItemDelegate):
    """A read cell carries a filled chip of its class on the picture; the suggestion stands below in small."""

    side = 0  # of the pictures, where they are smaller than usual

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return tile_size(option.fontMetrics.height(), self.side)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line = option.fontMetrics.height()
        usual = picture_side(line)
        side = self.side or usual
        frame = QRect(option.rect.left() + _GAP + (usual - side) // 2, option.rect.top() + _GAP, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            self._paint_ring(painter, option)
        painter.fillRect(frame, Qt.GlobalColor.black)
        self._paint_picture(painter, frame, index.data(Qt.ItemDataRole.DecorationRole))
        reading = index.data(ReviewPageModel.ReadingRole)
        if reading:  # Qt hands a string enumeration back as plain text
            self._paint_reading(painter, frame, Reading(reading), line)
        if index.data(ReviewPageModel.NoteRole):
            self._paint_note(painter, frame, line)
        below = QRect(option.rect.left() + _GAP, frame.bottom() + _GAP, usual, line)
        self._paint_marks(painter, option, below, index)
        painter.restore()

    def _paint_ring(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colour = option.palette.color(QPalette.ColorRole.Highlight)
        ground = QColor(colour)
        ground.setAlphaF(0.18)
        painter.setBrush(ground)
        painter.setPen(QPen(colour, 2))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 5, 5)

    def _paint_picture(self, painter: QPainter, frame: QRect, picture: object) -> None:
        if isinstance(picture, QImage):
            size = picture.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(frame.center())
            painter.drawImage(place, picture)
        elif isinstance(picture, str):
            painter.setPen(Qt.GlobalColor.lightGray)
            painter.drawText(
                frame.adjusted(4, 4, -4, -4), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, picture
            )

    def _paint_reading(self, painter: QPainter, frame: QRect, reading: Reading, line: int) -> None:
        fill, _ = class_colours(READING_MARKS[reading])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(fill, 3))
        painter.drawRect(QRectF(frame).adjusted(1.5, 1.5, -1.5, -1.5))
        chip = QRect(frame.left(), frame.top(), round(line * 1.5), round(line * 1.25))
        paint_chip(painter, chip, READING_MARKS[reading])

    def _paint_note(self, painter: QPainter, frame: QRect, line: int) -> None:
        """A folded corner: there is a note."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#f2e9c4"))
        edge, top = frame.right() + 1, frame.top()
        fold = line * 0.8
        painter.drawPolygon([QPointF(edge - fold, top), QPointF(edge, top), QPointF(edge, top + fold)])

    def _paint_marks(
        self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        suggestion = index.data(ReviewPageModel.SuggestionRole)
        if suggestion:
            chip = QRect(line.left(), line.top(), round(line.height() * 1.2), line.height())
            paint_chip(painter, chip, Suggestion(suggestion))
            line = line.adjusted(chip.width() + 5, 0, 0, 0)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        text = str(index.data(ReviewPageModel.CaptionRole))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
