"""The images that were skipped, and why."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageResult
from alldetect_gui.gui.language import marked, said, tr

_Index = QModelIndex | QPersistentModelIndex
_HEADERS = (marked("File"), marked("Why it was skipped"))


class SkippedModel(QAbstractTableModel):
    """Grows while a run is on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.results: list[ImageResult] = []

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.results)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADERS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        result = self.results[index.row()]
        return said(result.reason) if index.column() else result.record.relative

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(_HEADERS[section])
        return None

    def clear(self) -> None:
        """Begin anew."""
        self.beginResetModel()
        self.results = []
        self.endResetModel()

    def append(self, results: Sequence[ImageResult]) -> None:
        """Take the skipped ones of these."""
        new = [result for result in results if result.outcome is Outcome.SKIPPED]
        if new:
            first = len(self.results)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self.results.extend(new)
            self.endInsertRows()
