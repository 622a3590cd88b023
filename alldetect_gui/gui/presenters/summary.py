"""The confusion summary follows the run; it is computed behind the window, one at a time."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QTimer

from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.workflows.evaluate_run import RunSummary
from alldetect_gui.workflows.review_cells import Reviews
from alldetect_gui.workflows.try_threshold import Truth, best_truth, with_truth

PAUSE_MS = 500  # between two summaries of a run in progress: counting is dear beside classifying


class SummaryView(Protocol):
    """What the presenter needs of the confusion panel."""

    def show_nothing(self) -> None: ...
    def show_hidden(self, cells: int) -> None: ...
    def show_summary(self, summary: RunSummary, *, by_reader: bool = False) -> None: ...


class SummaryPresenter:
    """Sums up without intervals while results come in, and with them once the run has ended."""

    def __init__(
        self, state: WorkspaceState, view: SummaryView, runner: TaskRunner, use_cases: UseCases, messages: Messages
    ) -> None:
        self._state, self._view, self._runner, self._use_cases = state, view, runner, use_cases
        self._intervals = self._by_reader = self._is_hidden = False
        self.hidden: Callable[[], int] = int  # how many cells a blind read still hides
        self.reviews: Callable[[], Reviews] = dict  # the reader's classes stand in where there are no reference labels
        self._pause = QTimer(state, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._follow)
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(messages.report)

    def clear(self) -> None:
        """A run begins or another folder was opened."""
        self._runner.abandon()
        self._pause.stop()
        self._intervals = False
        self._view.show_nothing()

    def follow(self) -> None:
        """More results are there: sum up soon, and not for each batch. Kept ones come in without a pause."""
        if not self._pause.isActive() and not self._state.is_coming:
            self._pause.start()

    def follow_reviews(self) -> None:
        """Cells were read: without reference labels this changes the summary, and so it does in a blind read."""
        if self._state.results and (self._is_hidden or best_truth(self._state.results) is Truth.READER):
            self.follow()

    def follow_blind(self) -> None:
        """A blind read begins or ends: what it hides must not stay in sight for a moment."""
        if self._state.results:
            self._pause.stop()
            self._start()

    def complete(self) -> None:
        """The run has ended: now with intervals."""
        self._pause.stop()
        if self._state.results:
            self._intervals = True
            self._start()

    def _start(self) -> None:
        state, intervals = self._state, self._intervals
        cells = self.hidden()
        self._is_hidden = cells > 0
        if cells:
            self._runner.abandon()
            self._view.show_hidden(cells)
            return
        self._by_reader = best_truth(state.results) is Truth.READER and any(r.is_read for r in self.reviews().values())
        truth = Truth.READER if self._by_reader else Truth.REFERENCE
        results = tuple(with_truth(state.results, truth, self.reviews()))
        seconds, model = state.seconds, state.model
        self._runner.start(lambda: self._use_cases.summarise(results, seconds, model, intervals))

    def _follow(self) -> None:
        if self._runner.is_running:
            self._pause.start()  # the one in work is not thrown away
        else:
            self._start()

    def _receive(self, event: object) -> None:
        if isinstance(event, RunSummary):
            self._view.show_summary(event, by_reader=self._by_reader)
