"""A lab's work in one file: folders, images, runs, predictions, what readers said, signatures, and the audit log.

Rows are only added. A prediction is found again by what was looked at and what looked at it: the hash of the image's
bytes, the hash of the model's manifest, the recipe, the engine, the threshold and the version of the program.
"""

import contextlib
import json
import math
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from alldetect_gui import __version__
from alldetect_gui.core.kept import AuditEntry, KeptRun
from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.store import clock
from alldetect_gui.store.backups import back_up, copy_to, is_due
from alldetect_gui.store.connection import connect, create, damaged, refuse_if_lost
from alldetect_gui.store.errors import WorkspaceUnwritable
from alldetect_gui.store.ledger import Ledger, Row
from alldetect_gui.store.lock import WriterLock
from alldetect_gui.store.rows import Value


@dataclass(frozen=True, slots=True)
class FileState:
    """What the disk said of an image when it was read: tells later, without reading it, whether it has changed."""

    size: int = -1  # bytes; -1 when it could not be asked
    modified: int = -1  # nanoseconds


class WorkspaceFile:
    """An open workspace file. Any thread may use it: what it does to the file, it does one after the other."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, lock: WriterLock | None,
        now: Callable[[], str] = clock.utc_now, who: Callable[[], str] = clock.account_name,
    ) -> None:  # fmt: skip
        self.path = path
        self.ledger = Ledger(connection, path)
        self._lock, self.now, self.who = lock, now, who
        self._opened_at = self.ledger.head("audit")
        self._models: dict[int, tuple[ModelIdentity, str]] = {}
        self._models_of: dict[int, int] = {}

    @property
    def writes(self) -> bool:
        """False for a file that was opened for reading."""
        return self._lock is not None

    def close(self) -> None:
        """Back up what is new, then let others write."""
        if self._lock is not None and self.ledger.head("audit") != self._opened_at and is_due(self.path):
            with contextlib.suppress(OSError, sqlite3.Error):  # a full disk: the file itself is whole
                back_up(self.ledger.connection, self.path)
        self.ledger.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> "WorkspaceFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def save_as(self, target: Path) -> None:
        """A whole copy at `target`, to carry elsewhere. Raises WorkspaceUnwritable."""
        try:
            with self.ledger.lane:
                copy_to(self.ledger.connection, target)
        except (OSError, sqlite3.Error) as error:
            raise WorkspaceUnwritable(target, f"{target} cannot be written: {error}") from error

    # -- runs

    def begin_run(self, folder: Path, model: ModelIdentity, total: int) -> int:
        """A new run over `folder`; returns its number."""
        with self.ledger.transaction():
            number, digest = self.ledger.add(
                "runs", folder=self.folder_number(folder), model=self.model_number(model), utc=self.now(), total=total
            )
            self.log("run started", model=model, why=f"{total} images", about=_about("runs", number, digest))
        return number

    def end_run(self, run: int, ending: str, seconds: float, reused: int, same_as: int | None = None) -> None:
        """The run, or this part of it, has come to an end; `same_as`: with the very outcomes of that earlier run."""
        with self.ledger.transaction():
            if same_as is not None:
                self.ledger.add("repeats", run=run, same_as=same_as)
            number, digest = self.ledger.add(
                "run_ends", run=run, utc=self.now(), ending=ending, seconds=float(seconds), reused=reused
            )
            model = self.model(self.ledger.select("runs", "id = ?", (run,))[0][2])[0]
            why = f"run {run}, {reused} results taken from earlier runs"
            self.log(f"run {ending}", model=model, why=why, about=_about("run_ends", number, digest))

    def find_prediction(self, model: int, sha256: str) -> tuple[int, Prediction] | None:
        """The number of the last kept prediction of an image by a model, and what it says."""
        where = "model = ? AND image = (SELECT id FROM images WHERE sha256 = ?)"
        found = self.ledger.select("predictions", where, (model, sha256))
        with self.understood():
            return (found[-1][0], _prediction(found[-1])) if found else None

    def predicted(self, model: int) -> set[str]:
        """SHA-256 of every image of which there is a prediction by a model: where to ask `find_prediction` at all."""
        where = "id IN (SELECT image FROM predictions WHERE model = ?)"
        return {str(value) for value in self.ledger.column("images", "sha256", where, (model,))}

    def add_result(
        self, run: int, position: int, result: ImageResult, state: FileState, prediction: int | None = None
    ) -> None:
        """Keep the outcome of the image at `position`; with it, in the same transaction, a prediction that is new.

        `prediction` is the number of the kept one that is used again.
        """
        with self.ledger.transaction():
            image = self.image_number(result.sha256) if result.sha256 else None
            if result.prediction is not None and prediction is None:
                prediction = self._add_prediction(run, image, result)
            record = result.record
            self.ledger.add(
                "outcomes", run=run, position=position, path=path_bytes(record), relative=record.relative,
                subject=record.subject, reference=record.reference or "", image=image, size=state.size,
                modified=state.modified, outcome=result.outcome.value, reason=result.reason, prediction=prediction,
            )  # fmt: skip

    def _add_prediction(self, run: int, image: int | None, result: ImageResult) -> int:
        prediction, model = result.prediction, self._model_of(run)
        assert prediction is not None  # noqa: S101 - the caller has looked
        number, digest = self.ledger.add(
            "predictions", model=model, image=image, probability=_finite(prediction.probability_all),
            suggestion=prediction.suggestion.value, reason=prediction.reason, fit=_finite(prediction.fit),
            utc=self.now(),
        )  # fmt: skip
        self.log(
            "suggested", model=self.model(model)[0], image_sha256=result.sha256, new=prediction.suggestion.value,
            why=prediction.reason, about=_about("predictions", number, digest),
        )  # fmt: skip
        return number

    def _model_of(self, run: int) -> int:
        """The number of a run's model; a row never changes, so it is read once."""
        if run not in self._models_of:
            self._models_of[run] = self.ledger.select("runs", "id = ?", (run,))[0][2]
        return self._models_of[run]

    def runs(self, folder: Path | None = None) -> list[KeptRun]:
        """All runs, or those over `folder`, the newest first."""
        if folder is None:
            rows = self.ledger.select("runs")
        else:
            where = "folder = (SELECT id FROM folders WHERE path = ?)"
            rows = self.ledger.select("runs", where, (os.fsencode(folder.absolute()),))
        return [self._run(row) for row in reversed(rows)]

    def _run(self, row: Row) -> KeptRun:
        number, folder, model, utc, total = row
        ends = self.ledger.select("run_ends", "run = ?", (number,))
        identity, program = self.model(model)
        path = Path(os.fsdecode(self.ledger.select("folders", "id = ?", (folder,))[0][1]))
        done = self.ledger.count("outcomes", "DISTINCT path", "run = ?", (self.source(number),))
        seconds, ending = sum(end[4] for end in ends), ends[-1][3] if ends else ""
        return KeptRun(number, path, identity, program, utc, total, done, ending, seconds)

    def source(self, run: int) -> int:
        """The run that holds the outcomes of `run`: itself, or the earlier one that it only repeated."""
        repeats = self.ledger.select("repeats", "run = ?", (run,))
        return int(repeats[-1][2]) if repeats else run

    def results(self, run: KeptRun) -> tuple[ImageResult, ...]:
        """The outcomes of a run, in its order; paths as they were then."""
        return tuple(result for result, _ in self.outcomes(run).values())

    def outcomes(self, run: KeptRun) -> dict[bytes, tuple[ImageResult, FileState]]:
        """The last outcome of each image of a run by its path below the folder, in the run's order."""
        source = self.source(run.number)
        rows = {row[3]: row for row in self.ledger.select("outcomes", "run = ?", (source,))}
        ordered = sorted(rows.values(), key=lambda row: row[2])
        with self.understood():
            return self._outcomes(run, source, ordered)

    def _outcomes(self, run: KeptRun, source: int, ordered: list[Row]) -> dict[bytes, tuple[ImageResult, FileState]]:
        used = "id IN (SELECT prediction FROM outcomes WHERE run = ?)"
        predictions = {row[0]: _prediction(row) for row in self.ledger.select("predictions", used, (source,))}
        shown = "id IN (SELECT image FROM outcomes WHERE run = ?)"
        images = {row[0]: row[1] for row in self.ledger.select("images", shown, (source,))}
        kept: dict[bytes, tuple[ImageResult, FileState]] = {}
        for _, _, _, path, relative, subject, reference, image, size, modified, outcome, reason, prediction in ordered:
            label = CellClass(reference) if reference else None
            record = ImageRecord(run.folder / os.fsdecode(path), relative, subject, label)
            said = predictions[prediction] if prediction is not None else None
            if (said is not None) is not (Outcome(outcome) is Outcome.CLASSIFIED):
                raise ValueError(f"an image that is {outcome}, and a class")
            result = ImageResult(record, Outcome(outcome), images.get(image, ""), said, reason)
            kept[path] = result, FileState(size, modified)
        return kept

    @contextlib.contextmanager
    def understood(self) -> Iterator[None]:
        """What is read inside has meaning. A file may be anybody's: hashes that fit do not say that we wrote it."""
        try:
            yield
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise damaged(self.path, f"it holds what no AllDetect writes: {error}") from error

    # -- the audit log

    def log(
        self, event: str, *, model: ModelIdentity | None = None, who: str = "", image_sha256: str = "", old: str = "",
        new: str = "", why: str = "", about: str = "",
    ) -> None:  # fmt: skip
        """Append one entry inside a transaction; it holds the hash of the one before."""
        recipe = f"{model.recipe} {_parameters(model)}" if model else ""
        self.ledger.add(
            "audit", utc=self.now(), who=who or self.who(), event=event, image_sha256=image_sha256,
            model_sha256=model.sha256 if model else "", recipe=recipe,
            threshold=float(model.threshold) if model else None, old=old, new=new, why=why, about=about,
            previous=self.ledger.last_hash("audit"),
        )  # fmt: skip

    def audit(self) -> Iterator[AuditEntry]:
        """The whole log, the oldest entry first."""
        for row in self.ledger.select("audit"):
            yield AuditEntry(*row[:-1])

    # -- things that are named once

    def folder_number(self, folder: Path) -> int:
        """The number of a folder; a new one where it was never opened. Inside a transaction."""
        path = os.fsencode(folder.absolute())
        found = self.ledger.select("folders", "path = ?", (path,))
        return found[0][0] if found else self.ledger.add("folders", path=path, display=display(path))[0]

    def model_number(self, model: ModelIdentity) -> int:
        """The number of a model as it is used here; a new one where it never was."""
        values: dict[str, Value] = {
            "name": model.name, "sha256": model.sha256, "recipe": model.recipe, "parameters": _parameters(model),
            "engine": model.engine, "threshold": float(model.threshold), "program": __version__,
        }  # fmt: skip
        with self.ledger.transaction():
            where = " AND ".join(f"{name} = ?" for name in values)
            found = self.ledger.select("models", where, tuple(values.values()))
            return found[0][0] if found else self.ledger.add("models", **values)[0]

    def model(self, number: int) -> tuple[ModelIdentity, str]:
        """A model by its number, and the version of the program that used it."""
        if number not in self._models:
            row = self.ledger.select("models", "id = ?", (number,))[0]
            _, name, sha256, recipe, parameters, engine, threshold, program = row
            with self.understood():
                identity = ModelIdentity(name, sha256, recipe, _numbers(parameters), threshold, engine)
            self._models[number] = identity, program
        return self._models[number]

    def image_number(self, sha256: str) -> int:
        found = self.ledger.select("images", "sha256 = ?", (sha256,))
        return found[0][0] if found else self.ledger.add("images", sha256=sha256)[0]


