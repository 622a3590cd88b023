"""The outcomes of a run as a table: native values for sorting, the whole result for whoever selects a row."""

import math
import re
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.gui import wording

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_DIGITS = re.compile(r"\d+")


class Column(IntEnum):
    """The columns, from the left."""

    FILE = 0
    PATIENT = 1
    REFERENCE = 2
    SUGGESTION = 3
    PROBABILITY = 4
    OUTCOME = 5


HEADERS = {
    Column.FILE: ("File", "Path below the opened folder"),
    Column.PATIENT: ("Patient", "As the file name tells"),
    Column.REFERENCE: ("Reference", "The reference label: from the file name or the folder"),
    Column.SUGGESTION: ("Suggestion", "A = ALL, H = HEM, U = uncertain: a suggestion, to be reviewed"),
    Column.PROBABILITY: ("P(ALL)", "Calibrated probability of ALL, from 0 to 1"),
    Column.OUTCOME: ("Outcome", "Classified, or skipped with the reason"),
}


class ResultsTableModel(QAbstractTableModel):
    """One row an image that has its outcome, in the order of the run."""

    SortRole = int(_Role.UserRole) + 1
    ResultRole = int(_Role.UserRole) + 2

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._results: list[ImageResult] = []
        self._rows: dict[Path, int] = {}
        self._arrival: dict[Path, int] = {}  # the order of the run
        self._order: tuple[Column, bool] | None = None  # sorted by which column, and whether downwards

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._results)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        result, column = self._results[index.row()], Column(index.column())
        if role in (_Role.DisplayRole, _Role.ToolTipRole):
            return _text(result, column)
        if role == self.SortRole:
            return _sort_value(result, column)
        if role == self.ResultRole:
            return result
        if role == _Role.TextAlignmentRole and column is Column.PROBABILITY:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(Column):
            if role == _Role.DisplayRole:
                return HEADERS[Column(section)][0]
            if role == _Role.ToolTipRole:
                return HEADERS[Column(section)][1]
            if role == _Role.TextAlignmentRole and section == Column.PROBABILITY:
                return Qt.AlignmentFlag.AlignCenter
        return None

    def row_of(self, record: ImageRecord) -> int:
        """Where an image stands; -1 when it has no outcome."""
        return self._rows.get(record.path, -1)

    def result(self, row: int) -> ImageResult:
        """The outcome in a row."""
        return self._results[row]

    def clear(self) -> None:
        """Begin another run."""
        self.beginResetModel()
        self._results, self._rows, self._arrival = [], {}, {}
        self.endResetModel()

    def append(self, results: Sequence[ImageResult]) -> None:
        """Add outcomes at the end."""
        if not results:
            return
        first = len(self._results)
        self.beginInsertRows(QModelIndex(), first, first + len(results) - 1)
        self._results.extend(results)
        self._arrival.update((result.record.path, first + number) for number, result in enumerate(results))
        self._rows.update((result.record.path, first + number) for number, result in enumerate(results))
        self.endInsertRows()
        if self._order is not None:
            self._sort_rows()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, and keep it so while rows come in; by -1, back to the order of the run.

        The rows themselves are sorted: a proxy that asks Python for each comparison takes seconds for 10,000 rows.
        """
        self._order = (Column(column), order is Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._sort_rows()

    def _sort_rows(self) -> None:
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        held_paths = [self._results[index.row()].record.path for index in held]
        if self._order is None:
            self._results.sort(key=lambda result: self._arrival[result.record.path])
        else:
            column, downwards = self._order
            self._results.sort(key=lambda result: _sort_value(result, column), reverse=downwards)
        self._rows = {result.record.path: row for row, result in enumerate(self._results)}
        moved = [self.index(self._rows[path], index.column()) for path, index in zip(held_paths, held, strict=True)]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()


def differs_from_reference(result: ImageResult) -> bool:
    """True when a class was suggested and it is not the reference label."""
    prediction, reference = result.prediction, result.record.reference
    if prediction is None or reference is None or prediction.suggestion is Suggestion.UNCERTAIN:
        return False
    return prediction.suggestion.value != reference.value


def _text(result: ImageResult, column: Column) -> str:
    prediction = result.prediction
    if column is Column.FILE:
        return result.record.relative
    if column is Column.PATIENT:
        return result.record.subject or "–"
    if column is Column.REFERENCE:
        return wording.reference(result.record.reference)
    if column is Column.SUGGESTION:
        return prediction.suggestion.value if prediction else "–"
    if column is Column.PROBABILITY:
        return wording.decimal(prediction.probability_all) if prediction else "–"
    return wording.outcome(result)


def _sort_value(result: ImageResult, column: Column) -> str | float:
    """Text with padded digits, so that cell_2 comes before cell_10; what has no probability comes first."""
    if column is Column.PROBABILITY:
        value = result.prediction.probability_all if result.prediction else math.nan
        return value if math.isfinite(value) else -1.0
    if column is Column.OUTCOME:
        return f"{result.outcome is Outcome.SKIPPED:d}{_text(result, column)}"
    return _DIGITS.sub(lambda digits: digits[0].zfill(12), _text(result, column).casefold())
