"""Settings, words, viewport and controls."""

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QPointF, QSize
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox
from pytestqt.qtbot import QtBot

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.gui import wording
from alldetect_gui.gui.settings import MAX_RECENT, WindowSettings
from alldetect_gui.gui.theme import Theme, apply_theme, class_colours, is_dark
from alldetect_gui.gui.widgets.elided_box import ElidedBox
from alldetect_gui.gui.widgets.recipe_controls import OddSpinBox, RecipeControls
from alldetect_gui.gui.widgets.viewport import Viewport
from alldetect_gui.imaging.recipe import RECIPES, Clahe, Gaussian

pytestmark = pytest.mark.usefixtures("qapp")


def test_that_a_value_is_told_while_it_is_still_being_turned(qtbot: QtBot) -> None:
    controls, told = RecipeControls(Gaussian()), list[object]()
    qtbot.addWidget(controls)
    controls.parameters_changed.connect(told.append)
    box = controls.boxes["kernel_size"]
    for step in range(200):
        box.setValue(3 if step % 2 else 7)
        qtbot.wait(5)
        if told:
            break
    assert told
    assert step < 199


def test_that_settings_are_there_again_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "window.json"
    settings = WindowSettings(file)
    settings.theme = Theme.DARK
    settings.export_folder = tmp_path
    settings.save_layout("window", QByteArray(b"abc"))
    for number in range(MAX_RECENT + 3):
        settings.add_recent(Path(f"/data/{number}, mit Komma ä"))
    settings.add_recent(Path("/data/5, mit Komma ä"))
    del settings
    again = WindowSettings(file)
    assert (again.theme, again.export_folder, again.layout("window")) == (Theme.DARK, tmp_path, QByteArray(b"abc"))
    assert len(again.recent_folders) == MAX_RECENT
    assert again.recent_folders[:2] == [Path("/data/5, mit Komma ä"), Path("/data/12, mit Komma ä")]
    again.clear_recent()
    assert again.recent_folders == []


def test_that_one_recent_folder_is_a_list_of_one(tmp_path: Path) -> None:
    WindowSettings(tmp_path / "w.json").add_recent(Path("/data/a"))
    assert WindowSettings(tmp_path / "w.json").recent_folders == [Path("/data/a")]


def test_that_numbers_are_said_plainly() -> None:
    assert wording.decimal(0.987) == "0.99"
    assert wording.decimal(math.nan) == "–"
    assert wording.measure("sensitivity", 0.941) == "94.1 %"
    assert wording.measure("roc_auc", 0.9812) == "0.98"
    assert wording.measure("npv", None) == "–"
    assert wording.duration(59.4) == "59 s"
    assert wording.duration(185) == "3 min 5 s"
    assert wording.sentence("there is no folder /x") == "There is no folder /x."
    assert wording.parameters({"clip_limit": 2.5, "tile_grid": 8}) == "clip limit 2.5 · tile grid 8"


def test_that_a_choice_too_long_for_its_box_ends_in_an_ellipsis_and_any_other_is_whole(qtbot: QtBot) -> None:
    title = "VGG16 on turned and mirrored looks"
    plain, box = QComboBox(), ElidedBox()
    for one in (plain, box):
        qtbot.addWidget(one)
        one.addItem(title)
        one.resize(400, 28)
    assert box.grab().toImage() == plain.grab().toImage()
    box.resize(150, 28)
    plain.resize(150, 28)
    shortened = []
    for length in range(len(title) // 2):
        plain.setItemText(0, title[:length] + "…")
        shortened.append(plain.grab().toImage())
    assert box.grab().toImage() in shortened


def test_that_every_suggestion_has_a_letter_and_readable_colours() -> None:
    assert {wording.LETTERS[suggestion] for suggestion in Suggestion} == {"A", "H", "U"}
    for suggestion in Suggestion:
        fill, ink = class_colours(suggestion)
        assert contrast(fill.getRgbF()[:3], ink.getRgbF()[:3]) >= 4.5


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_that_text_can_be_read_in_both_themes(theme: Theme, qapp: object) -> None:
    apply_theme(theme)
    palette = QPalette()
    assert is_dark(palette) is (theme is Theme.DARK)
    role = QPalette.ColorRole
    pairs = [
        (role.Window, role.WindowText),
        (role.Base, role.Text),
        (role.Base, role.PlaceholderText),
        (role.Button, role.ButtonText),
        (role.Midlight, role.WindowText),
        (role.Highlight, role.HighlightedText),
    ]
    for ground, ink in pairs:
        ratio = contrast(palette.color(ground).getRgbF()[:3], palette.color(ink).getRgbF()[:3])
        assert ratio >= (4.0 if ground is role.Highlight else 4.5), (ground, ink, ratio)
    apply_theme(Theme.LIGHT)


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2 contrast ratio."""

    def luminance(colour: tuple[float, ...]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_that_zooming_keeps_the_point_under_the_cursor() -> None:
    viewport = Viewport()
    viewport.set_size(QSize(100, 100))
    point, zoom = QPointF(20, 30), 2.0
    before = (point - viewport.centre) * zoom
    viewport.set_zoom(4.0, zoom, point)
    after = (point - viewport.centre) * 4.0
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))


def test_that_the_middle_stays_inside_the_image_and_zoom_has_limits() -> None:
    viewport = Viewport()
    viewport.set_size(QSize(100, 50))
    viewport.pan(QPointF(1000, -1000), 1.0)
    assert viewport.centre == QPointF(100, 0)
    viewport.set_zoom(1e9, 1.0)
    assert viewport.zoom == 40.0


def test_that_an_image_of_the_same_size_keeps_the_zoom_and_another_size_fits() -> None:
    viewport = Viewport()
    viewport.set_size(QSize(100, 50))
    viewport.set_zoom(3.0, 1.0)
    viewport.set_size(QSize(100, 50))
    assert viewport.zoom == 3.0
    viewport.set_size(QSize(101, 50))
    assert viewport.zoom is None
    assert viewport.centre == QPointF(50.5, 25)


@pytest.mark.parametrize("recipe", [recipe for recipe in RECIPES if recipe.parameters], ids=lambda r: r.name)
def test_that_controls_follow_the_limits_of_any_recipe(recipe: Clahe | Gaussian, qtbot: QtBot) -> None:
    controls = RecipeControls(recipe)
    qtbot.addWidget(controls)
    assert list(controls.boxes) == list(recipe.parameters)
    for name, box in controls.boxes.items():
        assert (box.minimum(), box.maximum()) == (recipe.limits[name].low, recipe.limits[name].high)
        assert box.value() == recipe.parameters[name]
        assert box.accessibleName()


def test_that_several_quick_turns_are_told_once(qtbot: QtBot) -> None:
    controls = RecipeControls(Clahe())
    qtbot.addWidget(controls)
    told: list[object] = []
    controls.parameters_changed.connect(told.append)
    box = controls.boxes["clip_limit"]
    assert isinstance(box, QDoubleSpinBox)
    with qtbot.waitSignal(controls.parameters_changed):
        for value in (2.5, 3.0, 3.5):
            box.setValue(value)
    assert told == [{"clip_limit": 3.5, "tile_grid": 8}]


def test_that_an_even_kernel_size_typed_by_hand_becomes_odd(qtbot: QtBot) -> None:
    controls = RecipeControls(Gaussian())
    qtbot.addWidget(controls)
    box = controls.boxes["kernel_size"]
    assert isinstance(box, OddSpinBox)
    box.lineEdit().setText("8")
    box.interpretText()
    assert box.value() == 9
