"""Write docs/images/window.png: the real window after a real run on the sample cells.

.venv/bin/python docs/make_screenshot.py      (with a display, or QT_QPA_PLATFORM=offscreen)
"""

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from alldetect_gui import paths
from alldetect_gui.gui.app import make_application
from alldetect_gui.gui.language import Language, speak
from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme
from alldetect_gui.gui.use_cases import UseCases, open_workspace

TARGET = Path(__file__).resolve().parent / "images" / "window.png"


def main() -> int:
    """Open the samples, classify them, select a row, grab the window."""
    application = make_application()
    with tempfile.TemporaryDirectory(prefix="alldetect-") as folder:
        settings = WindowSettings(Path(folder) / "window.ini")
        settings.theme, settings.language = Theme.LIGHT, Language.ENGLISH
        speak(settings.language)
        own = partial(open_workspace, Path(folder) / "picture.alldetect")  # not the one of who makes the picture
        window = MainWindow(settings, UseCases(open_workspace=own))
        window.resize(1400, 880)
        window.state.folder_listed.connect(lambda _: QTimer.singleShot(0, window.actions_.classify.trigger))
        cells = Path(shutil.copytree(paths.samples(), Path(folder) / "sample cells"))

        def shoot() -> None:
            if not window.runners.batch.is_running:
                window.state.select(window.state.records[2])
                QTimer.singleShot(3000, grab)

        def grab() -> None:
            if window.runners.judge.is_running or window.runners.compare.is_running:
                QTimer.singleShot(1000, grab)
                return
            TARGET.parent.mkdir(parents=True, exist_ok=True)
            window.grab().save(str(TARGET))
            window.close()

        window.runners.summary.finished.connect(shoot)
        window.show()
        window.load_models()
        window.open_folder(cells)
        return application.exec()


if __name__ == "__main__":
    sys.exit(main())
