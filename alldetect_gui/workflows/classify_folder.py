"""Use case: classify a batch of images with one model, keeping each result as it is made."""

import contextlib
import os
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from alldetect_gui.core.errors import ImageRefused, RunPaused, WrongUse
from alldetect_gui.core.events import ImageDone, NotKept, RunFinished, RunStarted
from alldetect_gui.core.kept import CANCELLED, FAILED, FINISHED
from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.machine import usable_cores
from alldetect_gui.core.records import ImageRecord, ImageResult, Prediction
from alldetect_gui.imaging.decoded import DecodedImage, SameBytes
from alldetect_gui.imaging.listing import display_name
from alldetect_gui.imaging.reader import read_image, read_unless_known
from alldetect_gui.inference.catalogue import DEFAULT_MODEL, load_classifier
from alldetect_gui.inference.lanes import Lanes, split
from alldetect_gui.store.errors import WorkspaceError, WorkspaceFull
from alldetect_gui.store.workspace_file import FileState, WorkspaceFile
from alldetect_gui.workflows.keep_work import KeptOutcome, RunRecorder, file_state
from alldetect_gui.workflows.pace import Pace

_GONE = 3  # unreadable images in a row after which the folder itself is looked at
_AHEAD = 16  # images without pixels (refused, or known) that may have been begun
READY = 64  # outcomes that may wait for the disk
GATHER = 0.1  # seconds from one transaction to the next, so that one is not made for each image
Event = RunStarted | ImageDone | NotKept | RunFinished


def classify_images(
    records: Sequence[ImageRecord],
    *,
    model: str = DEFAULT_MODEL,
    engine: str = "litert",
    folder: Path | None = None,
    workspace: WorkspaceFile | None = None,
    resume: bool = True,
    must_keep: bool = False,
    threads: int | None = None,
) -> Generator[Event, None, None]:
    """Yield RunStarted, one ImageDone an image in the order given, RunFinished.

    An image that cannot be used is skipped with its reason and the batch goes on. To cancel, close the generator
    between events. With a `workspace` and the `folder` of the images, a result is kept before its ImageDone is
    yielded, and one that is kept already is used again (`resume=False`: every image is classified anew). A workspace
    that fails is told by NotKept and the run goes on without; with `must_keep`, and where its disk is full in
    mid-batch, the run is paused. `threads`: how many cores LiteRT keeps busy, all without it. Raises WrongUse (no such
    model or engine) and ModelDamaged before the first image, RunPaused when disk or folder give out.
    """
    began = time.monotonic()
    if threads is not None and threads < 1:
        raise WrongUse(f"{threads} threads are not possible: it is a whole number from 1 on")
    count, each = split(threads or usable_cores()) if engine == "litert" else (1, None)  # TensorFlow shares them itself
    classifier = load_classifier(model, engine=engine, threads=each)
    recorder, refused = None, None
    if workspace is not None and folder is not None:
        try:
            recorder = RunRecorder(workspace, folder, classifier.identity, records, resume=resume)
        except WorkspaceError as error:
            if must_keep:
                raise
            refused = NotKept(str(error))
    yield RunStarted(len(records), classifier.identity, recorder.resumed if recorder else 0)
    if refused is not None:
        yield refused
    batch = _Batch(records, folder, recorder, must_keep)
    ending = CANCELLED
    try:
        with Lanes(classifier, count) as lanes:
            yield from batch.run(lanes)
        ending = FINISHED
    except Exception:
        ending = FAILED
        raise
    finally:
        seconds = time.monotonic() - began
        if batch.recorder is not None:
            with contextlib.suppress(WorkspaceError):  # what is missing is the note of the ending: it can be resumed
                batch.keep_rest()
                batch.recorder.end(ending, seconds)
    reused = batch.recorder.reused if batch.recorder else 0
    yield RunFinished(classifier.identity, tuple(batch.results), seconds, reused)


@dataclass
class _Begun:
    """An image that was read, in the order of the batch."""

    record: ImageRecord
    state: FileState
    image: DecodedImage | ImageRefused | SameBytes
    kept: tuple[int, Prediction] | None = None  # number and content of the prediction that is used again
    coming: Future[Prediction] | None = None

    @property
    def is_done(self) -> bool:
        """Whether the outcome is there without waiting."""
        return self.coming is None or self.coming.done()

    def result(self) -> ImageResult:
        """The outcome; waits for it."""
        if isinstance(self.image, ImageRefused):
            return ImageResult(self.record, Outcome.SKIPPED, self.image.sha256, reason=self.image.reason)
        prediction = self.kept[1] if self.kept else self.coming.result() if self.coming else None
        reason = prediction.reason if prediction else ""
        return ImageResult(self.record, Outcome.CLASSIFIED, self.image.sha256, prediction, reason)


