"""Hears that the program was started again, and says what was wished for."""

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal, Slot

from alldetect_gui.store.one_window import OneWindow


class Doorbell(QObject):
    """Watches the place of calls for the first window of a workspace; for another one it is silent."""

    rung = Signal(object)  # Call

    def __init__(self, workspace: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.place = OneWindow(workspace)
        self._watcher = QFileSystemWatcher(self)
        folder = self.place.calls.parent
        if self.place.is_first and folder.is_dir():
            self._watcher.addPath(str(folder))
            self._watcher.directoryChanged.connect(self._look)

    @Slot()
    def _look(self) -> None:
        call = self.place.answer()
        if call is not None:
            self.rung.emit(call)

    def close(self) -> None:
        """Watch no more, and let another window be the first."""
        self._watcher.deleteLater()
        self.place.release()
