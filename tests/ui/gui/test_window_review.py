"""Reading cells with the keys: class, accept, undo, doubtful ones first, blind, signed."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton, QWidget

from alldetect_gui.core.reviews import Reading
from alldetect_gui.gui.dialogs.sign_off import SignOffDialog
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.models.review_page import ReviewPageModel
from alldetect_gui.gui.widgets.cell_tile import tile_size
from alldetect_gui.workflows.review_cells import queue
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore(
    "propagateSizeHints", "This plugin does not support"
)  # said by the offscreen platform about any window

Drive = Callable[..., Driver]
Key = Qt.Key


@pytest.fixture
def user(drive: Drive, cells: Path, classifier: FakeClassifier) -> Driver:
    """Someone who has classified 20 cells (2 are skipped) and turned to the page of cells."""
    user = drive(classifier)
    user.open(cells)
    user.classify()
    user.wait_compared()
    page = user.window.desk.panel
    user.window.workspace.tabs.setCurrentWidget(page)
    user.window.activateWindow()
    user.bot.waitUntil(lambda: page.isVisible() and len(user.window.desk.page.cells) > 5)
    user.wait_idle()
    user.window.state.select(user.window.desk.page.cells[0])
    page.grid.setFocus()
    return user


def press(user: Driver, *keys: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        user.bot.keyClick(user.window.desk.panel.grid, key, modifier)


def readings(user: Driver) -> dict[str, Reading | None]:
    return {path.name: review.reading for path, review in user.window.desk.reviews.reviews.items() if review.is_read}


def selected(user: Driver) -> str:
    record = user.window.state.selected
    assert record is not None
    return record.path.name


def button(user: Driver, name: str, kind: type[QWidget] = QPushButton) -> QWidget:
    return next(b for b in user.window.desk.panel.findChildren(kind) if name in b.text())  # type: ignore[attr-defined]


def test_that_the_keys_class_cells_and_the_arrows_go_on_in_the_order_of_doubt(user: Driver) -> None:
    order = [record.path.name for record in user.window.desk.page.cells]
    assert selected(user) == order[0]
    doubtful = {record.path.name for record in user.window.state.records[3::11]}
    assert set(order[:2]) == doubtful, "the uncertain ones come first"
    press(user, Key.Key_A, Key.Key_Right, Key.Key_H, Key.Key_Right, Key.Key_U)
    assert readings(user) == {order[0]: Reading.ALL, order[1]: Reading.HEM, order[2]: Reading.UNSURE}
    press(user, Key.Key_Left, Key.Key_A)
    assert readings(user)[order[1]] is Reading.ALL
    assert user.window.desk.panel.status.startswith("3 of 18 cells read")
    press(user, Key.Key_Backspace)
    assert order[1] not in readings(user)


def test_that_a_read_cell_says_so_on_the_page_and_above_the_comparison(user: Driver) -> None:
    press(user, Key.Key_H)
    index = user.window.desk.panel.grid.currentIndex()
    assert index.data(ReviewPageModel.ReadingRole) == Reading.HEM
    assert "read as HEM" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert user.window.workspace.compare.caption.endswith("read as HEM")


def test_that_next_doubtful_skips_what_was_read_and_says_when_all_is(user: Driver) -> None:
    cells = [record.path.name for record in user.window.desk.page.cells]
    press(user, Key.Key_A, Key.Key_Right, Key.Key_A, Key.Key_Left, Key.Key_N)
    assert selected(user) == cells[2]
    for _ in range(18):
        press(user, Key.Key_H, Key.Key_N)
    assert len(readings(user)) == 18
    press(user, Key.Key_N)
    assert user.window.desk.panel.status == "Every cell of this queue has been read."


def test_that_space_accepts_the_page_but_never_guesses_and_is_one_step_to_undo(user: Driver) -> None:
    page = list(user.window.desk.page.cells)
    press(user, Key.Key_A)
    uncertain = page[1]
    press(user, Key.Key_Space)
    outcomes = user.window.state.outcomes
    expected = {
        record.path.name: Reading(outcomes[record.path].prediction.suggestion.value)  # type: ignore[union-attr]
        for record in page
        if record not in (page[0], page[1])
    }
    assert readings(user) == {page[0].path.name: Reading.ALL, **expected}
    assert uncertain.path.name not in readings(user)
    press(user, Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    assert readings(user) == {page[0].path.name: Reading.ALL}
    press(user, Key.Key_Y, modifier=Qt.KeyboardModifier.ControlModifier)
    assert len(readings(user)) == 1 + len(expected)


def test_that_undo_goes_back_to_the_beginning_and_redo_to_the_end(user: Driver) -> None:
    press(user, *[key for _ in range(15) for key in (Key.Key_A, Key.Key_H)])
    user.window.desk.actions.note.trigger()
    user.bot.keyClicks(user.window.desk.panel.note, "A, H or U: typed, not classed")
    user.bot.keyClick(user.window.desk.panel.note, Key.Key_Return)
    after = dict(user.window.desk.reviews.reviews)
    assert next(iter(after.values())).note == "A, H or U: typed, not classed"
    assert next(iter(after.values())).reading is Reading.HEM
    for _ in range(31):
        user.window.desk.actions.undo.trigger()
    assert not any(review.is_read or review.note for review in user.window.desk.reviews.reviews.values())
    assert not user.window.desk.actions.undo.isEnabled()
    for _ in range(31):
        user.window.desk.actions.redo.trigger()
    assert user.window.desk.reviews.reviews == after


def test_that_a_blind_read_hides_the_suggestion_everywhere_until_the_cell_is_read(user: Driver) -> None:
    user.bot.mouseClick(button(user, "Blind", QCheckBox), Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    press(user, Key.Key_Right)
    index = user.window.desk.panel.grid.currentIndex()
    row = user.window.images.index(user.window.images.row_of(index.data(ReviewPageModel.RecordRole)))
    shown = user.window.workspace.compare
    assert index.data(ReviewPageModel.SuggestionRole) is None
    assert index.data(ReviewPageModel.CaptionRole) == ""
    assert shown.caption.startswith("Blind read")
    assert row.data(ImageListModel.ResultRole) is None
    assert "UID" not in str(row.data()) + index.data(Qt.ItemDataRole.ToolTipRole)
    press(user, Key.Key_Space)
    assert readings(user) == {}
    assert "cannot be accepted" in user.messages.told[0]
    press(user, Key.Key_A)
    assert index.data(ReviewPageModel.SuggestionRole) is not None
    assert "suggestion" in shown.caption
    assert user.window.desk.reviews.reviews[user.window.state.selected.path].blind  # type: ignore[union-attr]


def sign(user: Driver) -> SignOffDialog:
    user.bot.mouseClick(button(user, "Sign off"), Qt.MouseButton.LeftButton)
    (dialog,) = [d for d in user.window.findChildren(SignOffDialog) if d.isVisible()]
    return dialog


def test_that_signing_needs_every_cell_read_or_a_reason_and_a_change_withdraws_it(user: Driver) -> None:
    subject = user.window.state.selected.subject  # type: ignore[union-attr]
    dialog = sign(user)
    assert not dialog.sign.isEnabled()
    user.bot.keyClicks(dialog.reason, "poor smear")
    user.bot.mouseClick(dialog.sign, Qt.MouseButton.LeftButton)
    signed = user.window.desk.reviews.sign_offs[subject]
    assert (signed.reason, signed.open_cells) == ("poor smear", signed.cells)
    user.bot.waitUntil(lambda: not user.window.findChildren(SignOffDialog))
    user.window.activateWindow()
    user.bot.waitUntil(user.window.desk.panel.grid.hasFocus)  # where it was before the dialog
    press(user, Key.Key_A)
    assert subject not in user.window.desk.reviews.sign_offs
    press(user, Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    assert user.window.desk.reviews.sign_offs[subject] == signed
    for record in user.window.state.records:
        if record.subject == subject:
            user.window.state.select(record)
            press(user, Key.Key_H)
    dialog = sign(user)
    assert dialog.sign.isEnabled()
    assert not dialog.reason.isVisible()
    user.bot.mouseClick(dialog.sign, Qt.MouseButton.LeftButton)
    assert user.window.desk.reviews.sign_offs[subject].open_cells == 0


def test_that_the_cells_of_one_patient_can_be_read_alone(user: Driver) -> None:
    box = user.window.desk.panel.patients
    user.bot.keyClick(box, Key.Key_Down)
    chosen = box.currentData()
    assert {record.subject for record in user.window.desk.page.cells} == {chosen}
    assert user.window.state.selected.subject == chosen  # type: ignore[union-attr]


def test_that_space_keeps_the_place_on_the_last_page_and_says_why(user: Driver) -> None:
    for _ in range(8):  # more than there are pages to accept and to turn
        press(user, Key.Key_Space)
    press(user, Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageDown, Key.Key_Right)
    place, read = selected(user), readings(user)
    press(user, Key.Key_Space)
    assert (selected(user), readings(user)) == (place, read)
    assert user.window.desk.panel.status.startswith("Nothing on this page can be accepted")


def test_that_a_large_queue_is_found_behind_the_window_and_is_the_same(
    user: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorting 100,000 cells by doubt would hold up the window, and so would doing it blind."""
    present, threads = user.window.desk.presenter, set()
    order = list(present._cells)
    user.window.desk.actions.blind.trigger()
    blind = list(present._cells)
    user.window.desk.actions.blind.trigger()

    def noted(*arguments: object) -> object:
        threads.add(threading.get_ident())
        return queue(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("alldetect_gui.gui.presenters.review.MANY", 0)
    monkeypatch.setattr("alldetect_gui.gui.presenters.review.queue", noted)
    user.window.desk.actions.blind.trigger()
    assert present._cells == [], "the order by doubt must not stay in sight in a blind read"
    user.bot.waitUntil(lambda: list(present._cells) == blind)
    user.window.desk.actions.blind.trigger()
    user.bot.waitUntil(lambda: list(present._cells) == order)
    user.window.state.select(order[5])
    present.choose_patient(None)
    user.bot.waitUntil(lambda: user.window.state.selected == order[0])
    assert threads
    assert threading.get_ident() not in threads


def test_that_a_page_is_whole_rows_whatever_the_width(user: Driver) -> None:
    grid = user.window.desk.panel.grid
    user.window.desk.panel.page_resized.emit(50)
    assert grid.model().rowCount() == 18
    tile = tile_size(grid.fontMetrics().height()).width()
    for width in range(3 * tile, 4 * tile + 3):
        grid.resize(width, grid.height())
        user.window.grab()  # lays out what waits for it
        tops = [grid.visualRect(grid.model().index(row, 0)).top() for row in range(18)]
        assert tops.count(tops[0]) == grid.columns, width


def test_that_a_page_is_whole_in_the_smallest_window(user: Driver) -> None:
    user.window.resize(960, 540)
    grid = user.window.desk.panel.grid
    user.bot.waitUntil(lambda: user.window.height() == 540 and grid.model().rowCount() == grid.room)
    user.window.grab()  # lays out what waits for it
    user.bot.waitUntil(lambda: not grid.verticalScrollBar().isVisible())  # its range is told after the layout
    places = [grid.visualRect(grid.model().index(row, 0)) for row in range(grid.room)]
    assert all(grid.viewport().rect().contains(place) for place in places)


def test_that_the_page_with_the_cell_in_view_is_shown_however_large_pages_become(user: Driver) -> None:
    """The page was found with the old size and asked about with the new one: keys then classed a cell out of sight."""
    panel, page = user.window.desk.panel, user.window.desk.page
    panel.page_resized.emit(2)
    press(user, Key.Key_Right, Key.Key_Right, Key.Key_Right, Key.Key_Right, Key.Key_Right)
    for size in (5, 3, 4, 2):
        panel.page_resized.emit(size)
        assert user.window.state.selected in page.cells, size


def test_that_whoever_turns_to_the_cells_has_the_keys_there(drive: Drive, cells: Path) -> None:
    """Space opened the list of patients instead of accepting the page."""
    user = drive(FakeClassifier())
    user.open(cells)
    user.classify()
    tabs, panel = user.window.workspace.tabs, user.window.desk.panel
    user.window.activateWindow()
    user.window.workspace.results.table.setFocus()
    user.bot.mouseClick(tabs.tabBar(), Qt.MouseButton.LeftButton, pos=tabs.tabBar().tabRect(1).center())
    assert tabs.currentWidget() is panel
    assert QApplication.focusWidget() is panel.grid


def test_that_choosing_a_patient_with_the_mouse_leaves_the_keys_with_the_cells(user: Driver) -> None:
    panel = user.window.desk.panel
    user.bot.mouseClick(panel.patients, Qt.MouseButton.LeftButton)
    user.bot.waitUntil(panel.patients.view().isVisible)
    user.bot.keyClick(panel.patients.view(), Key.Key_Down)
    user.bot.keyClick(panel.patients.view(), Key.Key_Return)
    user.bot.waitUntil(lambda: not panel.patients.view().isVisible())
    assert panel.patients.currentIndex() == 1
    assert QApplication.focusWidget() is panel.grid


def test_that_space_says_when_every_cell_was_read(user: Driver) -> None:
    user.window.desk.reviews.read([(record, Reading.HEM) for record in user.window.desk.presenter._cells])
    user.window.desk.panel.page_resized.emit(50)
    press(user, Key.Key_Space)
    assert user.window.desk.panel.status == "Every cell of this queue has been read."
