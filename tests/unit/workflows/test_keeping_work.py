"""A run over a folder with a workspace file: used again, gone on with, paused, and what survives a kill."""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from alldetect_gui.core.errors import ImageRefused, RunPaused
from alldetect_gui.core.events import ImageDone, NotKept, RunFinished, RunStarted
from alldetect_gui.core.kept import CANCELLED
from alldetect_gui.core.labels import CellClass, Outcome
from alldetect_gui.core.reviews import Reading, Review, SignOff
from alldetect_gui.imaging import reader
from alldetect_gui.imaging.decoded import SameBytes
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.lanes import MOST_LANES
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import WorkspaceFile, open_workspace
from alldetect_gui.workflows import classify_folder
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.keep_work import FolderKeeper, earlier_work
from alldetect_gui.workflows.open_folder import image_records
from tests.drills import copies, folders, kill
from tests.unit.imaging import files
from tests.unit.inference.small_model import cell, write_model

pytestmark = pytest.mark.usefixtures("models_folder")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six drawn cells, two of them alike, and one file that cannot be used."""
    (tmp_path / "cells").mkdir()
    for number in range(5):
        data = files.bmp(cell(CellClass.ALL if number % 2 else CellClass.HEM, number))
        (tmp_path / "cells" / f"UID_{number}_1_1_{'all' if number % 2 else 'hem'}.bmp").write_bytes(data)
    shutil.copy(tmp_path / "cells" / "UID_4_1_1_hem.bmp", tmp_path / "cells" / "UID_5_1_1_hem.bmp")
    (tmp_path / "cells" / "UID_6_1_1_hem.bmp").write_bytes(b"not an image")
    return tmp_path / "cells"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[WorkspaceFile]:
    with open_workspace(tmp_path / "w.alldetect") as file:
        yield file
    assert verify(tmp_path / "w.alldetect").findings == ()


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one with each inference."""
    seen: list[object] = []
    original = Classifier.classify

    def classify(self: Classifier, image: object) -> object:
        seen.append(image)
        return original(self, image)  # type: ignore[arg-type]

    monkeypatch.setattr(Classifier, "classify", classify)
    return seen


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done goes to the disk as soon as that is free, each result alone."""
    monkeypatch.setattr(classify_folder, "GATHER", 0.0)
    monkeypatch.setattr(classify_folder, "READY", 1)


def run(folder: Path, workspace: WorkspaceFile, **options: object) -> tuple[RunStarted, RunFinished, list[ImageDone]]:
    first, *middle, last = classify_images(image_records(folder), folder=folder, workspace=workspace, **options)  # type: ignore[arg-type]
    assert isinstance(first, RunStarted)
    assert isinstance(last, RunFinished)
    return first, last, [event for event in middle if isinstance(event, ImageDone)]


def test_that_an_unchanged_folder_costs_no_inference_the_second_time(
    folder: Path, workspace: WorkspaceFile, looked: list[object]
) -> None:
    _, once, _ = run(folder, workspace)
    assert len(looked) == 5  # two files hold the same bytes
    looked.clear()
    started, again, events = run(folder, workspace)
    assert looked == []
    assert again.results == once.results
    assert (started.resumed, again.reused) == (0, 6)
    assert [event.reused for event in events] == [True] * 6 + [False]
    assert [kept.done for kept in workspace.runs(folder)] == [7, 7]
    assert workspace.results(workspace.runs(folder)[0]) == workspace.results(workspace.runs(folder)[1]) == once.results


def rows(workspace: WorkspaceFile) -> dict[str, int]:
    return {table: workspace.ledger.head(table)[0] for table in ("outcomes", "predictions", "repeats", "runs")}


def test_that_runs_that_come_out_the_same_add_no_row_an_image_and_decode_nothing(
    folder: Path, workspace: WorkspaceFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, once, _ = run(folder, workspace)
    before, size = rows(workspace), workspace.path.stat().st_size
    seen: list[object] = []
    original = reader.read_unless_known

    def watched(wanted: Iterator[tuple[Path, str]]) -> Iterator[object]:
        for outcome in original(wanted):
            seen.append(outcome)
            yield outcome

    monkeypatch.setattr("alldetect_gui.workflows.classify_folder.read_unless_known", watched)
    for _ in range(3):
        _, again, _ = run(folder, workspace)
        assert again.results == once.results
    assert [type(outcome) for outcome in seen] == [*[SameBytes] * 6, ImageRefused] * 3
    assert rows(workspace) == {**before, "repeats": 3, "runs": 4}
    assert workspace.path.stat().st_size - size <= 3 * 4096
    for kept in workspace.runs(folder):
        assert (kept.done, kept.is_finished, workspace.results(kept)) == (7, True, once.results)
    found = earlier_work(workspace, folder, image_records(folder))
    assert found is not None
    assert (found.run.number, found.results) == (4, once.results)


def test_that_a_run_that_comes_out_otherwise_is_kept_whole(folder: Path, workspace: WorkspaceFile) -> None:
    run(folder, workspace)
    (folder / "UID_3_1_1_all.bmp").write_bytes(files.bmp(cell(CellClass.HEM, 99)))
    _, last, _ = run(folder, workspace)
    assert rows(workspace) == {"outcomes": 14, "predictions": 6, "repeats": 0, "runs": 2}
    (folder / "UID_6_1_1_hem.bmp").write_bytes(b"nor an image")
    _, later, _ = run(folder, workspace)
    assert rows(workspace)["outcomes"] == 21
    (folder / "UID_6_1_1_hem.bmp").unlink()
    _, fewer, _ = run(folder, workspace)
    assert [workspace.results(kept) for kept in workspace.runs(folder)][:3] == [
        fewer.results, later.results, last.results,
    ]  # fmt: skip


def test_that_a_run_over_an_unchanged_folder_that_is_cancelled_goes_on(folder: Path, workspace: WorkspaceFile) -> None:
    _, once, _ = run(folder, workspace)
    events = classify_images(image_records(folder), folder=folder, workspace=workspace)
    for _ in range(4):
        next(events)
    events.close()
    (kept, _) = workspace.runs(folder)
    assert kept.done >= 3
    assert kept.ending == CANCELLED
    started, last, _ = run(folder, workspace)
    assert (started.resumed, last.results) == (kept.done, once.results)
    assert workspace.results(workspace.runs(folder)[0]) == once.results


def test_that_what_is_known_is_decoded_after_all_where_the_workspace_gives_out(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_workspace(tmp_path / "failing.alldetect") as file:
        _, once, _ = run(folder, file)
        monkeypatch.setattr(WorkspaceFile, "find_prediction", lambda *_: None)
        _, last, _ = run(folder, file)
    assert last.results == once.results
    assert last.reused == 0


def test_that_only_what_has_changed_is_classified_again(
    folder: Path, workspace: WorkspaceFile, looked: list[object]
) -> None:
    run(folder, workspace)
    looked.clear()
    (folder / "UID_2_1_1_hem.bmp").write_bytes(files.bmp(cell(CellClass.HEM, 99)))
    (folder / "UID_3_1_1_all.bmp").rename(folder / "renamed.bmp")
    _, last, _ = run(folder, workspace)
    assert (len(looked), last.reused) == (1, 5)


def test_that_another_model_uses_nothing_and_that_one_can_ask_for_everything_anew(
    folder: Path, workspace: WorkspaceFile, looked: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, workspace)
    looked.clear()
    _, last, _ = run(folder, workspace, resume=False)
    assert (len(looked), last.reused) == (6, 0)
    looked.clear()
    write_model(tmp_path / "other", change={"title": "Another model"})
    monkeypatch.setattr("alldetect_gui.paths.models", lambda: tmp_path / "other")
    _, last, _ = run(folder, workspace)
    assert (len(looked), last.reused) == (5, 1)  # two files hold the same bytes


@pytest.mark.usefixtures("at_once")
def test_that_a_cancelled_run_goes_on_where_it_stopped(
    tmp_path: Path, workspace: WorkspaceFile, looked: list[object]
) -> None:
    folder = kill.images(tmp_path / "many", 40)
    events = classify_images(image_records(folder), folder=folder, workspace=workspace)
    assert [type(next(events)) for _ in range(4)] == [RunStarted, ImageDone, ImageDone, ImageDone]
    events.close()
    (before,) = workspace.runs(folder)
    assert (before.total, before.ending) == (40, CANCELLED)
    assert 3 <= before.done <= 5  # the three that were told, the one that the disk has, and the one that waits for it
    classified = sum(result.outcome is Outcome.CLASSIFIED for result in workspace.results(before))
    looked.clear()
    started, last, _ = run(folder, workspace)
    assert started.resumed == before.done
    assert len(looked) == 36 - classified
    (kept,) = workspace.runs(folder)
    assert (kept.done, kept.is_finished) == (40, True)
    assert workspace.results(kept) == last.results


@pytest.mark.usefixtures("at_once")
def test_that_a_full_disk_pauses_the_run_and_it_goes_on_when_there_is_room(
    tmp_path: Path, workspace: WorkspaceFile, looked: list[object]
) -> None:
    folder = kill.images(tmp_path / "many", 40)
    events = classify_images(image_records(folder), folder=folder, workspace=workspace)
    next(events)
    limit(workspace, 3)
    with pytest.raises(RunPaused, match=r"disk full at .*w\.alldetect, need 1 MB; .*; \d+ of 40 images are done"):
        list(events)
    limit(workspace, 10_000)
    run_kept = workspace.runs(folder)[0]
    kept, classified = run_kept.done, sum(bool(result.prediction) for result in workspace.results(run_kept))
    assert 3 < kept < 35
    # Those that were under way, the one that the disk refused, and the one that waited for it.
    assert len(looked) - 2 * MOST_LANES - 2 <= kept
    looked.clear()
    started, last, _ = run(folder, workspace)
    assert started.resumed == kept
    assert len(looked) == 36 - classified
    assert workspace.results(workspace.runs(folder)[0]) == last.results


def limit(workspace: WorkspaceFile, more: int) -> None:
    """The file may grow by so many pages; what SQLite says beyond is what it says of a full disk."""
    pages = workspace.ledger.connection.execute("PRAGMA page_count").fetchone()[0]
    workspace.ledger.connection.execute(f"PRAGMA max_page_count = {pages + more}")


def test_that_a_workspace_that_fails_is_told_and_the_run_goes_on_without(
    folder: Path, workspace: WorkspaceFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("attempt to write a readonly database")
        error.sqlite_errorcode = sqlite3.SQLITE_READONLY
        raise error

    def broken(self: WorkspaceFile, *values: object) -> None:
        with self.ledger.transaction():
            fail()

    monkeypatch.setattr(WorkspaceFile, "add_result", broken)
    events = list(classify_images(image_records(folder), folder=folder, workspace=workspace))
    (told,) = [event for event in events if isinstance(event, NotKept)]
    assert "cannot be written" in told.reason
    assert isinstance(events[-1], RunFinished)
    assert len(events[-1].results) == 7


def test_that_a_folder_that_vanishes_pauses_the_run_and_a_single_file_does_not(
    tmp_path: Path, workspace: WorkspaceFile
) -> None:
    folder = kill.images(tmp_path / "cells", 60)
    records = image_records(folder)
    records[1].path.unlink()
    events = classify_images(records, folder=folder, workspace=workspace)
    done = [next(events) for _ in range(3)]
    assert isinstance(done[2], ImageDone)
    assert done[2].result.outcome is Outcome.SKIPPED
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(RunPaused, match=r"cells is gone; \d+ of 60 images are done: reconnect it and resume"):
        list(events)
    folder.with_name("elsewhere").rename(folder)
    started, last, _ = run(folder, workspace)
    assert started.resumed >= 1
    assert len(last.results) == 59


def test_that_an_emptied_folder_counts_as_gone_after_three_images(folder: Path, workspace: WorkspaceFile) -> None:
    """What an unmounted disk leaves behind: the folder, and nothing in it."""
    records = image_records(folder)
    for path in folder.iterdir():
        path.unlink()
    events = classify_images(records, folder=folder, workspace=workspace)
    with pytest.raises(RunPaused, match=r"is gone; 2 of 7 images are done"):
        list(events)


def test_that_a_clock_that_jumps_in_a_batch_breaks_neither_order_nor_times(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day back, a year forward, and the hour that comes twice in autumn."""
    days = itertools.cycle(["2026-11-27", "2026-11-26", "2027-11-27"])
    seconds = itertools.cycle([1.8e9, 1.8e9 - 86_400, 1.8e9 + 3e7, 1.8e9 - 3_600])
    monkeypatch.setattr("time.time", lambda: next(seconds))
    path = tmp_path / "jumping.alldetect"
    with open_workspace(path, now=lambda: f"{next(days)}T01:30:00.000000Z") as file:
        _, last, done = run(folder, file)
        cut_short = classify_images(image_records(folder), folder=folder, workspace=file, resume=False)
        for _ in range(4):
            next(cut_short)
        cut_short.close()
        started, _, _ = run(folder, file)
        entries = list(file.audit())
        kept = file.runs(folder)
    times = [event.progress.elapsed for event in done]
    assert times == sorted(times)
    assert min(times) >= 0
    assert last.seconds >= times[-1]
    assert all(event.progress.remaining is None or event.progress.remaining >= 0 for event in done)
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.utc for entry in entries] != sorted(entry.utc for entry in entries)
    assert started.resumed >= 3
    assert [run.number for run in kept] == [2, 1]
    assert min(run.seconds for run in kept) >= 0
    assert verify(path).findings == ()


