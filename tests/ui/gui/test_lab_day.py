"""A technician's day at the real window with the real model, in small; the large one is `make drill-lab-day`."""

from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from alldetect_gui.gui.app import Program, make_application
from alldetect_gui.gui.language import Language, speak
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme, apply_theme
from tests.drills.lab_day import LabDay, draw_cells
from tests.drills.technician import Deviation

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")  # the offscreen platform


def test_that_a_day_at_the_window_goes_as_it_should(qtbot: QtBot, tmp_path: Path) -> None:
    make_application()
    settings = WindowSettings(tmp_path / "window.json")
    settings.language, settings.theme = Language.ENGLISH, Theme.LIGHT
    workspace = tmp_path / "day.alldetect"
    program = Program(settings, workspace)
    program.show_window(None).resize(1280, 840)  # whatever the size of the screen that the tests run on
    day = LabDay(program, draw_cells(tmp_path / "drawn cells", 28), tmp_path)
    try:
        day.whole(workspace)
    finally:
        if program.window is not None:
            program.window.close()
        speak(Language.ENGLISH)
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
        apply_theme(Theme.SYSTEM)


def test_that_what_is_not_there_ends_the_day(qtbot: QtBot, tmp_path: Path) -> None:
    program = Program(WindowSettings(tmp_path / "window.json"), tmp_path / "day.alldetect")
    with qtbot.waitActive(program.show_window(None)):
        pass  # one that is closed before it was ever active leaves the next window without keys and dialogs
    day = LabDay(program, draw_cells(tmp_path / "drawn cells", 4), tmp_path)
    with pytest.raises(Deviation, match="no QAbstractButton “Open the Moon” in sight"):
        day.user.press("Open the Moon")
    assert program.window is not None
    program.window.close()


def test_that_a_day_goes_on_where_no_cell_is_misclassified(qtbot: QtBot, tmp_path: Path) -> None:
    cells = draw_cells(tmp_path / "drawn cells", 8)
    for path in cells.glob("*_hem.png"):
        path.unlink()  # the model takes every drawn cell for ALL
    make_application()
    program = Program(WindowSettings(tmp_path / "window.json"), tmp_path / "day.alldetect")
    program.show_window(None).resize(1280, 840)
    day = LabDay(program, cells, tmp_path)
    notes: list[str] = []
    day.user.note = notes.append  # type: ignore[method-assign]  # instead of printing them
    try:
        day.welcome()
        day.understand()
        day.classify()
        day.misclassified()
    finally:
        if program.window is not None:
            program.window.close()
    assert notes[-1].startswith("Among the rows shown, no image lies on the other side")
