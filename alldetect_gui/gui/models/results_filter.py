"""Which rows of the results table are shown, and in which order."""

from enum import StrEnum

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageResult
from alldetect_gui.gui import wording
from alldetect_gui.gui.models.results_table import ResultsTableModel, differs_from_reference


class Show(StrEnum):
    """The choices of the suggestion filter, in the order of the list; the values are its words."""

    EVERYTHING = "All results"
    ALL = "A  Suggested ALL"
    HEM = "H  Suggested HEM"
    UNCERTAIN = "U  Uncertain"
    SKIPPED = "Skipped"
    DIFFERENT = "Differs from reference"


class ResultsFilterProxyModel(QSortFilterProxyModel):
    """Filters by words (all of them must occur in file, patient, reference or outcome) and by suggestion."""

    def __init__(self, source: ResultsTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = source
        self._words: tuple[str, ...] = ()
        self._show = Show.EVERYTHING
        self.setSourceModel(source)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """The table sorts its own rows; this model keeps their order."""
        self._table.sort(column, order)

    def set_text(self, text: str) -> None:
        """Show rows that hold every word of `text`, in any case."""
        self.beginFilterChange()
        self._words = tuple(text.casefold().split())
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def set_show(self, show: Show) -> None:
        """Show one kind of result only."""
        self.beginFilterChange()
        self._show = show
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex) -> bool:
        result = self._table.result(source_row)
        return self._kind_matches(result) and self._words_match(result)

    def _kind_matches(self, result: ImageResult) -> bool:
        if self._show is Show.EVERYTHING:
            return True
        if self._show is Show.SKIPPED:
            return result.outcome is Outcome.SKIPPED
        if self._show is Show.DIFFERENT:
            return differs_from_reference(result)
        return result.prediction is not None and result.prediction.suggestion is Suggestion[self._show.name]

    def _words_match(self, result: ImageResult) -> bool:
        if not self._words:
            return True
        record = result.record
        hay = f"{record.relative} {record.subject} {record.reference or ''} {wording.outcome(result)}".casefold()
        return all(word in hay for word in self._words)
