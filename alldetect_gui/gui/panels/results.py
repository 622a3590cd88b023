"""The outcomes of the run: filter, sort, and a row opens its image."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QTableView, QVBoxLayout, QWidget

from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.models.results_filter import ResultsFilterProxyModel, Show
from alldetect_gui.gui.models.results_table import Column, ResultsTableModel
from alldetect_gui.gui.widgets.path_delegate import PathDelegate
from alldetect_gui.gui.widgets.suggestion_chip import SuggestionDelegate

_WIDTHS = {  # in characters
    Column.FILE: 27,
    Column.PATIENT: 9,
    Column.REFERENCE: 11,
    Column.SUGGESTION: 16,
    Column.PROBABILITY: 9,
}


class ResultsPanel(QWidget):
    """Filter line, counts and table."""

    record_chosen = Signal(object)  # ImageRecord

    def __init__(self, model: ResultsTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.proxy = ResultsFilterProxyModel(model, self)
        self._filtering = False
        self._viewed: ImageRecord | None = None
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by file, patient, reference or reason")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAcceptDrops(False)  # a folder dropped here is meant for the window
        self.filter.setAccessibleName("Filter of the results")
        self.filter.textChanged.connect(self._filter_text)
        self.show_box = QComboBox()
        self.show_box.setAccessibleName("Which results to show")
        self.show_box.addItems([show.value for show in Show])
        self.show_box.currentTextChanged.connect(self._filter_show)
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self.table = self._make_table()
        for signal in (self.proxy.rowsInserted, self.proxy.rowsRemoved, self.proxy.modelReset):
            signal.connect(self._tell_count)
        bar = QHBoxLayout()
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.show_box)
        bar.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(bar)
        layout.addWidget(self.table, 1)
        self._tell_count()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.proxy)
        table.setAccessibleName("Results")
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setItemDelegateForColumn(Column.FILE, PathDelegate(table))
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)  # Tab leaves the table; the arrows move in it
        table.setItemDelegateForColumn(Column.SUGGESTION, SuggestionDelegate(table))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.7))
        header = table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, characters in _WIDTHS.items():
            table.setColumnWidth(column, characters * self.fontMetrics().averageCharWidth() + 16)
        table.setSortingEnabled(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.selectionModel().currentRowChanged.connect(self._choose)
        table.clicked.connect(self._choose)  # also on the row that is current already
        table.activated.connect(self._choose)
        return table

    def select(self, record: ImageRecord) -> None:
        """Mark the image in view, where it is among the rows shown; no row where it is not."""
        self._viewed = record
        row = self._model.row_of(record)
        index = self.proxy.mapFromSource(self._model.index(row, 0)) if row >= 0 else QModelIndex()
        if index.isValid() and index.row() != self.table.currentIndex().row():
            self.table.setCurrentIndex(index)
        elif not index.isValid():
            self.table.setCurrentIndex(QModelIndex())

    def reset_filter(self) -> None:
        """Show every result: another folder is in view."""
        self._viewed = None
        self.filter.clear()
        self.show_box.setCurrentIndex(0)

    def focus_filter(self) -> None:
        """Ready to type."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    @property
    def count_text(self) -> str:
        """How many rows are shown."""
        return self._count.text()

    def _filter_text(self, text: str) -> None:
        self._refilter(lambda: self.proxy.set_text(text))

    def _filter_show(self, text: str) -> None:
        self._refilter(lambda: self.proxy.set_show(Show(text)))

    def _refilter(self, change: Callable[[], None]) -> None:
        """Rows that go must not choose another image: the mark follows the image in view."""
        self._filtering = True
        change()
        if self._viewed is not None:
            self.select(self._viewed)
        self._filtering = False
        self._tell_count()

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid() and not self._filtering:
            self._viewed = current.data(ResultsTableModel.ResultRole).record
            self.record_chosen.emit(self._viewed)

    def _tell_count(self) -> None:
        shown, known = self.proxy.rowCount(), self._model.rowCount()
        self._count.setText(f"{shown} of {known}" if shown != known else f"{known} results" if known else "")
