"""Start-up: the window first, everything heavy after it has been painted."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from alldetect_gui import __version__, paths
from alldetect_gui.gui.language import speak
from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.measure import StartMeasurement
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme, apply_theme
from alldetect_gui.gui.use_cases import UseCases, open_workspace


class FirstPaint(QObject):
    """Calls `then` once, after `widget` has been painted for the first time."""

    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._then = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return False


def install_excepthook(messages: Messages) -> None:
    """Faults of the program go to the user and to standard error, and the program goes on."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if isinstance(error, Exception):
            messages.report(error)

    sys.excepthook = hook


def make_application() -> QApplication:
    """The QApplication, with name and style; the one there is, where there is one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication(["alldetect-gui"])  # a folder whose name is not UTF-8 must not reach Qt's parser
    application.setApplicationName("AllDetect")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("alldetect")  # Wayland and the task bar find the icon by it
    application.setWindowIcon(QIcon(str(paths.icon())))
    application.setStyle("Fusion")
    return application


def main(argv: Sequence[str]) -> int:
    """Run the window until it is closed. `argv` follows the program's name: [FOLDER] [--measure FILE]."""
    parser = argparse.ArgumentParser(prog="alldetect-gui", description="The window of AllDetect.", allow_abbrev=False)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="opened at once")
    parser.add_argument("--workspace", type=Path, metavar="FILE", help="the workspace file to work with")
    parser.add_argument("--measure", type=Path, metavar="FILE", help="write how fast the start was, then quit")
    options, _ = parser.parse_known_args(argv)  # a desktop may add words of its own
    application = make_application()
    settings = WindowSettings()
    speak(settings.language)
    window = MainWindow(settings, UseCases(open_workspace=partial(open_workspace, options.workspace)))
    install_excepthook(window.messages)
    hints = application.styleHints()
    hints.colorSchemeChanged.connect(lambda: _follow_desktop(settings))

    measurement = StartMeasurement(window, options.measure) if options.measure else None

    def begin() -> None:
        if measurement:
            measurement.painted()
        window.load_models()
        if settings.notice:
            window.messages.tell(settings.notice)
        if options.folder:
            window.open_folder(options.folder)

    FirstPaint(window, begin)
    window.show()
    return application.exec()


def _follow_desktop(settings: WindowSettings) -> None:
    if settings.theme is Theme.SYSTEM:
        apply_theme(Theme.SYSTEM)
