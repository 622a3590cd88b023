"""A run over the folder: progress, results in batches, and its three endings."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from alldetect_gui.core.events import ImageDone, NotKept, Progress, RunFinished, RunStarted
from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity
from alldetect_gui.gui.language import said, tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.wording import count, decimal, duration, whole

FLUSH_MS = 150  # results reach the table this often, however fast they come
AT_MOST = 1000  # of them in one step: those that were kept from before come by the ten thousand


class RunView(Protocol):
    """What the presenter needs of the strip that shows a run."""

    def show_running(self, text: str, done: int, total: int) -> None: ...
    def show_paused(self, text: str) -> None: ...
    def show_cancelling(self, text: str) -> None: ...
    def show_ended(self, text: str) -> None: ...
    def show_elsewhere(self, folder: Path | None) -> None: ...


class ClassifyPresenter(QObject):
    """Starts and stops runs; what it learns goes into the state.

    A run belongs to its folder. While another one is in view it goes on, and its results wait for the folder to be
    opened again.
    """

    def __init__(
        self,
        state: WorkspaceState,
        view: RunView,
        runner: TaskRunner,
        use_cases: UseCases,
        messages: Messages,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(state)
        self._clock = clock
        self._paused_at = self._paused = 0.0  # when the pause began; seconds of all pauses of the run
        self._again: dict[Path, ImageResult] | None = None  # outcomes of a second try, until it has ended
        self._state, self._view, self._runner = state, view, runner
        self._use_cases, self._messages = use_cases, messages
        self._folder: Path | None = None  # of the run
        self._in_view = True  # that folder, listed, so that results can be shown
        self._results: list[ImageResult] = []  # of the run, shown or not
        self._model: ModelIdentity | None = None
        self._seconds = 0.0
        self._ending = ""  # what was said at the end of a run whose folder is not in view
        self._arrived: list[ImageResult] = []
        self._progress: Progress | None = None
        self._total = self._reused = 0
        self._cancelling = self._complete = False
        self._flush = QTimer(self, singleShot=True, interval=FLUSH_MS)
        self._flush.timeout.connect(self._hand_over)
        runner.event_arrived.connect(self._receive)
        runner.finished.connect(self._finish)
        runner.cancelled.connect(self._end_cancelled)
        runner.failed.connect(self._fail)
        state.folder_opened.connect(self._leave)
        state.folder_listed.connect(self._come_back)

    @property
    def is_running(self) -> bool:
        """True from the start of a run until its ending was told."""
        return self._runner.is_running

    def is_running_over(self, folder: Path | None) -> bool:
        """True while the run is one over this folder."""
        return self.is_running and folder == self._folder

    @property
    def elsewhere(self) -> Path | None:
        """The folder of the run, where that is not the one in view and has something to show."""
        return None if self._in_view else self._folder

    def start(self, model: str, options: Mapping[str, object] | None = None) -> None:
        """Classify every image of the folder; the results of an earlier run go. `options` say where to keep it."""
        if self.is_running or not self._state.records:
            return
        records = tuple(self._state.records)
        self._again, self._results, self._model, self._seconds = None, [], None, 0.0
        self._state.clear_results()
        self._begin(records, model, options or {})

    def retry(self, options: Mapping[str, object]) -> None:
        """Try the skipped images again, with the model of the run; the other results stay.

        Where the run is kept, all images are gone through, so that a whole run is kept; theirs are used again.
        """
        skipped = tuple(result.record for result in self._state.results if result.outcome is Outcome.SKIPPED)
        if self.is_running or not skipped or self._state.model is None:
            return
        self._again, self._results = {}, list(self._state.results)
        self._model, self._seconds = self._state.model, self._state.seconds
        self._begin(tuple(self._state.records) if options else skipped, self._state.model.name, options)

    def _begin(self, records: tuple[ImageRecord, ...], model: str, options: Mapping[str, object]) -> None:
        self._arrived, self._progress, self._paused = [], None, 0.0
        self._cancelling = self._complete = False
        self._total, self._reused = len(records), 0
        self._folder, self._in_view, self._ending = self._state.folder, True, ""
        self._view.show_elsewhere(None)
        self._view.show_running(tr("Loading the model…"), 0, self._total)
        self._runner.start(lambda: self._use_cases.classify(records, model=model, **options))

    def pause_or_resume(self) -> None:
        """Hold the run, or let it go on; the time it stood still counts in no rate."""
        if not self.is_running or self._cancelling:
            return
        if self._runner.is_paused:
            self._paused += self._clock() - self._paused_at
            self._runner.resume()
            self._show_progress()
        else:
            self._paused_at = self._clock()
            self._runner.pause()
            self._show_paused()

    def cancel(self) -> None:
        """Stop after the image in work; answered at once, done when the worker has stopped."""
        if self.is_running and not self._cancelling:
            self._cancelling = True
            self._view.show_cancelling(self._named(tr("Cancelling…")))
            self._runner.cancel()

    def _leave(self) -> None:
        """Another folder is coming, or the same one anew: the run goes on without being shown."""
        self._in_view = False
        if not self.is_running:
            self._view.show_ended(self._named(self._ending) if self._ending else "")
            if not self._ending:
                self._folder, self._results = None, []
        elif self._cancelling:
            self._view.show_cancelling(self._named(tr("Cancelling…")))
        else:
            self._hand_over()
        self._view.show_elsewhere(self._folder)

    def _come_back(self) -> None:
        """The folder of the run is in view again: show what there is by now, with what names are said to mean."""
        if self._folder is None or self._folder != self._state.folder:
            return
        self._in_view = True
        self._view.show_elsewhere(None)
        if not self._results and not self.is_running:
            return
        records = {record.path: record for record in self._state.records}
        self._results = [
            replace(result, record=records[result.record.path])
            for result in self._results
            if result.record.path in records
        ]
        self._state.model, self._state.seconds = self._model, self._seconds
        if self.is_running:
            self._state.add_results(self._results)
            self._hand_over()
            return
        self._state.restore_results(self._results)
        self._view.show_ended(self._ending)
        self._ending = ""

    def _named(self, text: str) -> str:
        """With the folder, where that is not the one in view."""
        if self._in_view or self._folder is None:
            return text
        return tr("{folder}: {text}", folder=self._folder.name, text=text)

    def _end(self, text: str) -> None:
        self._ending = "" if self._in_view else text
        self._view.show_ended(self._named(text))

    def _receive(self, event: object) -> None:
        if isinstance(event, RunStarted):
            self._model = event.model
            if self._in_view:
                self._state.model = event.model
        elif isinstance(event, ImageDone):
            self._arrived.append(event.result)
            self._progress = event.progress
            if len(self._arrived) >= AT_MOST:
                self._hand_over()
            elif not self._flush.isActive():
                self._flush.start()
        elif isinstance(event, NotKept):
            self._messages.tell(event.reason)
        elif isinstance(event, RunFinished):
            self._complete, self._reused = True, event.reused
            if self._again is None:
                self._tell_seconds(event.seconds)

    def _tell_seconds(self, seconds: float) -> None:
        self._seconds = seconds - self._paused
        if self._in_view:
            self._state.seconds = self._seconds

    def _hand_over(self) -> None:
        self._flush.stop()
        arrived, self._arrived = self._arrived, []
        if self._again is not None:
            self._again.update((result.record.path, result) for result in arrived)
        else:
            if self._progress is not None and not self._complete:
                self._tell_seconds(self._progress.elapsed)
            self._results.extend(arrived)
            if arrived and self._in_view:
                self._state.add_results(arrived)
        if self._runner.is_paused:
            self._show_paused()
        elif not self._cancelling:
            self._show_progress()

    def _show_progress(self) -> None:
        if self._progress is not None:
            progress = without_pauses(self._progress, self._paused)
            self._view.show_running(self._named(progress_text(progress)), progress.done, self._total)

    def _show_paused(self) -> None:
        done = self._progress.done if self._progress is not None else 0
        self._view.show_paused(
            self._named(tr("Paused · {done} of {total}", done=whole(done), total=whole(self._total)))
        )

    def _finish(self) -> None:
        self._hand_over()
        if self._again is not None:
            self._end(self._merge())
            return
        text = ending_text(self._results, self._seconds, self._reused)
        self._end(f"{text} · {model_text(self._model)}" if self._model else text)

    def _merge(self) -> str:
        """Put the outcomes of the second try in place of the first ones; returns what came of it."""
        again, self._again = self._again or {}, None
        tried = [result for result in self._results if result.outcome is Outcome.SKIPPED]
        merged = [
            again.get(result.record.path, result) if result.outcome is Outcome.SKIPPED else result
            for result in self._results
        ]
        self._results = merged
        if self._in_view:
            self._state.replace_results(merged)
        left = sum(result.outcome is Outcome.SKIPPED for result in merged)
        return tr(
            "Tried {images} again: {done} now classified, {left} still skipped",
            images=count(len(tried), "skipped image"), done=len(tried) - left, left=left,
        )  # fmt: skip

    def _end_cancelled(self) -> None:
        self._hand_over()
        if self._again is not None:
            self._end(tr("Cancelled. {result}", result=self._merge()))
            return
        self._end(tr("Cancelled: {number} of {total} done", number=whole(len(self._results)), total=whole(self._total)))

    def _fail(self, error: Exception) -> None:
        self._hand_over()
        if self._again is not None:
            self._end(tr("Failed. {result}", result=self._merge()))
            self._messages.report(error)
            return
        self._end(tr("Failed: {number} of {total} done", number=whole(len(self._results)), total=whole(self._total)))
        self._messages.report(error)


def without_pauses(progress: Progress, paused: float) -> Progress:
    """The same progress, with rate and rest from the `paused` seconds less that the run was at work."""
    if not paused:
        return progress
    elapsed = max(progress.elapsed - paused, 1e-3)
    rate = progress.images_per_second * progress.elapsed / elapsed
    return Progress(
        progress.done, progress.total, elapsed, rate, (progress.total - progress.done) / rate if rate else None
    )


def progress_text(progress: Progress) -> str:
    """“37 of 132 · 8.1 images/s · 5 s elapsed · 12 s left”."""
    parts = [tr("{done} of {total}", done=whole(progress.done), total=whole(progress.total))]
    parts.append(tr("{rate} images/s", rate=decimal(progress.images_per_second, 1)))
    parts.append(tr("{time} elapsed", time=duration(progress.elapsed)))
    if progress.remaining is not None:
        parts.append(tr("{time} left", time=duration(progress.remaining)))
    return " · ".join(parts)


def model_text(model: ModelIdentity) -> str:
    """Which model looked at which rendering: the parameters set in the comparison have no part in it."""
    return tr("model {model} on {recipe} images", model=model.name, recipe=said(model.recipe))


def ending_text(results: Sequence[ImageResult], seconds: float, reused: int = 0) -> str:
    """What a complete run amounts to; `reused` of its results were kept from before."""
    skipped = list(map(attrgetter("outcome"), results)).count(Outcome.SKIPPED)
    text = tr("Finished: {images} in {time}", images=count(len(results), "image"), time=duration(seconds))
    if reused:
        text = tr("{text}, {results} kept from before without inference", text=text, results=count(reused, "result"))
    return tr("{text}, {number} skipped", text=text, number=whole(skipped)) if skipped else text
