"""The cells of the page under review as a list model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.presenters.cell_images import CellImages
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.state import WorkspaceState

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class ReviewPageModel(QAbstractListModel):
    """One row a cell: its picture, its reader's class, and the suggestion unless it is hidden."""

    RecordRole = int(_Role.UserRole) + 1
    ReadingRole = int(_Role.UserRole) + 2  # Reading or None
    SuggestionRole = int(_Role.UserRole) + 3  # Suggestion; None while there is none or it is hidden
    CaptionRole = int(_Role.UserRole) + 4
    NoteRole = int(_Role.UserRole) + 5

    def __init__(self, state: WorkspaceState, reviews: ReviewState, images: CellImages, parent: QObject | None = None):
        super().__init__(parent)
        self._state, self._reviews, self._images = state, reviews, images
        self._cells: list[ImageRecord] = []
        images.arrived.connect(self._show_image)
        reviews.reviews_changed.connect(self._show_changes)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._cells)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        record = self._cells[index.row()]
        review = self._reviews.review(record)
        if role == _Role.DecorationRole:
            return self._images.image(record)
        if role == self.RecordRole:
            return record
        if role == self.ReadingRole:
            return review.reading
        if role == self.NoteRole:
            return review.note
        if role == self.SuggestionRole:
            result = self._state.outcomes.get(record.path)
            known = result is not None and result.prediction is not None and not self._reviews.hides(record)
            return result.prediction.suggestion if known and result is not None and result.prediction else None
        if role == self.CaptionRole:
            return self._caption(record)
        if role in (_Role.AccessibleTextRole, _Role.ToolTipRole):
            return self._describe(record)
        return None

    def set_cells(self, cells: Sequence[ImageRecord]) -> None:
        """Show another page."""
        if list(cells) != self._cells:
            self.beginResetModel()
            self._cells = list(cells)
            self.endResetModel()

    @property
    def cells(self) -> Sequence[ImageRecord]:
        """The cells of the page."""
        return self._cells

    def row_of(self, record: ImageRecord | None) -> int:
        """Where a cell stands on the page; -1 when it does not."""
        return next((row for row, cell in enumerate(self._cells) if cell == record), -1)

    def refresh(self) -> None:
        """What is known of the cells may have changed: a run goes on, or suggestions were hidden or shown."""
        if self._cells:
            self.dataChanged.emit(self.index(0), self.index(len(self._cells) - 1))

    def _caption(self, record: ImageRecord) -> str:
        """P(ALL), where it may be seen."""
        result = self._state.outcomes.get(record.path)
        if result is None or result.prediction is None or self._reviews.hides(record):
            return ""
        return f"P(ALL) {wording.decimal(result.prediction.probability_all)}"

    def _describe(self, record: ImageRecord) -> str:
        """In a blind read neither file name nor patient: many hold the label."""
        if self._reviews.hides(record):
            return tr("Cell {number}, not read", number=self._reviews.order.number(record))
        reading = self._reviews.review(record).reading
        said = tr("read as {reading}", reading=wording.reading(reading)) if reading else tr("not read")
        return ", ".join(part for part in (record.relative, self._caption(record), said) if part)

    def _show_image(self, path: Path) -> None:
        self._changed([row for row, cell in enumerate(self._cells) if cell.path == path])

    def _show_changes(self, records: Sequence[ImageRecord]) -> None:
        self._changed([row for record in records if (row := self.row_of(record)) >= 0])

    def _changed(self, rows: Sequence[int]) -> None:
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))
