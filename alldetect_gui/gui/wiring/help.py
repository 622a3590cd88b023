"""Finding one's way: command palette, list of keys, manual."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from alldetect_gui import paths
from alldetect_gui.gui.actions import Actions, name_actions
from alldetect_gui.gui.commands import commands_of
from alldetect_gui.gui.dialogs.manual import ManualDialog
from alldetect_gui.gui.dialogs.palette import CommandPalette
from alldetect_gui.gui.dialogs.shortcuts import ShortcutsDialog
from alldetect_gui.gui.keymap import Keymap
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.menus import menu_of
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.settings import WindowSettings


class Helping:
    """Adds its actions to the Help menu; made when all menus are filled, so that it knows every command."""

    def __init__(self, window: QMainWindow, actions: Actions, messages: Messages, settings: WindowSettings) -> None:
        self._window, self._messages = window, messages
        make = actions.make
        self.palette = make(tr("&Command Palette…"), "Ctrl+Shift+P", tr("Find a command by typing a part of its name"))
        self.shortcuts = make(tr("&Keyboard Shortcuts"), "Ctrl+/", tr("All keys in one table"))
        self.manual = make(tr("&Manual"), QKeySequence.StandardKey.HelpContents, tr("The manual, with pictures"))
        self.palette.triggered.connect(self._open_palette)
        self.shortcuts.triggered.connect(self._open_shortcuts)
        self.manual.triggered.connect(self._open_manual)
        menu = menu_of(window.menuBar(), "help")
        menu.insertActions(actions.about, [self.manual, self.shortcuts, self.palette])
        menu.insertSeparator(actions.about)
        name_actions(self)
        self.keymap = Keymap(commands_of(window.menuBar()), settings)

    def _open_palette(self) -> None:
        CommandPalette(commands_of(self._window.menuBar()), self._window).open()

    def _open_shortcuts(self) -> None:
        ShortcutsDialog(commands_of(self._window.menuBar()), self.keymap, self._window).open()

    def _open_manual(self) -> None:
        try:
            dialog = ManualDialog(paths.manual(), self._window)
        except OSError as error:
            self._messages.tell(tr("The manual cannot be read: {reason}", reason=error.strerror or error))
            return
        dialog.open()
