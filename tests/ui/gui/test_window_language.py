"""No word of the window stays English: looked at in a language in which every translated text stands in brackets."""

import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from alldetect_gui import paths
from alldetect_gui.core.checks import CheckDone, CheckOutcome
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.gui import language
from alldetect_gui.gui.commands import commands_of
from alldetect_gui.gui.dialogs.about import AboutDialog
from alldetect_gui.gui.dialogs.manual import ManualDialog
from alldetect_gui.gui.dialogs.palette import CommandPalette
from alldetect_gui.gui.dialogs.self_test import SelfTestDialog
from alldetect_gui.gui.dialogs.settings import SettingsDialog
from alldetect_gui.gui.dialogs.shortcuts import ShortcutsDialog
from alldetect_gui.gui.dialogs.sign_off import SignOffDialog
from alldetect_gui.gui.dialogs.understanding import UnderstandingDialog
from alldetect_gui.gui.language import Catalogue, Language
from alldetect_gui.gui.widgets.intended_use_banner import IntendedUseBanner
from alldetect_gui.workflows.understand_names import AS_FOUND
from tests.ui.gui.walk import controls, name_of, said_by, untranslated, words_in
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]
NAMES = {"ALL", "HEM", "AllDetect", "Grad", "CAM", "English", "Deutsch", "UNCERTAIN", "fake"}
"""Words that are the same in every language: classes, names of files, methods and programs."""
KEYS = {"Ctrl", "Shift", "Alt", "Space", "Backspace", "Right", "Left", "Del", "PgUp", "PgDown", "Num", "Page", "Down"}
"""Qt says these, in its own translation."""


class _Brackets(dict[str, str]):
    def get(self, key: str, default: object = None) -> str:  # type: ignore[override]
        return f"⟦{key}⟧"


@pytest.fixture
def brackets() -> Iterator[None]:
    language.use(Catalogue(_Brackets(), _Brackets()))
    yield
    language.use(Catalogue())


@pytest.fixture
def english() -> Iterator[None]:
    yield
    language.speak(Language.ENGLISH)


def dialogs(user: Driver, folder: Path) -> dict[str, QDialog]:
    """Every dialog of the program, each open."""
    window, records = user.window, user.window.state.records
    commands = commands_of(window.menuBar())

    def ignore(*_: object) -> None:
        pass

    checks = [CheckDone("models", outcome, "seen", 0.1) for outcome in CheckOutcome]
    made: list[QDialog] = [
        AboutDialog((), window),
        CommandPalette(commands, window),
        SelfTestDialog(window.runners.self_test, lambda: iter(checks), window),
        SettingsDialog(window._settings, [("fake", "fake")], ignore, ignore, window),
        ShortcutsDialog(commands, window.helping.keymap, window),
        SignOffDialog("", 3, 2, ignore, window),
        UnderstandingDialog(records, folder, AS_FOUND, ignore, window),
    ]
    for dialog in made:
        dialog.show()
    user.bot.waitUntil(lambda: not window.runners.self_test.is_running)
    return {type(dialog).__name__: dialog for dialog in made}


def at_work(drive: Drive, cells: Path) -> Driver:
    """A window in the middle of its work: a run is done, cells are read and signed, each tab was seen."""
    user = drive(FakeClassifier())
    user.open(cells)
    user.classify()
    user.wait_compared()
    tabs = user.window.workspace.tabs
    for number in range(tabs.count()):
        tabs.setCurrentIndex(number)
        user.bot.wait(20)
    user.window.desk.presenter.accept_page()
    user.window.desk.presenter.write_note("")
    user.wait_idle()
    return user


def english_in(top: QWidget, allowed: set[str]) -> list[str]:
    """What is said in no brackets, with the place where it is said."""
    found = []
    for place, text in said_by(top):
        left = [word for word in words_in(untranslated(text)) if word not in allowed]
        if left:
            found.append(f"{place}: {text!r}")
    return sorted(set(found))


def test_that_every_word_of_the_window_at_work_is_translated(drive: Drive, cells: Path, brackets: None) -> None:
    user = at_work(drive, cells)
    files = {word for record in user.window.state.records for word in words_in(str(record.path))}
    assert english_in(user.window, NAMES | KEYS | files) == []


