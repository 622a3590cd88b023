"""A run over the folder: progress, results in batches, and its three endings."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from alldetect_gui.core.events import ImageDone, NotKept, Progress, RunFinished, RunStarted
from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageResult, ModelIdentity
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.wording import count, decimal, duration, sentence

FLUSH_MS = 150  # results reach the table this often, however fast they come


class RunView(Protocol):
    """What the presenter needs of the strip that shows a run."""

    def show_running(self, text: str, done: int, total: int) -> None: ...
    def show_cancelling(self, text: str) -> None: ...
    def show_ended(self, text: str) -> None: ...


class ClassifyPresenter(QObject):
    """Starts and stops runs; what it learns goes into the state."""

    def __init__(
        self, state: WorkspaceState, view: RunView, runner: TaskRunner, use_cases: UseCases, messages: Messages
    ) -> None:
        super().__init__(state)
        self._state, self._view, self._runner = state, view, runner
        self._use_cases, self._messages = use_cases, messages
        self._arrived: list[ImageResult] = []
        self._progress: Progress | None = None
        self._total = 0
        self._cancelling = self._complete = False
        self._flush = QTimer(self, singleShot=True, interval=FLUSH_MS)
        self._flush.timeout.connect(self._hand_over)
        runner.event_arrived.connect(self._receive)
        runner.finished.connect(self._finish)
        runner.cancelled.connect(self._end_cancelled)
        runner.failed.connect(self._fail)

    @property
    def is_running(self) -> bool:
        """True from the start of a run until its ending was told."""
        return self._runner.is_running

    def start(self, model: str, options: Mapping[str, object] | None = None) -> None:
        """Classify every image of the folder; the results of an earlier run go. `options` say where to keep it."""
        if self.is_running or not self._state.records:
            return
        records = tuple(self._state.records)
        self._arrived, self._progress = [], None
        self._cancelling = self._complete = False
        self._total = len(records)
        self._state.clear_results()
        self._view.show_running("Loading the model…", 0, self._total)
        self._runner.start(lambda: self._use_cases.classify(records, model=model, **(options or {})))

    def cancel(self) -> None:
        """Stop after the image in work; answered at once, done when the worker has stopped."""
        if self.is_running and not self._cancelling:
            self._cancelling = True
            self._view.show_cancelling("Cancelling…")
            self._runner.cancel()

    def abandon(self) -> None:
        """Another folder is in view: the run belongs to the old one."""
        self._runner.abandon()
        self._flush.stop()
        self._arrived, self._progress = [], None
        self._view.show_ended("")

    def _receive(self, event: object) -> None:
        if isinstance(event, RunStarted):
            self._state.model = event.model
        elif isinstance(event, ImageDone):
            self._arrived.append(event.result)
            self._progress = event.progress
            if not self._flush.isActive():
                self._flush.start()
        elif isinstance(event, NotKept):
            self._messages.tell(event.reason)
        elif isinstance(event, RunFinished):
            self._complete = True
            self._state.seconds = event.seconds

    def _hand_over(self) -> None:
        self._flush.stop()
        arrived, self._arrived = self._arrived, []
        if self._progress is not None and not self._complete:
            self._state.seconds = self._progress.elapsed
        if arrived:
            self._state.add_results(arrived)
        if self._progress is not None and not self._cancelling:
            self._view.show_running(progress_text(self._progress), self._progress.done, self._total)

    def _finish(self) -> None:
        self._hand_over()
        text = ending_text(self._state.results, self._state.seconds)
        self._view.show_ended(f"{text} · {model_text(self._state.model)}" if self._state.model else text)

    def _end_cancelled(self) -> None:
        self._hand_over()
        self._view.show_ended(f"Cancelled: {len(self._state.results)} of {self._total} done")

    def _fail(self, error: Exception) -> None:
        self._hand_over()
        self._view.show_ended(f"Failed: {len(self._state.results)} of {self._total} done")
        self._messages.report(error)


def progress_text(progress: Progress) -> str:
    """“37 of 132 · 8.1 images/s · 12 s left”."""
    parts = [f"{progress.done} of {progress.total}", f"{decimal(progress.images_per_second, 1)} images/s"]
    if progress.remaining is not None:
        parts.append(f"{duration(progress.remaining)} left")
    return " · ".join(parts)


def model_text(model: ModelIdentity) -> str:
    """Which model looked at which rendering: the parameters set in the comparison have no part in it."""
    return f"model {model.name} on {model.recipe} images"


def ending_text(results: Sequence[ImageResult], seconds: float) -> str:
    """What a complete run amounts to."""
    skipped = sum(result.outcome is Outcome.SKIPPED for result in results)
    text = f"Finished: {count(len(results), 'image')} in {duration(seconds)}"
    return sentence(f"{text}, {skipped} skipped" if skipped else text).rstrip(".")
