"""Fixtures of the window tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.use_cases import UseCases
from tests.ui.gui.window_driver import Driver, FakeClassifier, RecordingMessages, write_cells


class PatientBot(QtBot):
    """Waits a minute where pytest-qt gives up after 5 s: a busy machine is no fault of the program."""

    def waitSignal(self, signal: Any, *, timeout: int = 60_000, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = 60_000) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """20 small drawn cells of four patients with C-NMC names, all different."""
    return write_cells(tmp_path / "cells", 20)


@pytest.fixture
def classifier() -> FakeClassifier:
    return FakeClassifier()


@pytest.fixture
def drive(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Driver]]:
    """Makes a window that is on screen, with its own settings file, and closes it in the end."""
    windows: list[MainWindow] = []

    def make(classify: Any = None, **use_cases: Any) -> Driver:
        if classify is not None:
            use_cases["classify"] = classify
        use_cases.setdefault("models", lambda: iter([()]))
        use_cases.setdefault("judge", lambda path, pixels, recipes: iter(()))
        chosen: list[Path] = []
        window = MainWindow(
            WindowSettings(tmp_path / "window.json"),
            UseCases(**use_cases),
            RecordingMessages,
            lambda parent, title, start, then: then(chosen.pop()),
            lambda parent, title, proposed, kinds, then: then(chosen.pop()),
            lambda parent, title, start, kinds, then: then(chosen.pop()),
        )
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(1280, 840)  # whatever the size of the screen that the tests run on
        window.show()
        qtbot.waitExposed(window)
        return Driver(window, qtbot, chosen)

    yield make
    for window in windows:
        window.close()


@pytest.fixture(autouse=True)
def english_numbers() -> None:
    """Numbers on screen follow the locale; the tests read them in one."""
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
