"""The table itself: sorting by several columns, choosing columns, copying rows, and which rows are in sight."""

from functools import partial

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.results_columns import HEADERS, Column
from alldetect_gui.gui.models.results_table import ResultsTableModel
from alldetect_gui.gui.presenters.cell_images import CellImages
from alldetect_gui.gui.widgets.path_delegate import PathDelegate
from alldetect_gui.gui.widgets.suggestion_chip import SuggestionDelegate
from alldetect_gui.gui.widgets.table_cells import PictureDelegate, ProbabilityDelegate
from alldetect_gui.workflows.export_results import text_cell

_WIDTHS = {  # in characters
    Column.PICTURE: 5,
    Column.FILE: 25,
    Column.PATIENT: 8,
    Column.REFERENCE: 10,
    Column.SUGGESTION: 16,
    Column.PROBABILITY: 16,
    Column.AGREEMENT: 7,
    Column.FIT: 11,
    Column.READING: 10,
    Column.NOTE: 12,
}
_SETTLE_MS = 60


class ResultsView(QTableView):
    """Rows of results; arrows move, Ctrl+C copies the selected rows as a spreadsheet takes them."""

    rows_in_sight = Signal(object, int)  # records, side of a picture in screen pixels

    def __init__(self, model: ResultsTableModel, images: CellImages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setAccessibleName(tr("Results"))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table; the arrows move in it
        self.setItemDelegateForColumn(Column.PICTURE, PictureDelegate(images))
        self.setItemDelegateForColumn(Column.FILE, PathDelegate(self))
        self.setItemDelegateForColumn(Column.SUGGESTION, SuggestionDelegate(self))
        self.setItemDelegateForColumn(Column.READING, SuggestionDelegate(self))
        self.setItemDelegateForColumn(Column.PROBABILITY, ProbabilityDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 2.4))
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.sectionClicked.connect(self._sort_by_click)
        for column, characters in _WIDTHS.items():
            self.setColumnWidth(column, characters * self.fontMetrics().averageCharWidth() + 16)
        self.copy = QAction(tr("&Copy Rows"), self)
        self.copy.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy.triggered.connect(self.copy_rows)
        self.addAction(self.copy)
        images.arrived.connect(lambda _: self.viewport().update())
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._tell_rows)
        self.verticalScrollBar().valueChanged.connect(self._ask_soon)
        for signal in (model.rowsInserted, model.modelReset, model.layoutChanged):
            signal.connect(self._ask_soon)
        self.viewport().installEventFilter(self)

    def fill_columns_menu(self, menu: QMenu) -> None:
        """One tick a column, then what to sort by and copying: all of it without a mouse."""
        header = self.horizontalHeader()
        for column in Column:
            action = menu.addAction(tr(HEADERS[column][0]))
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(column))
            action.setEnabled(column is not Column.FILE)
            action.toggled.connect(lambda on, column=column: header.setSectionHidden(column, not on))
        menu.addSeparator()
        sort = menu.addMenu(tr("&Sort By"))
        for column in (column for column in Column if column is not Column.PICTURE):
            sort.addAction(tr(HEADERS[column][0]), partial(self.sort_by, column, add=False))
        sort.addSeparator()
        sort.addAction(tr("Order of the Run"), lambda: self._apply([]))
        menu.addAction(self.copy)

    def sort_by(self, column: Column, *, add: bool) -> None:
        """Sort by a column: upwards, then downwards, then no longer; `add` keeps the other columns."""
        keys = list(self._model.keys)
        before = next((downwards for key, downwards in keys if key is column), None)
        if not add:
            keys = [(key, downwards) for key, downwards in keys if key is column]
        if before is None:
            keys.append((column, False))
        elif before:
            keys = [(key, downwards) for key, downwards in keys if key is not column]
        else:
            keys = [(key, True if key is column else downwards) for key, downwards in keys]
        self._apply(keys)

    def _apply(self, keys: list[tuple[Column, bool]]) -> None:
        self._model.sort_by(keys)
        first, downwards = keys[0] if keys else (-1, False)
        order = Qt.SortOrder.DescendingOrder if downwards else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(int(first), order)
        self.horizontalHeader().viewport().update()

    def _sort_by_click(self, section: int) -> None:
        if section != Column.PICTURE:
            held = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
            self.sort_by(Column(section), add=bool(held))
        else:
            self._apply(list(self._model.keys))  # the arrow goes back to where it was

    def copy_rows(self) -> None:
        """The selected rows, in the order and with the columns in sight, as text with tabs."""
        header = self.horizontalHeader()
        order = sorted((column for column in Column if column is not Column.PICTURE), key=header.visualIndex)
        columns = [column for column in order if not header.isSectionHidden(column)]
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines = ["\t".join(tr(HEADERS[column][0]) for column in columns)]
        for row in rows:
            said = (str(self._model.index(row, column).data()) for column in columns)
            lines.append("\t".join(text_cell(" ".join(text.split())) for text in said))
        if rows:
            QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._settle.start()
        return super().eventFilter(watched, event)

    def _ask_soon(self) -> None:
        self._settle.start()  # not connected directly: a signal's number would be taken for milliseconds

    def _tell_rows(self) -> None:
        first = self.indexAt(QPoint(4, 2))
        if not self.isVisible() or not first.isValid() or self.isColumnHidden(Column.PICTURE):
            return
        last = self.indexAt(QPoint(4, self.viewport().height() - 2))
        end = last.row() if last.isValid() else self._model.rowCount() - 1
        side = round(self.rowHeight(first.row()) * self.devicePixelRatioF())
        self.rows_in_sight.emit([self._model.result(row).record for row in range(first.row(), end + 1)], side)

    def mark(self, row: int) -> None:
        """Make a row the current one; -1 for none."""
        index = self._model.index(row, Column.FILE) if row >= 0 else QModelIndex()
        if index.isValid() and index.row() != self.currentIndex().row():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)
        elif not index.isValid():
            self.setCurrentIndex(QModelIndex())
