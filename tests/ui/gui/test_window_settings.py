"""The settings: what is chosen holds at once, and is there again after a start."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QMenu
from pytestqt.qtbot import QtBot

from alldetect_gui import paths
from alldetect_gui.core.reviews import Reading
from alldetect_gui.gui import app, language
from alldetect_gui.gui.dialogs.settings import SettingsDialog
from alldetect_gui.gui.language import Language
from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.settings import DecimalSign, WindowSettings
from alldetect_gui.gui.theme import Theme, is_dark
from alldetect_gui.store.clock import account_name
from alldetect_gui.store.said import reviews_of
from alldetect_gui.store.workspace_file import open_workspace
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    language.speak(Language.ENGLISH)


@pytest.fixture
def settings(tmp_path: Path) -> WindowSettings:
    return WindowSettings(tmp_path / "window.json")


@pytest.fixture
def program(qtbot: QtBot, settings: WindowSettings) -> Iterator[app.Program]:
    """The program as `main` makes it, with a window on the screen."""
    program = app.Program(settings)
    qtbot.waitExposed(program.show_window(None))
    yield program
    assert program.window is not None
    for dialog in program.window.findChildren(SettingsDialog):
        dialog.close()
    program.window.close()


def choose(box: QComboBox, data: object) -> None:
    """As a click on an entry does."""
    row = box.findData(data)
    assert row >= 0
    box.setCurrentIndex(row)
    box.activated.emit(row)


def opened(window: MainWindow) -> SettingsDialog:
    window.actions_.settings.trigger()
    return window.findChildren(SettingsDialog)[-1]


def titles(window: MainWindow) -> list[str]:
    return [menu.title() for menu in window.menuBar().findChildren(QMenu) if menu.objectName()]


def work_in(program: app.Program, bot: QtBot, folder: Path) -> MainWindow:
    """Open a folder in the window, and wait until what is said of its cells is kept."""
    window = program.window
    assert window is not None
    window.open_folder(folder)
    bot.waitUntil(lambda: window.reviews.log is not None and window.state.listed is not None)
    return window


def test_that_the_theme_of_the_settings_holds_at_once_and_the_menu_agrees(drive: Drive, cells: Path) -> None:
    user = drive()
    user.open(cells)
    user.bot.keyClick(user.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = user.window.findChildren(SettingsDialog)
    choose(dialog.theme, Theme.DARK)
    user.bot.waitUntil(lambda: is_dark(dialog.palette()))
    assert user.window.actions_.themes[Theme.DARK].isChecked()
    dialog.reject()
    assert opened(drive().window).theme.currentData() == Theme.DARK


def test_that_german_builds_the_window_anew_where_it_was_and_keeps_what_was_said(
    program: app.Program, qtbot: QtBot, cells: Path, settings: WindowSettings
) -> None:
    old = work_in(program, qtbot, cells)
    third = old.state.records[2]
    old.state.select(third)
    old.reviews.read([(third, Reading.HEM)])
    choose(opened(old).language, Language.GERMAN)
    qtbot.waitUntil(lambda: program.window is not old)
    new = program.window
    assert new is not None
    qtbot.waitUntil(lambda: new.state.selected is not None and new.reviews.log is not None)
    assert titles(new)[:3] == ["&Datei", "&Bearbeiten", "&Ansicht"]
    assert new.windowTitle() == f"{cells.name} – AllDetect"
    assert new.state.selected == third
    assert new.reviews.review(third).reading is Reading.HEM
    assert WindowSettings(settings.file).language is Language.GERMAN


def test_that_a_run_is_not_ended_by_another_language_without_a_question(
    drive: Drive, cells: Path, settings: WindowSettings
) -> None:
    classifier = FakeClassifier(hold_at=2)
    user = drive(classifier)
    user.messages.answer = False
    user.open(cells)
    user.window.actions_.classify.trigger()
    assert classifier.held.wait(60)
    asked: list[bool] = []
    user.window.renew_wanted.connect(lambda: asked.append(True))
    dialog = opened(user.window)
    choose(dialog.language, Language.GERMAN)
    assert "ends the run" in user.messages.questions[0]
    assert asked == []
    assert WindowSettings(settings.file).language is Language.GERMAN
    user.messages.answer = True
    choose(dialog.language, Language.ENGLISH)
    assert asked == [True]
    classifier.go.set()


def test_that_the_readers_name_stands_in_the_workspace_beside_the_account(
    program: app.Program, qtbot: QtBot, cells: Path
) -> None:
    window = work_in(program, qtbot, cells)
    dialog = opened(window)
    qtbot.keyClicks(dialog.reader, "Dr. Rossi")
    dialog.reject()
    window.reviews.read([(window.state.records[0], Reading.ALL)])
    window.close()
    with open_workspace(paths.workspace()) as file:
        assert [kept.who for kept in reviews_of(file, cells)] == [f"Dr. Rossi ({account_name()})"]


def test_that_another_workspace_is_opened_at_once_and_again_at_the_next_start(
    program: app.Program, qtbot: QtBot, cells: Path, tmp_path: Path, settings: WindowSettings
) -> None:
    old = work_in(program, qtbot, cells)
    other = tmp_path / "other.alldetect"
    old.settings._choosers = (
        lambda parent, title, start, kinds, then: then(other),
        lambda parent, title, proposed, kinds, then: then(other),
    )
    opened(old).make_new.click()
    qtbot.waitUntil(lambda: program.window is not old)
    new = program.window
    assert new is not None
    qtbot.waitUntil(lambda: new.keeping.file is not None)
    assert new.keeping.file is not None
    assert new.keeping.file.path == other
    assert opened(new).workspace.text == str(other)
    assert WindowSettings(settings.file).workspace_in_use == other


def test_that_the_settings_name_the_workspace_that_was_named_at_the_start_and_lead_back_to_the_usual_one(
    qtbot: QtBot, cells: Path, tmp_path: Path, settings: WindowSettings
) -> None:
    """They named the usual file while the work went into another, and the button that leads there did nothing."""
    program = app.Program(settings, tmp_path / "named.alldetect")
    qtbot.waitExposed(program.show_window(None))
    old = work_in(program, qtbot, cells)
    dialog = opened(old)
    assert dialog.workspace.text == str(tmp_path / "named.alldetect")
    dialog.usual_place.click()
    qtbot.waitUntil(lambda: program.window is not old)
    new = program.window
    assert new is not None
    qtbot.waitUntil(lambda: new.keeping.file is not None)
    assert new.keeping.file is not None
    assert new.keeping.file.path == paths.workspace()
    new.close()


def test_that_the_model_of_the_settings_is_chosen_and_a_missing_one_is_told(
    drive: Drive, settings: WindowSettings
) -> None:
    models = [("first", "The First"), ("second", "The Second")]
    settings.model = "second"
    user = drive()
    user.window.workspace.run.set_models(models)
    user.window.settings.know_models(models)
    assert user.window.workspace.run.model == "second"
    choose(opened(user.window).model, "first")
    assert user.window.workspace.run.model == "first"
    settings = WindowSettings(settings.file)
    settings.model = "third"
    again = drive()
    again.window.workspace.run.set_models(models)
    again.window.settings.know_models(models)
    assert again.window.workspace.run.model == "first"
    assert again.messages.told == ["The model “third” of the settings is not installed; the default is chosen"]


def test_that_cores_are_given_to_the_run(
    program: app.Program, qtbot: QtBot, cells: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def record(records: object, *, model: str, **options: object) -> Iterator[object]:
        seen.append(options["threads"])
        yield from ()

    monkeypatch.setattr(app, "classify", record)
    window = work_in(program, qtbot, cells)
    dialog = opened(window)
    for number in (1, 0):
        dialog.cores.setValue(number)
        with qtbot.waitSignal(window.runners.batch.finished):
            window.actions_.classify.trigger()
    assert seen == [1, None]


@pytest.mark.parametrize(
    ("sign", "locale", "decimal"),
    [("system", "de_DE", ","), ("system", "en_US", "."), ("dot", "de_DE", "."), ("comma", "en_US", ",")],
)
def test_that_copied_rows_have_the_decimal_sign_of_the_settings(
    drive: Drive, cells: Path, sign: str, locale: str, decimal: str
) -> None:
    QLocale.setDefault(QLocale(locale))
    user = drive(FakeClassifier())
    user.open(cells)
    user.classify()
    choose(opened(user.window).decimals, DecimalSign(sign))
    QGuiApplication.clipboard().clear()
    with user.bot.waitSignal(user.window.runners.export_file.finished):
        user.window.exporting.copy.trigger()
    assert re.search(r"\t0([.,])\d+\t", QGuiApplication.clipboard().text())[1] == decimal


def test_that_reset_asks_first_and_brings_the_first_settings_back(
    drive: Drive, settings: WindowSettings, qtbot: QtBot
) -> None:
    settings.reader, settings.theme, settings.decimals = "Dr. Rossi", Theme.DARK, DecimalSign.COMMA
    user = drive()
    user.messages.answer = False
    dialog = opened(user.window)
    dialog.reset.click()
    assert WindowSettings(settings.file).reader == "Dr. Rossi"
    user.messages.answer = True
    with qtbot.waitSignal(user.window.renew_wanted):
        dialog.reset.click()
    again = WindowSettings(settings.file)
    assert (again.reader, again.theme, again.decimals, again.notice) == ("", Theme.SYSTEM, DecimalSign.SYSTEM, "")
