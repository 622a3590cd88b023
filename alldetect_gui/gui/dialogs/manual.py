"""The manual that comes with the program, read inside it: nothing is fetched from anywhere."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from alldetect_gui.gui.language import spoken, tr
from alldetect_gui.gui.widgets.plain_buttons import close_box

MANUAL = "manual.md"
"""What every language without a manual of its own gets; German has manual.de.md."""


class _Page(QTextBrowser):
    """Text with pictures that are never wider than the page."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._pictures: dict[str, QImage] = {}
        self._width = 0

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        return self._fitting(QUrl(name).fileName())

    def _fitting(self, name: str) -> QImage:
        picture = self._pictures.get(name)
        if picture is None:
            picture = self._pictures[name] = QImage(str(self._folder / name))
        if picture.isNull():
            return picture
        points = min(picture.width(), self._room())
        pixels = min(round(points * self.devicePixelRatioF()), picture.width())
        fitting = picture.scaledToWidth(pixels, Qt.TransformationMode.SmoothTransformation)
        fitting.setDevicePixelRatio(pixels / points)
        return fitting

    def _room(self) -> int:
        return max(self.viewport().width() - 2 * round(self.document().documentMargin()) - 2, 100)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._room() != self._width:
            self._width = self._room()
            for name in self._pictures:
                kind = QTextDocument.ResourceType.ImageResource.value
                self.document().addResource(kind, QUrl(name), self._fitting(name))
            self.document().markContentsDirty(0, self.document().characterCount())


class ManualDialog(QDialog):
    """Text and pictures from `folder`; links lead within the page only."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("AllDetect Manual"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page = _Page(folder)
        self.page.setAccessibleName(tr("Manual"))
        self.page.setOpenLinks(False)
        own = folder / f"manual.{spoken()}.md"
        self.page.setMarkdown((own if own.is_file() else folder / MANUAL).read_text(encoding="utf-8"))
        buttons = close_box()
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.page, 1)
        layout.addWidget(buttons)
        character = self.fontMetrics().averageCharWidth()
        self.resize(character * 130, character * 100)
