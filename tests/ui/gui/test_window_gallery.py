"""Gallery and list: how images look, which of them are shown, and one selection for all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from alldetect_gui.gui.models.grouping import Grouping
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


def opened(drive: Drive, cells: Path, classifier: FakeClassifier) -> Driver:
    user = drive(classifier)
    user.open(cells)
    user.wait_compared()
    return user


def test_that_the_gallery_shows_thumbnails_of_the_size_chosen(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = opened(drive, cells, classifier)
    panel, images = user.window.workspace.folder, user.window.images
    user.bot.mouseClick(panel.bar.gallery, Qt.MouseButton.LeftButton)
    panel.bar.size_slider.setValue(60)
    user.bot.waitUntil(lambda: not images.lacks_thumbnail(0))
    user.wait_idle()
    first, second = (panel.list.visualRect(images.index(row)) for row in (0, 1))
    assert second.left() > first.left()
    assert second.top() == first.top()
    tiles = [panel.list.visualRect(images.index(row)) for row in range(images.rowCount())]
    assert max(tile.right() for tile in tiles) < panel.list.viewport().width(), "wrapped, not lost at the right"
    assert tiles[-1].top() > first.top()
    thumbnail = images.index(0).data(Qt.ItemDataRole.DecorationRole)
    assert max(thumbnail.deviceIndependentSize().toTuple()) <= 60
    panel.bar.size_slider.setValue(90)
    user.bot.waitUntil(lambda: panel.list.visualRect(images.index(0)).width() >= 90)
    user.bot.waitUntil(lambda: not images.lacks_thumbnail(0))
    larger = images.index(0).data(Qt.ItemDataRole.DecorationRole)
    assert max(larger.size().toTuple()) > max(thumbnail.size().toTuple())
    user.bot.mouseClick(panel.bar.gallery, Qt.MouseButton.LeftButton)
    first, second = (panel.list.visualRect(images.index(row)) for row in (0, 1))
    assert second.top() > first.top()


def test_that_a_click_and_the_arrows_in_the_gallery_choose_for_table_and_comparison_too(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = opened(drive, cells, classifier)
    user.classify()
    panel, images = user.window.workspace.folder, user.window.images
    panel.bar.gallery.click()
    user.bot.waitUntil(lambda: panel.list.visualRect(images.index(1)).left() > 0)
    place = panel.list.visualRect(images.index(1)).center()
    user.bot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert user.window.state.selected == images.record(1)
    user.bot.keyClick(panel.list, Qt.Key.Key_Left)
    assert user.window.state.selected == images.record(0)
    assert user.window.workspace.compare.caption.startswith(images.record(0).relative)
    user.window.state.select(images.record(2))
    assert panel.list.currentIndex().row() == 2


def test_that_images_are_grouped_and_one_group_is_shown_alone(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = opened(drive, cells, classifier)
    bar, images = user.window.workspace.folder.bar, user.window.images
    chosen = user.window.state.selected
    bar.grouping.setCurrentText(Grouping.PATIENT.value)
    assert [bar.group.itemText(n) for n in range(bar.group.count())] == [
        "All 4 groups", "Patient 2 (5)", "Patient 4 (5)", "Patient H1 (5)", "Patient H3 (5)",
    ]  # fmt: skip
    subjects = [images.record(row).subject for row in range(images.rowCount())]
    assert subjects == sorted(subjects)
    assert user.window.state.selected == chosen
    bar.group.setCurrentText("Patient 4 (5)")
    bar.group.activated.emit(bar.group.currentIndex())
    assert [images.record(row).subject for row in range(images.rowCount())] == ["4"] * 5
    bar.grouping.setCurrentText(Grouping.NONE.value)
    assert images.rowCount() == 20
    assert not bar.group.isEnabled()


def test_that_groups_by_suggestion_fill_while_results_come_in_and_go_with_the_folder(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = opened(drive, cells, classifier)
    bar, images = user.window.workspace.folder.bar, user.window.images
    bar.grouping.setCurrentText(Grouping.SUGGESTION.value)
    assert bar.group.itemText(1) == "Not classified yet (20)"
    user.classify()
    user.bot.waitUntil(lambda: bar.group.findText("Skipped (2)") > 0)
    results = user.window.state.outcomes
    found = {bar.group.itemData(number) for number in range(1, bar.group.count())}
    assert found == {"ALL", "HEM", "UNCERTAIN", "Skipped"}
    bar.group.setCurrentIndex(bar.group.findData("HEM"))
    bar.group.activated.emit(bar.group.currentIndex())
    shown = [images.record(row) for row in range(images.rowCount())]
    assert shown
    assert {str(results[record.path].prediction.suggestion) for record in shown} == {"HEM"}  # type: ignore[union-attr]
    user.open(cells)
    assert images.rowCount() == 20
    assert bar.chosen_grouping is Grouping.NONE


def test_that_groups_have_headings_and_a_click_on_one_selects_its_group(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = opened(drive, cells, classifier)
    view, bar = user.window.workspace.folder.list, user.window.workspace.folder.bar
    assert [name for name, _ in view.sections.groups] == [""]
    bar.grouping.setCurrentIndex(bar.grouping.findData(Grouping.PATIENT))
    assert view.sections.groups == [("Patient 2", 5), ("Patient 4", 5), ("Patient H1", 5), ("Patient H3", 5)]
    for gallery in (False, True):
        bar.gallery.setChecked(gallery)
        user.bot.wait(50)
        view.verticalScrollBar().setValue(0)
        first, second = (view.visualRect(view.model().index(row, 0)) for row in (0, 5))
        assert first.top() == view.sections.heading
        gap = second.top() - view.visualRect(view.model().index(4, 0)).bottom()
        assert gap > view.sections.heading
        user.bot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 6))
        assert {record.subject for record in user.window.state.chosen} == {"2"}
        assert len(user.window.state.chosen) == 5
        user.window.state.select(user.window.state.records[-1])
        heading = view.sections.top_of(1) - view.verticalOffset() + 6
        user.bot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, max(heading, 6)))
        assert len(user.window.state.chosen) == 5
    bar.grouping.setCurrentIndex(0)
    assert view.visualRect(view.model().index(0, 0)).top() + view.verticalOffset() == 0


def test_that_groups_formed_anew_leave_the_view_where_it_was_scrolled(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = opened(drive, cells, classifier)
    panel = user.window.workspace.folder
    panel.bar.grouping.setCurrentIndex(panel.bar.grouping.findData(Grouping.PATIENT))
    bar = panel.list.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    with user.bot.waitSignal(user.window.images.modelReset):
        panel.follow_results()  # as when results come in
    assert bar.value() == bar.maximum()
