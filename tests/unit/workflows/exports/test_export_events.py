"""An export tells how far it is, and one that is stopped leaves the old file and nothing beside it."""

import hashlib
import io
from pathlib import Path

import openpyxl
import pytest

from alldetect_gui.core.events import ExportProgress
from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.workflows.exports import pictures
from alldetect_gui.workflows.exports.export import export_events
from alldetect_gui.workflows.exports.run import ExportOptions, ExportRun, Format
from tests.drills.exports import one
from tests.ui.gui.window_driver import write_cells


@pytest.fixture
def run(tmp_path: Path) -> ExportRun:
    """45 images with the hash of their files, but for one that has changed since."""
    results = []
    for number, path in enumerate(sorted(write_cells(tmp_path / "cells", 45).iterdir())):
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if number != 3 else "0" * 64
        record = ImageRecord(path, path.name)
        results.append(ImageResult(record, Outcome.CLASSIFIED, digest, Prediction(0.9, Suggestion.ALL)))
    return ExportRun(tuple(results), ModelIdentity("fake", "0" * 64, "original", {}, 0.5), 1.0, images_here=True)


def pictures_in(file: Path) -> int:
    return len(openpyxl.load_workbook(io.BytesIO(file.read_bytes()))["results"]._images)


def test_that_a_workbook_tells_of_its_pictures_and_holds_those_of_unchanged_images(
    run: ExportRun, tmp_path: Path
) -> None:
    out = tmp_path / "r.xlsx"
    events = list(export_events(run, Format.XLSX, out))
    assert events == [*(ExportProgress(done, 45) for done in (0, 20, 40, 45)), out]
    assert pictures_in(out) == 44
    list(export_events(run, Format.XLSX, out, ExportOptions(thumbnails=False)))
    assert pictures_in(out) == 0


def test_that_no_more_pictures_are_made_than_a_workbook_may_hold(
    run: ExportRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alldetect_gui.workflows.exports.export.MOST_PICTURES", 5)
    list(export_events(run, Format.XLSX, tmp_path / "r.xlsx"))
    assert pictures_in(tmp_path / "r.xlsx") == 5
    assert pictures.MOST_PICTURES > 1000


@pytest.mark.parametrize("kind", [Format.XLSX, Format.CSV, Format.HTML, Format.JSON])
def test_that_an_export_that_is_stopped_at_any_event_before_its_end_leaves_the_old_file(
    kind: Format, run: ExportRun, tmp_path: Path
) -> None:
    out = tmp_path / f"r.{kind}"
    out.write_bytes(b"old")
    before = sorted(tmp_path.iterdir())
    steps = 4 if kind is Format.XLSX else 1
    for stop in range(1, steps + 1):
        events = export_events(run, kind, out)
        assert isinstance([next(events) for _ in range(stop)][-1], ExportProgress)
        events.close()  # type: ignore[attr-defined]
        assert out.read_bytes() == b"old" and sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("kind", [Format.CSV, Format.XLSX, Format.HTML, Format.JSON])
def test_that_the_manifest_of_a_long_run_remembers_every_image(kind: Format, tmp_path: Path) -> None:
    """`make drill-exports` does it with 50,000 images, and the PDF."""
    assert one(kind, 300, tmp_path).startswith(kind)
