"""Finding one's way by keyboard: the palette, the list of keys, the manual, and that things are as they were."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QPushButton

from alldetect_gui import paths
from alldetect_gui.core.reviews import Reading
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


def shortcuts(user: Driver) -> ShortcutsDialog:
    user.window.helping.shortcuts.trigger()
    return user.window.findChildren(ShortcutsDialog)[-1]


def keys_of(dialog: ShortcutsDialog, words: str) -> str:
    return dict(dialog.rows)[words]


def test_that_a_changed_key_works_at_once_stands_everywhere_and_is_kept(drive: Drive, cells: Path) -> None:
    user = drive()
    user.open(cells)
    dialog = shortcuts(user)
    action = user.window.desk.actions.next_doubtful
    dialog.choose(action)
    user.bot.keyClick(dialog.edit, Qt.Key.Key_J)
    dialog.apply.click()
    assert keys_of(dialog, "Review › Next Doubtful Cell") == "J"
    dialog.reject()
    texts = [button.text() for button in user.window.desk.panel.findChildren(QPushButton)]
    assert "J  Next doubtful" in texts
    assert "(J)" in action.toolTip()
    called: list[bool] = []
    action.triggered.connect(lambda: called.append(True))
    user.bot.keyClick(user.window, Qt.Key.Key_N)
    assert called == []
    user.bot.keyClick(user.window, Qt.Key.Key_J)
    assert called == [True]
    user.window.close()
    again = drive()
    assert keys_of(shortcuts(again), "Review › Next Doubtful Cell") == "J"


def test_that_a_key_in_use_or_one_of_the_controls_is_refused_in_words(drive: Drive) -> None:
    user = drive()
    dialog = shortcuts(user)
    dialog.choose(user.window.desk.actions.next_doubtful)
    user.bot.keyClick(dialog.edit, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert dialog.said.text() == "Ctrl+R already belongs to “Classify › Classify Folder”. Change that one first."
    assert not dialog.apply.isEnabled()
    dialog.edit.setKeySequence(QKeySequence("Tab"))
    assert "no command can have it" in dialog.said.text()
    assert user.window.desk.actions.next_doubtful.shortcut().toString() == "N"


def test_that_a_key_can_be_taken_away_and_given_back_unless_another_command_has_it(drive: Drive) -> None:
    user = drive()
    actions = user.window.desk.actions
    dialog = shortcuts(user)
    dialog.choose(actions.next_doubtful)
    assert not dialog.reset.isEnabled()
    dialog.clear.click()
    assert keys_of(dialog, "Review › Next Doubtful Cell") == ""
    dialog.choose(actions.next_wrong)
    user.bot.keyClick(dialog.edit, Qt.Key.Key_N)
    dialog.apply.click()
    dialog.choose(actions.next_doubtful)
    dialog.reset.click()
    assert dialog.said.text().startswith("N already belongs to “Review › Next Misclassified Cell”")
    dialog.reset_all.click()
    assert (keys_of(dialog, "Review › Next Doubtful Cell"), actions.next_wrong.shortcut().toString()) == ("N", "M")
    assert user.window._settings.keys == {}


def test_that_the_number_pad_still_reads_when_the_letter_is_changed(drive: Drive) -> None:
    user = drive()
    action = user.window.desk.actions.readings[Reading.ALL]
    assert user.window.helping.keymap.change(action, QKeySequence("B")) == ""
    assert [keys.toString() for keys in action.shortcuts()] == ["B", "Num+1"]


def test_that_every_command_has_a_name_of_its_own_by_which_its_key_is_kept(drive: Drive) -> None:
    user = drive()
    names = [command.action.objectName() for command in commands_of(user.window.menuBar())]
    assert "" not in names
    assert len(names) == len(set(names))
