"""What can be measured of how it looks: contrast in both themes, and room on small screens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from alldetect_gui import paths
from alldetect_gui.gui.dialogs.manual import ManualDialog
from alldetect_gui.gui.dialogs.settings import SettingsDialog
from alldetect_gui.gui.language import Language, speak
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme, apply_theme
from alldetect_gui.gui.widgets.focus_mark import FocusMark
from alldetect_gui.gui.widgets.linked_views import Arrangement
from alldetect_gui.gui.widgets.primary_button import PrimaryButton
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore(
    "propagateSizeHints", "This plugin does not support"
)  # said by the offscreen platform about any window

Drive = Callable[..., Driver]
Role, Group = QPalette.ColorRole, QPalette.ColorGroup


@pytest.fixture(params=[Theme.LIGHT, Theme.DARK])
def palette(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[QPalette]:
    apply_theme(request.param)
    yield QApplication.palette()
    apply_theme(Theme.SYSTEM)


def contrast(one: QColor, other: QColor) -> float:
    """As WCAG 2 defines it, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (Role.WindowText, Role.Window),
        (Role.Text, Role.Base),
        (Role.Text, Role.AlternateBase),
        (Role.ButtonText, Role.Button),
        (Role.HighlightedText, Role.Highlight),
        (Role.PlaceholderText, Role.Base),
        (Role.PlaceholderText, Role.Window),
        (Role.Link, Role.Base),
        (Role.ToolTipText, Role.ToolTipBase),
    ],
)
def test_that_words_stand_out(palette: QPalette, ink: Role, ground: Role) -> None:
    assert contrast(palette.color(ink), palette.color(ground)) >= 4.5


def test_that_what_cannot_be_used_is_still_read(palette: QPalette) -> None:
    for role, ground in ((Role.WindowText, Role.Window), (Role.ButtonText, Role.Button), (Role.Text, Role.Base)):
        assert contrast(palette.color(Group.Disabled, role), palette.color(ground)) >= 3


@pytest.mark.parametrize("kind", [QLineEdit, QRadioButton])
def test_that_the_edge_of_an_empty_control_is_seen(palette: QPalette, qtbot: QtBot, kind: type[QWidget]) -> None:
    page = QWidget()
    page.setAutoFillBackground(True)
    control = kind(page)
    qtbot.addWidget(page)
    page.resize(120, 40)
    control.setGeometry(10, 5, 100, 28)
    picture = page.grab().toImage()
    ground = palette.color(Role.Window)
    row = [picture.pixelColor(x, 19) for x in range(4, 40)]
    assert max(contrast(colour, ground) for colour in row) >= 2.4


def test_that_the_accent_that_shows_the_focus_stands_out(palette: QPalette) -> None:
    assert contrast(palette.color(Role.Accent), palette.color(Role.Window)) >= 4.5


def test_that_the_lines_of_a_list_that_drops_out_are_read_easily(palette: QPalette, qtbot: QtBot) -> None:
    """The mark of the focus coloured their ground: dark words stood on blue."""
    page = QWidget()
    FocusMark(page)
    box = QComboBox(page)
    box.addItems(["one", "two", "three"])
    qtbot.addWidget(page)
    page.show()
    box.showPopup()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is box.view())
    shown = box.view().viewport().grab().toImage()
    ground = shown.pixelColor(shown.width() - 3, shown.height() - 3)
    box.hidePopup()
    assert contrast(palette.color(Role.Text), ground) >= 7


def test_that_the_corner_between_two_scroll_bars_is_as_plain_as_they_are(palette: QPalette, qtbot: QtBot) -> None:
    page = QWidget()
    FocusMark(page)
    table = QTableWidget(50, 50, page)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    table.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is table)
    shown = table.grab().toImage()
    corner = shown.pixelColor(shown.width() - 6, shown.height() - 6)
    assert contrast(corner, palette.color(Role.Window)) < 2


def test_that_a_page_with_the_focus_keeps_its_ground_in_every_theme(qtbot: QtBot) -> None:
    """The mark is its frame: the whole summary turned blue under a click."""
    apply_theme(Theme.LIGHT)
    page = QWidget()
    FocusMark(page)
    area = QScrollArea(page)
    area.setWidget(QLabel("words"))
    area.resize(200, 100)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    area.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is area)
    for theme in (Theme.LIGHT, Theme.DARK):
        apply_theme(theme)
        QApplication.processEvents()
        shown, usual = area.grab().toImage(), QApplication.palette().color(Role.Window)
        assert shown.pixelColor(100, 50) == usual
        assert contrast(shown.pixelColor(0, 50), usual) > 3, "the frame"
    apply_theme(Theme.SYSTEM)


