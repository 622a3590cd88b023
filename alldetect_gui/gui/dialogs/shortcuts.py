"""All keys of the program in one table."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QDialog, QDialogButtonBox, QTableView, QVBoxLayout, QWidget

from alldetect_gui.gui.commands import Command

IN_AN_IMAGE = (
    ("Image › Enlarge, shrink", "+  −"),
    ("Image › Show all of it", "0"),
    ("Image › One image pixel is one screen pixel", "1"),
    ("Image › Move", "arrows"),
    ("Blinking pair › Stop and go on", "Space"),
    ("Everywhere › Next and previous control", "Tab  Shift+Tab"),
)
"""Keys that act in a widget and are no menu command."""


class ShortcutsDialog(QDialog):
    """Commands without a key are reached by menu or palette and stand at the end."""

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = [(command.words, command.keys) for command in commands]
        self.rows = [row for row in rows if row[1]] + list(IN_AN_IMAGE) + [row for row in rows if not row[1]]
        model = QStandardItemModel(self)
        model.setHorizontalHeaderLabels(["Command", "Keys"])
        for row in self.rows:
            model.appendRow([QStandardItem(text) for text in row])
        table = QTableView()
        table.setModel(model)
        table.setAccessibleName("Keyboard shortcuts")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.horizontalHeader().setStretchLastSection(True)
        table.resizeColumnToContents(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(table, 1)
        layout.addWidget(buttons)
        character = self.fontMetrics().averageCharWidth()
        self.resize(character * 84, character * 70)
