"""Ask where a file is to be written. The dialog is opened, not waited for, so that a run goes on behind it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

ChooseFile = Callable[[QWidget, str, Path, str, Callable[[Path], None]], None]
"""parent, title, name proposed, name filter such as “PNG image (*.png)”, what to do with the file chosen."""


def choose_new_file(parent: QWidget, title: str, proposed: Path, kinds: str, then: Callable[[Path], None]) -> None:
    """Open the system's dialog for saving; it asks before a file is replaced."""
    dialog = _dialog(parent, title, proposed.parent, kinds, then)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(proposed.suffix.lstrip("."))
    dialog.selectFile(proposed.name)
    dialog.open()


def choose_old_file(parent: QWidget, title: str, start: Path, kinds: str, then: Callable[[Path], None]) -> None:
    """Open the system's dialog for a file that exists, beginning in the folder `start`."""
    dialog = _dialog(parent, title, start, kinds, then)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()


def _dialog(parent: QWidget, title: str, folder: Path, kinds: str, then: Callable[[Path], None]) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(folder), kinds)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda text: then(Path(text)))
    return dialog
