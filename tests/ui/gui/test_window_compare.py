"""The five panes: what they show, and that they move as one."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLabel

from alldetect_gui.gui import use_cases
from alldetect_gui.gui.widgets.pixels import to_qimage
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.recipe import RECIPES, Recipe, recipe_named
from tests.ui.gui.window_driver import Driver

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


def opened(drive: Drive, cells: Path) -> Driver:
    user = drive()
    user.open(cells)
    user.wait_compared()
    return user


def shown(user: Driver) -> dict[str, QImage]:
    return {name: view.image.copy() for name, view in user.window.workspace.compare.panes.views.items()}


def test_that_five_panes_show_the_image_under_each_recipe(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    record = user.window.state.selected
    assert record is not None
    pixels = read_image(record.path).pixels
    expected = {recipe.name: to_qimage(recipe.apply(pixels)) for recipe in RECIPES}
    assert shown(user) == expected
    titles = [label.text() for label in user.window.workspace.compare.panes.findChildren(QLabel)]
    for recipe in RECIPES:
        assert recipe.title in titles
    assert user.window.workspace.compare.panes.subtitles["clahe"].text == "clip limit 2 · tile grid 8"


def test_that_a_turned_clip_limit_changes_its_pane_and_says_so_and_reset_takes_it_back(
    drive: Drive, cells: Path
) -> None:
    user = opened(drive, cells)
    before, compare = shown(user), user.window.workspace.compare
    box = compare.controls["clahe"].boxes["clip_limit"]
    assert isinstance(box, QDoubleSpinBox)
    box.setValue(12.5)
    user.bot.waitUntil(lambda: compare.panes.subtitles["clahe"].text == "clip limit 12.5 · tile grid 8")
    after = shown(user)
    record = user.window.state.selected
    assert record is not None
    pixels = read_image(record.path).pixels
    assert after["clahe"] == to_qimage(recipe_named("clahe", {"clip_limit": 12.5}).apply(pixels))
    assert after["clahe"] != before["clahe"]
    assert {name for name in before if before[name] != after[name]} == {"clahe"}
    user.window.actions_.reset_recipes.trigger()
    user.bot.waitUntil(lambda: shown(user) == before)
    assert box.value() == 2.0


def test_that_the_parameters_stay_when_another_image_is_chosen(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    compare = user.window.workspace.compare
    box = compare.controls["gaussian"].boxes["sigma"]
    assert isinstance(box, QDoubleSpinBox)
    box.setValue(4)
    user.bot.waitUntil(lambda: compare.panes.subtitles["gaussian"].text == "kernel size 5 · sigma 4")
    user.wait_idle()
    user.window.actions_.next_image.trigger()
    user.wait_idle()
    record = user.window.state.selected
    assert record is not None
    blurred = recipe_named("gaussian", {"sigma": 4}).apply(read_image(record.path).pixels)
    assert shown(user)["gaussian"] == to_qimage(blurred)


def wheel(view: object, clicks: int, at: QPoint) -> None:
    event = QWheelEvent(
        QPointF(at),
        view.mapToGlobal(QPointF(at)),  # type: ignore[attr-defined]
        QPoint(),
        QPoint(0, 120 * clicks),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)  # type: ignore[arg-type]


def test_that_the_wheel_zooms_all_panes_around_the_cursor(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    views = list(user.window.workspace.compare.panes.views.values())
    place = QPoint(30, 40)
    fitted, under = views[2].zoom, views[2].image_point(QPointF(place))
    wheel(views[2], 3, place)
    assert {round(view.zoom / fitted, 3) for view in views} == {round(1.25**3, 3)}
    moved = views[2].image_point(QPointF(place)) - under
    assert abs(moved.x()) < 1e-6
    assert abs(moved.y()) < 1e-6
    points = {(round(v.image_point(QPointF(place)).x(), 3)) for v in views if v.size() == views[2].size()}
    assert len(points) == 1


def test_that_a_drag_pans_all_panes(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    views = list(user.window.workspace.compare.panes.views.values())
    user.window.actions_.actual_size.trigger()
    assert {view.zoom for view in views} == {1.0}
    centre = [view.image_point(QPointF(view.width() / 2, view.height() / 2)) for view in views]
    user.bot.mousePress(views[0], Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    user.bot.mouseMove(views[0], QPoint(40, 45))
    user.bot.mouseRelease(views[0], Qt.MouseButton.LeftButton, pos=QPoint(40, 45))
    for view, old in zip(views, centre, strict=True):
        new = view.image_point(QPointF(view.width() / 2, view.height() / 2))
        assert (round(new.x() - old.x(), 6), round(new.y() - old.y(), 6)) == (10, 5)


def test_that_zoom_fit_and_pan_work_by_key(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    views = list(user.window.workspace.compare.panes.views.values())
    fitted = views[0].zoom
    user.bot.keyClick(views[1], Qt.Key.Key_Plus)
    assert views[4].zoom > fitted
    before = views[4].image_point(QPointF(0, 0))
    user.bot.keyClick(views[1], Qt.Key.Key_Right)
    assert views[4].image_point(QPointF(0, 0)).x() > before.x()
    user.bot.keyClick(views[1], Qt.Key.Key_0)
    assert views[4].zoom == fitted
    user.bot.keyClick(views[1], Qt.Key.Key_1)
    assert views[4].zoom == 1.0


def test_that_an_image_that_cannot_be_shown_says_why_and_the_next_one_is_shown(drive: Drive, cells: Path) -> None:
    (cells / "AAA_first.png").write_text("not an image")
    user = drive()
    user.open(cells)
    compare = user.window.workspace.compare
    user.bot.waitUntil(lambda: bool(compare.panes.views) and bool(compare.panes.views["original"].text))
    assert "content is text" in compare.panes.views["original"].text
    user.window.actions_.next_image.trigger()
    user.wait_compared()
    assert compare.panes.views["original"].text == ""


def test_that_only_the_last_of_many_images_is_shown(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    for _ in range(19):
        user.window.actions_.next_image.trigger()
    user.wait_idle()
    last = user.window.state.records[-1]
    assert user.window.state.selected == last
    assert shown(user)["original"] == to_qimage(read_image(last.path).pixels)
    assert user.window.workspace.compare.caption.startswith(last.relative)


def test_that_while_a_slow_image_is_read_no_other_stands_under_its_name(drive: Drive, cells: Path) -> None:
    go = threading.Event()

    def compare(path: Path, recipes: list[Recipe]) -> Iterator[object]:
        assert go.wait(60)
        yield from use_cases.compare(path, recipes)

    user = drive(compare=compare)
    user.open(cells)
    panes = user.window.workspace.compare.panes
    user.bot.waitUntil(lambda: bool(panes.views) and panes.views["original"].text == "Reading the image…")
    assert all(view.image.isNull() for view in panes.views.values())
    go.set()
    user.wait_compared()
