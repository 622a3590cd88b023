"""Lists, tables and pages of text show by their frame that they have the keys; the style shows it of all else."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from shiboken6 import isValid

_DARKENED = 1.3  # how much darker than the window's colour the style draws a frame


class FocusMark(QObject):
    """Follows the focus through all windows of the program, as long as its parent lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._move)

    @Slot(QWidget, QWidget)
    def _move(self, old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(old, QAbstractScrollArea) and isValid(old):
            old.setPalette(QPalette())  # what it inherits
        if isinstance(new, QAbstractScrollArea):
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.Window, _frame_colour(new.palette()))
            new.setPalette(palette)


def _frame_colour(palette: QPalette) -> QColor:
    """The colour from which the style makes the accent."""
    accent = palette.color(QPalette.ColorRole.Accent)
    value = min(round(accent.value() * _DARKENED), 255)
    return QColor.fromHsv(accent.hue(), accent.saturation(), value)