@pytest.mark.parametrize(
    "name",
    ["AboutDialog", "CommandPalette", "SelfTestDialog", "SettingsDialog", "ShortcutsDialog", "SignOffDialog",
     "UnderstandingDialog"],
)  # fmt: skip
def test_that_every_word_of_a_dialog_is_translated(drive: Drive, cells: Path, brackets: None, name: str) -> None:
    user = drive()
    user.open(cells)
    dialog = dialogs(user, cells)[name]
    seen = set(words_in(f"{cells} {user.window._settings.file} {paths.workspace()} {platform.platform()}"))
    own = {"Close", "Cancel", "png", "hem", "all", "Python", "PySide"}
    assert english_in(dialog, NAMES | KEYS | seen | own) == []


def test_that_the_walk_finds_a_planted_word(drive: Drive, cells: Path, brackets: None) -> None:
    user = drive()
    user.window.welcome.setToolTip("planted words")
    assert [line for line in english_in(user.window, NAMES | KEYS) if "planted" in line]


def test_that_intended_use_is_stated_in_german(drive: Drive, english: None) -> None:
    language.speak(Language.GERMAN)
    user = drive()
    (banner,) = user.window.findChildren(IntendedUseBanner)
    assert banner.text() == language.said(INTENDED_USE)
    assert "Kein Medizinprodukt" in banner.text()
    assert "eine geschulte Person muss jedes Bild beurteilen" in banner.text()


def test_that_buttons_of_qt_speak_german_too(drive: Drive, cells: Path, english: None) -> None:
    language.speak(Language.GERMAN)
    user = drive()
    user.open(cells)
    dialog = SignOffDialog("1", 1, 0, lambda _: None, user.window)
    texts = {control.text().replace("&", "") for control in controls(dialog) if hasattr(control, "text")}
    assert {"Abbrechen", "Abzeichnen"} <= texts


def test_that_access_keys_of_a_menu_are_given_once_in_both_languages(drive: Drive, english: None) -> None:
    for chosen in (Language.ENGLISH, Language.GERMAN):
        language.speak(chosen)
        bar = drive().window.menuBar()
        for menu in [bar, *(action.menu() for action in bar.actions() if action.menu())]:
            texts = [action.text().replace("&&", "") for action in menu.actions() if "&" in action.text()]
            keys = [text[text.index("&") + 1].casefold() for text in texts]
            assert sorted(keys) == sorted(set(keys)), (chosen, texts)


def test_that_every_control_of_every_dialog_has_a_name(drive: Drive, cells: Path) -> None:
    user = drive()
    user.open(cells)
    made = dialogs(user, cells)
    nameless = [
        (name, control) for name, dialog in made.items() for control in controls(dialog) if not name_of(control)
    ]
    assert nameless == []
    assert sum(len(controls(dialog)) for dialog in made.values()) > 30


def test_that_every_control_of_the_window_has_a_name(drive: Drive, cells: Path) -> None:
    user = at_work(drive, cells)
    tabs = user.window.workspace.tabs
    nameless = []
    for number in range(tabs.count()):
        tabs.setCurrentIndex(number)
        nameless += [control for control in controls(user.window) if not name_of(control)]
    assert nameless == []


def test_that_the_manual_has_a_name(drive: Drive, tmp_path: Path) -> None:
    (tmp_path / "manual.md").write_text("# Manual", encoding="utf-8")
    user = drive()
    dialog = ManualDialog(tmp_path, user.window)
    assert [control for control in controls(dialog) if not name_of(control)] == []


def test_that_the_manual_is_german_in_a_german_window(drive: Drive, english: None) -> None:
    language.speak(Language.GERMAN)
    user = drive()
    assert "AllDetect in acht Bildern" in ManualDialog(paths.manual(), user.window).page.toPlainText()
    language.speak(Language.ENGLISH)
    assert "AllDetect in eight pictures" in ManualDialog(paths.manual(), user.window).page.toPlainText()


def test_that_the_welcome_page_has_room_for_german(drive: Drive, english: None) -> None:
    language.speak(Language.GERMAN)
    welcome = drive().window.welcome
    labels = [label for label in welcome.findChildren(QLabel) if label.isVisible()]
    assert len(labels) >= 3
    for label in labels:
        assert label.sizeHint().width() <= label.width(), label.text()