def open_workspace(
    path: Path,
    *,
    now: Callable[[], str] = clock.utc_now,
    who: Callable[[], str] = clock.account_name,
    take_over: bool = False,
) -> WorkspaceFile:
    """Open for writing, and make an empty one where there is nothing at all. Raises WorkspaceError.

    There is one writer at a time: a second one is refused at once. `take_over`: the mark of another computer, which
    lost it or from which it was copied, holds no more; the audit log tells that.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceUnwritable(path, f"the workspace file {path} cannot be used: {error.strerror}") from error
    lock = WriterLock(path, take_over=take_over)
    try:
        if not os.path.lexists(path):
            refuse_if_lost(path)
            create(path)
        connection = connect(path, write=True)
        try:
            file = WorkspaceFile(path, connection, lock, now, who)
            if lock.taken_over:
                with file.ledger.transaction():
                    file.log("opened all the same", why=f"it was marked as in use: {lock.taken_over}")
            return file
        except BaseException:
            connection.close()
            raise
    except BaseException:
        lock.release()
        raise


def open_for_reading(path: Path) -> WorkspaceFile:
    """Open an existing file, also beside a writer. Raises WorkspaceError."""
    connection = connect(path, write=False)
    try:
        return WorkspaceFile(path, connection, None)
    except BaseException:
        connection.close()
        raise


def path_bytes(record: ImageRecord) -> bytes:
    """The path of an image below its folder, as the disk has it: names need not be UTF-8."""
    depth = record.relative.count("/") + 1
    return os.fsencode(Path(*record.path.parts[-depth:]))


def display(path: bytes) -> str:
    """A path for people, safe to store as text."""
    return path.decode("utf-8", "backslashreplace")


def _about(table: str, number: int, digest: bytes) -> str:
    return f"{table} {number} {digest.hex()}"


def _parameters(model: ModelIdentity) -> str:
    return json.dumps(dict(sorted(model.parameters.items())))


def _numbers(parameters: str) -> dict[str, float]:
    """Those of a recipe. Raises ValueError for anything but names and numbers."""
    found = json.loads(parameters)
    if not isinstance(found, dict) or not all(type(value) in (int, float) for value in found.values()):
        raise ValueError("parameters that are no numbers")
    return found


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _prediction(row: Row) -> Prediction:
    """What a row says. Raises ValueError for a class without a probability, or with one that is none."""
    _, _, _, probability, word, reason, fit, _ = row
    suggestion = Suggestion(word)
    if not (suggestion is Suggestion.UNCERTAIN if probability is None else 0 <= probability <= 1):
        raise ValueError(f"{suggestion} with the probability {probability}")
    return Prediction(math.nan if probability is None else probability, suggestion, reason, fit)
