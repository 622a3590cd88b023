"""The only module that opens message boxes: one voice for what is wrong outside and for faults of the program.

Boxes are opened, never waited for, so that a run goes on behind them.
"""

import platform
import traceback
from collections.abc import Callable
from itertools import pairwise

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from alldetect_gui import __version__
from alldetect_gui.core.errors import KnownError
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.widgets.plain_buttons import plain
from alldetect_gui.gui.wording import sentence


def crash_report(error: BaseException) -> str:
    """What a developer needs, as text to copy; file paths of the user may be in it, and the box says so."""
    lines = traceback.format_exception(error)
    system = f"AllDetect {__version__}, Python {platform.python_version()}, PySide6 {pyside_version}"
    return f"{system}, {platform.platform()}\n\n{''.join(lines)}"


class Messages(QObject):
    """Tells the user something, over the window `parent`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._crash: QMessageBox | None = None

    def report(self, error: BaseException) -> None:
        """A KnownError as a sentence; anything else as a fault of the program."""
        if isinstance(error, KnownError):
            self.tell(str(error))
        else:
            self.crash(error)

    def tell(self, text: str) -> None:
        """One plain sentence."""
        box = self._box(QMessageBox.Icon.Information, sentence(text))
        plain(box.addButton(QMessageBox.StandardButton.Ok))
        box.open()

    def crash(self, error: BaseException) -> None:
        """A fault of the program, with a report to copy. While one is open, further ones are not piled on it."""
        if self._crash is not None:
            return
        box = self._box(
            QMessageBox.Icon.Warning,
            tr(
                "Something went wrong inside AllDetect. The program goes on, but what it was just "
                "doing is not done.\n\nPlease copy the report and send it to the developers. It may "
                "hold file names: read it first."
            ),
        )
        box.setDetailedText(crash_report(error))
        copy = box.addButton(tr("Copy report"), QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()  # copying does not close the box
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(box.detailedText()))
        box.setDefaultButton(copy)
        box.setEscapeButton(plain(box.addButton(QMessageBox.StandardButton.Close)))
        for before, after in pairwise(box.buttons()):  # or Tab never comes to the details
            QWidget.setTabOrder(before, after)
        box.finished.connect(self._forget_crash)
        self._crash = box
        box.open()

    def confirm(self, question: str, verb: str, then: Callable[[], None]) -> None:
        """Ask before something that cannot be undone; the safe answer is the default."""
        box = self._box(QMessageBox.Icon.Question, question)
        yes = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(plain(box.addButton(QMessageBox.StandardButton.Cancel)))
        box.finished.connect(lambda _: then() if box.clickedButton() is yes else None)
        box.open()

    def _box(self, icon: QMessageBox.Icon, text: str) -> QMessageBox:
        box = QMessageBox(self._parent)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("AllDetect")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIcon(icon)
        box.setText(text)
        return box

    def _forget_crash(self) -> None:
        self._crash = None
