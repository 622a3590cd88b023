"""Opening a folder: by menu, by drop, again, and when there is nothing to open."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPushButton, QToolButton, QWidget

from alldetect_gui.core.events import FolderListed, ImagesListed, ThumbnailReady
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.models.image_list import ImageListModel
from tests.ui.gui.window_driver import Driver, write_cells

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


def test_that_the_empty_window_says_what_to_do_and_what_it_is_for(drive: Drive) -> None:
    window = drive().window
    assert window.pages.currentWidget() is window.welcome
    buttons = [button.text() for button in window.welcome.findChildren(QPushButton)]
    assert buttons == ["Open Folder…", "Open Sample Cells"]
    assert window.banner.text() == INTENDED_USE
    assert window.banner.isVisible()
    assert not window.actions_.classify.isEnabled()


def test_that_a_folder_chosen_in_the_dialog_is_listed_and_its_first_image_shown(drive: Drive, cells: Path) -> None:
    user = drive()
    user.chosen.append(cells)
    with user.bot.waitSignal(user.window.state.folder_listed):
        user.window.actions_.open_folder.trigger()
    assert user.window.pages.currentWidget() is user.window.workspace
    assert user.window.images.rowCount() == 20
    assert (
        user.window.workspace.folder.summary
        == "20 images, 4 patients from file names, reference labels from file names"
    )
    assert user.window.state.selected == user.window.state.records[0]
    assert cells.name in user.window.windowTitle()
    assert user.window.banner.isVisible()
    assert user.window.actions_.classify.isEnabled()


def test_that_the_folder_is_offered_again_after_a_restart(drive: Drive, cells: Path) -> None:
    drive().open(cells)
    again = drive()
    offered = [button for button in again.window.welcome.findChildren(QToolButton) if button.accessibleName()]
    assert [button.accessibleName() for button in offered] == [f"Open {cells}"]
    with again.bot.waitSignal(again.window.state.folder_listed):
        offered[0].click()
    assert again.window.images.rowCount() == 20


def test_that_the_recent_menu_opens_a_folder(drive: Drive, cells: Path, tmp_path: Path) -> None:
    user = drive()
    user.open(cells)
    user.open(write_cells(tmp_path / "second", 3))
    menu = user.window._recent_menu
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    assert texts[0].endswith("second")
    assert texts[1].endswith("cells")
    with user.bot.waitSignal(user.window.state.folder_listed):
        menu.actions()[1].trigger()
    assert user.window.state.folder == cells


def drop(user: Driver, path: Path, target: str) -> None:
    """Drag `path` onto the window and let it go."""
    window = user.window
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place, buttons, keys = QPoint(40, 40), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted(), target
    event = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, buttons, keys)
    with user.bot.waitSignal(window.state.folder_listed):
        QApplication.sendEvent(window, event)


def test_that_a_dropped_folder_is_opened_and_a_dropped_file_opens_its_folder(drive: Drive, cells: Path) -> None:
    user = drive()
    drop(user, cells, "a folder")
    assert user.window.state.folder == cells
    drop(user, next(cells.iterdir()), "a file")
    assert user.window.state.folder == cells


def test_that_no_part_of_the_window_takes_a_drop_for_itself(drive: Drive, cells: Path) -> None:
    user = drive()
    user.open(cells)
    user.wait_compared()
    takers = [
        widget
        for widget in user.window.findChildren(QWidget)
        if widget.acceptDrops() and not isinstance(widget, QAbstractSpinBox)
    ]
    assert takers == []
    assert all(not line.acceptDrops() for line in user.window.findChildren(QLineEdit))


def test_that_a_wrong_folder_is_said_and_the_one_in_view_stays(drive: Drive, cells: Path, tmp_path: Path) -> None:
    user = drive()
    user.open(cells)
    user.window.open_folder(tmp_path / "nowhere")
    user.bot.waitUntil(lambda: bool(user.messages.told) or bool(user.messages.crashes))
    assert user.messages.crashes == []
    assert user.window.state.folder == cells
    assert user.window.images.rowCount() == 20
    assert "no folder" in user.messages.told[0]
    assert str(tmp_path / "nowhere") in user.messages.told[0]


def test_that_a_folder_without_images_is_said_and_the_one_in_view_stays(
    drive: Drive, cells: Path, tmp_path: Path
) -> None:
    user = drive()
    user.open(cells)
    (tmp_path / "empty").mkdir()
    user.window.open_folder(tmp_path / "empty")
    user.bot.waitUntil(lambda: bool(user.messages.told))
    assert user.messages.told == [f"No image was found in {tmp_path / 'empty'} (BMP, PNG, JPEG or TIFF)"]
    assert user.window.state.folder == cells


def test_that_of_several_folders_opened_quickly_only_the_last_is_shown(
    drive: Drive, cells: Path, tmp_path: Path
) -> None:
    user = drive()
    last = write_cells(tmp_path / "last", 3)
    with user.bot.waitSignal(user.window.state.folder_listed):
        for _ in range(19):
            user.window.open_folder(cells)
        user.window.open_folder(last)
    user.wait_idle()
    assert user.window.state.folder == last
    assert [user.window.images.record(row).path.parent for row in range(user.window.images.rowCount())] == [last] * 3


def many(number: int) -> Callable[[Path, object], object]:
    def listing(folder: Path, names: object) -> object:
        records = [ImageRecord(folder / f"{n}.bmp", f"{n}.bmp") for n in range(number)]
        for start in range(0, number, 500):
            yield ImagesListed(tuple(records[start : start + 500]))
        yield FolderListed(folder, number, 0, 0, 0.1)

    return listing


def test_that_the_first_thumbnails_come_while_the_folder_is_still_being_listed(drive: Drive, tmp_path: Path) -> None:
    """Images keep coming in, faster than a scroll comes to rest: the first rows must not wait for the last file."""
    made: list[Path] = []
    end = time.monotonic() + 60

    def listing(folder: Path, names: object) -> object:
        number = 0
        while not made and time.monotonic() < end:
            yield ImagesListed((ImageRecord(folder / f"{number}.bmp", f"{number}.bmp"),))
            number += 1
            threading.Event().wait(0.002)
        yield FolderListed(folder, number, 0, 0, 0.1)

    def thumbnails(paths: list[Path], side: int) -> object:
        for path in paths:
            made.append(path)
            yield ThumbnailReady(path, np.zeros((side, side, 3), np.uint8))

    user = drive(open_folder=listing, thumbnails=thumbnails)
    user.bot.waitUntil(user.window.isVisible)
    with user.bot.waitSignal(user.window.state.folder_listed, timeout=90_000):
        user.window.open_folder(tmp_path)
    assert made


def test_that_thumbnails_are_made_for_the_rows_in_sight_and_no_others(drive: Drive, tmp_path: Path) -> None:
    asked: list[Path] = []

    def thumbnails(paths: list[Path], side: int) -> object:
        for path in paths:
            asked.append(path)
            yield ThumbnailReady(path, np.zeros((side, side, 3), np.uint8))

    user = drive(open_folder=many(5000), thumbnails=thumbnails)
    user.open(tmp_path)
    panel = user.window.workspace.folder
    user.bot.waitUntil(lambda: not user.window.images.lacks_thumbnail(0))
    user.wait_idle()
    in_sight = panel.list.viewport().height() // panel.list.sizeHintForRow(0) + 2
    assert 3 < len(set(asked)) <= in_sight
    laid_out = 4900 * panel.list.sizeHintForRow(0)  # in batches, so that the window stays free
    user.bot.waitUntil(lambda: panel.list.verticalScrollBar().maximum() > laid_out)
    asked.clear()
    panel.list.scrollToBottom()
    user.bot.waitUntil(lambda: not user.window.images.lacks_thumbnail(4999))
    user.wait_idle()
    assert len(set(asked)) <= in_sight
    assert user.window.images.lacks_thumbnail(2500)


def test_that_real_thumbnails_come_and_a_damaged_file_says_why(drive: Drive, cells: Path) -> None:
    (cells / "AAA_first.png").write_text("not an image")
    user = drive()
    user.open(cells)
    user.bot.waitUntil(lambda: not user.window.images.lacks_thumbnail(0) and not user.window.images.lacks_thumbnail(1))
    images: ImageListModel = user.window.images
    assert "Cannot be shown" in images.describe(images.record(0))
    assert images.index(1).data(Qt.ItemDataRole.DecorationRole).width() > 8


def test_that_the_arrow_keys_and_the_next_action_go_through_the_images(drive: Drive, cells: Path) -> None:
    user = drive()
    user.open(cells)
    records = user.window.state.records
    user.bot.keyClick(user.window.workspace.folder.list, Qt.Key.Key_Down)
    assert user.window.state.selected == records[1]
    user.window.actions_.next_image.trigger()
    assert user.window.state.selected == records[2]
    user.window.actions_.previous_image.trigger()
    user.window.actions_.previous_image.trigger()
    user.window.actions_.previous_image.trigger()
    assert user.window.state.selected == records[0]


def test_that_the_sample_cells_open_or_the_user_is_told_why_not(
    drive: Drive, cells: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = drive()
    monkeypatch.setattr("alldetect_gui.paths.samples", lambda: cells)
    with user.bot.waitSignal(user.window.state.folder_listed):
        user.window.actions_.open_samples.trigger()
    assert user.window.state.folder == cells
    shutil.rmtree(cells)
    user.window.actions_.open_samples.trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told))
    assert "no folder" in user.messages.told[0]
