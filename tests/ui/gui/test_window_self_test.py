"""Help › Self-Test in the window, and the licences that About shows in a bundle."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton

from alldetect_gui import paths
from alldetect_gui.core.checks import CheckDone, CheckOutcome
from alldetect_gui.gui.dialogs.about import licence_text
from alldetect_gui.gui.dialogs.self_test import SelfTestDialog
from tests.ui.gui.window_driver import Driver

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


def checks(*outcomes: CheckOutcome) -> Callable[[], Iterator[object]]:
    return lambda: iter([CheckDone(f"part {number}", item, "seen", 0.1) for number, item in enumerate(outcomes)])


@pytest.mark.parametrize(
    ("outcomes", "verdict", "line"),
    [
        ((CheckOutcome.PASSED, CheckOutcome.ABSENT), "Everything", "Not part of this program – part 1: seen"),
        ((CheckOutcome.FAILED, CheckOutcome.PASSED), "1 check failed", "FAILED – part 0: seen"),
    ],
)
def test_that_help_runs_the_self_test_and_says_what_came_of_it(
    outcomes: tuple[CheckOutcome, ...], verdict: str, line: str, drive: Drive
) -> None:
    driver = drive(self_test=checks(*outcomes))
    driver.window.actions_.self_test.trigger()
    (dialog,) = driver.window.findChildren(SelfTestDialog)
    driver.bot.waitUntil(lambda: verdict in dialog.verdict.text())
    assert line in dialog.checks.toPlainText().splitlines()
    (copy,) = [button for button in dialog.findChildren(QAbstractButton) if button.text() == "Copy"]
    copy.click()
    assert line in QGuiApplication.clipboard().text()
    dialog.close()


def test_that_closing_the_dialog_ends_the_test(drive: Drive) -> None:
    def endless() -> Iterator[object]:
        while True:
            yield CheckDone("again", CheckOutcome.PASSED, "", 0.0)

    driver = drive(self_test=endless)
    driver.window.actions_.self_test.trigger()
    (dialog,) = driver.window.findChildren(SelfTestDialog)
    driver.bot.waitUntil(lambda: "again" in dialog.checks.toPlainText())
    dialog.close()
    assert not driver.window.runners.self_test.is_running


def test_that_about_in_a_bundle_shows_where_all_licences_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "LGPL" in licence_text() and "All licence texts" not in licence_text()
    (tmp_path / "README.txt").write_text("You may\nreplace Qt.\n")
    monkeypatch.setattr(paths, "licences", lambda: tmp_path)
    assert str(tmp_path) in licence_text() and "replace Qt." in licence_text()
