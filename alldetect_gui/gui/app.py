"""Start-up: the window first, everything heavy after it has been painted."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from alldetect_gui import __version__, paths
from alldetect_gui.core.machine import settle_heaps
from alldetect_gui.gui.doorbell import Doorbell
from alldetect_gui.gui.language import speak
from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.measure import StartMeasurement
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme, apply_theme
from alldetect_gui.gui.use_cases import UseCases, classify, open_workspace
from alldetect_gui.store.one_window import Call

SWITCH = 0.0001
"""Seconds after which a worker that computes in Python gives way. Painting a table asks Python some hundred times, and
each time would wait for Python's usual 5 milliseconds."""


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
    sys.setswitchinterval(SWITCH)
    settle_heaps()
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
    parser.add_argument("--new-window", action="store_true", help="open another window where one is open already")
    parser.add_argument("--measure", type=Path, metavar="FILE", help="write how fast the start was, then quit")
    options, _ = parser.parse_known_args(argv)  # a desktop may add words of its own
    application = make_application()
    settings = WindowSettings()
    program = Program(settings, options.workspace)
    if not (options.measure or options.new_window) and program.hand_over(options.folder):
        if sys.stderr is not None:  # a program without a console has none
            sys.stderr.write("AllDetect is open already: its window was called. --new-window opens another one.\n")
        return 0
    application.styleHints().colorSchemeChanged.connect(lambda: _follow_desktop(settings))
    window = program.show_window(options.folder)
    measurement = StartMeasurement(window, options.measure) if options.measure else None
    if measurement:
        program.painted.connect(measurement.painted)
    return application.exec()


class Program(QObject):
    """Makes the window, and another one in its place when the language or the workspace has changed."""

    painted = Signal()

    def __init__(self, settings: WindowSettings, workspace: Path | None = None) -> None:
        """`workspace` is the file named at the start; what is chosen later in the settings comes before it."""
        super().__init__()
        self._settings = settings
        settings.named_workspace = workspace
        self.window: MainWindow | None = None
        self._doorbell: Doorbell | None = None

    def hand_over(self, folder: Path | None) -> bool:
        """True when a window of this workspace was open already and has taken over: this process can end."""
        self._hang_doorbell()
        return self._doorbell is not None and self._doorbell.place.call(folder)

    def _hang_doorbell(self) -> None:
        """At the workspace in use, which the settings may have changed."""
        workspace = self._settings.workspace_in_use
        if self._doorbell is not None and self._doorbell.place.workspace == workspace:
            return
        if self._doorbell is not None:
            self._doorbell.close()
        self._doorbell = Doorbell(workspace, self)
        self._doorbell.rung.connect(self._called)

    @Slot(object)
    def _called(self, call: Call) -> None:
        """Somebody started the program again: come forward, as far as the desktop allows it."""
        window = self.window
        if window is None:
            return
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        QApplication.alert(window)
        if call.folder is not None and QApplication.activeModalWidget() is None:
            window.open_folder(call.folder)

    def show_window(self, folder: Path | None, image: str = "") -> MainWindow:
        """A window in the language of the settings; once it is painted, `folder` is opened at its `image`."""
        speak(self._settings.language)
        window = MainWindow(self._settings, self._use_cases())
        self.window = window
        install_excepthook(window.messages)
        window.renew_wanted.connect(self._renew_soon)
        FirstPaint(window, lambda: self._begin(window, folder, image))
        window.show()
        return window

    def _begin(self, window: MainWindow, folder: Path | None, image: str) -> None:
        self.painted.emit()
        window.load_models()
        if self._settings.notice:
            window.messages.tell(self._settings.notice)
        if folder:
            window.open_folder(folder)
            once = Qt.ConnectionType.SingleShotConnection
            window.state.folder_listed.connect(lambda: self._select(window, image), once)

    def _select(self, window: MainWindow, image: str) -> None:
        """The image that was in view in the window before."""
        record = next((record for record in window.state.records if record.relative == image), None)
        if record is not None and window.state.selected in (None, window.state.records[0]):
            window.state.select(record)

    def _use_cases(self) -> UseCases:
        settings = self._settings
        if self._doorbell is not None:
            self._hang_doorbell()
        return UseCases(
            open_workspace=partial(open_workspace, settings.workspace_in_use, settings.signature),
            classify=lambda records, *, model, **options: classify(
                records, model=model, threads=settings.cores or None, **options
            ),
        )

    def _renew_soon(self) -> None:
        QTimer.singleShot(0, self.renew)  # not from within a slot of the window that goes

    def renew(self) -> None:
        """Close the window, whereby everything is kept, and show another one where it was."""
        old = self.window
        if old is None:
            return
        folder, selected = old.state.folder, old.state.selected
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setQuitOnLastWindowClosed(False)
        old.close()
        old.deleteLater()
        self.show_window(folder, selected.relative if selected else "")
        if isinstance(application, QApplication):
            application.setQuitOnLastWindowClosed(True)


def _follow_desktop(settings: WindowSettings) -> None:
    if settings.theme is Theme.SYSTEM:
        apply_theme(Theme.SYSTEM)
