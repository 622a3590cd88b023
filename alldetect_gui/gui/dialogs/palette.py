"""The command palette: type a few letters, press Enter."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from alldetect_gui.gui.commands import Command
from alldetect_gui.gui.language import tr

_COMMAND = int(Qt.ItemDataRole.UserRole) + 1


class _CommandDelegate(QStyledItemDelegate):
    """The words at the left, the keys at the right, and room between the lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index).expandedTo(QSize(0, round(option.fontMetrics.height() * 1.6)))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        command = index.data(_COMMAND)
        if isinstance(command, Command) and command.keys:
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.PlaceholderText
            painter.setPen(option.palette.color(role))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(option.rect.adjusted(0, 0, -8, 0), right, command.keys)


class CommandPalette(QDialog):
    """The arrows move in the list while the cursor stays in the line; what cannot be done now is grey."""

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Command Palette"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._commands = commands
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Type what you want to do"))
        self.line.setAccessibleName(tr("Command to look for"))
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._filter)
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setAccessibleName(tr("Commands"))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(_CommandDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrows move in it from the line
        self.list.activated.connect(self._do)
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addWidget(self.list, 1)
        character = self.fontMetrics().averageCharWidth()
        self.resize(character * 78, character * 60)
        self._filter("")

    @property
    def shown(self) -> list[str]:
        """The commands in the list, as they are read."""
        return [self._model.item(row).text() for row in range(self._model.rowCount())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do(self.list.currentIndex())
                return True
        return False

    def _filter(self, typed: str) -> None:
        self._model.clear()
        for command in self._commands:
            if command.answers(typed):
                item = QStandardItem(command.words)
                item.setData(command, _COMMAND)
                item.setAccessibleText(f"{command.words} {command.keys}".rstrip())
                item.setToolTip(command.action.statusTip())
                item.setEnabled(command.action.isEnabled())
                self._model.appendRow(item)
        self.list.setCurrentIndex(QModelIndex())
        self._move(1)

    def _move(self, step: int) -> None:
        """To the next command that can be done."""
        row = self.list.currentIndex().row() + step
        while 0 <= row < self._model.rowCount() and not self._model.item(row).isEnabled():
            row += step
        if 0 <= row < self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(row, 0))

    def _do(self, index: QModelIndex) -> None:
        command = index.data(_COMMAND)
        if isinstance(command, Command) and command.action.isEnabled():
            self.accept()
            QTimer.singleShot(0, command.action.trigger)  # when the palette has gone, so that focus is back
