"""Lists, tables and pages of text show by their frame that they have the keys; the style shows it of all else."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from shiboken6 import isValid

_DARKENED = 1.3  # how much darker than the window's colour the style draws a frame


class FocusMark(QObject):
    """Follows the focus through all windows of the program, as long as its parent lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._area: QAbstractScrollArea | None = None
        self._ground = QColor()  # the window's, in the theme of now
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._move)

    @Slot(QWidget, QWidget)
    def _move(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._area is not None and isValid(self._area):
            self._area.removeEventFilter(self)
            for part in (self._area, self._area.viewport()):
                part.setPalette(QPalette())  # what it inherits
        self._area = new if isinstance(new, QAbstractScrollArea) and not _is_popup(new) else None
        if self._area is not None:
            if self._area.cornerWidget() is None:
                self._area.setCornerWidget(_corner(self._area))
            self._area.installEventFilter(self)
            self._mark(self._area)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        other_theme = QApplication.palette().color(QPalette.ColorRole.Window) != self._ground
        if event.type() == QEvent.Type.PaletteChange and other_theme and self._area is not None:
            self._mark(self._area)
        return False

    def _mark(self, area: QAbstractScrollArea) -> None:
        """Only the frame: what is in it, be it a page with the window's ground, looks as before."""
        usual = QApplication.palette()
        self._ground = usual.color(QPalette.ColorRole.Window)
        inside, frame = QPalette(), QPalette()
        inside.setColor(QPalette.ColorRole.Window, self._ground)
        frame.setColor(QPalette.ColorRole.Window, _frame_colour(usual))
        area.viewport().setPalette(inside)
        area.setPalette(frame)


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
