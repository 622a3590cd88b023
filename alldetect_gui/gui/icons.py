"""The icons of the commands: our own drawings, one style, in the colour of the theme.

resources/icons/NAME.svg belongs to the action of that name. Its lines are drawn in `currentColor`, which becomes
the colour of the text; when the theme changes, all are drawn anew.
"""

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QObject, QSize
from PySide6.QtGui import QAction, QColor, QIcon, QImage, QImageReader, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QWidget

from alldetect_gui import paths

SIDES = (18, 36)  # screen pixels at 100 and 200 %; Qt takes the larger one between


class Icons(QObject):
    """Dresses the actions of `window`, again whenever its palette changes."""

    def __init__(self, window: QWidget, actions: Iterable[QAction]) -> None:
        super().__init__(window)
        self._window = window
        self._dressed = [action for action in actions if _drawing(action.objectName())]
        window.installEventFilter(self)
        self._dress()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.PaletteChange:
            self._dress()
        return False

    def _dress(self) -> None:
        palette = self._window.palette()
        colours = {
            QIcon.Mode.Normal: palette.color(QPalette.ColorRole.ButtonText),
            QIcon.Mode.Disabled: palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText),
        }
        for action in self._dressed:
            icon = QIcon()
            for mode, colour in colours.items():
                for side in SIDES:
                    icon.addPixmap(drawn(action.objectName(), colour, side), mode)
            action.setIcon(icon)
            action.setIconVisibleInMenu(False)  # a menu marks its line in a colour that is not the icon's


def drawn(name: str, colour: QColor, side: int) -> QPixmap:
    """The drawing `name` in `colour`, `side` pixels wide and high; empty when there is none."""
    picture = _lines(name, side).copy()
    if not picture.isNull():
        painter = QPainter(picture)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(picture.rect(), colour)
        painter.end()
    return QPixmap.fromImage(picture)


@lru_cache(maxsize=128)
def _lines(name: str, side: int) -> QImage:
    """The drawing in black; reading it takes a millisecond, colouring it nearly nothing."""
    data = QByteArray(_drawing(name).replace(b"currentColor", b"#000000"))  # the buffer only looks at it
    buffer = QBuffer(data)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    reader.setScaledSize(QSize(side, side))
    return reader.read().convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


@lru_cache(maxsize=64)
def _drawing(name: str) -> bytes:
    try:
        return (paths.resources() / "icons" / f"{name}.svg").read_bytes()
    except OSError:  # an action without a drawing has its words
        return b""
