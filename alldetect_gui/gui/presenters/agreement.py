"""Asking the models of the other renderings about the images of a run: behind the window, and never beside a run."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from alldetect_gui.core.events import VotesCast
from alldetect_gui.core.records import ImageResult
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases

FLUSH_MS = 1000  # votes reach the table this often: it may have to be ordered anew each time


class AgreementView(Protocol):
    """What the presenter needs of the results."""

    def show_agreement(self, done: int, total: int) -> None: ...


class AgreementPresenter(QObject):
    """While it is switched on and no run is in progress, it asks about whatever has no votes yet."""

    def __init__(
        self,
        state: WorkspaceState,
        view: AgreementView,
        runner: TaskRunner,
        use_cases: UseCases,
        messages: Messages,
        is_busy: Callable[[], bool],
    ) -> None:
        """`is_busy` is true while a run needs the processor."""
        super().__init__(state)
        self._state, self._view, self._runner, self._use_cases = state, view, runner, use_cases
        self._messages, self._is_busy = messages, is_busy
        self.first: Callable[[], Sequence[ImageResult]] = tuple  # what is in sight, to be asked before all others
        self.on = False
        self._arrived: list[VotesCast] = []
        self._asked: set[Path] = set()  # also those that got no votes
        self._total = 0
        self._flush = QTimer(self, singleShot=True, interval=FLUSH_MS)
        self._flush.timeout.connect(self._hand_over)
        runner.event_arrived.connect(self._receive)
        runner.finished.connect(self._finish)
        runner.failed.connect(self._fail)

    def set_on(self, on: bool) -> None:
        """Ask, or leave it; votes that are there stay."""
        self.on = on
        if on:
            self.follow()
        else:
            self._stop()

    def clear(self) -> None:
        """Another folder, or another run."""
        self._runner.abandon()
        self._flush.stop()
        self._arrived, self._asked = [], set()
        self._view.show_agreement(0, 0)

    def follow(self) -> None:
        """A run has ended, or was restored: ask about its images."""
        model = self._state.model
        if not self.on or self._is_busy() or self._runner.is_running or model is None:
            return
        waiting = [result for result in self._in_order() if self._lacks_votes(result)]
        self._total = len(self._asked) + len(waiting)
        if waiting:
            self._view.show_agreement(len(self._asked), self._total)
            self._runner.start(lambda: self._use_cases.ask_recipes(waiting, model))

    def hold(self) -> None:
        """A run begins: it has the processor for itself."""
        self._stop()

    def _in_order(self) -> list[ImageResult]:
        by_path = {result.record.path: result for result in self.first()}
        by_path.update(self._state.outcomes)
        return list(by_path.values())

    def _lacks_votes(self, result: ImageResult) -> bool:
        return result.prediction is not None and not result.votes and result.record.path not in self._asked

    def _stop(self) -> None:
        self._runner.abandon()
        self._hand_over()
        self._view.show_agreement(0, 0)

    def _receive(self, event: object) -> None:
        if isinstance(event, VotesCast):
            self._arrived.append(event)
            self._asked.add(event.path)
            if not self._flush.isActive():
                self._flush.start()

    def _hand_over(self) -> None:
        self._flush.stop()
        arrived, self._arrived = self._arrived, []
        known = self._state.outcomes
        results = [replace(known[event.path], votes=event.votes) for event in arrived if event.path in known]
        if results:
            self._state.add_votes(results)
            self._view.show_agreement(len(self._asked), self._total)

    def _finish(self) -> None:
        self._hand_over()
        self._view.show_agreement(0, 0)

    def _fail(self, error: Exception) -> None:
        self._finish()
        self._messages.report(error)
