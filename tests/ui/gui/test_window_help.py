"""Finding one's way by keyboard: the palette, the list of keys, the manual, and that things are as they were."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from alldetect_gui import paths
from alldetect_gui.gui.commands import commands_of
from alldetect_gui.gui.dialogs.manual import ManualDialog
from alldetect_gui.gui.dialogs.palette import CommandPalette
from alldetect_gui.gui.dialogs.shortcuts import ShortcutsDialog
from alldetect_gui.gui.widgets.linked_views import Arrangement
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


def opened(user: Driver, kind: type[QDialog]) -> QDialog:
    (dialog,) = user.window.findChildren(kind)
    return dialog


def test_that_a_folder_is_classified_from_the_palette_by_keyboard_alone(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = drive(classifier)
    user.open(cells)
    user.bot.keyClick(
        user.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    palette = opened(user, CommandPalette)
    assert isinstance(palette, CommandPalette)
    user.bot.keyClicks(palette.line, "CLASS fold")
    assert [words for words in palette.shown if words.startswith("Classify › Classify Folder")]
    with user.bot.waitSignal(user.window.runners.batch.finished):
        user.bot.keyClick(palette.line, Qt.Key.Key_Return)
    assert user.window.results.rowCount() == 20


def test_that_the_palette_skips_what_cannot_be_done_now(drive: Drive) -> None:
    user = drive()
    user.window.helping.palette.trigger()
    palette = opened(user, CommandPalette)
    assert isinstance(palette, CommandPalette)
    user.bot.keyClicks(palette.line, "cancel run")
    user.bot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.line.clear()
    user.bot.keyClicks(palette.line, "no such command")
    assert palette.shown == []


def test_that_every_command_of_the_menus_is_in_the_list_of_keys_and_no_key_is_given_twice(drive: Drive) -> None:
    user = drive()
    user.window.helping.shortcuts.trigger()
    dialog = opened(user, ShortcutsDialog)
    assert isinstance(dialog, ShortcutsDialog)
    listed = {words for words, _ in dialog.rows}
    commands = commands_of(user.window.menuBar())
    assert len(commands) > 25
    assert {command.words for command in commands} <= listed
    keys = [command.keys for command in commands if command.keys]
    assert sorted(keys) == sorted(set(keys))


def test_that_every_command_explains_itself(drive: Drive) -> None:
    user = drive()
    silent = [command.words for command in commands_of(user.window.menuBar()) if not command.action.toolTip()]
    assert silent == []


def test_that_the_manual_opens_with_its_pictures(drive: Drive) -> None:
    user = drive()
    user.window.helping.manual.trigger()
    dialog = opened(user, ManualDialog)
    assert isinstance(dialog, ManualDialog)
    text = dialog.page.toPlainText()
    assert "Research use only" in text
    named = [line.split("](")[1].rstrip(")") for line in (paths.manual() / "manual.md").read_text().splitlines()
             if line.startswith("![")]  # fmt: skip
    assert len(named) >= 4
    assert [name for name in named if not (paths.manual() / name).is_file()] == []


def test_that_a_missing_manual_is_said(drive: Drive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    user = drive()
    monkeypatch.setattr(paths, "manual", lambda: tmp_path)
    user.window.helping.manual.trigger()
    assert "manual cannot be read" in user.messages.told[0]


def test_that_the_window_looks_as_it_was_left(drive: Drive, cells: Path) -> None:
    user = drive()
    user.open(cells)
    user.wait_compared()
    bar, compare = user.window.workspace.folder.bar, user.window.workspace.compare
    bar.gallery.click()
    bar.size_slider.setValue(150)
    compare.arrangement.setCurrentText(Arrangement.GRID.value)
    user.window.close()
    again = drive().window.workspace
    assert again.folder.bar.gallery.isChecked()
    assert again.folder.list.gallery
    assert again.folder.bar.size_slider.value() == 150
    assert again.compare.panes.arrangement is Arrangement.GRID
