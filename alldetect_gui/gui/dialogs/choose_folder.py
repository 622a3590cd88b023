"""Ask for a folder. The dialog is opened, not waited for, so that a run goes on behind it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

ChooseFolder = Callable[[QWidget, str, Path, Callable[[Path], None]], None]
"""parent, title, where to start, what to do with the folder chosen."""


def choose_folder(parent: QWidget, title: str, start: Path, then: Callable[[Path], None]) -> None:
    """Open the system's dialog for folders."""
    dialog = QFileDialog(parent, title, str(start))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
    dialog.fileSelected.connect(lambda text: then(Path(text)))
    dialog.open()
