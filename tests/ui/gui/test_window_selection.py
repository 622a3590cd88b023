"""One selection of several images: shown everywhere, and classed by one key in one step."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractItemView

from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.core.reviews import Reading
from alldetect_gui.gui.models.results_columns import Column
from alldetect_gui.gui.widgets import select_rows
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]
_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect


@pytest.fixture
def user(drive: Drive, cells: Path, classifier: FakeClassifier) -> Driver:
    """Someone who has classified 20 cells."""
    user = drive(classifier)
    user.open(cells)
    user.classify()
    user.wait_compared()
    user.window.activateWindow()
    return user


def in_list(user: Driver) -> list[ImageRecord]:
    view = user.window.workspace.folder.list
    return [user.window.images.record(row) for row in select_rows.selected_rows(view)]


def in_table(user: Driver) -> list[ImageRecord]:
    view = user.window.workspace.results.table
    return [user.window.results.result(row).record for row in select_rows.selected_rows(view)]


def click(user: Driver, view: QAbstractItemView, row: int, *, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    column = Column.FILE if view is user.window.workspace.results.table else 0
    index = view.model().index(row, column)
    view.scrollTo(index)
    place = view.visualRect(index).center()
    user.bot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, place)


def choose_in_table(user: Driver, first: int, last: int) -> list[ImageRecord]:
    table = user.window.workspace.results.table
    click(user, table, first)
    click(user, table, last, shift=True)
    return [user.window.results.result(row).record for row in range(first, last + 1)]


def test_that_rows_selected_in_the_table_are_selected_in_the_list_and_marked_in_the_matrix(user: Driver) -> None:
    rows = choose_in_table(user, 6, 11)
    assert in_list(user) == in_table(user) == rows
    assert user.window.state.selected == rows[-1]
    assert user.window.workspace.compare.caption.endswith("one of 6 selected")
    user.bot.waitUntil(lambda: "6 selected" in user.window.workspace.results.status)
    marked = user.window.workspace.confusion.table.selectionModel().selectedIndexes()
    assert {(index.row(), index.column()) for index in marked} == {(0, 0), (0, 1), (1, 1)}


def test_that_a_selection_in_the_gallery_is_shown_in_a_table_of_another_order(user: Driver) -> None:
    user.window.workspace.results.table.sort_by(Column.PROBABILITY, add=False)
    user.window.workspace.folder.bar.gallery.click()
    gallery = user.window.workspace.folder.list
    click(user, gallery, 2)
    click(user, gallery, 6, shift=True)
    assert set(in_table(user)) == set(in_list(user)) == set(user.window.state.records[2:7])
    assert user.window.state.selected == user.window.state.records[6]


def test_that_a_key_classes_all_of_them_but_the_skipped_and_one_undo_takes_it_back(user: Driver) -> None:
    rows = choose_in_table(user, 4, 8)
    (skipped,) = [r for r in rows if user.window.state.outcomes[r.path].outcome is Outcome.SKIPPED]
    user.bot.keyClick(user.window.workspace.results.table, Qt.Key.Key_A)
    reviews = user.window.reviews
    assert [r for r in user.window.state.records if reviews.review(r).is_read] == [r for r in rows if r != skipped]
    assert {reviews.review(r).reading for r in rows} == {Reading.ALL, None}
    assert reviews.stack.undoText() == "reading 4 cells as ALL"
    assert in_table(user) == rows
    user.bot.keyClick(user.window.workspace.results.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not any(reviews.review(r).is_read for r in rows)
    assert not reviews.stack.canUndo()


def test_that_going_on_leaves_the_selection_so_that_a_key_means_one_cell_again(user: Driver) -> None:
    rows = choose_in_table(user, 0, 3)
    user.bot.keyClick(user.window.workspace.results.table, Qt.Key.Key_N)
    assert user.window.state.chosen == (user.window.state.selected,)
    assert in_table(user) == in_list(user) == [user.window.state.selected]
    user.bot.keyClick(user.window.workspace.results.table, Qt.Key.Key_H)
    assert sum(user.window.reviews.review(r).is_read for r in {*rows, *user.window.state.records}) == 1


def test_that_what_a_filter_hides_is_selected_no_longer(user: Driver) -> None:
    choose_in_table(user, 5, 14)
    user.window.workspace.results.filter.setText("reference:hem")
    assert {record.reference for record in user.window.state.chosen} == {"HEM"}
    assert in_table(user) == in_list(user) == list(user.window.state.chosen)
    user.window.workspace.results.filter.setText("")
    assert len(user.window.state.chosen) == 5


def test_that_sorting_and_grouping_keep_the_selection(user: Driver) -> None:
    rows = choose_in_table(user, 2, 6)
    user.window.workspace.results.table.sort_by(Column.SUGGESTION, add=False)
    user.window.workspace.folder.bar.grouping.setCurrentIndex(1)
    assert set(in_table(user)) == set(in_list(user)) == set(rows)


def test_that_a_selection_in_too_many_pieces_is_shown_by_its_current_row(
    user: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(select_rows, "MOST_RANGES", 2)
    view, records = user.window.workspace.folder.list, user.window.state.records
    user.window.state.choose(records[0:8:3])
    assert in_list(user) == [records[view.currentIndex().row()]]
    assert len(user.window.state.chosen) == 3


def test_that_the_gallery_is_selected_by_key_by_ctrl_and_by_a_frame(user: Driver) -> None:
    user.window.workspace.folder.bar.gallery.click()
    gallery, records = user.window.workspace.folder.list, user.window.state.records
    click(user, gallery, 0)
    user.bot.keyClick(gallery, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert in_list(user) == records[:2]
    across = gallery.sections.across
    user.bot.keyClick(gallery, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert in_list(user) == records[: 2 + across]
    place = gallery.visualRect(gallery.model().index(0, 0)).center()
    user.bot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    assert in_list(user) == in_table(user) == records[1 : 2 + across]
    user.bot.keyClick(gallery, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert in_list(user) == records
    user.bot.keyClick(gallery, Qt.Key.Key_End)
    assert in_list(user) == records[-1:]
    assert user.window.state.selected == records[-1]
    user.bot.keyClick(gallery, Qt.Key.Key_Home)
    user.bot.keyClick(gallery, Qt.Key.Key_PageDown)
    assert user.window.state.selected not in (records[0], records[-1], None)
    gallery.verticalScrollBar().setValue(0)
    first, beside = (gallery.visualRect(gallery.model().index(row, 0)) for row in (0, across - 1))
    gallery.setSelection(QRect(beside.topRight() + QPoint(1, 4), first.center()), _SELECT)
    assert in_list(user) == records[:across]
