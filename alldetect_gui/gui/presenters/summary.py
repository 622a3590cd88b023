"""The confusion summary follows the run; it is computed behind the window, one at a time."""

from typing import Protocol

from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.workflows.evaluate_run import RunSummary


class SummaryView(Protocol):
    """What the presenter needs of the confusion panel."""

    def show_nothing(self) -> None: ...
    def show_summary(self, summary: RunSummary) -> None: ...


class SummaryPresenter:
    """Sums up without intervals while results come in, and with them once the run has ended."""

    def __init__(
        self, state: WorkspaceState, view: SummaryView, runner: TaskRunner, use_cases: UseCases, messages: Messages
    ) -> None:
        self._state, self._view, self._runner, self._use_cases = state, view, runner, use_cases
        self._stale = False
        self._intervals = False
        runner.event_arrived.connect(self._receive)
        runner.finished.connect(self._catch_up)
        runner.failed.connect(messages.report)

    def clear(self) -> None:
        """A run begins or another folder was opened."""
        self._runner.abandon()
        self._stale = self._intervals = False
        self._view.show_nothing()

    def follow(self) -> None:
        """More results are there. A summary in work is not thrown away: it is followed by another."""
        if self._runner.is_running:
            self._stale = True
        else:
            self._start()

    def complete(self) -> None:
        """The run has ended: now with intervals."""
        if self._state.results:
            self._intervals = True
            self._start()

    def _start(self) -> None:
        state, intervals = self._state, self._intervals
        results, seconds, model = tuple(state.results), state.seconds, state.model
        self._stale = False
        self._runner.start(lambda: self._use_cases.summarise(results, seconds, model, intervals))

    def _catch_up(self) -> None:
        if self._stale:
            self._start()

    def _receive(self, event: object) -> None:
        if isinstance(event, RunSummary):
            self._view.show_summary(event)
