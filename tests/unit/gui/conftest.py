"""Fixtures of the window's parts."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot


class PatientBot(QtBot):
    """Waits a minute where pytest-qt gives up after 5 s: a busy machine is no fault of the program."""

    def waitSignal(self, signal: Any, *, timeout: int = 60_000, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = 60_000) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def english_numbers() -> None:
    """Numbers on screen follow the locale; the tests read them in one."""
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
