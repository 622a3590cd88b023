"""The one button of a page that leads on: it stands out by its ground, in both themes."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QPushButton, QWidget

_GROUND, _WORDS = QColor("#1f5593"), QColor("#ffffff")  # the style lightens the ground to a third more
_LIVE = (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive)


class PrimaryButton(QPushButton):
    """Like any other button while it cannot be pressed."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._colour()

    def setIcon(self, icon: QIcon | QPixmap) -> None:
        """An icon in the colour of the words; grey as it is while the button cannot be pressed."""
        own = QIcon()
        for size in QIcon(icon).availableSizes():
            picture = QIcon(icon).pixmap(size, 1.0).copy()
            painter = QPainter(picture)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
            painter.fillRect(picture.rect(), _WORDS)
            painter.end()
            own.addPixmap(picture, QIcon.Mode.Normal)
            own.addPixmap(QIcon(icon).pixmap(size, 1.0, QIcon.Mode.Disabled), QIcon.Mode.Disabled)
        super().setIcon(own)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.EnabledChange:
            self._colour()

    def _colour(self) -> None:
        palette = QPalette()
        if self.isEnabled():
            for group in _LIVE:
                palette.setColor(group, QPalette.ColorRole.Button, _GROUND)
                palette.setColor(group, QPalette.ColorRole.ButtonText, _WORDS)
        self.setPalette(palette)
