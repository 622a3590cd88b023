"""`alldetect-gui FOLDER --measure FILE`: when was the window painted, when did the first result stand in it?

Used by the self-test and by the report on budgets; the window closes itself afterwards.
"""

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, QTimer
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication

from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.theme import is_dark

HEAVY = ("tensorflow", "keras")


class StartMeasurement(QObject):
    """Follows `window` through a whole start: painted, folder listed, first result; then writes `file`."""

    def __init__(self, window: MainWindow, file: Path) -> None:
        super().__init__(window)
        self._window, self._file = window, file
        self._painted = self._first_result = 0.0
        window.state.folder_listed.connect(lambda _: QTimer.singleShot(0, window.actions_.classify.trigger))
        window.state.results_added.connect(self._take)
        for ending in (window.runners.batch.failed, window.runners.listing.failed):
            ending.connect(self._finish)

    def painted(self) -> None:
        """To be called when the window stands on the screen."""
        self._painted = time.time()  # noqa: TID251 - compared with the start in another process

    def _take(self) -> None:
        if not self._first_result:
            self._first_result = time.time()  # noqa: TID251 - compared with the start in another process
            QTimer.singleShot(0, self._finish)

    def _finish(self) -> None:
        self._file.write_text(json.dumps(self._report(), indent=1), encoding="utf-8")
        self._window.close()

    def _report(self) -> dict[str, object]:
        """Times as seconds since 1970, so that whoever started the program can subtract."""
        return {
            "painted": self._painted,
            "first_result": self._first_result,
            "colours": _colours(self._window.grab().toImage()),
            "letters": letters_differ(QApplication.font()),
            "loaded": [name for name in HEAVY if name in sys.modules],
            "platform": QGuiApplication.platformName(),
            "pixel_ratio": self._window.devicePixelRatioF(),
            "dark": is_dark(QApplication.palette()),
            "locale": QLocale().name(),
        }


def _colours(image: QImage) -> int:
    """How many different colours a picture has, looked at in every third pixel."""
    return len({image.pixel(x, y) for y in range(0, image.height(), 3) for x in range(0, image.width(), 3)})


def letters_differ(font: QFont) -> bool:
    """False where no font is installed: every letter is then the same box, or nothing."""
    side = QFontMetrics(font).height() * 2
    pictures = []
    for letter in "AW":
        image = QImage(side, side, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        painter.setFont(font)
        painter.setPen("white")
        painter.drawText(image.rect(), 0, letter)
        painter.end()
        pictures.append(image)
    return pictures[0] != pictures[1]
