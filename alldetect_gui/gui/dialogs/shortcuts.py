"""All keys of the program in one table, and how to change them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from alldetect_gui.gui.commands import Command
from alldetect_gui.gui.keymap import Keymap
from alldetect_gui.gui.language import marked, tr
from alldetect_gui.gui.widgets.plain_buttons import close_box

IN_AN_IMAGE = (
    (marked("Image › Enlarge, shrink"), "+  −"),
    (marked("Image › Show all of it"), "0"),
    (marked("Image › One image pixel is one screen pixel"), "1"),
    (marked("Image › Move"), marked("arrows")),
    (marked("Blinking pair › Stop and go on"), marked("Space")),
    (marked("Everywhere › Next and previous control"), "Tab  Shift+Tab"),
)
"""Keys that act in a widget and are no menu command: they stay as they are."""


class _KeyEdit(QKeySequenceEdit):
    """Takes every key but those that lead out of it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backtab:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)


class ShortcutsDialog(QDialog):
    """Commands without a key are reached by menu or palette and stand at the end."""

    def __init__(self, commands: Sequence[Command], keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard Shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._keymap = keymap
        with_keys = [(command.words, command.action) for command in commands if command.keys]
        without = [(command.words, command.action) for command in commands if not command.keys]
        fixed = [(tr(words), tr(keys)) for words, keys in IN_AN_IMAGE]
        self._actions: list[QAction | None] = [a for _, a in with_keys] + [None] * len(fixed) + [a for _, a in without]
        self._model = QStandardItemModel(self)
        self._model.setHorizontalHeaderLabels([tr("Command"), tr("Keys")])
        for words, keys in [*((w, "") for w, _ in with_keys), *fixed, *((w, "") for w, _ in without)]:
            self._model.appendRow([QStandardItem(words), QStandardItem(keys)])
        self.table = self._make_table()
        self.edit = _KeyEdit()
        self.edit.setMaximumSequenceLength(1)
        for widget in (self.edit, *self.edit.findChildren(QLineEdit)):
            widget.setAccessibleName(tr("New key"))
        self.apply, self.clear = QPushButton(tr("Ch&ange")), QPushButton(tr("&No Key"))
        self.reset, self.reset_all = QPushButton(tr("&Reset")), QPushButton(tr("Reset A&ll"))
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self._lay_out()
        self._connect()
        self._refresh()
        self.table.selectRow(0)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Command and keys, line by line."""
        lines = range(self._model.rowCount())
        return [(self._model.item(line, 0).text(), self._model.item(line, 1).text()) for line in lines]

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._model)
        table.setAccessibleName(tr("Keyboard shortcuts"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.horizontalHeader().setStretchLastSection(True)
        table.resizeColumnToContents(0)
        return table

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        label = QLabel(tr("New &key"))
        label.setBuddy(self.edit)
        row.addWidget(label)
        row.addWidget(self.edit, 1)
        buttons = close_box()
        buttons.rejected.connect(self.reject)
        for button in (self.apply, self.clear, self.reset, self.reset_all):
            button.setAutoDefault(False)
        for button in (self.apply, self.clear, self.reset):
            row.addWidget(button)
        buttons.addButton(self.reset_all, QDialogButtonBox.ButtonRole.ResetRole)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        layout.addWidget(self.said)
        layout.addWidget(buttons)
        character = self.fontMetrics().averageCharWidth()
        self.resize(character * 84, character * 70)

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._offer)
        self.table.activated.connect(lambda: self.edit.setFocus(Qt.FocusReason.OtherFocusReason))
        self.edit.keySequenceChanged.connect(self._check)
        self.apply.clicked.connect(lambda: self._change(self.edit.keySequence()))
        self.clear.clicked.connect(lambda: self._change(QKeySequence()))
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)

    def choose(self, action: QAction) -> None:
        """Put the line of a command in view."""
        self.table.selectRow(self._actions.index(action))

    def _chosen(self) -> QAction | None:
        row = self.table.currentIndex().row()
        action = self._actions[row] if row >= 0 else None
        return action if action is not None and self._keymap.knows(action) else None

    def _offer(self) -> None:
        action = self._chosen()
        for widget in (self.edit, self.clear):
            widget.setEnabled(action is not None)
        self.reset.setEnabled(action is not None and self._keymap.is_changed(action))
        self.edit.setKeySequence(action.shortcut() if action is not None else QKeySequence())
        self.said.setText("" if action is not None else tr("This key belongs to the control and cannot be changed."))

    def _check(self, keys: QKeySequence) -> None:
        """Say at once whether the key that was pressed is free."""
        action = self._chosen()
        complaint = self._keymap.complaint(action, keys) if action is not None else ""
        self.said.setText(complaint)
        changed = action is not None and not keys.isEmpty() and keys != action.shortcut()
        self.apply.setEnabled(changed and not complaint)

    def _change(self, keys: QKeySequence) -> None:
        action = self._chosen()
        if action is not None:
            self._conclude(self._keymap.change(action, keys))

    def _reset(self) -> None:
        action = self._chosen()
        if action is not None:
            self._conclude(self._keymap.reset(action))

    def _reset_all(self) -> None:
        self._keymap.reset_all()
        self._conclude("")

    def _conclude(self, complaint: str) -> None:
        self._refresh()
        self._offer()
        if complaint:
            self.said.setText(complaint)

    def _refresh(self) -> None:
        for line, action in enumerate(self._actions):
            if action is not None:
                item = self._model.item(line, 1)
                item.setText(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
                font = item.font()
                font.setBold(self._keymap.is_changed(action))  # what the user chose stands out
                item.setFont(font)
