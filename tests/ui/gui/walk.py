"""Everything that a window says: what is seen, what is heard, and what appears under the mouse."""

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSlider,
    QTabWidget,
    QTextEdit,
    QWidget,
)

CONTROLS = (
    QAbstractButton, QAbstractSpinBox, QSlider, QComboBox, QLineEdit, QAbstractItemView, QPlainTextEdit, QTextEdit,
)  # fmt: skip
_INNER = ("qt_spinbox_lineedit", "qt_edit_menu", "qt_toolbar_ext_button", "ScrollLeftButton", "ScrollRightButton")


def said_by(top: QWidget) -> Iterator[tuple[str, str]]:
    """Where something is said below `top`, and what."""
    for widget in (top, *top.findChildren(QWidget)):
        if not _is_inner(widget):
            place = f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"
            yield from ((place, text) for text in _of_widget(widget) if text)
    for action in top.findChildren(QAction):
        for text in (action.text(), action.toolTip(), action.statusTip()):
            if text and not _is_foreign(action):
                yield f"action {action.objectName()}", text


def _is_foreign(action: QAction) -> bool:
    """An action of Qt's own, or of pyqtgraph's menu that is switched off."""
    return action.objectName().startswith("_q_") or type(action.parent()).__name__ == "GraphicsScene"


def _of_widget(widget: QWidget) -> Iterator[str]:
    yield from (widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QGroupBox | QMenu):
        yield widget.title()
    if isinstance(widget, QLineEdit) and widget.objectName() != "qt_keysequenceedit_lineedit":  # Qt's own words
        yield widget.placeholderText()
    if isinstance(widget, QAbstractSpinBox):
        yield widget.specialValueText()
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        yield widget.toPlainText()
    if isinstance(widget, QTabWidget):
        yield from (widget.tabText(number) for number in range(widget.count()))
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(row) for row in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and not isinstance(widget.parent(), QComboBox):
        yield from _of_model(widget.model())


def _of_model(model: QAbstractItemModel | None) -> Iterator[str]:
    if model is None:
        return
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for section in range(columns):
        for role in roles:
            yield str(model.headerData(section, Qt.Orientation.Horizontal, role) or "")
    for row in range(min(model.rowCount(), 30)):
        yield str(model.headerData(row, Qt.Orientation.Vertical, Qt.ItemDataRole.DisplayRole) or "")
        for column in range(columns):
            yield from (str(model.index(row, column).data(role) or "") for role in roles)


def untranslated(text: str) -> str:
    """What is left of a text when everything in ⟦brackets⟧ is taken away; brackets may stand in brackets."""
    depth, left = 0, []
    for letter in text:
        depth += letter == "⟦"
        if not depth:
            left.append(letter)
        depth -= letter == "⟧"
    return "".join(left)


def words_in(text: str) -> list[str]:
    """Words of three and more letters, as they may be English."""
    return re.findall(r"[A-Za-z]{3,}", text)


def controls(top: QWidget) -> list[QWidget]:
    """What takes keys or clicks, and is in sight."""
    found = [widget for kind in CONTROLS for widget in top.findChildren(kind) if widget.isVisibleTo(top)]
    return [widget for widget in found if not _is_inner(widget)]


def name_of(widget: QWidget) -> str:
    """What a screen reader calls a control: its name, its text, or the label that leads to it."""
    own = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
    if own:
        return own
    labels = widget.window().findChildren(QLabel)
    return next((label.text() for label in labels if label.buddy() is widget), "")


def _is_inner(widget: QWidget) -> bool:
    """Parts of Qt's own composite widgets."""
    parent = widget.parent()
    inside = isinstance(parent, QLineEdit | QComboBox | QAbstractSpinBox | QAbstractItemView)
    return inside or widget.objectName() in _INNER
