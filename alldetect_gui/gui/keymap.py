"""Which key calls which command: what the program proposes, and what the user changed of it."""

from collections.abc import Iterable

from PySide6.QtGui import QAction, QKeySequence

from alldetect_gui.gui.actions import describe
from alldetect_gui.gui.commands import Command
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.settings import WindowSettings

_NATIVE = QKeySequence.SequenceFormat.NativeText
_TAKEN = frozenset(
    {"Tab", "Shift+Tab", "Backtab", "Shift+Backtab", "Return", "Enter", "Esc", "Left", "Right", "Up", "Down"}
    | {"PgUp", "PgDown", "Home", "End", "+", "-", "0", "1"}
)
"""Keys that move between controls, in lists or in an image: no command may take them away."""


class Keymap:
    """The keys of all commands that have a name. A change holds at once and is kept in the settings."""

    def __init__(self, commands: Iterable[Command], settings: WindowSettings) -> None:
        self._commands = {command.action.objectName(): command for command in commands if command.action.objectName()}
        self._settings = settings
        self._first = {name: command.action.shortcuts() for name, command in self._commands.items()}
        for name, keys in settings.keys.items():
            if name in self._commands:
                self._set(name, QKeySequence(keys))

    def knows(self, action: QAction) -> bool:
        """False for what has no key of its own to change."""
        return action.objectName() in self._commands

    def is_changed(self, action: QAction) -> bool:
        """True when the user chose the key."""
        return action.objectName() in self._settings.keys

    def complaint(self, action: QAction, keys: QKeySequence) -> str:
        """Why a command cannot have these keys, in a sentence; empty when it can."""
        said = keys.toString(_NATIVE)
        if keys.toString() in _TAKEN:
            return tr("{keys} moves between controls or within an image, so no command can have it.", keys=said)
        for command in self._commands.values():
            if command.action is not action and not keys.isEmpty() and keys in command.action.shortcuts():
                return tr(
                    "{keys} already belongs to “{command}”. Change that one first.", keys=said, command=command.words
                )
        return ""

    def change(self, action: QAction, keys: QKeySequence) -> str:
        """Give a command other keys, or none; returns the complaint where that is not possible."""
        complaint = self.complaint(action, keys)
        if not complaint:
            self._set(action.objectName(), keys)
            self._settings.keys = {**self._settings.keys, action.objectName(): keys.toString()}
        return complaint

    def reset(self, action: QAction) -> str:
        """The keys that the program proposes; returns the complaint where another command has them now."""
        name = action.objectName()
        first = self._first[name]
        complaint = self.complaint(action, first[0]) if first else ""
        if not complaint:
            action.setShortcuts(first)
            describe(action)
            self._settings.keys = {other: keys for other, keys in self._settings.keys.items() if other != name}
        return complaint

    def reset_all(self) -> None:
        """Every key as the program proposes it."""
        for name, first in self._first.items():
            self._commands[name].action.setShortcuts(first)
            describe(self._commands[name].action)
        self._settings.keys = {}

    def _set(self, name: str, keys: QKeySequence) -> None:
        """In place of the first key; further ones, such as those of the number pad, stay."""
        action = self._commands[name].action
        others = [other for other in self._first[name][1:] if other != keys]
        action.setShortcuts(others if keys.isEmpty() else [keys, *others])
        describe(action)
