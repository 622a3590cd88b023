"""What was said of a folder's names and labels holds when the folder is opened again."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from alldetect_gui import paths
from alldetect_gui.core.labels import CellClass, LabelCoding
from alldetect_gui.gui.dialogs.understanding import UnderstandingDialog
from alldetect_gui.gui.use_cases import open_folder
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.understand_names import LabelsFrom, PatientsFrom, Understanding
from tests.ui.gui.window_driver import Driver, FakeClassifier, write_cells

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace file of the test's own."""
    path = tmp_path / "kept" / "workspace.alldetect"
    path.parent.mkdir()
    monkeypatch.setattr(paths, "workspace", lambda: path)
    return path


def start(drive: Drive) -> Driver:
    """As the program starts: the workspace file is opened."""
    user = drive(FakeClassifier())
    user.window.load_models()
    user.bot.waitUntil(lambda: user.window.keeping.file is not None)
    return user


def click(user: Driver, button: QWidget) -> None:
    user.bot.mouseClick(button, Qt.MouseButton.LeftButton)


def correct(user: Driver, csv: Path) -> None:
    """Labels from a CSV of the challenge's coding, patients by a pattern."""
    click(user, user.window.workspace.confirm.correct)
    dialog = user.window.findChildren(UnderstandingDialog)[-1]
    user.chosen.append(csv)
    click(user, dialog.file)
    assert dialog.labels[LabelsFrom.FILE].isChecked()
    dialog.coding.setCurrentIndex(dialog.coding.findData(LabelCoding.CHALLENGE))
    dialog.patients[PatientsFrom.PATTERN].click()
    dialog.pattern.clear()
    user.bot.keyClicks(dialog.pattern, "cell_{patient}")
    with user.bot.waitSignal(user.window.state.folder_listed):
        click(user, dialog.apply)
    user.wait_idle()


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Four cells whose names tell nothing, and their labels beside them."""
    (tmp_path / "labels.csv").write_text("image,label\n" + "".join(f"cell_{n}.png,1\n" for n in range(4)))
    return write_cells(tmp_path / "plain", 4, labels=False)


def known(user: Driver) -> set[tuple[str, CellClass | None]]:
    return {(record.subject, record.reference) for record in user.window.state.records}


def test_that_a_correction_holds_in_the_next_session_and_is_not_asked_again(
    drive: Drive, plain: Path, tmp_path: Path
) -> None:
    user = start(drive)
    user.open(plain)
    correct(user, tmp_path / "labels.csv")
    corrected = known(user)
    assert corrected == {(str(number), CellClass.ALL) for number in range(4)}
    user.window.close()
    again = start(drive)
    again.open(plain)
    assert known(again) == corrected
    assert not again.window.workspace.confirm.isVisible()
    assert "the label file" in again.window.workspace.folder.summary
    again.window.actions_.correct_names.trigger()
    dialog = again.window.findChildren(UnderstandingDialog)[-1]
    assert dialog.coding.currentData() is LabelCoding.CHALLENGE
    assert dialog.pattern.text() == "cell_{patient}"


def test_that_agreeing_is_remembered_too(drive: Drive, cells: Path) -> None:
    user = start(drive)
    user.open(cells)
    click(user, user.window.workspace.confirm.agree)
    user.open(cells)
    assert not user.window.workspace.confirm.isVisible()


def test_that_without_an_answer_it_is_asked_again(drive: Drive, cells: Path) -> None:
    user = start(drive)
    user.open(cells)
    user.open(cells)
    assert user.window.workspace.confirm.isVisible()


def correct_and_close(drive: Drive, plain: Path, labels: Path) -> None:
    """A session in which the folder's labels were said."""
    user = start(drive)
    user.open(plain)
    correct(user, labels)
    user.window.close()


def test_that_a_folder_named_at_the_start_is_read_as_it_was_said(drive: Drive, plain: Path, tmp_path: Path) -> None:
    correct_and_close(drive, plain, tmp_path / "labels.csv")
    again = drive(FakeClassifier())
    again.open(plain)  # before its workspace is there
    assert known(again) == {("", None)}
    with again.bot.waitSignal(again.window.state.folder_listed):
        again.window.load_models()
    assert known(again) == {(str(number), CellClass.ALL) for number in range(4)}


@pytest.mark.parametrize("listed_first", [True, False])
def test_that_a_folder_named_at_the_start_is_not_asked_about_again(
    drive: Drive, cells: Path, listed_first: bool
) -> None:
    user = start(drive)
    user.open(cells)
    click(user, user.window.workspace.confirm.agree)
    user.window.close()
    again = drive(FakeClassifier())
    if listed_first:
        again.open(cells)
        again.window.load_models()
        again.bot.waitUntil(lambda: again.window.keeping.file is not None)
    else:  # its listing began before the workspace was there, and ends after
        again.window._present.folder.recall = lambda _: None
        again.window.keeping.file = open_workspace(paths.workspace())
        again.open(cells)
    assert not again.window.workspace.confirm.isVisible()


def test_that_a_folder_asked_for_while_the_workspace_is_being_opened_is_read_as_it_was_said(
    drive: Drive, plain: Path, tmp_path: Path
) -> None:
    correct_and_close(drive, plain, tmp_path / "labels.csv")
    begun, go = threading.Event(), threading.Event()

    def slow(folder: Path, names: Understanding | None) -> Iterator[object]:
        begun.set()
        assert go.wait(60)
        yield from open_folder(folder, names)

    again = drive(FakeClassifier(), open_folder=slow)
    again.window.open_folder(plain)
    again.bot.waitUntil(begun.is_set)
    again.window.load_models()
    again.bot.waitUntil(lambda: again.window.keeping.file is not None)
    with again.bot.waitSignal(again.window.state.folder_listed):
        go.set()
    assert known(again) == {(str(number), CellClass.ALL) for number in range(4)}
    assert not again.window.workspace.confirm.isVisible()


def test_that_a_label_file_that_is_gone_is_told_and_the_folder_opens_as_it_is(
    drive: Drive, plain: Path, tmp_path: Path
) -> None:
    user = start(drive)
    user.open(plain)
    correct(user, tmp_path / "labels.csv")
    (tmp_path / "labels.csv").unlink()
    user.open(plain)
    assert known(user) == {("", None)}
    assert "cannot be used" in user.messages.told[-1]
    assert "labels.csv" in user.messages.told[-1]
    assert user.window.workspace.confirm.isVisible()
