"""How the suggestions compare with the reference labels: the matrix and the figures, in the clinician's words."""

from collections.abc import Iterable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from alldetect_gui.gui import wording
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.confusion_table import ConfusionTableModel
from alldetect_gui.workflows.evaluate_run import Evaluation, RunSummary

_PARTS = ("all", "hem", "any")


class _TintDelegate(QStyledItemDelegate):
    """The larger a cell's share of its row, the stronger its ground: one colour, its meaning is in the numbers."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        share = index.data(ConfusionTableModel.ShareRole)
        if isinstance(share, float):
            tint = QColor(option.palette.color(QPalette.ColorRole.Highlight))
            tint.setAlphaF(0.06 + 0.34 * share)
            painter.fillRect(option.rect, tint)
        super().paint(painter, option, index)


class ConfusionPanel(QScrollArea):
    """Scrolls when the window is small; nothing in it is cut off."""

    part_chosen = Signal(str, str)  # label and prediction: all, hem or any

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ConfusionTableModel(self)
        self.note = _label(wrap=True)
        self._axis = _label(wrap=True)
        self.table = self._make_table()
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(14)
        self._rows.setColumnStretch(2, 1)
        self.values: dict[str, QLabel] = {}
        self.intervals: dict[str, QLabel] = {}
        for row, (name, title) in enumerate(wording.measure_names()):
            heading = _label(title)
            self.values[name], self.intervals[name] = _label(bold=True), _label()
            self.values[name].setAlignment(Qt.AlignmentFlag.AlignRight)
            self.values[name].setAccessibleName(title)
            for column, label in enumerate((heading, self.values[name], self.intervals[name])):
                label.setToolTip(tr(wording.MEASURE_MEANINGS[name]))
                self._rows.addWidget(label, row, column)
        self._figures = QWidget()
        self._figures.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self.footnote = _label(wrap=True)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        for widget in (self.note, self._axis, self.table, self._figures, self.footnote):
            layout.addWidget(widget)
        layout.addStretch()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)  # it shows who has the keys
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setAccessibleName(tr("Confusion summary"))
        self.show_nothing()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setItemDelegate(_TintDelegate(table))
        table.setAccessibleName(tr("Confusion matrix: rows true, columns predicted"))
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.clicked.connect(lambda index: self._choose(index.row(), index.column()))
        table.activated.connect(lambda index: self._choose(index.row(), index.column()))
        table.setTabKeyNavigation(False)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for header in (table.horizontalHeader(), table.verticalHeader()):
            header.setSectionsClickable(True)
            header.setHighlightSections(False)
        table.horizontalHeader().sectionClicked.connect(lambda column: self._choose(2, column))
        table.verticalHeader().sectionClicked.connect(lambda row: self._choose(row, 2))
        line = self.fontMetrics().height()
        table.horizontalHeader().setFixedHeight(round(2.6 * line))
        table.setFixedHeight(round(10.4 * line))
        table.setMinimumWidth(self.fontMetrics().averageCharWidth() * 40)
        return table

    def _choose(self, row: int, column: int) -> None:
        self.part_chosen.emit(_PARTS[row], _PARTS[column])

    def show_nothing(self) -> None:
        """No run yet."""
        self._show_parts(evaluated=False)
        self.note.setText(tr("After a run, suggestions are compared with the reference labels here."))
        self.footnote.setText("")

    def show_hidden(self, cells: int) -> None:
        """A blind read is on: counts and shares of suggestions would tell of these cells."""
        self._show_parts(evaluated=False)
        unread = wording.count(cells, "unread cell")
        self.note.setText(tr("Hidden in the blind read until every cell is read: {unread} left.", unread=unread))
        self.footnote.setText("")

    def mark(self, row: int, column: int, others: Iterable[tuple[int, int]] = ()) -> None:
        """In which part of the matrix the image in view is counted (-1: in none), and the `others` selected with it."""
        self.table.setCurrentIndex(self.model.index(row, column))
        for part in others:
            self.table.selectionModel().select(self.model.index(*part), QItemSelectionModel.SelectionFlag.Select)

    def show_summary(self, summary: RunSummary, *, by_reader: bool = False) -> None:
        """The counts of a run and, where there are reference labels or a reader's classes, its figures."""
        self.note.setText(counts_text(summary))
        self._show_parts(evaluated=summary.evaluation is not None)
        if not summary.classified:
            self.footnote.setText(tr("No image has a suggestion, so there is nothing to compare."))
            return
        if summary.evaluation is None and by_reader:
            self.footnote.setText(tr("There are no reference labels, and no cell has been read as ALL or HEM yet."))
            return
        if summary.evaluation is None:
            self.footnote.setText(
                tr(
                    "These images have no reference labels, so the suggestions cannot be compared with "
                    "anything. Labels are taken from C-NMC file names (…_all, …_hem) or from folders "
                    "named all and hem; once you have read cells, the suggestions are compared with your "
                    "classes."
                )
            )
            return
        self._show_evaluation(summary.evaluation, summary.uncertain, by_reader=by_reader)

    def _show_evaluation(self, evaluation: Evaluation, uncertain: int, *, by_reader: bool) -> None:
        self.model.set_matrix(evaluation.confusion, by_reader=by_reader)
        across, down = self.table.horizontalHeader(), self.table.verticalHeader()
        across.setSectionResizeMode(across.count() - 1, QHeaderView.ResizeMode.ResizeToContents)  # the totals
        columns = sum(across.sectionSizeHint(column) for column in range(across.count()))
        needed = down.sizeHint().width() + columns + 2 * self.table.frameWidth()
        self.table.setMinimumWidth(max(needed, self.fontMetrics().averageCharWidth() * 40))
        self._axis.setText(axis_text(evaluation, uncertain, by_reader=by_reader))
        for name, label in self.values.items():
            label.setText(wording.measure(name, evaluation.measures[name]))
            self.intervals[name].setText(wording.interval(name, evaluation.intervals.get(name)))
        self.footnote.setText(footnote_text(evaluation))

    def _show_parts(self, *, evaluated: bool) -> None:
        for widget in (self._axis, self.table, self._figures):
            widget.setVisible(evaluated)


