"""Every command of the menus with the words by which it is found: what the palette and the list of keys show."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar


@dataclass(frozen=True)
class Command:
    """One action and where it stands."""

    menu: str  # “View › Theme”
    title: str
    keys: str  # as the desktop writes them; empty when there are none
    action: QAction

    @property
    def words(self) -> str:
        """Menu and title, as they are read and searched."""
        return f"{self.menu} › {self.title}"

    def answers(self, typed: str) -> bool:
        """True when every word typed is somewhere in menu, title or explanation, in any case."""
        text = f"{self.words} {self.action.statusTip()}".casefold()
        return all(word in text for word in typed.casefold().split())


def commands_of(bar: QMenuBar) -> list[Command]:
    """The commands of all menus, in their order. Lists that change, such as recent folders, are left out."""
    return [command for action in bar.actions() if (menu := _menu(action)) for command in _commands(menu, "")]


def _commands(menu: QMenu, above: str) -> Iterator[Command]:
    path = f"{above} › {_plain(menu.title())}" if above else _plain(menu.title())
    for action in menu.actions():
        below = _menu(action)
        if below is not None:
            yield from _commands(below, path)
        elif not action.isSeparator() and action.text():
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            yield Command(path, _plain(action.text()), keys, action)


def _menu(action: QAction) -> QMenu | None:
    menu = action.menu()
    return menu if isinstance(menu, QMenu) else None


def _plain(text: str) -> str:
    """Without the mark of the access key."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
