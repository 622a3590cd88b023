"""The program around the window: start-up, faults, keyboard, theme, about."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.gui import app
from alldetect_gui.gui.dialogs.about import AboutDialog
from alldetect_gui.gui.messages import Messages, crash_report
from alldetect_gui.gui.theme import Theme, is_dark
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


def test_that_the_window_module_loads_neither_opencv_nor_a_model_runtime() -> None:
    program = (
        "import sys, alldetect_gui.gui.app as a\n"
        "heavy = {'cv2', 'ai_edge_litert', 'tensorflow', 'keras'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_that_nothing_starts_before_the_window_was_painted(qtbot: QtBot) -> None:
    widget, calls = QWidget(), []
    qtbot.addWidget(widget)
    app.FirstPaint(widget, lambda: calls.append(widget.isVisible()))
    assert calls == []
    widget.show()
    qtbot.waitUntil(lambda: calls == [True])
    widget.repaint()
    assert calls == [True]


def test_that_a_fault_of_the_program_is_told_once_with_a_report_to_copy(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    messages = Messages(parent)
    error = ValueError("broken on purpose")
    messages.report(error)
    messages.report(ValueError("and again"))
    (box,) = parent.findChildren(QDialog)
    (copy,) = [button for button in box.buttons() if button.text() == "Copy report"]
    copy.click()
    assert box.isVisible()
    assert QGuiApplication.clipboard().text() == crash_report(error)
    assert "broken on purpose" in crash_report(error)
    box.close()


def test_that_a_known_error_is_a_plain_sentence(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    Messages(parent).report(WrongUse("there is no folder <b>x</b>"))
    (box,) = parent.findChildren(QDialog)
    assert box.text() == "There is no folder <b>x</b>."
    assert box.textFormat() is Qt.TextFormat.PlainText
    box.close()


@pytest.mark.parametrize(("button", "calls"), [("Replace", 1), ("Cancel", 0)])
def test_that_a_question_acts_only_on_its_verb(qtbot: QtBot, button: str, calls: int) -> None:
    parent, done = QWidget(), []
    qtbot.addWidget(parent)
    Messages(parent).confirm("Really?", "Replace", lambda: done.append(True))
    (box,) = parent.findChildren(QDialog)
    assert box.defaultButton().text().replace("&", "") == "Cancel"
    next(b for b in box.buttons() if b.text().replace("&", "") == button).click()
    assert len(done) == calls


def test_that_the_excepthook_reports_to_the_window(
    drive: Drive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    user = drive()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    app.install_excepthook(user.window.messages)
    error = ValueError("in a slot")
    sys.excepthook(ValueError, error, None)
    assert user.messages.crashes == [error]
    assert "in a slot" in capsys.readouterr().err


def test_that_every_control_can_be_reached_by_key_and_has_a_name(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = drive(classifier)
    user.open(cells)
    user.classify()
    user.wait_compared()
    kinds = (QAbstractButton, QAbstractSpinBox, QSlider, QComboBox, QLineEdit, QAbstractItemView)
    inner = ("qt_spinbox_lineedit", "qt_edit_menu")
    controls = [
        widget
        for kind in kinds
        for widget in user.window.workspace.findChildren(kind)
        if widget.isVisible() and widget.isEnabled() and widget.objectName() not in inner
    ]
    own = [w for w in controls if not isinstance(w.parent(), QLineEdit | QAbstractItemView | QComboBox)]
    assert len(own) > 10
    for widget in own:
        words = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        assert words, widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget
    for view in user.window.workspace.compare.panes.views.values():
        assert view.accessibleName()
        assert view.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_that_tab_visits_the_list_the_comparison_the_run_and_the_table_in_this_order(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = drive(classifier)
    user.open(cells)
    user.classify()
    user.wait_compared()
    page = user.window.workspace
    order: list[QWidget] = []
    widget: QWidget = page.folder.list
    for _ in range(400):
        order.append(widget)
        widget = widget.nextInFocusChain()
    landmarks = [page.folder.list, page.compare.panes.views["original"], page.results.filter, page.results.table]
    places = [order.index(landmark) for landmark in landmarks]
    assert places == sorted(places)


def test_that_no_label_takes_a_file_name_for_markup(drive: Drive, cells: Path) -> None:
    (cells / "<b>AAA.png").write_bytes(next(cells.iterdir()).read_bytes())
    user = drive()
    user.open(cells)
    user.wait_compared()
    labels = user.window.findChildren(QLabel)
    assert len(labels) > 5
    rich = [label.text() for label in labels if label.textFormat() is not Qt.TextFormat.PlainText and not label.buddy()]
    assert rich == []


def test_that_the_theme_changes_at_once_and_is_remembered(drive: Drive) -> None:
    user = drive()
    user.window.actions_.themes[Theme.DARK].trigger()
    user.bot.waitUntil(lambda: is_dark(user.window.palette()))
    again = drive()
    assert again.window.actions_.themes[Theme.DARK].isChecked()
    again.window.actions_.themes[Theme.LIGHT].trigger()
    user.bot.waitUntil(lambda: not is_dark(again.window.palette()))


def test_that_list_and_summary_can_be_hidden(drive: Drive, cells: Path) -> None:
    user = drive()
    user.open(cells)
    user.window.actions_.show_list.trigger()
    user.window.actions_.show_summary.trigger()
    assert not user.window.workspace.folder.isVisible()
    assert not user.window.workspace.confusion.isVisible()
    user.window.actions_.show_list.trigger()
    assert user.window.workspace.folder.isVisible()


def test_that_the_window_fills_the_screen_and_the_command_says_so(drive: Drive) -> None:
    user = drive()
    window, action = user.window, user.window.actions_.full_screen
    window.activateWindow()
    user.bot.waitUntil(window.isActiveWindow)
    user.bot.keyClick(window, Qt.Key.Key_F11)
    user.bot.waitUntil(lambda: window.isFullScreen() and action.isChecked())
    window.showNormal()  # as the desktop may do
    user.bot.waitUntil(lambda: not action.isChecked())
    action.trigger()
    action.trigger()
    user.bot.waitUntil(lambda: not window.isFullScreen() and not action.isChecked())


def test_that_about_states_version_intended_use_and_licences(qtbot: QtBot) -> None:
    dialog = AboutDialog(())
    qtbot.addWidget(dialog)
    labels = [label.text() for label in dialog.findChildren(QLabel)]
    assert INTENDED_USE in labels
    assert any("AllDetect 0." in text for text in labels)
    assert "LGPL" in dialog.texts["Licences"]
    assert "CPU" in dialog.texts["System"]


def test_that_zoom_keys_before_any_folder_do_nothing(drive: Drive) -> None:
    user = drive()
    for action in (user.window.actions_.zoom_in, user.window.actions_.zoom_out, user.window.actions_.actual_size):
        action.trigger()
    assert user.window.pages.currentWidget() is user.window.welcome
