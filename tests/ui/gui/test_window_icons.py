"""The icons: each belongs to a command, and has the colour of the theme in which it is seen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QColor, QIcon, QPalette
from PySide6.QtWidgets import QToolButton

from alldetect_gui import paths
from alldetect_gui.gui.icons import drawn
from alldetect_gui.gui.theme import Theme, apply_theme, is_dark
from alldetect_gui.gui.widgets.upright_scroll import UprightScroll
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]
DRAWINGS = sorted((paths.resources() / "icons").glob("*.svg"))


@pytest.fixture(autouse=True)
def light(qapp: object) -> Iterator[None]:
    yield
    apply_theme(Theme.LIGHT)


def lines_of(icon: QIcon, side: int = 18, mode: QIcon.Mode = QIcon.Mode.Normal) -> QColor:
    """The colour of what is drawn: that of the pixel which covers most."""
    image = icon.pixmap(QSize(side, side), mode).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return max(pixels, key=QColor.alpha)


def test_that_there_are_icons_and_each_belongs_to_a_command(drive: Drive) -> None:
    names = {action.objectName() for action in drive().window.findChildren(QAction)}
    assert len(DRAWINGS) > 12
    assert [path.stem for path in DRAWINGS if path.stem not in names] == []


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_that_a_drawing_can_be_read_and_has_the_one_style(path: Path, qapp: object) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentCol')
    assert text.count("currentColor") == 1
    assert "#" not in text
    image = drawn(path.stem, QColor("#123456"), 36).toImage()
    covered = sum(image.pixelColor(x, y).alpha() > 100 for x in range(36) for y in range(36))
    assert 36 < covered < 700


def test_that_icons_follow_the_theme_at_once(drive: Drive) -> None:
    user = drive()
    actions = user.window.actions_
    for theme in (Theme.DARK, Theme.LIGHT, Theme.DARK):
        actions.themes[theme].trigger()
        user.bot.waitUntil(lambda theme=theme: is_dark(user.window.palette()) is (theme is Theme.DARK))
        ink = user.window.palette().color(QPalette.ColorRole.ButtonText)
        user.bot.waitUntil(lambda ink=ink: lines_of(actions.fit.icon()).name() == ink.name())
        faint = user.window.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        assert lines_of(actions.fit.icon(), mode=QIcon.Mode.Disabled).name() == faint.name()


def test_that_icons_are_drawn_and_not_stretched_at_200_percent(drive: Drive) -> None:
    icon = drive().window.actions_.open_folder.icon()
    assert icon.pixmap(QSize(18, 18), 2.0).size() == QSize(36, 36)


def test_that_the_tools_above_the_comparison_have_an_icon_a_name_and_a_tip(drive: Drive) -> None:
    compare = drive().window.workspace.compare
    tools = [button for button in compare.findChildren(QToolButton) if button.defaultAction() is not None]
    assert len(tools) >= 5
    for button in tools:
        assert not button.icon().isNull(), button.accessibleName()
        assert button.accessibleName()
        assert button.toolTip()


def test_that_no_figure_beside_the_plots_is_squeezed_or_cut_off(drive: Drive, cells: Path) -> None:
    user = drive(FakeClassifier())
    user.open(cells)
    user.classify()
    user.window.resize(1280, 700)
    panel = user.window.assessing.panel
    user.window.workspace.tabs.setCurrentWidget(panel)
    user.bot.waitUntil(lambda: panel.values["npv"].isVisible() and panel.intervals["npv"].width() > 0)
    for label in (*panel.values.values(), *panel.intervals.values()):
        assert label.height() >= label.sizeHint().height()
        assert label.width() >= label.sizeHint().width()
        (scroll,) = panel.findChildren(UprightScroll)
        right = label.mapTo(scroll.viewport(), label.rect().topRight()).x()
        assert right <= scroll.viewport().width()
