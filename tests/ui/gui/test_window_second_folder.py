"""A second folder is looked at while a run goes on over the first, whose results wait there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from alldetect_gui import paths
from alldetect_gui.core.labels import Outcome
from alldetect_gui.gui.dialogs.understanding import UnderstandingDialog
from alldetect_gui.workflows.understand_names import LabelsFrom
from tests.ui.gui.window_driver import Driver, FakeClassifier, fake_result, write_cells

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return write_cells(tmp_path / "other", 3)


@pytest.fixture
def held() -> FakeClassifier:
    """Waits before the sixth image."""
    return FakeClassifier(hold_at=5)


@pytest.fixture
def user(drive: Drive, cells: Path, other: Path, held: FakeClassifier) -> Driver:
    """Someone who looks at another folder while five of 20 images are classified."""
    user = drive(held)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(lambda: user.window.results.rowCount() == 5)
    user.open(other)
    return user


def back(user: Driver) -> None:
    with user.bot.waitSignal(user.window.state.folder_listed):
        user.bot.mouseClick(user.window.workspace.run.back, Qt.MouseButton.LeftButton)


def test_that_the_run_goes_on_and_the_other_folder_is_shown_without_its_results(
    user: Driver, other: Path, held: FakeClassifier
) -> None:
    window = user.window
    user.bot.waitUntil(lambda: all(not v.image.isNull() for v in window.workspace.compare.panes.views.values()))
    assert {record.path.parent for record in window.state.records} == {other}
    assert window.results.rowCount() == 0
    assert window.runners.batch.is_running
    assert window.workspace.run.text.startswith("cells: 5 of 20")
    assert not window.actions_.classify.isEnabled()
    assert user.messages.questions == []
    with user.bot.waitSignal(window.runners.batch.finished):
        held.go.set()
    assert window.workspace.run.text.startswith("cells: Finished: 20 images")
    assert window.results.rowCount() == 0
    assert window.state.results == []
    assert window.actions_.classify.isEnabled()


def test_that_the_end_of_the_run_leaves_the_place_in_the_other_folders_queue(
    user: Driver, held: FakeClassifier
) -> None:
    present, panel = user.window.desk.presenter, user.window.desk.panel
    present.resize_page(1)
    present.turn(1)
    assert panel.page_text == "Page 2 of 3"
    viewed = user.window.state.selected
    with user.bot.waitSignal(user.window.runners.batch.finished):
        held.go.set()
    user.bot.waitUntil(lambda: not user.window.runners.queue.is_running)
    assert panel.page_text == "Page 2 of 3"
    assert user.window.state.selected == viewed


def test_that_coming_back_during_the_run_shows_what_is_done_and_what_follows(
    user: Driver, cells: Path, held: FakeClassifier
) -> None:
    back(user)
    assert user.window.results.rowCount() == 5
    assert not user.window.workspace.run.back.isVisible()
    assert user.window.workspace.run.text.startswith("5 of 20")
    with user.bot.waitSignal(user.window.runners.batch.finished):
        held.go.set()
    expected = [fake_result(record, number) for number, record in enumerate(user.window.state.records)]
    assert user.window.state.results == expected
    assert user.window.workspace.run.text.startswith("Finished: 20 images")


def test_that_coming_back_after_the_run_shows_all_of_it_and_its_summary(
    user: Driver, cells: Path, held: FakeClassifier
) -> None:
    with user.bot.waitSignal(user.window.runners.batch.finished):
        held.go.set()
    back(user)
    assert [result.record.path.parent for result in user.window.state.results] == [cells] * 20
    assert user.window.results.rowCount() == 20
    assert user.window.workspace.run.text.startswith("Finished: 20 images")
    assert user.window.state.model is not None
    assert user.window.batch.skipped.rowCount() == 2
    user.wait_idle()
    assert user.window.workspace.confusion.table.isVisible()


def test_that_a_run_is_cancelled_from_the_other_folder_and_keeps_its_results(
    user: Driver, held: FakeClassifier
) -> None:
    with user.bot.waitSignal(user.window.runners.batch.cancelled):
        user.window.actions_.cancel.trigger()
        assert user.window.workspace.run.text == "cells: Cancelling…"
        held.go.set()
    assert user.window.workspace.run.text.startswith("cells: Cancelled: ")
    back(user)
    assert user.window.results.rowCount() == 5


def test_that_the_other_folder_can_be_classified_afterwards_and_nothing_is_mixed(
    user: Driver, other: Path, held: FakeClassifier
) -> None:
    with user.bot.waitSignal(user.window.runners.batch.finished):
        held.go.set()
    user.classify()
    assert [result.record.path.parent for result in user.window.state.results] == [other] * 3
    assert user.window.workspace.run.text.startswith("Finished: 3 images")
    assert not user.window.workspace.run.back.isVisible()


def test_that_names_corrected_during_the_run_hold_for_its_results(
    drive: Drive, cells: Path, held: FakeClassifier
) -> None:
    user = drive(held)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(lambda: user.window.results.rowCount() == 5)
    user.window.actions_.correct_names.trigger()
    dialog = user.window.findChildren(UnderstandingDialog)[-1]
    dialog.labels[LabelsFrom.NONE].click()
    with user.bot.waitSignal(user.window.state.folder_listed):
        user.bot.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    assert {result.record.reference for result in user.window.state.results} == {None}
    assert user.window.results.rowCount() == 5


def test_that_a_second_try_ends_while_another_folder_is_in_view(drive: Drive, cells: Path, other: Path) -> None:
    classifier = FakeClassifier()
    user = drive(classifier)
    user.open(cells)
    user.classify()
    classifier.hold_at = 1
    user.window.actions_.retry.trigger()
    user.bot.waitUntil(classifier.held.is_set)
    user.open(other)
    with user.bot.waitSignal(user.window.runners.batch.finished):
        classifier.go.set()
    assert user.window.workspace.run.text == "cells: Tried 2 skipped images again: 2 now classified, 0 still skipped"
    back(user)
    assert {result.outcome for result in user.window.state.results} == {Outcome.CLASSIFIED}
    assert user.window.results.rowCount() == 20


def test_that_what_was_kept_of_the_other_folder_is_shown_meanwhile_and_no_resume_is_asked(
    drive: Drive, cells: Path, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "workspace", lambda: tmp_path / "w.alldetect")
    held = FakeClassifier(hold_at=5)
    user = drive(held)
    user.window.load_models()
    user.bot.waitUntil(lambda: user.window.keeping.file is not None)
    user.open(cells)
    user.bot.waitUntil(lambda: user.window.reviews.log is not None)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(lambda: user.window.results.rowCount() == 5)
    user.open(other)
    user.bot.waitUntil(lambda: user.window.reviews.log is not None)
    assert user.messages.questions == []
    assert user.window.workspace.run.text.startswith("cells: 5 of 20")
    held.go.set()
