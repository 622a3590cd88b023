"""The outcomes of the run: filter, sort, choose columns, copy, and a row opens its image."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import attrgetter

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.core.reviews import UNREAD
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import marked, said, tr
from alldetect_gui.gui.models.results_columns import Column
from alldetect_gui.gui.models.results_filter import QUERIES, Show
from alldetect_gui.gui.models.results_table import ResultsTableModel, Selects
from alldetect_gui.gui.presenters.cell_images import CellImages
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.results_view import ResultsView
from alldetect_gui.gui.widgets.select_rows import select_rows, selected_rows
from alldetect_gui.workflows.blind_read import all_kept_back
from alldetect_gui.workflows.filter_results import Query, parse

_MANY = 5000  # rows from which on typing is waited for
_TYPING_MS = 150
_ROWS_PER_MS = 50  # between two looks at the rows shown: 2 seconds for 100,000 of them
_HELP = marked(
    "Every term must hold; - before a term turns it round.\n"
    "p>0.4 p<0.6 · agree<3 · fit>1 · patient:H12 · reference:all · suggestion:hem · read:unsure · note:word\n"
    "wrong · right · uncertain · skipped · outside · open · reviewed · overruled · noted\n"
    "Anything else must occur in file, patient, labels, outcome or note."
)


class ResultsPanel(QWidget):
    """Filter line, counts and table."""

    record_chosen = Signal(object)  # ImageRecord: to be in view
    records_chosen = Signal(object)  # list of ImageRecord: what is selected
    narrowed = Signal()  # other rows are shown

    def __init__(
        self, model: ResultsTableModel, reviews: ReviewState, images: CellImages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model, self._reviews = model, reviews
        self._filtering = False
        self._asked = (0, 0)
        self._viewed: ImageRecord | None = None
        self._selected: Sequence[ImageRecord] = ()
        self._query = Query("")
        self.filter = self._make_filter()
        self.show_box = QComboBox()
        self.show_box.setAccessibleName(tr("Which results to show"))
        for show in Show:
            self.show_box.addItem(tr(show), show)
        self.show_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.show_box.setMinimumContentsLength(14)
        self.show_box.currentTextChanged.connect(self._refilter)
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._status = ElidedLabel()
        self.table = ResultsView(model, images)
        self.table.rows_in_sight.connect(images.request)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.selectionModel().selectionChanged.connect(self._tell_selected)
        self.table.clicked.connect(self._choose)  # also on the row that is current already
        self.table.activated.connect(self._choose)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._refilter)
        self._counting = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._counting.timeout.connect(self._tell_status)
        model.modelReset.connect(self._tell_count)
        model.grown.connect(self._tell_more)
        reviews.reviews_changed.connect(self._tell_count)
        reviews.blind_changed.connect(self._refilter)
        bar = QHBoxLayout()
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.show_box)
        bar.addWidget(self._make_columns_button())
        bar.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(bar)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._status)
        self._tell_count()

    def _make_filter(self) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText(tr("Filter: words, p>0.4 p<0.6, patient:H12, wrong, uncertain, open …"))
        line.setToolTip(tr(_HELP))
        line.setClearButtonEnabled(True)
        line.setMinimumWidth(self.fontMetrics().averageCharWidth() * 18)
        line.setAcceptDrops(False)  # a folder dropped here is meant for the window
        line.setAccessibleName(tr("Filter of the results"))
        line.textChanged.connect(self._filter_text)
        line.returnPressed.connect(self._refilter)
        return line

    def _make_columns_button(self) -> QToolButton:
        button = QToolButton()
        button.setText(tr("Columns"))
        button.setToolTip(tr("Which columns to show, what to sort by, copy rows"))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.columns = QMenu(button)
        self.table.fill_columns_menu(self.columns)
        button.setMenu(self.columns)
        return button

    def show_agreement(self, done: int, total: int) -> None:
        """How many images the models of other renderings were asked about; none of none: they are not being asked."""
        self._asked = (done, total)
        self._counting.start(_TYPING_MS)

    def follow_votes(self) -> None:
        """Votes came in: rows may now belong elsewhere."""
        if "agree" in self._query.text.casefold():
            self._refilter()
        elif any(column is Column.AGREEMENT for column, _ in self.model.keys):
            self.model.sort_by(self.model.keys)

    def select(self, record: ImageRecord) -> None:
        """Mark the image in view, where it is among the rows shown; no row where it is not."""
        self._viewed = record
        self.table.mark(self.model.row_of(record))

    def show_selected(self, records: Sequence[ImageRecord]) -> None:
        """Mark what is selected, as far as it is among the rows shown."""
        self._selected = records
        before, self._filtering = self._filtering, True
        select_rows(self.table, (row for record in records if (row := self.model.row_of(record)) >= 0))
        self._filtering = before
        self._counting.start(_TYPING_MS)

    def reset_filter(self) -> None:
        """Show every result: another folder is in view."""
        self._viewed = None
        self.show_only("")

    def show_only(self, query: str) -> None:
        """Put a query into the filter line, in place of what is there."""
        self.show_box.setCurrentIndex(0)
        self.filter.setText(query)
        self._refilter()

    def focus_filter(self) -> None:
        """Ready to type."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    @property
    def is_filtered(self) -> bool:
        """True while not every result is meant to be shown."""
        return bool(self._query.tests)

    @property
    def count_text(self) -> str:
        """How many rows are shown, or what could not be understood of the filter."""
        return self._count.text()

    @property
    def status(self) -> str:
        """What the rows shown amount to."""
        return self._status.text

    def _filter_text(self) -> None:
        if self.model.total < _MANY:
            self._refilter()
        else:
            self._typing.start()

    def _refilter(self) -> None:
        """Rows that go must not choose another image: the mark follows the image in view."""
        self._typing.stop()
        self._query = parse(f"{self.filter.text()} {QUERIES[Show(self.show_box.currentData())]}")
        self._filtering = True
        self.model.filter(self._test())
        if self._viewed is not None:
            self.select(self._viewed)
        shown = [record for record in self._selected if self.model.row_of(record) >= 0]
        self.show_selected(shown)
        self._filtering = False
        if len(shown) != len(self._selected) or len(shown) > 1:
            self.records_chosen.emit(shown)  # what a filter took out of sight must not be classed by a key
        self._tell_count()
        self.narrowed.emit()

    def _test(self) -> Selects | None:
        if not self._query.tests:
            return None
        query, reviews = self._query, self._reviews

        def test(results: Sequence[ImageResult]) -> Iterable[bool]:
            if reviews.blind:
                results = all_kept_back(results, reviews.read_paths())
            if not reviews.reviews:
                return query.flags(results, repeat(UNREAD))
            return query.flags(results, [reviews.review(result.record) for result in results])

        return test

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid() and not self._filtering:
            self._viewed = self.model.result(current.row()).record
            self.record_chosen.emit(self._viewed)

    def _tell_selected(self) -> None:
        if not self._filtering:
            self._selected = [self.model.result(row).record for row in selected_rows(self.table)]
            self.records_chosen.emit(self._selected)
            self._counting.start(_TYPING_MS)

    def _tell_count(self) -> None:
        shown, known = self.model.rowCount(), self.model.total
        text = (
            tr("{shown} of {known}", shown=wording.whole(shown), known=wording.whole(known))
            if shown != known
            else wording.count(known, "result")
            if known
            else ""
        )
        if self._reviews.blind and self._query.tests:
            text = tr("{counts}; what is hidden finds no cell", counts=text)
        self._count.setText(said(self._query.complaint) or text)
        self._counting.start(_TYPING_MS)

    def _tell_more(self) -> None:
        """A run adds rows: the more there are to go through, the less often that is done."""
        was_active, left = self._counting.isActive(), self._counting.remainingTime()
        self._tell_count()
        self._counting.start(left if was_active else max(_TYPING_MS, self.model.rowCount() // _ROWS_PER_MS))

    def _tell_status(self) -> None:
        done, total = self._asked
        chosen = [tr("{number} selected", number=wording.whole(len(self._selected)))] if len(self._selected) > 1 else []
        asked = (
            [tr("agreement {done} of {total}", done=wording.whole(done), total=wording.whole(total))] if total else []
        )
        counts = [status_text(self.model, self._reviews)] if self.model.total else []
        empty = [] if counts else [tr("No results yet: Classify suggests ALL or HEM for every image.")]
        self._status.set_text(" · ".join(filter(None, [*counts, *empty, *chosen, *asked])))


def status_text(model: ResultsTableModel, reviews: ReviewState) -> str:
    """What the rows shown amount to: “112 shown · A 52 · H 48 · U 10 · 2 skipped · 37 read”."""
    results = model.shown()
    read = model.shown_among(reviews.read_paths())
    parts = [tr("{number} shown", number=wording.whole(len(results)))] if results else []
    if not reviews.blind:
        made = filter(None, map(attrgetter("prediction"), results))
        said = list(map(attrgetter("suggestion"), made))
        suggested = {suggestion: said.count(suggestion) for suggestion in Suggestion}
        parts += [
            f"{wording.LETTERS[suggestion]} {wording.whole(suggested[suggestion])}"
            for suggestion in Suggestion
            if suggested[suggestion]
        ]
    skipped = list(map(attrgetter("outcome"), results)).count(Outcome.SKIPPED)
    if reviews.blind:
        parts.append(tr("blind read: what is hidden neither sorts nor filters"))
    parts += [tr("{number} skipped", number=wording.whole(skipped))] if skipped else []
    parts += [tr("{number} read", number=wording.whole(read))] if read else []
    return " · ".join(parts)
