"""A disk that takes longer to keep a result than a core to classify: nothing waits for it but the telling."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from alldetect_gui.core.events import ImageDone
from alldetect_gui.core.labels import CellClass
from alldetect_gui.core.machine import usable_cores
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.classify_folder import GROUP, classify_images
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
    classified, groups, told = threading.Event(), list[int](), list[str]()
    kept: set[str] = set()
    really_keep, really_classify, count = RunRecorder.keep, Classifier.classify, [0]

    def keep(self: RunRecorder, outcomes: Sequence[KeptOutcome]) -> None:
        groups.append(len(outcomes))
        assert classified.wait(PATIENCE)  # the first time: only when four more images were classified meanwhile
        really_keep(self, outcomes)
        kept.update(outcome.result.record.relative for outcome in outcomes)

    def classify(self: Classifier, image: object) -> object:
        count[0] += 1
        if groups and count[0] >= 5:
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
    assert told == [record.relative for record in image_records(folder)]
    assert sum(groups) == IMAGES
    assert max(groups) <= GROUP
    assert usable_cores() == 1 or len(groups) < IMAGES
