"""Every control is reached by Tab, has a name, and shows that it has the keys: in the window and its dialogs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLineEdit,
    QRadioButton,
    QTabBar,
    QWidget,
)

from alldetect_gui.gui.dialogs.sign_off import SignOffDialog
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.theme import Theme, apply_theme
from alldetect_gui.gui.widgets.linked_views import Arrangement
from tests.ui.gui.walk import controls, name_of
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")  # the offscreen platform

Drive = Callable[..., Driver]
BY_ARROWS = {"Commands"}  # a list in which the arrows move while the cursor stays in the line above it


@pytest.fixture(params=[Theme.LIGHT, Theme.DARK])
def theme(request: pytest.FixtureRequest) -> Iterator[Theme]:
    apply_theme(request.param)
    yield request.param
    apply_theme(Theme.SYSTEM)


@pytest.fixture
def user(drive: Drive, cells: Path, theme: Theme) -> Driver:
    """Someone who has classified a folder."""
    user = drive(FakeClassifier())
    user.window.settings.set_theme(theme)
    user.open(cells)
    user.classify()
    user.wait_compared()
    return user


def walk(top: QWidget) -> list[QWidget]:
    """Press Tab until a control has the keys for the second time."""
    top.activateWindow()
    while QApplication.activeWindow() is not top:
        QApplication.processEvents()
    chain: list[QWidget] = []
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget() or top, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None, f"the keys are lost behind {chain[-1:]}"
        if focus in chain:
            return chain
        chain.append(focus)
    raise AssertionError("Tab never comes round")


def looks(widget: QWidget) -> QImage:
    widget.repaint()
    return widget.grab().toImage()


def complaints(top: QWidget) -> list[str]:
    """What hinders someone without a mouse."""
    chain = walk(top)
    found = [f"no name: {widget}" for widget in chain if not _name(widget)]
    for widget in controls(top):
        if widget.isEnabled() and widget not in chain and not _moves_otherwise(widget, chain):
            found.append(f"not reached: {type(widget).__name__} {name_of(widget)}")
    for _ in chain:  # once more round: each with the keys and without
        QTest.keyClick(QApplication.focusWidget() or top, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        if isinstance(focus, QLineEdit):
            continue  # a cursor blinks in it, and the style frames it
        with_keys = looks(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        other = QApplication.focusWidget()
        if other is not focus and looks(focus) == with_keys:
            found.append(f"focus not seen: {type(focus).__name__} {_name(focus)}")
        QTest.keyClick(other or top, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        if other is not focus and QApplication.focusWidget() is other:
            found.append(f"Shift+Tab does not lead out: {type(other).__name__} {other and _name(other)}")
        focus.setFocus(Qt.FocusReason.TabFocusReason)
    return found


def _name(widget: QWidget) -> str:
    return name_of(widget) or (widget.accessibleName() if isinstance(widget, QTabBar) else "")


def _moves_otherwise(widget: QWidget, chain: list[QWidget]) -> bool:
    """One of a group of radio buttons has the keys, and the arrows choose another."""
    if isinstance(widget, QRadioButton) and widget.group() is not None:
        return any(button in chain for button in widget.group().buttons())
    return widget.parentWidget() in chain or name_of(widget) in BY_ARROWS  # the line within an edit of keys


def test_that_every_tab_of_the_window_is_walked_by_keyboard(user: Driver) -> None:
    tabs = user.window.workspace.tabs
    for number in range(tabs.count()):
        tabs.setCurrentIndex(number)
        user.wait_idle()
        QApplication.processEvents()
        assert complaints(user.window) == [], tabs.tabText(number)


@pytest.mark.parametrize("arrangement", [Arrangement.GRID, Arrangement.WIPE])
def test_that_other_arrangements_are_walked_by_keyboard(user: Driver, arrangement: Arrangement) -> None:
    user.window.workspace.compare.arrangement.setCurrentIndex(list(Arrangement).index(arrangement))
    user.window.workspace.folder.bar.gallery.click()
    user.wait_idle()
    assert complaints(user.window) == []


def test_that_the_welcome_page_is_walked_by_keyboard(drive: Drive, theme: Theme) -> None:
    user = drive()
    user.window.settings.set_theme(theme)
    user.window.welcome.set_recent([Path("/cells/one"), Path("/cells/two")])
    assert complaints(user.window) == []
    assert len([w for w in walk(user.window) if isinstance(w, QAbstractButton)]) == 4


def test_that_every_dialog_is_walked_by_keyboard(user: Driver) -> None:
    window, actions = user.window, user.window.actions_
    spoken = Messages(window)  # the window's own are written down in a test, not shown
    openers: dict[str, Callable[[], object]] = {
        "settings": actions.settings.trigger,
        "about": actions.about.trigger,
        "shortcuts": window.helping.shortcuts.trigger,
        "palette": window.helping.palette.trigger,
        "manual": window.helping.manual.trigger,
        "names": actions.correct_names.trigger,
        "signature": lambda: SignOffDialog("H12", 40, 3, lambda reason: None, window).open(),
        "message": lambda: spoken.tell("something"),
        "question": lambda: spoken.confirm("End it?", "End the run", lambda: None),
        "crash": lambda: spoken.crash(ValueError("planted")),
    }
    found: dict[str, list[str]] = {}
    for name, opener in openers.items():
        opener()
        user.bot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        found[name] = complaints(dialog)
        dialog.close()
        user.bot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert found == {name: [] for name in openers}
