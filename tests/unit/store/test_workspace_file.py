"""What is kept comes back as it was, in order, and nothing that is there can be changed."""

import math
import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from alldetect_gui.core.kept import CANCELLED
from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.records import ImageResult, Prediction
from alldetect_gui.core.reviews import Reading, Review, SignOff
from alldetect_gui.store.errors import WorkspaceFull, WorkspaceUnwritable
from alldetect_gui.store.said import keep_reviews, reviews_of, sign_offs_of
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import FileState, open_for_reading, open_workspace
from tests.unit.store.kept_work import FOLDER, MODEL, fill, result


def same(one: ImageResult, other: ImageResult) -> bool:
    """Equal, where nan counts as equal to nan."""
    return repr(one) == repr(other)


def test_that_a_run_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect") as file:
        number = fill(file)
    with open_for_reading(tmp_path / "w.alldetect") as file:
        (run,) = file.runs(FOLDER)
        assert (run.number, run.model, run.total, run.done, run.is_finished) == (number, MODEL, 12, 12, True)
        kept = file.results(run)
    assert len(kept) == 12
    assert all(same(one, result(position)) for position, one in enumerate(kept))
    assert math.isnan(kept[4].prediction.probability_all)  # type: ignore[union-attr]
    assert os.fsencode(kept[2].record.path).endswith(b"bad\xff.bmp")


def test_that_a_prediction_is_found_by_bytes_and_by_everything_that_made_it(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect") as file:
        fill(file)
        sha256 = result(1).sha256
        found = file.find_prediction(file.model_number(MODEL), sha256)
        assert found is not None
        assert found[1] == result(1).prediction
        assert file.find_prediction(file.model_number(MODEL), "0" * 64) is None
        for other in (
            replace(MODEL, sha256="6" * 64), replace(MODEL, recipe="original"), replace(MODEL, engine="tensorflow"),
            replace(MODEL, parameters={"clip_limit": 3.0, "tile_grid": 8}), replace(MODEL, threshold=0.6),
        ):  # fmt: skip
            assert file.find_prediction(file.model_number(other), sha256) is None


def test_that_the_last_outcome_of_an_image_holds_and_an_unfinished_run_says_so(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect") as file:
        run = file.begin_run(FOLDER, MODEL, 5)
        file.add_result(run, 0, result(3), FileState())
        again = replace(result(1), record=result(3).record)
        file.add_result(run, 0, again, FileState(7, 7))
        file.end_run(run, CANCELLED, 1.0, 0)
        (kept,) = file.runs()
        assert (kept.done, kept.total, kept.ending, kept.is_finished) == (1, 5, "cancelled", False)
        assert file.results(kept) == (again,)


def test_that_readings_notes_and_signatures_come_back_and_each_change_is_an_entry(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect", who=lambda: "mira") as file:
        fill(file)
        record, sha256 = result(1).record, result(1).sha256
        (kept,) = reviews_of(file, FOLDER)
        assert (kept.relative, kept.sha256, kept.review, kept.who) == (
            record.relative, sha256, Review(Reading.ALL), "mira")  # fmt: skip
        assert [signed.sign_off for signed in sign_offs_of(file, FOLDER)] == [SignOff("H1", 4, 1, "enough seen")]
        keep_reviews(file, FOLDER, [(record, sha256, Review())], [("H1", None)], why="undone")
        assert reviews_of(file, FOLDER) == []
        assert sign_offs_of(file, FOLDER) == []
        read = [entry for entry in file.audit() if entry.event in ("read", "unread")]
    assert [(entry.old, entry.new, entry.why) for entry in read] == [
        ("suggested UNCERTAIN", "HEM", "second look; smudge; blind first read"), ("HEM", "ALL", ""),
        ("ALL", "", "undone"),
    ]  # fmt: skip
    assert {(entry.who, entry.image_sha256, entry.model_sha256, entry.threshold) for entry in read} == {
        ("mira", sha256, MODEL.sha256, 0.5)
    }


def test_that_entries_are_ordered_by_number_whatever_the_clock_does(tmp_path: Path) -> None:
    times = iter([f"20{year}-03-29T02:30:00.000000Z" for year in (26, 25, 27, 26) for _ in range(12)])
    with open_workspace(tmp_path / "w.alldetect", now=lambda: next(times)) as file:
        fill(file)
        entries = list(file.audit())
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry.utc for entry in entries] != sorted(entry.utc for entry in entries)
        assert entries[0].event == "run started"
    assert verify(tmp_path / "w.alldetect").findings == ()


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'nobody'", "DELETE FROM predictions"])
def test_that_sqlite_itself_refuses_to_change_a_row(statement: str, tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect") as file:
        fill(file)
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            file.ledger.connection.execute(statement)


def test_that_a_full_disk_costs_nothing_that_was_kept_and_the_work_goes_on_when_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "w.alldetect"
    with open_workspace(path) as file:
        run = file.begin_run(FOLDER, MODEL, 2000)
        pages = file.ledger.connection.execute("PRAGMA page_count").fetchone()[0]
        file.ledger.connection.execute(f"PRAGMA max_page_count = {pages + 4}")
        file.ledger.need = 3_400_000
        kept = 0
        with pytest.raises(WorkspaceFull, match=r"disk full at .*w\.alldetect, need 3 MB"):
            for position in range(2000):
                file.add_result(run, position, result(position), FileState())
                kept += 1
        assert kept > 3
        file.ledger.connection.execute("PRAGMA max_page_count = 1000000")
        file.add_result(run, kept, result(kept), FileState())
        assert file.runs()[0].done == kept + 1
    assert verify(path).findings == ()


def test_that_a_transaction_that_breaks_leaves_no_trace(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect") as file:
        run = fill(file)
        with pytest.raises(ZeroDivisionError), file.ledger.transaction():
            file.add_result(run, 99, result(99), FileState())
            raise ZeroDivisionError
        before = file.ledger.head("audit")[0]
        file.add_result(run, 100, result(100), FileState())
        assert file.ledger.head("audit")[0] == before + 1
    assert verify(tmp_path / "w.alldetect").findings == ()


def test_that_save_as_gives_a_whole_file_and_a_closed_folder_is_told(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect") as file:
        fill(file)
        file.save_as(tmp_path / "copy.alldetect")
        with pytest.raises(WorkspaceUnwritable, match="cannot be written"):
            file.save_as(tmp_path / "no such folder" / "copy.alldetect")
    assert verify(tmp_path / "copy.alldetect") == verify(tmp_path / "w.alldetect")
    assert verify(tmp_path / "copy.alldetect").entries == 14


def test_that_a_value_that_is_not_finite_is_never_kept_as_a_number(tmp_path: Path) -> None:
    said = Prediction(math.inf, Suggestion.UNCERTAIN, "the model gave no finite value", math.nan)
    with open_workspace(tmp_path / "w.alldetect") as file:
        run = file.begin_run(FOLDER, MODEL, 1)
        file.add_result(run, 0, replace(result(1), prediction=said), FileState())
        (kept,) = file.results(file.runs()[0])
    assert kept.prediction is not None
    assert math.isnan(kept.prediction.probability_all)
    assert kept.prediction.fit is None
