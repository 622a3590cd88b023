"""What was read, noted, signed and classified is there again when the folder is opened again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from alldetect_gui import paths
from alldetect_gui.core.kept import CANCELLED
from alldetect_gui.core.reviews import Reading, SignOff
from alldetect_gui.store.backups import backups
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.keep_work import KeptOutcome, RunRecorder, file_state
from alldetect_gui.workflows.open_folder import image_records
from tests.ui.gui.window_driver import MODEL, Driver, FakeClassifier, fake_result, write_cells
from tests.unit.inference.small_model import write_model
from tests.unit.store.kept_work import fill

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace file of the test's own."""
    path = tmp_path / "kept" / "workspace.alldetect"
    path.parent.mkdir()
    monkeypatch.setattr(paths, "workspace", lambda: path)
    return path


def begin(user: Driver, folder: Path) -> Driver:
    """As the program starts: the workspace file is opened, then the folder."""
    user.window.load_models()
    user.open(folder)
    user.bot.waitUntil(lambda: user.window.reviews.log is not None)
    return user


def test_that_a_review_is_there_again_after_the_window_was_closed(drive: Drive, cells: Path) -> None:
    user = begin(drive(FakeClassifier()), cells)
    first, second = user.window.state.records[:2]
    user.window.workspace.tabs.setCurrentWidget(user.window.desk.panel)
    user.window.activateWindow()
    grid = user.window.desk.panel.grid
    user.window.state.select(first)
    grid.setFocus()
    user.bot.keyClick(grid, Qt.Key.Key_A)
    user.window.desk.presenter.write_note("large nucleus")
    user.window.state.select(second)
    user.bot.keyClick(grid, Qt.Key.Key_H)
    user.bot.keyClick(grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    user.window.reviews.sign(SignOff(first.subject, 5, 4, "poor smear"))
    user.window.close()
    again = begin(drive(FakeClassifier()), cells)
    assert {path: (kept.reading, kept.note) for path, kept in again.window.reviews.reviews.items() if kept.is_read} == {
        first.path: (Reading.ALL, "large nucleus")
    }
    assert again.window.reviews.sign_offs[first.subject].reason == "poor smear"
    assert not again.window.desk.actions.undo.isEnabled()
    assert not any("not kept" in text for text in again.messages.told)


def test_that_results_are_there_again_and_a_run_uses_them_again(
    drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_model(tmp_path / "models")
    monkeypatch.setattr(paths, "models", lambda: tmp_path / "models")
    folder = write_cells(tmp_path / "few", 4)
    user = begin(drive(), folder)
    user.classify()
    made = list(user.window.state.results)
    user.window.close()
    again = begin(drive(), folder)
    again.bot.waitUntil(lambda: again.window.results.rowCount() == 4)
    assert again.window.state.results == made
    assert "4 results" in again.window.workspace.run.text
    assert again.window.actions_.export.isEnabled()
    again.bot.waitUntil(again.window.workspace.confusion.table.isVisible)


@pytest.mark.parametrize("answer", [False, True])
def test_that_a_run_that_did_not_end_is_shown_and_offered_to_go_on(
    drive: Drive, cells: Path, workspace: Path, answer: bool
) -> None:
    first = drive(FakeClassifier())
    first.open(cells)
    records = first.window.state.records
    with open_workspace(workspace) as file:
        recorder = RunRecorder(file, cells, MODEL, records, resume=True)
        for position, record in enumerate(records[:4]):
            result = replace(fake_result(record, position), sha256="ab" * 32)
            recorder.keep([KeptOutcome(position, result, file_state(record.path))])
        recorder.end(CANCELLED, 1.0)
    classifier = FakeClassifier()
    user = drive(classifier)
    user.messages.answer = answer
    begin(user, cells)
    user.bot.waitUntil(lambda: bool(user.messages.questions))
    assert user.messages.questions == ["Resume? 4 of 20 done"]
    if answer:
        user.bot.waitUntil(lambda: user.window.results.rowCount() == 20)
    else:
        assert user.window.results.rowCount() == 4
        assert "4 results of 20; Classify goes on from there" in user.window.workspace.run.text
    assert classifier.models == (["fake"] if answer else [])


def test_that_a_second_window_shows_what_is_kept_and_says_once_that_it_keeps_nothing(
    drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_model(tmp_path / "models")
    monkeypatch.setattr(paths, "models", lambda: tmp_path / "models")
    folder = write_cells(tmp_path / "few", 4)
    first = begin(drive(), folder)
    first.classify()
    record = first.window.state.records[1]
    first.window.reviews.read([(record, Reading.HEM)])
    first.window.reviews.sign(SignOff(record.subject, 5, 4, "poor smear"))
    other = begin(drive(), folder)
    other.bot.waitUntil(lambda: other.window.results.rowCount() == 4)
    assert other.window.state.results == first.window.state.results
    assert other.window.reviews.review(record).reading is Reading.HEM
    assert other.window.reviews.sign_offs[record.subject].reason == "poor smear"
    assert sum("in use by another" in text for text in other.messages.told) == 1
    assert any("nothing that is done in this window is kept" in text for text in other.messages.told)
    entries = first.window.keeping.file.ledger.head("audit")  # type: ignore[union-attr]
    other.window.reviews.read([(other.window.state.records[0], Reading.ALL)])
    assert any("is not kept: the workspace is open for reading only" in text for text in other.messages.told)
    other.classify()
    assert other.window.results.rowCount() == 4
    assert first.window.keeping.file.ledger.head("audit") == entries  # type: ignore[union-attr]
    assert other.messages.crashes == []
    other.window.close()
    assert first.window.keeping.options()


def test_that_a_run_cut_short_is_not_offered_where_it_could_not_be_kept(
    drive: Drive, cells: Path, workspace: Path
) -> None:
    with open_workspace(workspace) as file:
        records = image_records(cells)
        recorder = RunRecorder(file, cells, MODEL, records, resume=True)
        result = replace(fake_result(records[0], 0), sha256="ab" * 32)
        recorder.keep([KeptOutcome(0, result, file_state(records[0].path))])
        recorder.end(CANCELLED, 1.0)
        user = begin(drive(FakeClassifier()), cells)
        user.bot.waitUntil(lambda: user.window.results.rowCount() == 1)
    assert user.messages.questions == []
    assert "Classify goes on" not in user.window.workspace.run.text


@pytest.mark.parametrize("answer", [False, True])
def test_that_a_workspace_marked_by_another_computer_is_shown_and_opened_when_the_user_says_so(
    drive: Drive, cells: Path, workspace: Path, answer: bool
) -> None:
    with open_workspace(workspace) as file:
        fill(file)
    workspace.with_name("workspace.alldetect.lock").write_text("process 77 on lab-3\n")
    user = drive(FakeClassifier())
    user.messages.answer = answer
    begin(user, cells)
    user.bot.waitUntil(lambda: bool(user.messages.questions))
    assert "in use on the computer lab-3 (process 77)" in user.messages.questions[0]
    user.bot.waitUntil(lambda: bool(user.window.keeping.options()) == answer)
    user.bot.waitUntil(lambda: not user.window.runners.keeping.is_running)
    user.window.reviews.read([(user.window.state.records[0], Reading.ALL)])
    assert any("is not kept" in text for text in user.messages.told) != answer
    user.window.close()
    assert workspace.with_name("workspace.alldetect.lock").read_text() == ("" if answer else "process 77 on lab-3\n")
    assert verify(workspace).findings == ()


@pytest.mark.parametrize("answer", [False, True])
def test_that_the_newest_backup_takes_the_place_of_a_damaged_workspace_by_one_click(
    drive: Drive, cells: Path, workspace: Path, answer: bool
) -> None:
    user = begin(drive(FakeClassifier()), cells)
    user.window.reviews.read([(user.window.state.records[0], Reading.ALL)])
    user.window.close()
    damaged = workspace.read_bytes()[:5000]
    workspace.write_bytes(damaged)
    again = drive(FakeClassifier())
    again.messages.answer = answer
    again.window.load_models()
    again.open(cells)
    again.bot.waitUntil(lambda: bool(again.messages.questions))
    assert "is damaged" in again.messages.questions[0]
    assert str(backups(workspace)[0]) in again.messages.questions[0]
    if answer:
        again.bot.waitUntil(lambda: again.window.reviews.log is not None)
        assert again.window.reviews.review(again.window.state.records[0]).reading is Reading.ALL
        (aside,) = workspace.parent.glob("*.corrupt-*")
        assert aside.read_bytes() == damaged
        assert any(str(aside) in text and backups(workspace)[0].name in text for text in again.messages.told)
    else:
        assert again.window.reviews.log is None
        assert workspace.read_bytes() == damaged
        assert not list(workspace.parent.glob("*.corrupt-*"))


def test_that_a_run_that_was_cut_short_is_offered_and_goes_on(
    drive: Drive, tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_model(tmp_path / "models")
    monkeypatch.setattr(paths, "models", lambda: tmp_path / "models")
    folder = write_cells(tmp_path / "few", 30)
    with open_workspace(workspace) as file:
        events = classify_images(image_records(folder), folder=folder, workspace=file)
        for _ in range(3):
            next(events)
        events.close()
        kept = file.runs(folder)[0].done
    assert 2 <= kept < 30
    user = drive()
    user.messages.answer = False
    begin(user, folder)
    user.bot.waitUntil(lambda: user.messages.questions == [f"Resume? {kept} of 30 done"])
    assert user.window.results.rowCount() == kept
    user.window.close()
    again = drive()
    with again.bot.waitSignal(again.window.runners.batch.finished):
        begin(again, folder)
    assert again.messages.questions == [f"Resume? {kept} of 30 done"]
    assert again.window.results.rowCount() == 30
    assert f"{kept} results kept from before without inference" in again.window.workspace.run.text


def test_that_the_workspace_is_saved_as_a_whole_copy(drive: Drive, cells: Path, tmp_path: Path) -> None:
    user = begin(drive(FakeClassifier()), cells)
    user.window.reviews.read([(user.window.state.records[0], Reading.ALL)])
    user.chosen.append(tmp_path / "copy.alldetect")
    user.window.actions_.save_workspace.trigger()
    user.bot.waitUntil(lambda: any("is copied to" in text for text in user.messages.told))
    assert verify(tmp_path / "copy.alldetect").findings == ()
    assert verify(tmp_path / "copy.alldetect").entries == 1


def test_that_a_workspace_that_cannot_be_written_is_shown_all_the_same(
    drive: Drive, cells: Path, workspace: Path
) -> None:
    """From a disk that is read only, or another user's folder; here no lock file can be made."""
    user = begin(drive(FakeClassifier()), cells)
    user.window.reviews.read([(user.window.state.records[0], Reading.ALL)])
    user.window.close()
    lock = workspace.with_name("workspace.alldetect.lock")
    lock.unlink()
    lock.mkdir()
    before = workspace.read_bytes()
    again = begin(drive(FakeClassifier()), cells)
    assert again.window.reviews.review(again.window.state.records[0]).reading is Reading.ALL
    assert any(
        "cannot be used" in text and "nothing that is done in this window" in text for text in again.messages.told
    )
    again.window.reviews.read([(again.window.state.records[1], Reading.HEM)])
    assert any("is not kept: the workspace is open for reading only" in text for text in again.messages.told)
    assert workspace.read_bytes() == before
