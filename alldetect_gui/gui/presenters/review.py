"""Reading cells page by page: the queue, the keys, the pace, and the gate before a signature."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject

from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.core.reviews import Reading, SignOff
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.workflows.blind_read import blind_numbers, blind_rank
from alldetect_gui.workflows.review_cells import acceptable, cells_per_minute, next_open, queue

AskSignature = Callable[[str, int, int, Callable[[str], None]], None]
"""Shows whose review would be signed, its cells and how many are open; calls back with the reason (may be empty)."""


MANY = 5000  # cells from which on their order is found behind the window


class ReviewView(Protocol):
    """What the presenter needs of the review panel."""

    def show_page(self, cells: Sequence[ImageRecord], current: ImageRecord | None) -> None: ...
    def show_status(self, text: str, page: str, hint: str) -> None: ...
    def show_note(self, note: str) -> None: ...
    def set_patients(self, subjects: Sequence[str], numbers: Mapping[str, int]) -> None: ...


@dataclass(frozen=True)
class _Queue:
    """Cells in the order in which they are to be read, and where each stands."""

    cells: list[ImageRecord]
    places: dict[Path, int]

    @classmethod
    def of(
        cls, records: Iterable[ImageRecord], outcomes: Mapping[Path, ImageResult], threshold: float, *, blind: bool
    ) -> "_Queue":
        """A blind read goes in an order that tells nothing, any other by doubt. Skipped images are left out."""
        if blind:
            cells = sorted((record for record in records if not _is_skipped(outcomes.get(record.path))), key=blind_rank)
        else:
            cells = queue(records, outcomes, threshold)
        return cls(cells, {record.path: place for place, record in enumerate(cells)})


class ReviewPresenter(QObject):
    """Keeps the queue and the page in view. The order stands still while someone reads: it is made anew only when
    the folder is listed, a run has ended, or the reader asks for other cells."""

    def __init__(
        self,
        state: WorkspaceState,
        reviews: ReviewState,
        view: ReviewView,
        messages: Messages,
        ask: AskSignature,
        runner: TaskRunner,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(reviews)
        self._state, self._reviews, self._view, self._messages = state, reviews, view, messages
        self._ask, self._clock, self._runner = ask, clock, runner
        self._cells: list[ImageRecord] = []
        self._places: dict[Path, int] = {}
        self._selects_first = False  # once the queue that was asked for is there
        runner.event_arrived.connect(self._take)
        runner.failed.connect(messages.report)
        self._size, self._page = 12, 0
        self._subject: str | None = None
        self._is_old = False  # the queue: results have changed since
        self._times: list[float] = []

    def expect(self) -> None:
        """Results came in or went: with the end of the run there is another order of doubt."""
        self._is_old = True

    def end_run(self) -> None:
        """A run has ended; where it was one over another folder, the reader's place here stays."""
        if self._is_old:
            self.restart()

    def restart(self) -> None:
        """Queue the cells anew: the folder is listed, or a run has ended."""
        self._is_old = False
        subjects = list(dict.fromkeys(map(attrgetter("subject"), self._state.records)))
        if self._subject not in subjects:
            self._subject = None
        self._view.set_patients(subjects, blind_numbers(subjects) if self._reviews.blind else {})
        self._requeue()

    def choose_patient(self, subject: str | None) -> None:
        """Read the cells of one patient only; None for all of the folder."""
        self._subject = subject
        self._requeue(select_first=True)

    def resize_page(self, size: int) -> None:
        """As many cells as there is room for; the cell in view stays in view."""
        if size != self._size:
            place = self._place(self._state.selected) if self._on_page() else self._page * self._size
            self._size = max(1, size)
            self._go_to(place)

    def follow(self, record: ImageRecord) -> None:
        """Another image is in view: turn to its page, where it is in the queue."""
        place = self._places.get(record.path)
        if place is not None and place // self._size != self._page:
            self._page = place // self._size
        self._show()

    def step(self, by: int) -> None:
        """Go on by some cells, over the end of the page if need be."""
        if self._cells:
            place = self._place(self._state.selected) + by if self._on_page() else self._page * self._size
            self._state.select(self._cells[min(max(place, 0), len(self._cells) - 1)])

    def turn(self, by: int) -> None:
        """Go to the first cell of another page."""
        if self._cells:
            last = (len(self._cells) - 1) // self._size
            self._state.select(self._cells[min(max(self._page + by, 0), last) * self._size])

    def read(self, reading: Reading | None) -> None:
        """Give the cell in view, or all that are selected, a class, or none again: one step to undo.

        A skipped image has nothing to be read.
        """
        cells = [record for record in self._state.meant if record.path in self._places or not self._is_skipped(record)]
        if cells:
            if reading is not None:
                self._times.extend([self._clock()] * len(cells))
            self._reviews.read([(record, reading) for record in cells])

    def accept_page(self) -> None:
        """Accept the suggestions for the unread cells on the page; with nothing left to accept, turn the page.

        On the last page the reader keeps the place, and is told.
        """
        if self._reviews.blind:
            self._messages.tell(tr("This is a blind read: suggestions are hidden, so they cannot be accepted"))
            return
        cells = acceptable(self._on_view(), self._state.outcomes, self._reviews.reviews)
        if cells:
            self._times.extend([self._clock()] * len(cells))
            self._reviews.read(cells, tr("accepting {cells}", cells=wording.count(len(cells), "cell")))
        elif (self._page + 1) * self._size < len(self._cells):
            self.turn(1)
        elif next_open(self._cells, self._reviews.reviews, None) is None:
            self._show(tr("Every cell of this queue has been read."))
        else:
            self._show(tr("Nothing on this page can be accepted: what is uncertain is read by key."))

    def next_doubtful(self) -> None:
        """Go to the most doubtful cell behind the one in view that nobody has read."""
        found = next_open(self._cells, self._reviews.reviews, self._state.selected)
        if found is not None:
            self._state.select(found)
        elif self._cells:
            self._show(tr("Every cell of this queue has been read."))

    def write_note(self, note: str) -> None:
        """Put the note beside the cell in view."""
        if self._state.selected is not None:
            self._reviews.write_note(self._state.selected, note)

    def set_blind(self, blind: bool) -> None:
        """A blind first read goes in an order that tells nothing: one by doubt or by file names would."""
        self._reviews.set_blind(blind)
        self.restart()

    def ask_sign_off(self, subject: str | None = None) -> None:
        """Sign a patient (of the cell in view, if none is named). Open cells block it unless a reason is stated."""
        if subject is None and self._state.selected is not None:
            subject = self._state.selected.subject
        if subject is None or self._state.listed is None:
            return
        cells = [record for record in self._state.records if record.subject == subject and not self._is_skipped(record)]
        unread = sum(not self._reviews.review(record).is_read for record in cells)
        if not cells:
            self._messages.tell(
                tr("No image of {patient} can be read, so there is nothing to sign", patient=wording.patient(subject))
            )
            return
        if unread and self._reviews.blind:
            self._messages.tell(
                tr("In a blind read a patient is signed when every cell is read: {cells} left", cells=unread)
            )
            return
        self._ask(
            subject, len(cells), unread, lambda reason: self._reviews.sign(SignOff(subject, len(cells), unread, reason))
        )

    def update(self) -> None:
        """Something was read, written or signed."""
        self._show()

    def _requeue(self, *, select_first: bool = False) -> None:
        """A large queue comes from behind the window; what it stands for may have changed by then, as in any queue."""
        self._runner.abandon()
        self._selects_first = select_first
        chosen: Sequence[ImageRecord] = self._state.records
        if self._subject is not None:
            chosen = [record for record in chosen if record.subject == self._subject]
        threshold = self._state.model.threshold if self._state.model is not None else 0.5
        blind, outcomes = self._reviews.blind, self._state.outcomes
        if len(chosen) <= MANY:
            self._take(_Queue.of(chosen, outcomes, threshold, blind=blind))
            return
        if blind:
            self._take(_Queue([], {}))  # the order in sight may tell what the blind read hides
        records, outcomes = tuple(chosen), dict(outcomes)
        self._runner.start(lambda: iter([_Queue.of(records, outcomes, threshold, blind=blind)]))

    def _take(self, made: object) -> None:
        if isinstance(made, _Queue):
            self._cells, self._places = made.cells, made.places
            self._go_to(0)
            if self._selects_first and self._cells:
                self._selects_first = False
                self._state.select(self._cells[0])

    def _is_skipped(self, record: ImageRecord) -> bool:
        return _is_skipped(self._state.outcomes.get(record.path))

    def _place(self, record: ImageRecord | None) -> int:
        return self._places.get(record.path, 0) if record is not None else 0

    def _on_page(self) -> bool:
        record = self._state.selected
        return record is not None and record in self._on_view()

    def _on_view(self) -> list[ImageRecord]:
        return self._cells[self._page * self._size : (self._page + 1) * self._size]

    def _go_to(self, place: int) -> None:
        self._page = max(0, min(place, len(self._cells) - 1)) // self._size
        self._show()

    def _show(self, hint: str = "") -> None:
        self._view.show_page(self._on_view(), self._state.selected)
        read = sum(review.is_read and path in self._places for path, review in self._reviews.reviews.items())
        parts = [tr("{read} of {cells} read", read=read, cells=wording.count(len(self._cells), "cell"))]
        pace = cells_per_minute(self._times, self._clock())
        if pace is not None:
            parts.append(tr("{pace} cells a minute", pace=f"{pace:.0f}"))
        pages = max(1, -(-len(self._cells) // self._size))
        order = tr("in an order that tells nothing") if self._reviews.blind else tr("the most doubtful first")
        self._view.show_status(
            " · ".join([*parts, order]), tr("Page {page} of {pages}", page=self._page + 1, pages=pages), hint
        )
        if self._state.selected is not None:
            self._view.show_note(self._reviews.review(self._state.selected).note)


def _is_skipped(result: ImageResult | None) -> bool:
    return result is not None and result.prediction is None
