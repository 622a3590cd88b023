"""The five panes: what they show, and that they move as one."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLabel, QToolButton

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.core.events import RenderingJudged
from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.records import Prediction
from alldetect_gui.gui import use_cases
from alldetect_gui.gui.presenters.judge import SETTLE_MS
from alldetect_gui.gui.widgets.linked_views import Arrangement
from alldetect_gui.gui.widgets.pixels import to_qimage
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.difference import signed_difference
from alldetect_gui.imaging.histogram import cell_histogram
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
    user.bot.waitUntil(lambda: bool(compare.panes.views) and "content is text" in compare.panes.views["original"].text)
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

    def compare(path: Path, recipes: list[Recipe], difference: bool) -> Iterator[object]:
        assert go.wait(60)
        yield from use_cases.compare(path, recipes, difference)

    user = drive(compare=compare)
    user.open(cells)
    panes = user.window.workspace.compare.panes
    user.bot.waitUntil(lambda: bool(panes.views) and panes.views["original"].text == "Reading the image…")
    assert all(view.image.isNull() for view in panes.views.values())
    go.set()
    user.wait_compared()


def judge(path: Path, pixels: object, recipes: list[Recipe]) -> Iterator[object]:
    """The default for the original, a model for CLAHE with clip limit 3, none for the others."""
    for recipe in recipes:
        parameters = tuple(recipe.parameters.items())
        if recipe.name == "original":
            said = Prediction(0.9, Suggestion.ALL)
            yield RenderingJudged(path, recipe.name, parameters, "default", (), said, 0.9)
        elif recipe.name == "clahe":
            known = (("clip_limit", 3.0), ("tile_grid", 8))
            said = Prediction(0.55, Suggestion.UNCERTAIN, "in the band")
            yield RenderingJudged(path, recipe.name, parameters, "thesis-clahe", known, said, 0.9, said.reason)
        else:
            yield RenderingJudged(path, recipe.name, parameters, reason="no model was made for this rendering")


def verdicts(user: Driver) -> dict[str, str]:
    return {name: pane.verdict.text for name, pane in user.window.workspace.compare.panes.panes.items()}


def test_that_each_pane_has_the_probability_of_its_own_model_its_change_and_whether_it_is_exploratory(
    drive: Drive, cells: Path
) -> None:
    user = drive(judge=judge)
    user.open(cells)
    user.bot.waitUntil(lambda: "P(ALL) 0.55 (−0.35)" in verdicts(user).get("clahe", ""))
    said = verdicts(user)
    assert said["original"] == "P(ALL) 0.90 (±0.00); model default"
    assert "exploratory: model thesis-clahe was trained with clip limit 3 · tile grid 8" in said["clahe"]
    assert said["gaussian"] == said["grayscale"] == "No model was made for this rendering."
    box = user.window.workspace.compare.controls["clahe"].boxes["clip_limit"]
    assert isinstance(box, QDoubleSpinBox)
    box.setValue(3)
    user.bot.waitUntil(lambda: verdicts(user)["clahe"] == "P(ALL) 0.55 (−0.35); model thesis-clahe; in the band")


def test_that_a_blind_read_hides_what_the_models_say_until_the_cell_is_read(drive: Drive, cells: Path) -> None:
    user = drive(judge=judge)
    user.open(cells)
    user.bot.waitUntil(lambda: "0.55" in verdicts(user).get("clahe", ""))
    user.window.desk.actions.blind.trigger()
    assert set(verdicts(user).values()) == {"Hidden until you have read the cell"}
    for pane in user.window.workspace.compare.panes.panes.values():
        assert "0." not in pane.verdict.accessibleName() + pane.verdict.toolTip()
    user.window.desk.actions.blind.trigger()
    assert "0.55" in verdicts(user)["clahe"]


def test_that_probabilities_can_be_switched_off_ask_no_model_then_and_are_made_up_for(
    drive: Drive, cells: Path
) -> None:
    asked: list[str] = []

    def counted(path: Path, pixels: object, recipes: list[Recipe]) -> Iterator[object]:
        asked.append(path.name)
        yield from judge(path, pixels, recipes)

    user = drive(judge=counted)
    user.open(cells)
    user.bot.waitUntil(lambda: "0.55" in verdicts(user).get("clahe", ""))
    panes = user.window.workspace.compare.panes.panes.values()
    user.window.actions_.judge.trigger()
    assert not any(pane.verdict.isVisible() for pane in panes)
    asked.clear()
    user.window.actions_.next_image.trigger()
    user.wait_compared()
    user.bot.wait(2 * SETTLE_MS)
    assert asked == []
    assert user.window._present.comparing.sheet.comparison().judged == {}  # type: ignore[union-attr]
    user.window.actions_.judge.trigger()
    user.bot.waitUntil(lambda: "0.55" in verdicts(user)["clahe"])
    assert all(pane.verdict.isVisible() for pane in panes)
    assert asked == [user.window.state.selected.path.name]  # type: ignore[union-attr]


def test_that_a_model_that_cannot_be_trusted_is_told_once_and_the_panes_still_show_the_image(
    drive: Drive, cells: Path
) -> None:
    def broken(path: Path, pixels: object, recipes: list[Recipe]) -> Iterator[object]:
        raise ModelDamaged("model “default”: the file head.npz has changed")
        yield

    user = drive(judge=broken)
    user.open(cells)
    user.bot.waitUntil(lambda: len(user.messages.told) == 1)
    user.window.actions_.next_image.trigger()
    user.wait_compared()
    assert user.messages.told == ["model “default”: the file head.npz has changed"]
    assert all("head.npz has changed" in text for text in verdicts(user).values())


def test_that_a_rendering_follows_a_slider_that_is_still_moving(drive: Drive, cells: Path) -> None:
    user = drive()
    user.open(cells)
    user.wait_compared()
    shown = list[object]()
    user.window.runners.compare.event_arrived.connect(shown.append)
    slider = user.window.workspace.compare.controls["gaussian"].sliders["kernel_size"]
    moves = 0
    while not shown and moves < 400:
        slider.setValue(1 if moves % 2 else 3)
        user.bot.wait(5)
        moves += 1
    assert shown
    assert moves < 400


def test_that_a_slider_and_its_box_follow_each_other_and_the_pane_follows_both(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    controls, panes = user.window.workspace.compare.controls["gaussian"], user.window.workspace.compare.panes
    controls.sliders["kernel_size"].setFocus()
    user.bot.keyClick(controls.sliders["kernel_size"], Qt.Key.Key_Right)
    assert controls.boxes["kernel_size"].value() == 7
    user.bot.waitUntil(lambda: panes.subtitles["gaussian"].text == "kernel size 7 · sigma 0")
    controls.boxes["kernel_size"].setValue(11)  # type: ignore[arg-type]
    assert controls.sliders["kernel_size"].value() == 5


def test_that_the_difference_shows_what_a_recipe_changed_and_goes_again(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    before = shown(user)
    user.bot.mouseClick(button(user, "Difference to Original"), Qt.MouseButton.LeftButton)
    panes = user.window.workspace.compare.panes
    user.bot.waitUntil(lambda: panes.subtitles["grayscale"].text == "difference")
    user.wait_compared()
    record = user.window.state.selected
    assert record is not None
    pixels = read_image(record.path).pixels
    expected = signed_difference(recipe_named("clahe").apply(pixels), pixels)
    assert shown(user)["clahe"] == to_qimage(expected)
    user.window.actions_.difference.trigger()
    user.bot.waitUntil(lambda: shown(user) == before)


def button(user: Driver, text: str) -> QToolButton:
    buttons = user.window.workspace.compare.findChildren(QToolButton)
    return next(button for button in buttons if button.accessibleName() == text)


def test_that_every_pane_has_the_histogram_of_its_rendering(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    record = user.window.state.selected
    assert record is not None
    pixels = read_image(record.path).pixels
    for name, pane in user.window.workspace.compare.panes.panes.items():
        counts = pane.histogram.counts
        assert counts is not None
        assert (counts == cell_histogram(recipe_named(name).apply(pixels), pixels)).all()


def test_that_the_value_of_the_pixel_under_the_cursor_stands_in_every_pane(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    views = user.window.workspace.compare.panes.views
    before = {name: view.grab().toImage() for name, view in views.items()}
    view = views["clahe"]
    user.bot.mouseMove(view, QPoint(view.width() // 2, view.height() // 2))
    place = view.image_point(QPointF(view.width() // 2, view.height() // 2))
    pixel = QPoint(int(place.x()), int(place.y()))
    assert view.pixel_text == f"{pixel.x()}, {pixel.y()}: {values(view.image, pixel)}"
    assert views["original"].pixel_text == f"{pixel.x()}, {pixel.y()}: {values(views['original'].image, pixel)}"
    assert all(views[name].grab().toImage() != image for name, image in before.items())


def values(image: QImage, pixel: QPoint) -> str:
    colour = image.pixelColor(pixel)
    return f"{colour.red()} {colour.green()} {colour.blue()}"


def test_that_two_renderings_can_be_wiped_and_blinked_in_one_place(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    compare = user.window.workspace.compare
    two = compare.panes.two
    compare.arrangement.setCurrentText(Arrangement.WIPE.value)
    two.second.setCurrentText("Grayscale")
    assert two.view.isVisible()
    assert not compare.panes.views["clahe"].isVisible()
    two.slider.setValue(100)
    only_first = two.view.grab().toImage()
    two.slider.setValue(0)
    only_second = two.view.grab().toImage()
    two.slider.setValue(50)
    half = two.view.grab().toImage()
    assert len({bytes(image.constBits()) for image in (only_first, only_second, half)}) == 3
    compare.arrangement.setCurrentText(Arrangement.BLINK.value)
    first = two.view.share
    user.bot.waitUntil(lambda: two.view.share == 1 - first)
    user.bot.keyClick(two.view, Qt.Key.Key_Space)
    assert not two.blinks
    compare.arrangement.setCurrentText(Arrangement.GRID.value)
    user.bot.waitUntil(lambda: compare.panes.views["clahe-grayscale"].isVisible())
    tops = {name: compare.panes.panes[name].y() for name in ("original", "clahe", "grayscale")}
    user.bot.waitUntil(lambda: compare.panes.panes["grayscale"].y() > compare.panes.panes["original"].y(), timeout=5000)
    assert tops["original"] == tops["clahe"]


def test_that_the_line_of_the_wipe_is_dragged_with_the_mouse(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells)
    compare = user.window.workspace.compare
    compare.arrangement.setCurrentText(Arrangement.WIPE.value)
    view = compare.panes.two.view
    middle = QPoint(view.width() // 2, view.height() // 2)
    user.bot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    user.bot.mouseMove(view, QPoint(view.width() // 4, middle.y()))
    user.bot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(view.width() // 4, middle.y()))
    assert compare.panes.two.slider.value() == 25
    assert view.share == 0.25


def test_that_the_comparison_is_saved_as_one_picture_with_what_was_in_view(
    drive: Drive, cells: Path, tmp_path: Path
) -> None:
    user = drive(judge=judge)
    user.open(cells)
    user.wait_compared()
    user.bot.waitUntil(lambda: "0.55" in verdicts(user)["clahe"])
    out = tmp_path / "sheet.png"
    user.chosen.append(out)
    user.window.actions_.save_sheet.trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told))
    assert user.messages.told == [f"The comparison was written to {out}"]
    sheet = read_image(out).pixels
    record = user.window.state.selected
    assert record is not None
    pixels = read_image(record.path).pixels
    assert sheet.shape[1] > 5 * pixels.shape[1]
    assert sheet.shape[0] > pixels.shape[0]


def test_that_there_is_nothing_to_save_before_an_image_is_shown(drive: Drive) -> None:
    user = drive()
    user.window.actions_.save_sheet.trigger()
    assert "no comparison to save" in user.messages.told[0]
