"""A disk that takes longer to keep a result than a core to classify: nothing waits for it but the telling."""

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import pytest

from alldetect_gui.core.errors import RunFailed, RunPaused
from alldetect_gui.core.events import ImageDone
from alldetect_gui.core.labels import CellClass
from alldetect_gui.core.records import Prediction
from alldetect_gui.imaging import reader
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.lanes import MOST_LANES
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows import classify_folder
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.keep_work import KeptOutcome, RunRecorder
from alldetect_gui.workflows.open_folder import image_records
from alldetect_gui.workflows.pace import Pace
from tests.unit.imaging import files
from tests.unit.inference.small_model import cell

pytestmark = pytest.mark.usefixtures("models_folder")
PATIENCE = 60.0
IMAGES = 14


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cells").mkdir()
    for number in range(IMAGES):
        (tmp_path / "cells" / f"UID_1_{number}_1_all.bmp").write_bytes(files.bmp(cell(CellClass.ALL, number)))
    return tmp_path / "cells"


class HeldDisk:
    """Keeps nothing until `number` cells are classified; what it was then given together."""

    def __init__(self, patch: pytest.MonkeyPatch, number: int = IMAGES) -> None:
        self.groups = list[list[str]]()
        self.classified = list[None]()
        self.then: Callable[[], None] = lambda: None
        release, really_keep, really_classify = threading.Event(), RunRecorder.keep, Classifier.classify

        def keep(recorder: RunRecorder, outcomes: Sequence[KeptOutcome]) -> None:
            assert release.wait(PATIENCE)
            really_keep(recorder, outcomes)
            self.groups.append([outcome.result.record.relative for outcome in outcomes])

        def classify(classifier: Classifier, image: object) -> object:
            prediction = really_classify(classifier, image)  # type: ignore[arg-type]
            self.classified.append(None)
            if len(self.classified) == number:
                self.then()
                release.set()
            return prediction

        patch.setattr(RunRecorder, "keep", keep)
        patch.setattr(Classifier, "classify", classify)

    @property
    def kept(self) -> list[str]:
        return [*chain.from_iterable(self.groups)]


def name(event: object) -> str:
    assert isinstance(event, ImageDone)
    return event.result.record.relative


def test_that_all_are_classified_while_the_disk_is_slow_and_go_to_it_together_and_are_told_when_they_are_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, told = HeldDisk(monkeypatch), list[str]()
    with open_workspace(tmp_path / "w.alldetect") as file:
        for event in classify_images(image_records(folder), folder=folder, workspace=file, must_keep=True):
            if isinstance(event, ImageDone):
                assert name(event) in disk.kept
                told.append(name(event))
        assert len(file.results(file.runs()[0])) == IMAGES
    assert told == disk.kept == [record.relative for record in image_records(folder)]
    assert len(disk.groups) < IMAGES / 2


