"""Fixtures of the window's parts."""

import pytest
from PySide6.QtCore import QLocale


@pytest.fixture(autouse=True)
def english_numbers() -> None:
    """Numbers on screen follow the locale; the tests read them in one."""
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