class _Batch:
    """One run on its way: images are begun, ready when they have an outcome, kept on the disk, and then told."""

    def __init__(
        self, records: Sequence[ImageRecord], folder: Path | None, recorder: RunRecorder | None, must_keep: bool
    ) -> None:
        self._records, self._folder = records, folder
        self.recorder, self._must_keep = recorder, must_keep
        self.results: list[ImageResult] = []
        self._pace = Pace(len(records), recorder.likely_kept if recorder else 0, time.monotonic())
        self._known: list[bool] = []  # of each that was asked for: whether it is likely to be kept from before
        self._unread = 0  # in a row
        self._states: deque[FileState] = deque()  # of the image that was read and of the one read ahead
        self._begun: deque[_Begun] = deque()
        self._ready: list[KeptOutcome] = []  # have their outcome, and wait for the disk
        self._keeping: tuple[list[KeptOutcome], Future[None]] | None = None
        self._next_keeping = 0.0  # not before this moment (monotonic)
        self._telling: deque[KeptOutcome] = deque()  # are on the disk
        self._position = 0
        self._all_begun = False

    def run(self, lanes: Lanes) -> Iterator[ImageDone | NotKept]:
        """The next image is read and decoded while a few are classified; they are told in the order of the records."""
        try:
            with contextlib.closing(read_unless_known(self._wanted())) as images:
                for record, image in zip(self._records, images, strict=True):
                    while self._must_wait(image, lanes):
                        yield from self._advance(lanes, wait=True)
                    self._begun.append(self._begin(record, image, lanes))
                    yield from self._advance(lanes, wait=False)
                self._all_begun = True
                while self._begun or self._ready or self._keeping:
                    yield from self._advance(lanes, wait=True)
        except (Exception, KeyboardInterrupt):
            yield from self._settle(lanes)
            raise

    def _wanted(self) -> Iterator[tuple[Path, str]]:
        """Each is asked for right before it is read, and its state is taken before that."""
        for record in self._records:
            self._states.append(file_state(record.path))
            known = self.recorder.known(record) if self.recorder else ""
            self._known.append(bool(known))
            yield record.path, known

    def _must_wait(self, image: DecodedImage | ImageRefused | SameBytes, lanes: Lanes) -> bool:
        """For room, or for the answer to the very same bytes, which is then used again."""
        if not isinstance(image, DecodedImage):
            return len(self._begun) >= _AHEAD
        if self._is_under_way(image.sha256):
            self._next_keeping = 0.0  # the lanes may have nothing to do until it is kept
            return True
        return not lanes.has_room(image.pixels)

    def _is_under_way(self, sha256: str) -> bool:
        if self.recorder is None:
            return False
        waiting = (*self._ready, *(self._keeping[0] if self._keeping else ()))
        return sha256 in {*(item.result.sha256 for item in waiting), *(begun.image.sha256 for begun in self._begun)}

    def _begin(self, record: ImageRecord, image: DecodedImage | ImageRefused | SameBytes, lanes: Lanes) -> _Begun:
        begun = _Begun(record, self._states.popleft(), image)
        if isinstance(image, ImageRefused):
            return begun
        begun.kept = self.recorder.find(image.sha256) if self.recorder else None
        if begun.kept is None and isinstance(image, SameBytes):  # the workspace has given out meanwhile
            begun.image = _read_again(record.path)
        if begun.kept is None and isinstance(begun.image, DecodedImage):
            begun.coming = lanes.begin(begun.image.pixels)
        return begun

    def _advance(self, lanes: Lanes, *, wait: bool) -> Iterator[ImageDone | NotKept]:
        """Take what is done so far; with `wait`, as soon as there is something, or the disk is to have what there is.

        The disk is waited for on a thread of its own, beside the classification of the next images. What has its
        outcome by then, or within a moment, goes to it together: each of its turns costs time, on the cores as well.
        """
        if wait:
            self._wait()
        while self._begun and self._begun[0].is_done and len(self._ready) < READY:
            outcome = self._ended(self._begun.popleft(), lanes)
            if self.recorder is None:
                yield self._told(outcome)
            else:
                self._ready.append(outcome)
        if self._keeping and self._keeping[1].done():
            yield from self._kept()
        is_last = self._all_begun and not self._begun
        if is_last or len(self._ready) >= READY or time.monotonic() >= self._next_keeping:
            self._give(lanes)

    def _wait(self) -> None:
        pending: list[Future[Any]] = [self._keeping[1]] if self._keeping else []
        if self._begun and len(self._ready) < READY:
            if self._begun[0].coming is None:
                return
            pending.append(self._begun[0].coming)
        gathering = self._ready and not self._keeping
        timeout = max(0.0, self._next_keeping - time.monotonic()) if gathering else None
        wait_for(pending, timeout, FIRST_COMPLETED)

    def _give(self, lanes: Lanes) -> None:
        """To the disk, if it is free."""
        if self._ready and not self._keeping and self.recorder:
            group, self._ready = self._ready, []
            self._next_keeping = time.monotonic() + GATHER
            self._keeping = group, lanes.aside(partial(self.recorder.keep, group))

    def _settle(self, lanes: Lanes) -> Iterator[ImageDone | NotKept]:
        """What has its outcome is not lost to a pause or a failure."""
        yield from self._tell()
        while self._ready or self._keeping:
            self._give(lanes)
            yield from self._kept()

    def keep_rest(self) -> None:
        """Of a run that nobody listens to any more: what has its outcome is kept, and told by the next one."""
        if self.recorder is not None and self._ready:
            self.recorder.keep(self._ready)

    def _ended(self, begun: _Begun, lanes: Lanes) -> KeptOutcome:
        """The outcome of the image that was begun first."""
        result = begun.result()
        if begun.coming is not None and isinstance(begun.image, DecodedImage):
            lanes.end(begun.image.pixels)
        self._look_at_folder(begun.record, result)
        self._position += 1
        return KeptOutcome(self._position - 1, result, begun.state, begun.kept[0] if begun.kept else None)

    def _kept(self) -> Iterator[ImageDone | NotKept]:
        """Tell the images that the disk was given last, as soon as it has them."""
        assert self._keeping  # noqa: S101 - the callers have looked
        outcomes, kept = self._keeping
        try:
            kept.result()
        except WorkspaceError as error:
            self._keeping = None
            yield self._without(error)
            outcomes, self._ready = [*outcomes, *self._ready], []
        self._telling.extend(outcomes)
        self._keeping = None
        yield from self._tell()

    def _tell(self) -> Iterator[ImageDone]:
        """Each once, wherever an interruption came between."""
        while self._telling:
            outcome = self._telling[0]
            told = self._told(outcome) if outcome.position == len(self.results) else None
            self._telling.popleft()
            if told is not None:
                yield told

    def _told(self, outcome: KeptOutcome) -> ImageDone:
        done = len(self.results) + 1
        progress = self._pace.told(done, kept=self._known[outcome.position], now=time.monotonic())
        self.results.append(outcome.result)
        return ImageDone(outcome.result, progress, outcome.prediction is not None)

    def _without(self, error: WorkspaceError) -> NotKept:
        """Go on without the workspace file, unless that would cost the user what was asked for."""
        if self._must_keep or isinstance(error, WorkspaceFull):
            done = f"{len(self.results)} of {len(self._records)} images are done"
            self._ready = []
            raise RunPaused(f"{error}; {done}: make room and classify again, it goes on from there") from error
        self.recorder = None
        return NotKept(str(error))

    def _look_at_folder(self, record: ImageRecord, result: ImageResult) -> None:
        """Files vanish one by one, or because their disk was unplugged. Raises RunPaused for the latter."""
        self._unread = 0 if result.sha256 else self._unread + 1
        if not self._unread or self._folder is None or not _is_gone(self._folder, empty=self._unread >= _GONE):
            return
        done = f"{self._position} of {len(self._records)} images are done"
        raise RunPaused(f"the folder {display_name(str(self._folder))} is gone; {done}: reconnect it and resume")


def _read_again(path: Path) -> DecodedImage | ImageRefused:
    try:
        return read_image(path)
    except ImageRefused as refusal:
        return refusal


def _is_gone(folder: Path, *, empty: bool) -> bool:
    """True when the folder cannot be listed; with `empty`, also when nothing is left in it (an unmounted disk)."""
    try:
        with os.scandir(folder) as entries:  # the first is enough: a listing of 100,000 takes its time
            return next(entries, None) is None and empty
    except OSError:
        return True
