"""A second start of the program: the window that is open comes forward, and the second one ends."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from alldetect_gui.gui import app
from alldetect_gui.gui.app import Program
from alldetect_gui.gui.language import Language
from alldetect_gui.gui.settings import WindowSettings
from tests.architecture.house import ROOT

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform


@pytest.fixture
def program(qtbot: QtBot, tmp_path: Path) -> Iterator[Program]:
    """A program with its window open."""
    settings = WindowSettings(tmp_path / "window.json")
    settings.language = Language.ENGLISH
    program = Program(settings, tmp_path / "w.alldetect")
    assert not program.hand_over(None), "there is none before it"
    qtbot.waitExposed(program.show_window(None))
    yield program
    assert program.window is not None
    program.window.close()


def start(tmp_path: Path, *words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "alldetect_gui", "gui", "--workspace", str(tmp_path / "w.alldetect"), *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def test_that_a_second_start_shows_its_folder_in_the_window_that_is_open(
    program: Program, qtbot: QtBot, tmp_path: Path, cells: Path
) -> None:
    window = program.window
    assert window is not None
    window.showMinimized()
    second = start(tmp_path, str(cells))
    try:
        qtbot.waitUntil(lambda: second.poll() is not None)
        assert second.returncode == 0 and second.stderr is not None
        assert "AllDetect is open already" in second.stderr.read()
        qtbot.waitUntil(lambda: window.state.folder == cells)
        assert not window.windowState() & Qt.WindowState.WindowMinimized
    finally:
        second.kill()
        second.communicate()


def test_that_a_start_with_a_workspace_chosen_later_is_heard_too(
    program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    program._settings.workspace = tmp_path / "other.alldetect"
    program.renew()
    assert Program(program._settings, tmp_path / "w.alldetect").hand_over(None) is False, "that one is free now"
    second = start(tmp_path, "--workspace", str(tmp_path / "other.alldetect"))
    try:
        qtbot.waitUntil(lambda: second.poll() is not None)
        assert second.returncode == 0
    finally:
        second.kill()
        second.communicate()


def test_that_another_window_can_be_had_all_the_same(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path | None] = []
    monkeypatch.setattr(app, "WindowSettings", lambda: program._settings)
    monkeypatch.setattr(Program, "show_window", lambda _, folder: shown.append(folder))
    monkeypatch.setattr(app, "make_application", lambda: app.QApplication.instance())
    monkeypatch.setattr(app.QApplication, "exec", lambda *_: 0)
    assert app.main(["--new-window", "--workspace", str(tmp_path / "w.alldetect")]) == 0
    assert shown == [None]
