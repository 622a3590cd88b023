"""Use case: what a run makes is kept as it is made, and found again; so is what readers say."""

import contextlib
import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alldetect_gui import __version__
from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.core.events import EarlierWork
from alldetect_gui.core.kept import FINISHED, KeptRun
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.core.reviews import Review, SignOff
from alldetect_gui.imaging.decode import read_bytes
from alldetect_gui.store.errors import WorkspaceInUse
from alldetect_gui.store.said import keep_reviews, reviews_of, sign_offs_of
from alldetect_gui.store.workspace_file import FileState, WorkspaceFile, path_bytes

BYTES_AN_IMAGE = 2_000
"""What one image takes in a workspace file, rounded up (1.6 kB measured)."""
_GROUP, _GROUP_SECONDS = 100, 0.5


def file_state(path: Path) -> FileState:
    """Size and time of a file, as the disk tells them without reading it."""
    try:
        status = path.lstat()
    except OSError:
        return FileState()
    return FileState(status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class KeptOutcome:
    """What is to be kept of one image."""

    position: int  # in the run
    result: ImageResult
    state: FileState
    prediction: int | None = None  # number of the kept one that was used again


class RunRecorder:
    """Keeps one run. New results are on the disk when `keep` returns; results used again are grouped.

    What a kill can cost of a group is only the note that they were used again: the results themselves were kept long
    before. While a run comes out as the one before it, it is held back; if it does so to its end, all that is written
    is that it did. Raises WorkspaceError.
    """

    def __init__(
        self, file: WorkspaceFile, folder: Path, model: ModelIdentity, records: Sequence[ImageRecord], *, resume: bool
    ) -> None:
        self._file, self._resume = file, resume
        self._left = self._total = len(records)
        self._say_need()
        self._model = file.model_number(model)
        self._predicted = file.predicted(self._model) if resume else set()
        unfinished = unfinished_run(file, folder, model) if resume else None
        kept = file.outcomes(unfinished) if unfinished else {}
        self._done = {path: _row(result, state) for path, (result, state) in kept.items()}
        self.resumed = sum(path_bytes(record) in self._done for record in records)
        last = _last_finished(file, folder, model) if resume and not unfinished else None
        before = file.outcomes(last) if last else {}
        self._same_as = file.source(last.number) if last and len(before) == len(records) else None
        self._before = [(path, _row(result, state)) for path, (result, state) in before.items()]
        self._known = {
            path: result.sha256 for path, (result, _) in {**before, **kept}.items() if result.prediction is not None
        }
        self._run = unfinished.number if unfinished else file.begin_run(folder, model, len(records))
        self._waiting: list[tuple[int, ImageResult, FileState, int | None]] = []
        self._waiting_since = 0.0
        self.reused = 0

    def known(self, record: ImageRecord) -> str:
        """The SHA-256 that the file had when it was last classified; empty when it was not."""
        return self._known.get(path_bytes(record), "")

    @property
    def likely_kept(self) -> int:
        """Images that were classified before, by their paths: those that have not changed need no inference."""
        return min(len(self._known), self._total)

    def find(self, sha256: str) -> tuple[int, Prediction] | None:
        """The kept prediction for these bytes by this model; None when every image is to be classified anew.

        The file, which may be waiting for the disk, is asked only where there is one.
        """
        return self._file.find_prediction(self._model, sha256) if sha256 in self._predicted else None

    def keep(self, outcomes: Sequence[KeptOutcome]) -> None:
        """These images have their outcomes; those that are new are kept in one transaction."""
        with self._file.ledger.transaction():
            for outcome in outcomes:
                self._keep(outcome)

    def _keep(self, outcome: KeptOutcome) -> None:
        position, result, state, prediction = outcome.position, outcome.result, outcome.state, outcome.prediction
        if self._resume and result.prediction:
            self._predicted.add(result.sha256)
        self._left -= 1
        self._say_need()
        self.reused += prediction is not None
        path, row = path_bytes(result.record), _row(result, state)
        if self._done.get(path) == row:
            return  # this very run holds it
        if self._same_as is not None:
            if self._before[position] == (path, row) and (prediction is not None or result.prediction is None):
                self._waiting.append((position, result, state, prediction))
                return
            self._same_as = None
        if prediction is None:
            self._write_waiting()
            self._file.add_result(self._run, position, result, state)
            return
        if not self._waiting:
            self._waiting_since = time.monotonic()
        self._waiting.append((position, result, state, prediction))
        if len(self._waiting) >= _GROUP or time.monotonic() - self._waiting_since > _GROUP_SECONDS:
            self._write_waiting()

    def end(self, ending: str, seconds: float) -> None:
        """The run, or this part of it, is over."""
        same_as = self._same_as if ending == FINISHED and len(self._waiting) == len(self._before) else None
        with self._file.ledger.transaction():
            if same_as is None:
                self._write_waiting()
            self._file.end_run(self._run, ending, seconds, self.reused, same_as)

    def _write_waiting(self) -> None:
        """Inside a transaction. If that fails, nothing more is kept of the run, or all of it is looked up again."""
        for position, result, state, prediction in self._waiting:
            self._file.add_result(self._run, position, result, state, prediction)
        self._waiting = []

    def _say_need(self) -> None:
        self._file.ledger.need = self._left * BYTES_AN_IMAGE + 100_000


def _row(result: ImageResult, state: FileState) -> tuple[object, ...]:
    """What makes two rows of one image the same; the path may be written in several ways, and nan is not nan."""
    record = result.record
    told = (record.relative, record.subject, record.reference, result.outcome, result.sha256, result.reason)
    return (*told, repr(result.prediction), state)


def _last_finished(file: WorkspaceFile, folder: Path, model: ModelIdentity) -> KeptRun | None:
    """The very last run over `folder`, if it was by `model` and went to its end."""
    run = next(iter(file.runs(folder)), None)
    return run if run and run.is_finished and (run.model, run.program) == (model, __version__) else None


def unfinished_run(file: WorkspaceFile, folder: Path, model: ModelIdentity) -> KeptRun | None:
    """The last run over `folder` by `model`, if it was killed, cancelled or paused before its end."""
    for run in file.runs(folder):
        if (run.model, run.program) == (model, __version__):
            return None if run.is_finished else run
    return None


def earlier_work(file: WorkspaceFile, folder: Path, records: Iterable[ImageRecord]) -> EarlierWork | None:
    """The last run over `folder` that has results, for those of the listed `records` that have not changed since."""
    run = next((run for run in file.runs(folder) if run.done), None)
    if run is None:
        return None
    kept = file.outcomes(run)
    there = {path_bytes(record): record for record in records}
    results, changed = [], 0
    for path, (result, state) in kept.items():
        record = there.get(path)
        if record is None or state != file_state(record.path):
            changed += 1
            continue
        results.append(ImageResult(record, result.outcome, result.sha256, result.prediction, result.reason))
    return EarlierWork(run, tuple(results), changed)


class FolderKeeper:
    """What readers say about one folder. Each call is one transaction, and each change one entry of the audit log."""

    def __init__(self, file: WorkspaceFile, folder: Path) -> None:
        self._file, self._folder = file, folder

    def keep(
        self,
        reviews: Sequence[tuple[ImageRecord, Review]],
        sign_offs: Sequence[tuple[str, SignOff | None]],
        why: str = "",
    ) -> None:
        """The new state of each image and patient; undoing is one more change. Raises WorkspaceError."""
        if not self._file.writes:
            raise WorkspaceInUse(self._file.path, "the workspace is open for reading only")
        seen = [(record, _sha256(record), review) for record, review in reviews]
        keep_reviews(self._file, self._folder, seen, sign_offs, why=why)

    def load(self) -> tuple[list[tuple[str, Review]], list[SignOff]]:
        """What was last said: relative path and review of each image, and the signatures that stand."""
        reviews = [(kept.relative, kept.review) for kept in reviews_of(self._file, self._folder)]
        return reviews, [kept.sign_off for kept in sign_offs_of(self._file, self._folder)]


def _sha256(record: ImageRecord) -> str:
    """Of the bytes that the reader looked at; empty when they cannot be read any more."""
    with contextlib.suppress(ImageRefused):
        return hashlib.sha256(read_bytes(record.path)).hexdigest()
    return ""
