"""A disk that takes longer to keep a result than a core to classify: nothing waits for it but the telling."""

import threading
from pathlib import Path

import pytest

from alldetect_gui.core.events import ImageDone
from alldetect_gui.core.labels import CellClass
from alldetect_gui.core.machine import usable_cores
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.lanes import split
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


def test_that_cells_are_classified_while_the_disk_is_slow_and_told_when_they_are_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classified, kept, told, count = threading.Event(), list[str](), list[str](), [0]
    really_keep, really_classify = RunRecorder.keep, Classifier.classify
    ahead = 2 * split(usable_cores())[0]

    def keep(self: RunRecorder, outcome: KeptOutcome) -> None:
        assert classified.wait(PATIENCE)  # the first one: only when more images were classified meanwhile
        really_keep(self, outcome)
        kept.append(outcome.result.record.relative)

    def classify(self: Classifier, image: object) -> object:
        count[0] += 1
        if count[0] >= 1 + ahead:
            classified.set()
        return really_classify(self, image)  # type: ignore[arg-type]

    monkeypatch.setattr(RunRecorder, "keep", keep)
    monkeypatch.setattr(Classifier, "classify", classify)
    with open_workspace(tmp_path / "w.alldetect") as file:
        for event in classify_images(image_records(folder), folder=folder, workspace=file, must_keep=True):
            if isinstance(event, ImageDone):
                assert event.result.record.relative in kept
                told.append(event.result.record.relative)
        assert len(file.results(file.runs()[0])) == IMAGES
    assert told == kept == [record.relative for record in image_records(folder)]


def test_that_each_new_result_has_a_transaction_of_its_own(folder: Path, tmp_path: Path) -> None:
    commits = list[str]()
    with open_workspace(tmp_path / "w.alldetect") as file:
        file.ledger.connection.set_trace_callback(commits.append)
        events = classify_images(image_records(folder), folder=folder, workspace=file, must_keep=True)
        between = [commits.count("COMMIT") for event in events if isinstance(event, ImageDone)]
        file.ledger.connection.set_trace_callback(None)
    assert len(set(between)) == IMAGES