def counts_text(summary: RunSummary) -> str:
    """What the run suggested, and what it left out."""
    text = tr(
        "{images}: {all} suggested ALL, {hem} HEM, {uncertain} uncertain",
        images=wording.count(summary.found, "image"), all=summary.suggested_all, hem=summary.suggested_hem,
        uncertain=summary.uncertain,
    )  # fmt: skip
    return tr("{text}; {skipped} skipped.", text=text, skipped=summary.skipped) if summary.skipped else f"{text}."


def axis_text(evaluation: Evaluation, uncertain: int, *, by_reader: bool = False) -> str:
    """What the matrix counts, said above it: with uncertain images it is not the list of suggestions."""
    rows = tr("your class, a reading and no proof") if by_reader else tr("reference label (true)")
    text = tr(
        "Rows: {rows} · columns: predicted, ALL from P(ALL) {threshold}",
        rows=rows,
        threshold=wording.decimal(evaluation.threshold),
    )
    if not uncertain:
        return text
    called = evaluation.called
    return tr(
        "{text}; uncertain images are counted by their side of it. "
        "Without them: {called} suggested, {right} of them as their label says.",
        text=text,
        called=called.total,
        right=called.tp + called.tn,
    )


def footnote_text(evaluation: Evaluation) -> str:
    """How to read the figures: positive class, and whose intervals."""
    parts = [tr("ALL is the positive class.")]
    if evaluation.intervals:
        parts.append(
            tr("Ranges are 95 % intervals over {patients}.", patients=wording.count(evaluation.subjects, "patient"))
        )
    else:
        parts.append(tr("Intervals are given once a run has ended, from 5 patients on."))
    return " ".join(parts)


def _label(text: str = "", *, wrap: bool = False, bold: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    font = label.font()
    font.setBold(bold)
    label.setFont(font)
    return label
