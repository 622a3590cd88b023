"""Why does the model say so? The maps of the selected cell, in their tab."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from alldetect_gui.core.events import ExplanationReady, ImageUnreadable
from alldetect_gui.gui.widgets.pixels import to_qimage
from tests.ui.gui.window_driver import Driver

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


class Maps:
    """An explanation in the test's hand: a colour for each image."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def __call__(self, path: Path, model: str) -> Iterator[object]:
        self.asked.append((path.name, model))
        pixels = np.full((30, 40, 3), len(self.asked), np.uint8)
        yield ExplanationReady(path, "default", "grad-cam", pixels, pixels + 100, -1.5, 1, 1, 0.125)
        yield ExplanationReady(path, "default", "occlusion", pixels, pixels + 50, -1.5, 1, 2)
        yield ExplanationReady(path, "default", "occlusion", pixels, pixels + 60, -1.5, 2, 2)


def opened(drive: Drive, cells: Path, explain: object) -> Driver:
    user = drive(explain=explain)
    user.open(cells)
    user.wait_compared()
    user.window.workspace.tabs.setCurrentWidget(user.window.explaining.panel)
    return user


def test_that_the_selected_cell_is_explained_by_both_maps_with_what_lies_outside(drive: Drive, cells: Path) -> None:
    maps = Maps()
    user = opened(drive, cells, maps)
    panel = user.window.explaining.panel
    user.bot.waitUntil(lambda: panel.notes["occlusion"].text == "2 parts of the cell tried")
    assert panel.notes["grad-cam"].text == "12.5 % of the map lies outside the cell"
    assert "logit -1.50" in panel.status.text
    expected = np.full((30, 40, 3), 1, np.uint8)
    assert panel.views["seen"].image == to_qimage(expected)
    assert panel.views["grad-cam"].image == to_qimage(expected + 100)
    assert panel.views["occlusion"].image == to_qimage(expected + 60)
    user.window.actions_.next_image.trigger()
    user.bot.waitUntil(lambda: panel.views["seen"].image == to_qimage(expected + 1))
    assert [name for name, _ in maps.asked] == [record.path.name for record in user.window.state.records[:2]]


def test_that_nothing_is_explained_while_nobody_looks(drive: Drive, cells: Path) -> None:
    maps = Maps()
    user = drive(explain=maps)
    user.open(cells)
    user.wait_compared()
    user.window.actions_.next_image.trigger()
    user.wait_compared()
    assert maps.asked == []


def test_that_a_blind_read_hides_the_maps_until_the_cell_is_read(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells, Maps())
    panel = user.window.explaining.panel
    user.bot.waitUntil(lambda: "logit -1.50" in panel.status.text)
    user.window.desk.actions.blind.trigger()
    assert "Hidden until you have read" in panel.status.text
    assert all(view.image.isNull() for view in panel.views.values())
    user.window.desk.actions.blind.trigger()
    user.bot.waitUntil(lambda: "logit -1.50" in panel.status.text)


def test_that_an_image_without_a_cell_says_why(drive: Drive, cells: Path) -> None:
    user = opened(drive, cells, lambda path, model: iter([ImageUnreadable(path, "no cell found")]))
    panel = user.window.explaining.panel
    user.bot.waitUntil(lambda: panel.status.text == "This image cannot be explained: no cell found")


def test_that_the_real_default_model_explains_a_cell_by_its_own_rendering(drive: Drive, cells: Path) -> None:
    from alldetect_gui.gui import use_cases

    user = opened(drive, cells, use_cases.explain)
    panel = user.window.explaining.panel
    user.bot.waitUntil(lambda: "outside the cell" in panel.notes["grad-cam"].text)
    assert user.messages.told == []
    assert panel.views["grad-cam"].image != panel.views["seen"].image
