"""Accept a folder dropped anywhere on the window."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class FolderDrop(QObject):
    """Watches `target`; a dropped file stands for the folder in which it lies."""

    folder_dropped = Signal(object)  # Path

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent):  # enter and move events are drop events, too
            path = _local_path(event.mimeData())
            if path is None:
                return False
            event.acceptProposedAction()
            if event.type() is QEvent.Type.Drop and not isinstance(event, QDragEnterEvent):
                self.folder_dropped.emit(path if path.is_dir() else path.parent)
            return True
        return False


def _local_path(data: QMimeData) -> Path | None:
    for url in data.urls():
        if url.isLocalFile():
            return Path(url.toLocalFile())
    return None
