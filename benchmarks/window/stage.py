"""The real window with a probe in its loop, and a script that uses it step by step.

Run by `outside.py` in a process of its own: `SCENE FOLDER ANSWER`. The script is a generator: it does what a
user does and yields what it waits for, so that the event loop lives on in between.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from alldetect_gui.gui.app import FirstPaint, install_excepthook, make_application
from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.use_cases import UseCases
from benchmarks.window.probe import LoopProbe

Until = Callable[[], bool]
STEP_MS = 16  # a hand moves a slider or a scroll bar once a frame


@dataclass
class Stage:
    """What a script works with, and the numbers it leaves behind."""

    window: MainWindow
    folder: Path
    probe: LoopProbe
    numbers: dict[str, float] = field(default_factory=dict)
    stalls: dict[str, Mapping[str, float]] = field(default_factory=dict)

    def take(self, name: str) -> None:
        """The stalls since the probe began."""
        self.stalls[name] = asdict(self.probe.take())

    def open(self, folder: Path) -> Iterator[Until]:
        """Open a folder and wait until it is listed."""
        listed: list[object] = []
        self.window.state.folder_listed.connect(listed.append)
        self.window.open_folder(folder)
        yield lambda: bool(listed)

    def rest(self, seconds: float) -> Iterator[Until]:
        """Let the loop run for a while."""
        end = time.perf_counter() + seconds
        yield lambda: time.perf_counter() > end

    def quiet(self) -> Iterator[Until]:
        """Until nothing is at work behind the window."""
        runners = self.window.runners
        workers = (runners.listing, runners.thumbnails, runners.compare, runners.judge, runners.summary)
        yield from self.rest(0.5)
        yield lambda: not any(worker.is_running for worker in workers)
        yield from self.rest(0.5)

    def steps(self, move: Callable[[float], None], seconds: float) -> Iterator[Until]:
        """Call `move` once a frame with how far it is, 0 to 1."""
        timer = QTimer(self.window, interval=STEP_MS, timerType=Qt.TimerType.PreciseTimer)
        began = time.perf_counter()
        timer.timeout.connect(lambda: move(min((time.perf_counter() - began) / seconds, 1.0)))
        timer.start()
        yield lambda: time.perf_counter() - began > seconds
        timer.stop()


Script = Callable[[Stage], Iterator[Until]]


class Player(QObject):
    """Plays a script, then writes the answer and closes the window."""

    def __init__(self, stage: Stage, script: Script, answer: Path) -> None:
        super().__init__(stage.window)
        self._stage, self._script, self._answer = stage, script(stage), answer
        self._until: Until = lambda: True
        self._timer = QTimer(self, interval=5)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin, once the window is painted."""
        self._stage.numbers["painted_at"] = time.time()
        self._stage.window.load_models()
        self._timer.start()

    def _look(self) -> None:
        if not self._until():
            return
        try:
            self._until = next(self._script)
        except StopIteration:
            self._timer.stop()
            told = {"numbers": self._stage.numbers, "stalls": self._stage.stalls}
            self._answer.write_text(json.dumps(told), encoding="utf-8")
            self._stage.window.close()


def main(argv: list[str]) -> int:
    """Play one scene; returns the exit code of the application."""
    from benchmarks.window.scenes import SCENES, USE_CASES

    name, folder, answer = argv
    application = make_application()
    window = MainWindow(WindowSettings(), USE_CASES.get(name, UseCases)())
    install_excepthook(window.messages)
    window.resize(1280, 840)
    player = Player(Stage(window, Path(folder), LoopProbe(window)), SCENES[name], Path(answer))
    FirstPaint(window, player.start)
    window.show()
    return application.exec()
