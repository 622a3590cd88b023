"""The outcomes of a run as a table that filters and sorts its own rows.

A proxy that asks Python for each row and comparison takes a second for 100,000 rows; sorting lists of keys that are
made once takes a tenth of it.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.core.reviews import UNREAD
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.results_columns import HEADERS, Column, hidden_text, sort_values, text
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.workflows.blind_read import kept_back

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_RANKS = "¹²³⁴⁵⁶⁷⁸⁹"
_CENTRED = (Column.AGREEMENT, Column.FIT)
_FEW = 40  # rows that are looked for one by one
MANY = 20_000  # rows from which on new ones stand at the end for a moment: to place them costs as much as to place all
_SOON_MS = 250
_CHANGING = (Column.READING, Column.NOTE)

Selects = Callable[[Sequence[ImageResult]], Iterable[bool]]
"""Whether each of some outcomes is to be shown."""
Keys = Sequence[tuple[Column, bool]]
"""Sorted by which columns, the first before all others, and whether downwards."""


class ResultsTableModel(QAbstractTableModel):
    """One row an image that has its outcome and that the filter selects; without sorting in the order of the run."""

    ResultRole = int(_Role.UserRole) + 2
    grown = Signal()
    """Outcomes have come in, shown or not."""

    def __init__(self, parent: QObject | None = None, reviews: ReviewState | None = None) -> None:
        super().__init__(parent)
        self._reviews = reviews
        self._results: list[ImageResult] = []  # all, in the order of the run
        self._places: dict[Path, int] = {}  # in _results
        self._shown: list[int] = []  # places, in the order of the rows
        self._rows: dict[int, int] | None = None  # place -> row; made when many are asked for
        self._looked_for = 0  # rows that were looked for without it
        self._is_sorted = True  # by the values as they are now
        self._order: tuple[Keys, list[int]] | None = None  # of all results, by these keys, where they were in it
        self._values: dict[Column, list[str | float]] = {}  # what to sort by, by place; made when a column is used
        self._held: dict[Column, list[str | float]] = {}  # the same in a blind read, with one value for what it hides
        self._ranks: list[int] = []  # in a blind read, by place
        self._keys: Keys = ()
        self._selects: Selects | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(lambda: self._put_in_order(in_order=1))
        if reviews is not None:
            reviews.reviews_changed.connect(self._follow_reviews)
            reviews.blind_changed.connect(self._show_all_anew)
            reviews.restored.connect(self._show_all_anew)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        place = self._shown[index.row()]
        result, column = self._results[place], Column(index.column())
        if role in (_Role.DisplayRole, _Role.ToolTipRole):
            hidden = self._hidden_text(result.record, column)
            if role == _Role.ToolTipRole and column is Column.AGREEMENT and not hidden:
                return wording.votes(result)
            return hidden or self._text(result, column)
        if role == self.ResultRole:
            return result
        if role == _Role.TextAlignmentRole and column in _CENTRED:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(Column):
            if role == _Role.DisplayRole:
                return tr(HEADERS[Column(section)][0]) + self._rank(section)
            if role == _Role.ToolTipRole:
                return tr(
                    "{meaning}. Click to sort; with Shift, in addition to what it is sorted by",
                    meaning=tr(HEADERS[Column(section)][1]),
                )
            if role == _Role.TextAlignmentRole and section in _CENTRED:
                return Qt.AlignmentFlag.AlignCenter
        return None

    def _rank(self, section: int) -> str:
        """Which sort key a column is, where there are several."""
        columns = [column for column, _ in self._keys]
        return f" {_RANKS[columns.index(Column(section))]}" if len(columns) > 1 and section in columns else ""

    @property
    def total(self) -> int:
        """All outcomes, shown or not."""
        return len(self._results)

    @property
    def keys(self) -> Keys:
        """What the rows are sorted by."""
        return self._keys

    def shown(self) -> list[ImageResult]:
        """The outcomes in the rows, in their order."""
        return list(map(self._results.__getitem__, self._shown))  # in one piece: workers cannot come between

    def shown_among(self, paths: Iterable[Path]) -> int:
        """How many of these images are in the rows: asked of the few that were read, not of 100,000 rows."""
        places = [place for path in paths if (place := self._places.get(path)) is not None]
        if len(self._shown) == len(self._results):
            return len(places)
        return len(set(self._shown).intersection(places))

    def row_of(self, record: ImageRecord) -> int:
        """In which row an image is shown; -1 when it is not."""
        place = self._places.get(record.path, -1)
        if self._rows is None:
            self._looked_for += 1
            if self._looked_for <= _FEW:  # a tenth of what a map of all rows takes, and a run moves them all the time
                try:
                    return self._shown.index(place)
                except ValueError:
                    return -1
            self._rows = {place: row for row, place in enumerate(self._shown)}
        return self._rows.get(place, -1)

    def result(self, row: int) -> ImageResult:
        """The outcome in a row."""
        return self._results[self._shown[row]]

    def clear(self) -> None:
        """Begin another run."""
        self.beginResetModel()
        self._results, self._places, self._shown, self._values, self._order = [], {}, [], {}, None
        self._forget_rows()
        self._held, self._ranks = {}, []
        self.endResetModel()

    def append(self, results: Sequence[ImageResult]) -> None:
        """Add outcomes; each is shown where the filter and the order want it."""
        first = len(self._results)
        self._results.extend(results)
        self._places.update((result.record.path, first + number) for number, result in enumerate(results))
        self._values_of(Column.FILE)  # the dearest to make; a few at a time it costs nothing
        new = self._selected(first)
        if not new:
            self.grown.emit()
            return
        row = len(self._shown)
        self.beginInsertRows(QModelIndex(), row, row + len(new) - 1)
        self._shown.extend(new)
        self._forget_rows()
        self.endInsertRows()
        if self._is_blind or (self._keys and row < MANY):
            self._put_in_order(in_order=row)
        elif self._keys and not self._soon.isActive():
            self._soon.start()
        self.grown.emit()

    def update(self, results: Sequence[ImageResult]) -> None:
        """Put outcomes in place of the same with fewer votes; rows stay where they are until the next order."""
        for result in results:
            self._results[self._places[result.record.path]] = result
        for values in (self._values, self._held):
            values.pop(Column.AGREEMENT, None)
        self._is_sorted, self._order = False, None
        rows = [row for result in results if (row := self.row_of(result.record)) >= 0]
        if rows:
            self.dataChanged.emit(self.index(min(rows), Column.AGREEMENT), self.index(max(rows), Column.AGREEMENT))

    def _forget_rows(self) -> None:
        self._rows, self._looked_for = None, 0

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by one column, and keep it so while rows come in; by -1, back to the order of the run."""
        self.sort_by([(Column(column), order is Qt.SortOrder.DescendingOrder)] if column >= 0 else ())

    def sort_by(self, keys: Keys) -> None:
        """Sort by several columns."""
        self._keys = tuple(keys)
        self._put_in_order()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def filter(self, selects: Selects | None) -> None:
        """Show the outcomes that `selects` accepts; None shows all."""
        self.beginResetModel()
        self._selects = selects
        self._shown = self._selected(0)
        self._sort_places()
        self.endResetModel()

    def _selected(self, first: int) -> list[int]:
        """The places from `first` on that are to be shown."""
        places = range(first, len(self._results))
        return list(places if self._selects is None else compress(places, self._selects(self._results[first:])))

    @property
    def _is_blind(self) -> bool:
        return self._reviews is not None and self._reviews.blind

    def _hides(self, record: ImageRecord) -> bool:
        return self._reviews is not None and self._reviews.hides(record)

    def _hidden_text(self, record: ImageRecord, column: Column) -> str | None:
        if self._reviews is None or not self._reviews.hides(record):
            return None
        return hidden_text(self._reviews.order.number(record), column)

    def _text(self, result: ImageResult, column: Column) -> str:
        return text(result, self._reviews.review(result.record) if self._reviews else UNREAD, column)

    def _values_of(self, column: Column) -> list[str | float]:
        values = self._values.setdefault(column, [])
        new = self._results[len(values) :]
        values.extend(sort_values(column, new, self._reviews.reviews if self._reviews else {}))
        return values

    def _seen_values_of(self, column: Column) -> list[str | float]:
        """What is hidden in a blind read has one value for all: sorting by it would tell it."""
        values = self._values_of(column)
        if not self._is_blind or column in _CHANGING:
            return values
        held = self._held.setdefault(column, [])
        hidden: dict[Outcome, str | float] = {}
        for place in range(len(held), len(values)):
            result, value = self._results[place], values[place]
            if self._hides(result.record):
                if result.outcome not in hidden:
                    hidden[result.outcome] = sort_values(column, [kept_back(result)], {})[0]
                value = hidden[result.outcome]
            held.append(value)
        return held

    def _sort_places(self, in_order: int = 0) -> None:
        """The first `in_order` rows are sorted already: with one key that holds for rows of the same value as well."""
        if self._picked_out():
            return
        if in_order and self._is_sorted and len(self._keys) == 1 and not self._is_blind:
            pass
        elif self._is_blind and self._reviews is not None:
            new = self._results[len(self._ranks) :]
            self._ranks.extend(self._reviews.order.numbers([result.record for result in new]))
            self._shown.sort(key=self._ranks.__getitem__)
        elif self._selects is None:
            self._shown = list(range(len(self._results)))
        else:
            self._shown.sort()
        for column, downwards in reversed(self._keys):
            self._shown.sort(key=self._seen_values_of(column).__getitem__, reverse=downwards)
        self._is_sorted = True
        self._order = None if self._is_blind else (self._keys, self._shown.copy())
        self._forget_rows()

    def _picked_out(self) -> bool:
        """Whether all results were in the order that is wanted: those to be shown are taken from there, unsorted."""
        if (
            self._is_blind
            or self._order is None
            or self._order[0] != self._keys
            or len(self._order[1]) != len(self._results)
        ):
            return False
        order = self._order[1]
        is_shown = bytearray(len(order))
        for place in self._shown:
            is_shown[place] = True
        self._shown = list(compress(order, map(is_shown.__getitem__, order)))
        self._forget_rows()
        return True

    def _put_in_order(self, in_order: int = 0) -> None:
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        held_places = [self._shown[index.row()] for index in held]
        self._sort_places(in_order)
        if held:
            row_of: Callable[[int], int] = self._shown.index
            if len(held) > _FEW:
                row_of = {place: row for row, place in enumerate(self._shown)}.__getitem__
            moved = [self.index(row_of(place), index.column()) for place, index in zip(held_places, held, strict=True)]
            self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _forget_values(self) -> None:
        """Of what a reading changes; in a blind read it uncovers all columns.

        What does not change stays: file names of 100,000 cells would be felt with the next results that come in.
        """
        for column in _CHANGING:
            self._values.pop(column, None)
        self._held, self._is_sorted, self._order = {}, False, None

    def _follow_reviews(self, records: Sequence[ImageRecord]) -> None:
        """Rows stay where they are while someone reads, even if the filter or the order would now move them."""
        self._forget_values()
        rows = [row for record in records if (row := self.row_of(record)) >= 0]
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), len(Column) - 1))

    def _show_all_anew(self) -> None:
        self._forget_values()
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(Column) - 1))
