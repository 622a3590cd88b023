"""All keys of the program in one table."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QDialog, QDialogButtonBox, QTableView, QVBoxLayout, QWidget

from alldetect_gui.gui.commands import Command
from alldetect_gui.gui.language import marked, tr

IN_AN_IMAGE = (
    (marked("Image › Enlarge, shrink"), "+  −"),
    (marked("Image › Show all of it"), "0"),
    (marked("Image › One image pixel is one screen pixel"), "1"),
    (marked("Image › Move"), marked("arrows")),
    (marked("Blinking pair › Stop and go on"), marked("Space")),
    (marked("Everywhere › Next and previous control"), "Tab  Shift+Tab"),
)
"""Keys that act in a widget and are no menu command."""


class ShortcutsDialog(QDialog):
    """Commands without a key are reached by menu or palette and stand at the end."""

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard Shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = [(command.words, command.keys) for command in commands]
        self.rows = (
            [row for row in rows if row[1]]
            + [(tr(words), tr(keys)) for words, keys in IN_AN_IMAGE]
            + [row for row in rows if not row[1]]
        )
        model = QStandardItemModel(self)
        model.setHorizontalHeaderLabels([tr("Command"), tr("Keys")])
        for row in self.rows:
            model.appendRow([QStandardItem(text) for text in row])
        table = QTableView()
        table.setModel(model)
        table.setAccessibleName(tr("Keyboard shortcuts"))
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
