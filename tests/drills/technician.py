"""Hands and eyes for drills: what a user of the window can see, click and type, by the names that are written there.

Nothing here calls the program: controls are found by what a screen reader says of them, and get events of mouse and
keys alone.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QElapsedTimer, QEventLoop, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QTableView,
    QTabWidget,
    QTextEdit,
    QWidget,
)

PATIENCE_MS = 20_000
_MOVE_MS = 16
_LEFT = Qt.MouseButton.LeftButton
_Kind = TypeVar("_Kind", bound=QWidget)


class Deviation(AssertionError):
    """Something is not as a user must find it."""


class Technician:
    """One person in front of one window; says what is done, and keeps a picture of it where that is wanted."""

    def __init__(self, window: Callable[[], QMainWindow], shots: Path | None = None) -> None:
        """`window` gives the window that is on screen: it may be another one after a while."""
        self._window, self._shots = window, shots
        self._number = 0
        self._began = time.monotonic()

    # what is said and kept

    def step(self, title: str) -> None:
        """A new part of the day."""
        self._number += 1
        print(f"\n{self._number:2}. {title}  ({time.monotonic() - self._began:.0f} s)", flush=True)

    def note(self, text: str) -> None:
        """What was done and found."""
        print(f"    {text}", flush=True)

    def picture(self, name: str, widget: QWidget | None = None) -> None:
        """Keep what is on screen, where pictures are wanted."""
        if self._shots is not None:
            self._shots.mkdir(parents=True, exist_ok=True)
            self.rest()
            (widget or self.window).grab().save(str(self._shots / f"{self._number:02}-{name}.png"))

    # eyes

    @property
    def window(self) -> QMainWindow:
        """The main window."""
        return self._window()

    def expect(self, truth: object, what: str) -> None:
        """Go on only when it is true."""
        if not truth:
            raise Deviation(what)

    def until(self, truth: Callable[[], object], what: str, patience: int = PATIENCE_MS) -> None:
        """Watch the window until it is true."""
        timer = QElapsedTimer()
        timer.start()
        while not truth():
            if timer.elapsed() > patience:
                box = QApplication.activeModalWidget()
                said = f"; “{box.windowTitle()}” is up: {self.words(box)}" if box is not None else ""
                raise Deviation(f"waited in vain: {what}{said}")
            _wait(15)

    def rest(self, milliseconds: int = 300) -> None:
        """Look for a moment; nothing is decided by it."""
        _wait(milliseconds)

    def words(self, within: QWidget | None = None) -> list[str]:
        """Every text in sight."""
        top = within or self.window
        seen = [widget for widget in top.findChildren(QWidget) if widget.isVisibleTo(top.window())]
        return [text for widget in seen if (text := _text(widget))]

    def reads(self, part: str, within: QWidget | None = None) -> str:
        """The first text in sight that holds `part`; empty when there is none."""
        return next((text for text in self.words(within) if part in text), "")

    def wait_for(self, part: str, within: QWidget | None = None) -> str:
        """The text that holds `part`, as soon as it is in sight."""
        self.until(lambda: self.reads(part, within), f"“{part}” stands nowhere; there is {self.words(within)}")
        return self.reads(part, within)

    def find(self, kind: type[_Kind], name: str, within: QWidget | None = None) -> _Kind:
        """The control in sight of that name."""
        found = [item for item in self._controls(kind, within) if _plain(_name(item)) == name]
        if not found:
            names = sorted({_plain(_name(item)) for item in self._controls(kind, within)})
            raise Deviation(f"no {kind.__name__} “{name}” in sight; there are {names}")
        return found[0]

    def wait_for_control(self, kind: type[_Kind], name: str) -> _Kind:
        """`find`, as soon as it is there: what is drawn from figures comes behind them."""
        self.until(lambda: any(item.accessibleName() == name for item in self._controls(kind, None)), f"no {name}")
        return self.find(kind, name)

    def _controls(self, kind: type[_Kind], within: QWidget | None) -> Iterator[_Kind]:
        top = within or QApplication.activeModalWidget() or self.window
        return (item for item in top.findChildren(kind) if item.isVisible())

    def dialog(self, title: str) -> QDialog:
        """The dialog of that title, as soon as it is there."""

        def there() -> list[QDialog]:
            tops = QApplication.topLevelWidgets()
            return [top for top in tops if isinstance(top, QDialog) and top.isVisible() and top.windowTitle() == title]

        self.until(there, f"no dialog “{title}” came")
        return there()[-1]

    def cell(self, table: QTableView, row: int, header: str) -> str:
        """What stands in a cell of a table, by the header of its column."""
        return str(table.model().index(row, self.column(table, header)).data() or "")

    def column(self, table: QTableView, header: str) -> int:
        """The column under a header."""
        model = table.model()
        heads = [str(model.headerData(n, Qt.Orientation.Horizontal)) for n in range(model.columnCount())]
        found = [
            number for number, head in enumerate(heads) if head == header or head[:-2] == header
        ]  # sorted by: “Fit ¹”
        self.expect(found, f"no column “{header}” among {heads}")
        return found[0]

    # hands

    def click(self, widget: QWidget, at: QPoint | None = None, keys: Qt.KeyboardModifier | None = None) -> None:
        """Once, with the left button, in the middle or at a place of the widget."""
        self.expect(widget.isVisible(), f"{_name(widget)} is not in sight")
        self.expect(widget.isEnabled(), f"“{_plain(_name(widget))}” cannot be pressed")
        self._look_at_window()
        place = at if at is not None else widget.rect().center()
        QTest.mouseClick(widget, _LEFT, keys or Qt.KeyboardModifier.NoModifier, place)

    def _look_at_window(self) -> None:
        """Without a window manager nobody gives the keys back to a window when its dialog has gone."""
        if QApplication.activeWindow() is None:
            (QApplication.activeModalWidget() or self.window).activateWindow()
            self.until(lambda: QApplication.activeWindow() is not None, "no window takes keys")

    def press(self, name: str, within: QWidget | None = None) -> None:
        """Click a button by its words."""
        self.click(self.find(QAbstractButton, name, within))

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        """Press, move in ten steps, let go; no faster than a hand, because plots leave out what comes within 10 ms."""
        none = Qt.KeyboardModifier.NoModifier
        QTest.mouseMove(widget, start)
        QTest.mousePress(widget, _LEFT, none, start)
        for number in range(1, 11):
            _wait(_MOVE_MS)  # QTest's own delay moves the clock of the events, and takes no time
            QTest.mouseMove(widget, start + (end - start) * number / 10)
        QTest.mouseRelease(widget, _LEFT, none, end)

    def key(self, keys: str, times: int = 1) -> None:
        """A key or combination, such as “Ctrl+F”, wherever the cursor is."""
        self._look_at_window()
        for _ in range(times):
            target = QApplication.focusWidget() or QApplication.activeModalWidget() or self.window
            pressed = QKeySequence(keys)[0]
            QTest.keyClick(target, pressed.key(), pressed.keyboardModifiers())

    def type(self, text: str) -> None:
        """Write where the cursor is."""
        target = QApplication.focusWidget()
        self.expect(target is not None, f"nowhere to type “{text}”")
        if target is not None:
            QTest.keyClicks(target, text)

    def replace(self, line: QLineEdit, text: str) -> None:
        """Put other text into a line."""
        self.click(line)
        QTest.keySequence(line, QKeySequence.StandardKey.SelectAll)
        QTest.keyClick(line, Qt.Key.Key_Delete)
        QTest.keyClicks(line, text)

    def paste(self, line: QLineEdit, text: str) -> None:
        """Put other text into a line, all at once."""
        QApplication.clipboard().setText(text)
        self.click(line)
        for keys in (QKeySequence.StandardKey.SelectAll, QKeySequence.StandardKey.Paste):
            QTest.keySequence(line, keys)

    def item(self, view: QAbstractItemView, index: QModelIndex, keys: Qt.KeyboardModifier | None = None) -> None:
        """Click an item of a list or table, scrolled to if need be."""
        view.scrollTo(index)
        self.click(view.viewport(), view.visualRect(index).center(), keys)

    def header(self, table: QTableView, title: str, keys: Qt.KeyboardModifier | None = None) -> None:
        """Click the head of a column."""
        head: QHeaderView = table.horizontalHeader()
        place = self.column(table, title)
        middle = head.sectionViewportPosition(place) + min(head.sectionSize(place) // 2, 40)
        self.click(head.viewport(), QPoint(middle, head.height() // 2), keys)

    def tab(self, begins: str) -> QWidget:
        """Turn to a tab by the beginning of its title; returns its page."""
        for tabs in self._controls(QTabWidget, None):
            for number in range(tabs.count()):
                if _plain(tabs.tabText(number)).startswith(begins):
                    self.click(tabs.tabBar(), tabs.tabBar().tabRect(number).center())
                    self.until(lambda tabs=tabs, number=number: tabs.currentIndex() == number, f"tab {begins}")
                    return tabs.widget(number)
        raise Deviation(f"no tab “{begins}…”")

    def choose(self, name: str, text: str) -> None:
        """Pick a line of a box with the keyboard, as its first letters are typed."""
        box = self.find(QComboBox, name)
        lines = [box.itemText(row) for row in range(box.count())]
        row = next((row for row, line in enumerate(lines) if line.startswith(text)), -1)
        self.expect(row >= 0, f"“{text}” is not offered by “{name}”: {lines}")
        box.setFocus(Qt.FocusReason.TabFocusReason)
        step = Qt.Key.Key_Down if row > box.currentIndex() else Qt.Key.Key_Up
        for _ in range(abs(row - box.currentIndex())):
            QTest.keyClick(box, step)
        self.expect(box.currentIndex() == row, f"“{name}” stayed at {box.currentText()}")

    def menu(self, *titles: str) -> None:
        """Walk through the menus with the mouse."""
        bar = self.window.menuBar()
        action = next((item for item in bar.actions() if _plain(item.text()) == titles[0]), None)
        self.expect(action is not None, f"no menu “{titles[0]}”")
        assert action is not None
        self.click(bar, bar.actionGeometry(action).center())
        menu = action.menu()
        for title in titles[1:]:
            assert isinstance(menu, QMenu)
            self.until(menu.isVisible, f"the menu before “{title}” did not open")
            line = next((item for item in menu.actions() if _plain(item.text()) == title), None)
            self.expect(line is not None, f"no “{title}” in {[_plain(item.text()) for item in menu.actions()]}")
            assert line is not None
            self.expect(line.isEnabled(), f"“{title}” cannot be chosen")
            self.click(menu, menu.actionGeometry(line).center())
            menu = line.menu()

    def file(self, path: Path) -> None:
        """Answer the dialog for files by pasting a path."""
        self.until(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog), "no dialog for files came")
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        self.expect(line is not None, "the dialog for files has no line for a name")
        assert line is not None
        box = dialog.findChild(QDialogButtonBox)
        assert box is not None
        accept = next(b for b in box.buttons() if box.buttonRole(b) is QDialogButtonBox.ButtonRole.AcceptRole)
        for _ in range(20):  # while the list behind the line still fills, Qt puts other names into the line
            self.paste(line, str(path))
            self.rest()
            if accept.isEnabled() and dialog.selectedFiles() == [str(path)]:
                break
        else:
            raise Deviation(f"{path} cannot be chosen: {dialog.selectedFiles()}")
        self.click(accept)
        self.until(lambda: not dialog.isVisible(), "the dialog for files stays")

    def told(self, button: str = "OK") -> str:
        """Read the message that is up, and close it."""

        def message() -> QWidget | None:
            box = QApplication.activeModalWidget()
            return box if box is not None and box.inherits("QMessageBox") else None

        self.until(message, "no message came")
        box = message()
        assert box is not None
        label = box.findChild(QLabel, "qt_msgbox_label")
        text = label.text() if label is not None else ""
        self.press(button, box)
        self.until(lambda: QApplication.activeModalWidget() is not box, "the message stays")
        return text


def _wait(milliseconds: int) -> None:
    """Let the program work. Not QTest.qWait: that holds Python's lock, and the threads of the program would starve."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _name(widget: QWidget) -> str:
    """What a screen reader calls it."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text or widget.windowTitle()


def _text(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
        return widget.text()
    if isinstance(widget, QTextEdit):
        return widget.toPlainText()
    return widget.accessibleName() if not widget.findChildren(QWidget) else ""


def _plain(text: str) -> str:
    """Without the mark of the access key."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
