"""The mark of a suggestion: a coloured chip with its letter, so that colour never stands alone."""

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.reviews import Reading
from alldetect_gui.gui.theme import class_colours
from alldetect_gui.gui.wording import LETTERS, READING_MARKS, reading, suggestion


def mark_of(text: object) -> Suggestion | None:
    """The suggestion or reading that is called so in the language spoken."""
    return _marks(suggestion(Suggestion.UNCERTAIN), reading(Reading.UNSURE)).get(str(text))


@lru_cache(maxsize=4)
def _marks(*_: str) -> dict[str, Suggestion]:
    """Made once a language, which the words given stand for: a table asks for each of its cells."""
    marks = {suggestion(item): item for item in Suggestion}
    return marks | {reading(given): mark for given, mark in READING_MARKS.items()}


def paint_chip(painter: QPainter, rect: QRect, suggestion: Suggestion) -> None:
    """Fill `rect` with the colour of the class and write its letter."""
    fill, ink = class_colours(suggestion)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(rect, rect.height() * 0.25, rect.height() * 0.25)
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, LETTERS[suggestion])
    painter.restore()


class SuggestionDelegate(QStyledItemDelegate):
    """A table cell with the chip before the word."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        text = index.data()
        mark = mark_of(text)
        if mark is None:
            super().paint(painter, option, index)
            return
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        side = own.fontMetrics.height() + 2
        margin = side // 4
        style = own.widget.style() if own.widget else QApplication.style()
        chip = QRect(own.rect.left() + margin, own.rect.center().y() - side // 2, round(side * 1.3), side)
        own.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, own, painter, own.widget)
        paint_chip(painter, chip, mark)
        painter.save()
        selected = bool(own.state & QStyle.StateFlag.State_Selected)
        role = own.palette.ColorRole.HighlightedText if selected else own.palette.ColorRole.Text
        painter.setPen(own.palette.color(role))
        rest = own.rect.adjusted(chip.width() + 3 * margin, 0, 0, 0)
        painter.drawText(rest, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width() + option.fontMetrics.height() * 2, size.height())
