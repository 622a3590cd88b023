"""The images of the folder as a list model. Thumbnails are handed to it; it never reads a file itself."""

from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.gui.models.thumbnail_cache import ThumbnailCache

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class ImageListModel(QAbstractListModel):
    """One row an image, in the order of the listing; grows while the folder is listed."""

    RecordRole = int(_Role.UserRole) + 1
    ResultRole = int(_Role.UserRole) + 2

    def __init__(self, parent: QObject | None = None, *, cache: ThumbnailCache | None = None) -> None:
        super().__init__(parent)
        self._all: list[ImageRecord] = []  # in the order of the listing
        self._records: list[ImageRecord] = []  # those of them that are shown
        self._wanted: Container[Path] | None = None
        self._rows: dict[Path, int] = {}
        self._results: dict[Path, ImageResult] = {}
        self._cache = cache or ThumbnailCache()
        self._hides: Callable[[ImageRecord], bool] = lambda record: False

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._records)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        record = self._records[index.row()]
        if self._hides(record) and role in (_Role.DisplayRole, _Role.AccessibleTextRole, self.ResultRole):
            return None if role == self.ResultRole else f"Cell {index.row() + 1}"
        if role == _Role.DisplayRole:
            return record.relative.rpartition("/")[2]
        if role == _Role.DecorationRole:
            item = self._cache.get(record.path)
            return item if isinstance(item, QImage) else None
        if role == _Role.AccessibleTextRole:
            return f"{record.relative}, {self.describe(record)}"
        if role == self.RecordRole:
            return record
        if role == self.ResultRole:
            return self._results.get(record.path)
        return None

    def describe(self, record: ImageRecord) -> str:
        """The second line of a row: patient and reference label, or why the image cannot be shown."""
        item = self._cache.get(record.path)
        if isinstance(item, str):
            return f"Cannot be shown: {item}"
        parts = [f"Patient {record.subject}"] if record.subject else []
        if self._hides(record):
            return "".join(parts)
        parts += [f"reference {record.reference}"] if record.reference else []
        return " · ".join(parts) or record.relative.rpartition("/")[0]

    def record(self, row: int) -> ImageRecord:
        """The image of a row."""
        return self._records[row]

    def row_of(self, record: ImageRecord) -> int:
        """Where an image stands; -1 when it is not of this folder."""
        return self._rows.get(record.path, -1)

    def reset(self) -> None:
        """Forget the folder and its thumbnails."""
        self.beginResetModel()
        self._all, self._records, self._rows, self._results, self._wanted = [], [], {}, {}, None
        self._cache.clear()
        self.endResetModel()

    def append(self, records: Sequence[ImageRecord]) -> None:
        """Add images at the end."""
        self._all.extend(records)
        records = [record for record in records if self._is_wanted(record)]
        if not records:
            return
        first = len(self._records)
        self.beginInsertRows(QModelIndex(), first, first + len(records) - 1)
        self._records.extend(records)
        self._rows.update((record.path, first + number) for number, record in enumerate(records))
        self.endInsertRows()

    def narrow(self, paths: Container[Path] | None) -> None:
        """Show these images only; None shows all."""
        if paths is None and self._wanted is None:
            return
        self.beginResetModel()
        self._wanted = paths
        self._records = [record for record in self._all if self._is_wanted(record)]
        self._rows = {record.path: row for row, record in enumerate(self._records)}
        self.endResetModel()

    @property
    def total(self) -> int:
        """All images, shown or not."""
        return len(self._all)

    def _is_wanted(self, record: ImageRecord) -> bool:
        return self._wanted is None or record.path in self._wanted

    def hide(self, hides: Callable[[ImageRecord], bool]) -> None:
        """Show neither name, label nor suggestion of the images for which `hides` is true: a blind read."""
        self._hides = hides

    def refresh(self) -> None:
        """What is hidden, or read, may have changed."""
        self._changed(range(len(self._records)))

    def set_results(self, results: Sequence[ImageResult]) -> None:
        """Show the suggestion beside each image; an empty sequence takes all of them away."""
        if not results:
            self._results = {}
            self._changed(range(len(self._records)))
            return
        self._results.update((result.record.path, result) for result in results)
        self._changed([row for result in results if (row := self.row_of(result.record)) >= 0])

    def lacks_thumbnail(self, row: int) -> bool:
        """True when nothing is known yet about how this row looks."""
        return self._records[row].path not in self._cache

    def set_thumbnail(self, path: Path, item: QImage | str) -> None:
        """A thumbnail, or the reason why there is none."""
        self._cache.put(path, item)
        self._changed([self._rows[path]] if path in self._rows else [])

    def _changed(self, rows: Sequence[int]) -> None:
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))
