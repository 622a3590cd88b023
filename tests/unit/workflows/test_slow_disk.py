"""A disk that takes longer to keep a result than a core to classify: nothing waits for it but the telling."""

import contextlib
import sqlite3
import threading
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest

from alldetect_gui.core.errors import RunPaused
from alldetect_gui.core.events import ImageDone
from alldetect_gui.core.labels import CellClass
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.keep_work import KeptOutcome, RunRecorder
from alldetect_gui.workflows.open_folder import image_records
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


def test_that_all_are_classified_while_the_disk_is_slow_and_go_to_it_together_and_are_told_when_they_are_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classified, groups, told, count = threading.Event(), list[list[str]](), list[str](), list[None]()
    really_keep, really_classify = RunRecorder.keep, Classifier.classify

    def keep(self: RunRecorder, outcomes: Sequence[KeptOutcome]) -> None:
        assert classified.wait(PATIENCE)  # the first time: until all others are classified
        really_keep(self, outcomes)
        groups.append([outcome.result.record.relative for outcome in outcomes])

    def classify(self: Classifier, image: object) -> object:
        prediction = really_classify(self, image)  # type: ignore[arg-type]
        count.append(None)
        if len(count) == IMAGES:
            classified.set()
        return prediction

    monkeypatch.setattr(RunRecorder, "keep", keep)
    monkeypatch.setattr(Classifier, "classify", classify)
    with open_workspace(tmp_path / "w.alldetect") as file:
        for event in classify_images(image_records(folder), folder=folder, workspace=file, must_keep=True):
            if isinstance(event, ImageDone):
                assert event.result.record.relative in chain.from_iterable(groups)
                told.append(event.result.record.relative)
        assert len(file.results(file.runs()[0])) == IMAGES
    assert told == [*chain.from_iterable(groups)] == [record.relative for record in image_records(folder)]
    assert len(groups) < IMAGES / 2


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


def test_that_a_pause_keeps_what_waits_for_the_disk(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is pulled while the disk is busy: the cells classified by then are not classified again."""
    gone, count = threading.Event(), list[None]()
    really_keep, really_classify = RunRecorder.keep, Classifier.classify

    def keep(self: RunRecorder, outcomes: Sequence[KeptOutcome]) -> None:
        assert gone.wait(PATIENCE)
        really_keep(self, outcomes)

    def classify(self: Classifier, image: object) -> object:
        count.append(None)
        if len(count) == IMAGES // 2:
            folder.rename(folder.with_name("pulled"))
            gone.set()
        return really_classify(self, image)  # type: ignore[arg-type]

    monkeypatch.setattr(RunRecorder, "keep", keep)
    monkeypatch.setattr(Classifier, "classify", classify)
    told, records = 0, image_records(folder)
    with open_workspace(tmp_path / "w.alldetect") as file:
        events = classify_images(records, folder=folder, workspace=file, must_keep=True)
        with pytest.raises(RunPaused, match="is gone"):
            for event in events:
                told += isinstance(event, ImageDone)
        classified = [result for result in file.results(file.runs()[0]) if result.prediction is not None]
    assert len(classified) == len(count)
    assert told >= len(classified)
