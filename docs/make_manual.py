"""Write the pictures of docs/manual: the real window on the sample cells, one step after the other.

.venv/bin/python docs/make_manual.py      (with a display, or QT_QPA_PLATFORM=offscreen)
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QWidget

from alldetect_gui import paths
from alldetect_gui.gui.app import make_application
from alldetect_gui.gui.dialogs.palette import CommandPalette
from alldetect_gui.gui.dialogs.understanding import UnderstandingDialog
from alldetect_gui.gui.language import Language, speak
from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme
from alldetect_gui.gui.use_cases import UseCases, open_workspace
from alldetect_gui.gui.widgets.linked_views import Arrangement

FOLDER = Path(__file__).resolve().parent / "manual"
POLL_MS, QUIET_MS = 200, 900


class Tour:
    """Takes each step when every runner has come to rest, then grabs what the step shows."""

    def __init__(self, window: MainWindow, cells: Path) -> None:
        self._window = window
        page = window.workspace
        self._steps: list[tuple[str, Callable[[], QWidget]]] = [
            ("1-welcome", lambda: window),
            ("2-open", lambda: self._after(lambda: window.open_folder(cells))),
            ("3-correct", self._correct),
            ("4-wipe", lambda: self._after(lambda: page.compare.arrangement.setCurrentText(Arrangement.WIPE.value))),
            ("5-results", self._classify),
            ("6-explain", lambda: self._after(lambda: page.tabs.setCurrentWidget(window.explaining.panel))),
            ("7-gallery", self._gallery),
            ("8-palette", self._palette),
        ]
        self._quiet = 0
        self._shown: QWidget | None = None
        self._timer = QTimer(window, interval=POLL_MS)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        runners = self._window.runners
        names = ("listing", "thumbnails", "compare", "judge", "batch", "summary", "explain", "models")
        busy = any(getattr(runners, name).is_running for name in names)
        self._quiet = 0 if busy else self._quiet + POLL_MS
        if self._quiet < QUIET_MS:
            return
        self._quiet = 0
        if self._shown is not None:
            name, _ = self._steps.pop(0)
            picture = self._shown.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
            picture.save(str(FOLDER / f"{name}.png"), "PNG", 0)  # 0: packed as well as can be
            if isinstance(self._shown, QDialog):
                self._shown.close()
            self._shown = None
        elif self._steps:
            self._shown = self._steps[0][1]()
        else:
            self._timer.stop()
            self._window.close()

    def _after(self, act: Callable[[], object]) -> QWidget:
        act()
        return self._window

    def _correct(self) -> QWidget:
        self._window.actions_.correct_names.trigger()
        return self._window.findChildren(UnderstandingDialog)[-1]

    def _classify(self) -> QWidget:
        page = self._window.workspace
        page.confirm.agree.click()
        page.compare.arrangement.setCurrentText(Arrangement.ROW.value)
        self._window.actions_.classify.trigger()
        return self._window

    def _gallery(self) -> QWidget:
        page = self._window.workspace
        page.tabs.setCurrentIndex(0)
        page.folder.bar.gallery.click()
        page.folder.bar.grouping.setCurrentText("Suggestion")
        return self._window

    def _palette(self) -> QWidget:
        self._window.helping.palette.trigger()
        palette = self._window.findChildren(CommandPalette)[-1]
        palette.line.setText("zoom")
        return palette


def main() -> int:
    """Run the tour to its end."""
    application = make_application()
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="alldetect-") as folder:
        settings = WindowSettings(Path(folder) / "window.ini")
        settings.theme, settings.language = Theme.LIGHT, Language.ENGLISH
        speak(settings.language)
        own = partial(open_workspace, Path(folder) / "manual.alldetect")  # not the one of who makes the pictures
        window = MainWindow(settings, UseCases(open_workspace=own))
        window.resize(1280, 820)
        cells = Path(shutil.copytree(paths.samples(), Path(folder) / "sample cells"))
        window.show()
        window.load_models()
        tour = Tour(window, cells)
        ended = application.exec()
        del tour
        return ended


if __name__ == "__main__":
    sys.exit(main())