class Reluctant:
    """A folder that tells its first entry and no other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Iterator[str]:
        yield str(self.folder / "first")
        pytest.fail("all of the folder is listed for one image that cannot be read")

    def __exit__(self, *_: object) -> None:
        pass


def test_that_images_that_cannot_be_read_do_not_have_the_folder_listed_each_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 100,000 files without an image, each would cost a listing of all."""
    records = image_records(folder)
    for path in folder.iterdir():
        path.write_bytes(b"")
    events = classify_images(records, folder=folder)
    next(events)
    monkeypatch.setattr(os, "scandir", Reluctant)
    monkeypatch.setattr(os, "listdir", lambda path: pytest.fail(f"all of {path} is listed"))
    *_, last = events
    assert isinstance(last, RunFinished)
    assert [result.reason for result in last.results] == ["the file is empty"] * 7


def test_that_many_files_and_a_thousand_levels_are_gone_through_each_file_once(tmp_path: Path) -> None:
    """`make drill-folders` takes 100,000 files."""
    for folder, there in (
        (folders.wide(tmp_path / "wide", 1_200), 1_200),
        (folders.deep(tmp_path / "deep", 1_000, "d"), 1_000),
        (folders.deep(tmp_path / "long", 1_000, "level_of_folders"), 1_000),
    ):
        told = folders.go_through(folder, there, None)
        assert told.each_once, folder.name
        assert bool(told.beyond) == (folder.name == "long")
        if folder.name != "wide":
            folders.undo_deep(folder)


