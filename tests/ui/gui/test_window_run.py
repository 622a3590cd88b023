"""A run: results stream in, and it ends as finished, cancelled or failed, never as something between."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.core.records import ImageRecord
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


def test_that_a_run_fills_the_table_and_says_how_it_ended(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = drive(classifier)
    user.open(cells)
    user.classify()
    assert user.window.results.rowCount() == 20
    assert [result.record for result in user.window.state.results] == user.window.state.records
    assert user.window.workspace.run.text == "Finished: 20 images in 2 s, 2 skipped · model fake on original images"
    assert user.window.actions_.classify.isEnabled()
    assert not user.window.actions_.cancel.isEnabled()


def test_that_rows_are_in_the_table_before_the_run_has_ended(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(hold_at=12)
    user = drive(classifier)
    user.open(cells)
    user.window.actions_.classify.trigger()
    assert user.window.workspace.run.text == "Loading the model…"
    user.bot.waitUntil(lambda: user.window.results.rowCount() == 12)
    assert user.window.runners.batch.is_running
    assert user.window.workspace.run.text.startswith("12 of 20 · 1.0 images/s · 12 s elapsed · 20 s left")
    assert not user.window.actions_.classify.isEnabled()
    with user.bot.waitSignal(user.window.runners.batch.finished):
        classifier.go.set()
    user.wait_idle()
    assert user.window.results.rowCount() == 20


def test_that_cancel_is_answered_at_once_and_ends_as_cancelled(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(hold_at=5)
    user = drive(classifier)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(lambda: user.window.results.rowCount() == 5)
    (button,) = [b for b in user.window.workspace.run.findChildren(QPushButton) if b.text() == "Cancel"]
    button.click()
    assert user.window.workspace.run.text == "Cancelling…"
    assert not button.isEnabled()
    with user.bot.waitSignal(user.window.runners.batch.cancelled):
        classifier.go.set()
    user.wait_idle()
    done = user.window.results.rowCount()
    assert done < 20
    assert user.window.workspace.run.text == f"Cancelled: {done} of 20 done"
    assert classifier.closed.is_set()
    assert classifier.delivered <= 6
    assert user.window.actions_.classify.isEnabled()
    assert user.messages.told == []


def test_that_results_on_their_way_are_in_the_table_when_the_run_is_called_cancelled(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(hold_at=5)
    user = drive(classifier)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(classifier.held.is_set)  # well before the table is filled for the first time
    user.window.actions_.cancel.trigger()
    with user.bot.waitSignal(user.window.runners.batch.cancelled):
        classifier.go.set()
    assert user.window.workspace.run.text == "Cancelled: 5 of 20 done"
    assert user.window.results.rowCount() == 5


def test_that_a_new_run_after_a_cancelled_one_begins_from_nothing(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(hold_at=5)
    user = drive(classifier)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(lambda: user.window.results.rowCount() == 5)
    user.window.actions_.cancel.trigger()
    with user.bot.waitSignal(user.window.runners.batch.cancelled):
        classifier.go.set()
    user.classify()
    assert user.window.results.rowCount() == 20


def test_that_a_fault_in_the_worker_reaches_the_user_and_keeps_what_was_done(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(fail_at=4)
    user = drive(classifier)
    user.open(cells)
    with user.bot.waitSignal(user.window.runners.batch.failed):
        user.window.actions_.classify.trigger()
    user.wait_idle()
    assert user.messages.crashes == [classifier.error]
    assert user.window.workspace.run.text == "Failed: 4 of 20 done"
    assert user.window.results.rowCount() == 4


def test_that_a_damaged_model_is_said_in_a_sentence_and_not_as_a_fault(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(fail_at=0, error=ModelDamaged("model “fake”: the file head.npz has changed"))
    user = drive(classifier)
    user.open(cells)
    with user.bot.waitSignal(user.window.runners.batch.failed):
        user.window.actions_.classify.trigger()
    assert user.messages.told == ["model “fake”: the file head.npz has changed"]
    assert user.messages.crashes == []


def test_that_closing_during_a_run_waits_for_the_worker(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(hold_at=5)
    user = drive(classifier)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(classifier.held.is_set)
    threading.Timer(0.05, classifier.go.set).start()
    user.window.close()
    assert classifier.closed.is_set()
    assert classifier.delivered <= 6


def test_that_the_model_chooser_is_there_only_when_there_is_a_choice(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    class Artifact:
        def __init__(self, name: str, title: str) -> None:
            self.name, self.title, self.sha256, self.band = name, title, "", (0.3, 0.7)

    one, two = Artifact("default", "VGG16"), Artifact("clahe", "VGG16 after CLAHE")
    single = drive(classifier, models=lambda: iter([(one,)]))
    with single.bot.waitSignal(single.window.runners.models.finished):
        single.window.load_models()
    single.open(cells)
    assert not single.window.workspace.run.findChild(QComboBox).isVisible()
    several = drive(classifier, models=lambda: iter([(one, two)]))
    with several.bot.waitSignal(several.window.runners.models.finished):
        several.window.load_models()
    several.open(cells)
    chooser = several.window.workspace.run.findChild(QComboBox)
    assert chooser.isVisible()
    chooser.setCurrentText("VGG16 after CLAHE")
    several.classify()
    assert classifier.models == ["clahe"]


def test_that_a_program_without_a_model_says_so(drive: Drive) -> None:
    user = drive()
    with user.bot.waitSignal(user.window.runners.models.finished):
        user.window.load_models()
    assert user.messages.told == ["No model is installed, so images can be compared but not classified"]


def press(user: Driver, text: str) -> None:
    (button,) = [b for b in user.window.findChildren(QPushButton) if b.text() == text and b.isVisible()]
    user.bot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_a_paused_run_stands_still_with_the_window_in_use_and_goes_on(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(hold_at=12)
    user = drive(classifier)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(lambda: user.window.results.rowCount() == 12)
    press(user, "Pause")
    assert user.window.workspace.run.text == "Paused · 12 of 20"
    classifier.go.set()
    user.bot.waitUntil(lambda: user.window.workspace.run.text == "Paused · 13 of 20")
    user.window.actions_.next_image.trigger()
    user.bot.keyClicks(user.window.workspace.results.filter, "wrong")
    user.bot.waitUntil(lambda: not user.window.runners.thumbnails.is_running)
    assert classifier.delivered == 13
    assert user.window.runners.batch.is_running
    with user.bot.waitSignal(user.window.runners.batch.finished):
        press(user, "Resume")
    user.wait_idle()
    assert user.window.results.total == 20
    assert not user.window.actions_.pause.isEnabled()
    assert not user.window.actions_.pause.isChecked()


def test_that_a_paused_run_can_be_cancelled(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(hold_at=3)
    user = drive(classifier)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(lambda: user.window.results.rowCount() == 3)
    press(user, "Pause")
    classifier.go.set()
    user.bot.waitUntil(lambda: user.window.workspace.run.text == "Paused · 4 of 20")
    with user.bot.waitSignal(user.window.runners.batch.cancelled):
        press(user, "Cancel")
    assert classifier.closed.is_set()
    assert user.window.workspace.run.text == "Cancelled: 4 of 20 done"


def test_that_skipped_images_have_a_list_with_reasons_and_are_tried_again_alone(drive: Drive, cells: Path) -> None:
    tried: list[int] = []
    classifier = FakeClassifier()

    def classify(records: Sequence[ImageRecord], *, model: str, **_: object) -> Iterator[object]:
        tried.append(len(records))
        return classifier(records, model=model)

    user = drive(classify)
    user.open(cells)
    user.classify()
    tabs, panel = user.window.workspace.tabs, user.window.batch.panel
    assert tabs.tabText(tabs.indexOf(panel)) == "Skipped (2)"
    tabs.setCurrentWidget(panel)
    model = panel.table.model()
    assert [model.index(row, 1).data() for row in range(2)] == ["file is incomplete"] * 2
    before = {result.record.path: result for result in user.window.state.results}
    skipped = [path for path, result in before.items() if result.prediction is None]
    with user.bot.waitSignal(user.window.runners.batch.finished):
        press(user, "Retry Skipped")
    user.wait_idle()
    assert tried == [20, 2]
    after = {result.record.path: result for result in user.window.state.results}
    assert all(after[path].prediction is not None for path in skipped)
    assert {path: result for path, result in after.items() if path not in skipped} == {
        path: result for path, result in before.items() if path not in skipped
    }
    assert user.window.workspace.run.text == "Tried 2 skipped images again: 2 now classified, 0 still skipped"
    assert tabs.tabText(tabs.indexOf(panel)) == "Skipped"
    assert not user.window.actions_.retry.isEnabled()
