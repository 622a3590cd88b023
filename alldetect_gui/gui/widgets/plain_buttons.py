"""Buttons of dialogs without the desktop's pictures: those are drawn for one theme and vanish in the other."""

from typing import TypeVar

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton, QDialogButtonBox

_Button = TypeVar("_Button", bound=QAbstractButton)


def plain(button: _Button) -> _Button:
    """The same button, with its words alone."""
    button.setIcon(QIcon())
    return button


def close_box() -> QDialogButtonBox:
    """A box with a button that closes the dialog."""
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    close = box.button(QDialogButtonBox.StandardButton.Close)
    plain(close)
    close.setAutoDefault(False)  # Enter in a line must not close the dialog; the default also looks as if it had focus
    return box