def test_that_earlier_work_is_shown_for_what_has_not_changed(folder: Path, workspace: WorkspaceFile) -> None:
    _, last, _ = run(folder, workspace)
    records = image_records(folder)
    found = earlier_work(workspace, folder, records)
    assert found is not None
    assert (found.results, found.changed) == (last.results, 0)
    (folder / "UID_2_1_1_hem.bmp").write_bytes(files.bmp(cell(CellClass.HEM, 99)))
    os.utime(folder / "UID_3_1_1_all.bmp", ns=(1, 1))
    (folder / "UID_4_1_1_hem.bmp").unlink()
    found = earlier_work(workspace, folder, image_records(folder))
    assert found is not None
    assert (len(found.results), found.changed) == (4, 3)
    assert earlier_work(workspace, folder.parent, records) is None


def test_that_what_a_reader_says_is_kept_with_the_bytes_that_were_looked_at(
    folder: Path, workspace: WorkspaceFile
) -> None:
    record = image_records(folder)[1]
    keeper = FolderKeeper(workspace, folder)
    keeper.keep([(record, Review(Reading.HEM, "smudge"))], [("1", SignOff("1", 1))])
    assert keeper.load() == ([(record.relative, Review(Reading.HEM, "smudge"))], [SignOff("1", 1)])
    read = next(entry for entry in workspace.audit() if entry.event == "read")
    _, last, _ = run(folder, workspace)
    assert read.image_sha256 == last.results[1].sha256


def test_that_three_kills_cost_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """`make drill-kill` kills 50 times."""
    told = kill.drill(tmp_path, 3, 24, seed=5)
    assert told.kills == 3
    assert told.clean, told


def test_that_copies_made_while_it_is_written_are_whole(tmp_path: Path) -> None:
    """`make drill-copies` makes 100."""
    told = copies.drill(tmp_path, 10, 40, seed=5)
    assert (told.copies, told.unreadable, told.lacking) == (10, 0, 0)