def test_that_the_button_that_leads_on_stands_out_only_while_it_can_be_pressed(palette: QPalette, qtbot: QtBot) -> None:
    first, other = PrimaryButton("Go on"), QPushButton("Go on")
    for button in (first, other):
        qtbot.addWidget(button)
        button.resize(90, 28)
    assert contrast(first.palette().color(Role.ButtonText), first.palette().color(Role.Button)) >= 4.5
    assert first.grab().toImage() != other.grab().toImage()
    for button in (first, other):
        button.setEnabled(False)
    assert first.grab().toImage() == other.grab().toImage()


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.GERMAN])
def test_that_the_window_fits_a_screen_of_1920_by_1080_at_200_percent(
    drive: Drive, cells: Path, language: Language
) -> None:
    speak(language)
    try:
        user = drive(FakeClassifier())
        user.open(cells)
        user.classify()
        user.wait_compared()
        tabs = user.window.workspace.tabs
        for number in range(tabs.count()):
            tabs.setCurrentIndex(number)
            user.wait_idle()
            least = user.window.minimumSizeHint()
            assert (least.width() <= 960, least.height() <= 540) == (True, True), (tabs.tabText(number), least)
        for arrangement in Arrangement:
            user.window.workspace.compare.arrangement.setCurrentIndex(list(Arrangement).index(arrangement))
            user.wait_idle()
            assert user.window.minimumSizeHint().height() <= 540, arrangement
    finally:
        speak(Language.ENGLISH)


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.GERMAN])
def test_that_the_words_of_small_parts_have_room(drive: Drive, cells: Path, tmp_path: Path, language: Language) -> None:
    speak(language)
    try:
        user = drive(FakeClassifier())
        user.open(cells)
        user.classify()
        user.window.resize(960, 540)
        user.bot.waitUntil(user.window.workspace.confusion.table.isVisible)
        user.wait_idle()
        box = user.window.workspace.folder.bar.grouping
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        field = box.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
        )
        assert field.width() >= box.fontMetrics().horizontalAdvance(box.currentText())
        header = user.window.workspace.confusion.table.horizontalHeader()
        assert all(header.sectionSize(n) >= header.sectionSizeHint(n) for n in range(header.count()))
        dialog = SettingsDialog(WindowSettings(tmp_path / "w.json"), [], lambda *_: None, lambda *_: None, user.window)
        room = dialog.layout()
        assert room is not None
        assert dialog.height() >= room.heightForWidth(dialog.width()), "before Qt makes it fit the screen"
    finally:
        speak(Language.ENGLISH)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_that_no_picture_of_the_manual_is_wider_than_its_page(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ratio: float
) -> None:
    monkeypatch.setattr("alldetect_gui.gui.dialogs.manual._Page.devicePixelRatioF", lambda page: ratio)
    dialog = ManualDialog(paths.manual())
    qtbot.addWidget(dialog)
    dialog.resize(700, 500)
    dialog.show()
    qtbot.waitExposed(dialog)
    assert QImage(str(paths.manual() / "1-welcome.png")).width() > 700
    qtbot.waitUntil(lambda: dialog.page.document().size().height() > 3000)  # the pictures are laid out
    assert dialog.page.horizontalScrollBar().maximum() == 0
    high = dialog.page.document().size().height()
    dialog.resize(1000, 500)
    qtbot.waitUntil(lambda: dialog.page.document().size().height() > high * 1.2)
    assert dialog.page.horizontalScrollBar().maximum() == 0


def test_that_a_window_left_on_a_screen_that_is_gone_comes_back_in_sight(drive: Drive) -> None:
    user = drive()
    user.window.resize(700, 560)
    user.window.move(9000, 7000)
    user.window.close()
    window = drive().window  # of the same settings
    assert window._settings.layout("window").size() > 0
    seen = window.screen().availableGeometry().intersected(window.frameGeometry())
    assert seen.width() > 300
    assert seen.height() > 300


def test_that_the_window_has_the_size_in_which_it_was_left(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    user = drive()
    user.window.resize(900, 610)
    user.window.close()
    heights: list[int] = []
    window = type(user.window)
    restore = window.restoreGeometry

    def note(self: QWidget, geometry: object) -> bool:
        done = restore(self, geometry)  # type: ignore[arg-type]
        heights.append(self.height())
        return done

    monkeypatch.setattr(window, "restoreGeometry", note)
    drive()
    assert heights == [610]


def test_that_on_a_low_screen_the_room_of_histograms_is_the_images(drive: Drive, cells: Path) -> None:
    user = drive(FakeClassifier())
    user.open(cells)
    user.wait_compared()
    window, panes = user.window, user.window.workspace.compare.panes
    histogram = next(iter(panes.panes.values())).histogram
    assert histogram.isVisible()
    window.resize(960, 540)
    user.bot.waitUntil(lambda: not histogram.isVisible())
    assert all(view.height() >= 50 for view in panes.views.values())
    window.resize(1280, 900)
    user.bot.waitUntil(histogram.isVisible)


def test_that_an_empty_table_says_how_it_is_filled(drive: Drive, cells: Path) -> None:
    user = drive(FakeClassifier())
    user.open(cells)
    results = user.window.workspace.results
    user.bot.waitUntil(lambda: results.status.startswith("No results yet: Classify"))
    user.classify()
    user.bot.waitUntil(lambda: results.status.startswith("20 shown"))