def test_that_a_quick_disk_is_not_given_each_image_by_itself(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first result comes at once; then a moment's worth of them, here all that are left."""
    monkeypatch.setattr(classify_folder, "GATHER", PATIENCE)
    disk = HeldDisk(monkeypatch, 1)
    with open_workspace(tmp_path / "w.alldetect") as file:
        events = classify_images(image_records(folder), folder=folder, workspace=file, must_keep=True)
        told = [name(event) for event in events if isinstance(event, ImageDone)]
    assert told == disk.kept == [record.relative for record in image_records(folder)]
    assert len(disk.groups) == 2


def test_that_the_answer_to_a_cell_goes_to_the_disk_at_once_where_its_copy_waits_for_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lanes had nothing to do until the moment had passed."""
    monkeypatch.setattr(classify_folder, "GATHER", PATIENCE)
    _, first, second, third, copy, *_ = [record.path for record in image_records(folder)]  # the very first goes at once
    copy.write_bytes(first.read_bytes())
    behind = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (second, third)}
    is_kept = threading.Event()
    really_keep, really_classify = RunRecorder.keep, Classifier.classify

    def keep(recorder: RunRecorder, outcomes: Sequence[KeptOutcome]) -> None:
        really_keep(recorder, outcomes)
        if any(outcome.result.record.path == first for outcome in outcomes):
            is_kept.set()

    def classify(classifier: Classifier, image: RgbImage) -> Prediction:
        if hashlib.sha256(files.bmp(image)).hexdigest() in behind:
            assert is_kept.wait(PATIENCE / 2)
        return really_classify(classifier, image)

    monkeypatch.setattr(RunRecorder, "keep", keep)
    monkeypatch.setattr(Classifier, "classify", classify)
    with open_workspace(tmp_path / "w.alldetect") as file:
        events = classify_images(image_records(folder), folder=folder, workspace=file, must_keep=True)
        assert sum(isinstance(event, ImageDone) for event in events) == IMAGES


def test_that_what_is_told_is_in_the_file_for_whoever_else_reads_it(folder: Path, tmp_path: Path) -> None:
    told, kept = 0, list[int]()
    with (
        open_workspace(tmp_path / "w.alldetect") as file,
        contextlib.closing(sqlite3.connect(tmp_path / "w.alldetect", timeout=PATIENCE)) as other,
    ):
        for event in classify_images(image_records(folder), folder=folder, workspace=file, must_keep=True):
            if isinstance(event, ImageDone):
                told += 1
                kept.append(other.execute("SELECT count(*) FROM outcomes").fetchone()[0] - told)
    assert len(kept) == IMAGES
    assert min(kept) >= 0


@pytest.mark.parametrize("failure", [None, RunFailed("the reader of images cannot be started"), KeyError("a fault")])
def test_that_a_run_that_ends_before_its_time_keeps_and_tells_what_waits_for_the_disk(
    failure: Exception | None, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is pulled while the disk is busy, or reading fails: what was classified is not classified again."""
    disk, told, records = HeldDisk(monkeypatch, IMAGES // 2), list[str](), image_records(folder)
    original = reader.read_unless_known

    def broken(wanted: Iterator[tuple[Path, str]]) -> Iterator[object]:
        for outcome in original(wanted):
            if failure is not None and len(disk.classified) >= IMAGES // 2:
                raise failure
            yield outcome

    def pull() -> None:
        folder.rename(folder.with_name("pulled"))

    if failure is None:
        disk.then = pull
    monkeypatch.setattr("alldetect_gui.workflows.classify_folder.read_unless_known", broken)
    with open_workspace(tmp_path / "w.alldetect") as file:
        events = classify_images(records, folder=folder, workspace=file, must_keep=True)
        with pytest.raises(RunPaused if failure is None else type(failure)):
            told.extend(name(event) for event in events if isinstance(event, ImageDone))
    assert len(disk.kept) >= IMAGES // 2 - 2 * MOST_LANES
    assert told == disk.kept == [record.relative for record in records[: len(told)]]


def test_that_a_run_that_is_cancelled_keeps_what_waits_for_the_disk(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = HeldDisk(monkeypatch)
    with open_workspace(tmp_path / "w.alldetect") as file:
        events = classify_images(image_records(folder), folder=folder, workspace=file, must_keep=True)
        next(event for event in events if isinstance(event, ImageDone))
        events.close()
        assert len(file.results(file.runs()[0])) == len(disk.kept) > IMAGES / 2


@pytest.mark.parametrize("at", range(1, 5))
def test_that_an_interruption_while_images_are_told_leaves_out_none_and_tells_none_twice(
    at: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    HeldDisk(monkeypatch)
    calls, told, really = list[None](), list[str](), Pace.told

    def progress(pace: Pace, done: int, **known: object) -> object:
        calls.append(None)
        if len(calls) == at:
            raise KeyboardInterrupt
        return really(pace, done, **known)  # type: ignore[arg-type]

    monkeypatch.setattr(Pace, "told", progress)
    records = image_records(folder)
    with open_workspace(tmp_path / "w.alldetect") as file:
        events = classify_images(records, folder=folder, workspace=file, must_keep=True)
        with pytest.raises(KeyboardInterrupt):
            told.extend(name(event) for event in events if isinstance(event, ImageDone))
    assert len(told) >= IMAGES / 2
    assert told == [record.relative for record in records[: len(told)]]
