"""Lists, tables and pages of text show by their frame that they have the keys; the style shows it of all else."""

from PySide6.QtCore import QObject, Qt, Slot
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
        if isinstance(new, QAbstractScrollArea) and not _is_popup(new):
            if new.cornerWidget() is None:
                new.setCornerWidget(_corner(new))
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.Window, _frame_colour(new.palette()))
            new.setPalette(palette)


def _is_popup(area: QWidget) -> bool:
    """The list that drops out of a box: it has no frame of its own, and the style paints its ground in this colour."""
    return area.window().windowType() is Qt.WindowType.Popup


def _corner(area: QWidget) -> QWidget:
    """Between two scroll bars the style paints the window's colour, too; this stands in front of it."""
    corner = QWidget(area, autoFillBackground=True)
    corner.setBackgroundRole(QPalette.ColorRole.Button)
    return corner


def _frame_colour(palette: QPalette) -> QColor:
    """The colour from which the style makes the accent."""
    accent = palette.color(QPalette.ColorRole.Accent)
    value = min(round(accent.value() * _DARKENED), 255)
    return QColor.fromHsv(accent.hue(), accent.saturation(), value)
