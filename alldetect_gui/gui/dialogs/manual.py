"""The manual that comes with the program, read inside it: nothing is fetched from anywhere."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from alldetect_gui.gui.language import tr
from alldetect_gui.gui.widgets.plain_buttons import close_box

MANUAL = "manual.md"


class ManualDialog(QDialog):
    """Text and pictures from `folder`; links lead within the page only."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("AllDetect Manual"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page = QTextBrowser()
        self.page.setAccessibleName(tr("Manual"))
        self.page.setOpenLinks(False)
        self.page.setSearchPaths([str(folder)])
        document = QTextDocument(self.page)
        document.setBaseUrl(QUrl.fromLocalFile(f"{folder}/"))
        document.setMarkdown((folder / MANUAL).read_text(encoding="utf-8"))
        self.page.setDocument(document)
        buttons = close_box()
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.page, 1)
        layout.addWidget(buttons)
        character = self.fontMetrics().averageCharWidth()
        self.resize(character * 130, character * 100)
