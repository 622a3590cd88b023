"""The actions of reviewing. Single letters do not disturb typing: a line that is being edited takes them first."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMenu

from alldetect_gui.core.reviews import Reading
from alldetect_gui.gui.actions import Actions, name_actions
from alldetect_gui.gui.language import tr


class ReviewActions(QObject):
    """Made below the window's actions, so that whoever lists those finds these."""

    def __init__(self, actions: Actions, stack: QUndoStack) -> None:
        super().__init__(actions)
        make = actions.make
        self.readings = {
            Reading.ALL: make(tr("Read as &ALL"), "A", tr("Class the cell as ALL")),
            Reading.HEM: make(tr("Read as &HEM"), "H", tr("Class the cell as HEM")),
            Reading.UNSURE: make(tr("Read as &Unsure"), "U", tr("The cell was seen, and neither class can be given")),
        }
        for number, action in enumerate(self.readings.values(), 1):
            action.setShortcuts([*action.shortcuts(), QKeySequence(f"Num+{number}")])  # the number pad, too
        self.unread = make(tr("&Take Reading Back"), QKeySequence(Qt.Key.Key_Backspace), tr("Nobody has read the cell"))
        self.accept_page = make(
            tr("Acc&ept Page"), "Space", tr("Accept the suggestions for the unread cells on the page")
        )
        # Elsewhere Space presses buttons and ticks boxes: here it belongs to the page of cells alone.
        self.accept_page.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.unread.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.next_doubtful = make(
            tr("&Next Doubtful Cell"), "N", tr("Go to the most doubtful cell that nobody has read")
        )
        self.next_wrong = make(
            tr("Next &Misclassified Cell"), "M", tr("Go to the next cell on the wrong side of the threshold")
        )
        self.note = make(tr("Write N&ote"), "Ctrl+M", tr("Write a note beside the cell"))
        self.blind = make(
            tr("&Blind First Read"), "Ctrl+B", tr("Hide the suggestion until the cell is read"), checkable=True
        )
        self.blind.setChecked(False)
        self.sign_off = make(tr("&Sign Off Patient…"), "Ctrl+Shift+G", tr("Sign the review of the patient in view"))
        self.undo = stack.createUndoAction(actions, tr("&Undo"))
        self.undo.setShortcuts(QKeySequence.StandardKey.Undo)
        self.redo = stack.createRedoAction(actions, tr("&Redo"))
        keys = [key.toString() for key in QKeySequence.keyBindings(QKeySequence.StandardKey.Redo)]
        self.redo.setShortcuts([QKeySequence(key) for key in dict.fromkeys([*keys, "Ctrl+Y"])])
        for action in (self.undo, self.redo):
            action.setStatusTip(action.text().replace("&", ""))
        name_actions(self)

    def fill_menu(self, menu: QMenu) -> None:
        """The Review menu."""
        menu.addActions(list(self.readings.values()))
        menu.addAction(self.unread)
        menu.addSeparator()
        menu.addActions([self.next_doubtful, self.next_wrong, self.accept_page, self.note])
        menu.addSeparator()
        menu.addActions([self.blind, self.sign_off])

    def fill_edit_menu(self, menu: QMenu) -> None:
        """Undo and redo, before what is there."""
        before = menu.actions()[0] if menu.actions() else None
        for action in (self.undo, self.redo):
            menu.insertAction(before, action) if before else menu.addAction(action)
        if before is not None:
            menu.insertSeparator(before)

    def set_enabled(self, enabled: bool) -> None:
        """Whether there are cells to read."""
        actions: list[QAction] = [*self.readings.values(), self.unread, self.accept_page, self.next_doubtful]
        for action in (*actions, self.next_wrong, self.note, self.sign_off):
            action.setEnabled(enabled)
