"""The statement of intended use, always in sight."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.gui.language import said, tr


class IntendedUseBanner(QLabel):
    """A slim strip that wraps rather than hides a word; it cannot be closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(said(INTENDED_USE), parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(8, 4, 8, 4)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Midlight)
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setAccessibleName(tr("Intended use"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedHeight(self.heightForWidth(event.size().width()))  # as many lines as the words need, no more
        super().resizeEvent(event)
