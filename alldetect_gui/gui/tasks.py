"""The only module that starts threads.

A workflow is a plain generator of events. A runner pumps one at a time on a worker's thread and hands the events to
the window's thread; what comes from a run that was replaced is dropped there, so a late event can never appear
on another folder. A run that was asked to stop ends as cancelled, one that raised ends as failed: three endings,
never merged.

A worker keeps some events ahead of the window and then waits. The window takes as many at a time as fit into a few
milliseconds and then paints and answers: a flood of events would hold it up as surely as work in its thread, and one
signal for each of them would cost more than the events.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import Enum, auto

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal, Slot

Work = Callable[[], Iterable[object]]
"""Makes the generator; called on the worker's thread, so that even its imports do not hold up the window."""

ROOM = 32  # events that may wait for the window
TURN = 0.008  # seconds for which the window takes events before it looks at anything else


class _Ending(Enum):
    FINISHED = auto()
    CANCELLED = auto()
    FAILED = auto()


class _Relay(QObject):
    """Lives on the window's thread; the worker emits through it, so that delivery is queued."""

    told = Signal(int)  # events wait
    ended = Signal(int, object, object)


class _Run:
    """What both threads know of one run."""

    def __init__(self, run_id: int) -> None:
        self.id = run_id
        self.stopped = threading.Event()
        self.gate = threading.Event()  # closed while the run is paused
        self.gate.set()
        self.room = threading.Semaphore(ROOM)  # for events on their way to the window
        self.events: deque[object] = deque()
        self.is_told = False  # the window knows that events wait
        self.ending: tuple[_Ending, Exception | None] | None = None  # to be told after the last event

    def put(self, event: object, tell: Callable[[int], None]) -> None:
        """Called by the worker. What comes in while the window takes events needs no word; see `is_seen`."""
        self.events.append(event)
        if not self.is_told:
            self.is_told = True
            tell(self.id)

    def is_seen(self) -> bool:
        """Asked by the window with nothing left to take: from here on it wants to be told. False if more came in."""
        self.is_told = False
        if self.events:
            self.is_told = True  # it goes on by itself: another word would bring the next turn before anything else
            return False
        return True

    def stop(self) -> None:
        """Ask the worker to stop, also where it waits for the window."""
        self.stopped.set()
        self.gate.set()
        self.room.release()


class _Job(QRunnable):
    """Pumps one run. The wish to stop is looked at between events; the generator is then closed in any case."""

    def __init__(self, run: _Run, work: Work, relay: _Relay) -> None:
        super().__init__()
        self._run = run
        self._work = work
        self._relay = relay

    def run(self) -> None:
        ending, error = _Ending.FINISHED, None
        try:
            if self._run.stopped.is_set() or not self._pump():
                ending = _Ending.CANCELLED
        except Exception as caught:  # noqa: BLE001 - it travels as a value and is shown by the window
            ending, error = _Ending.FAILED, caught
        self._relay.ended.emit(self._run.id, ending, error)

    def _pump(self) -> bool:
        """Emit every event; False when the run was stopped on the way."""
        events = self._work()
        try:
            for event in events:
                self._run.room.acquire()
                if self._run.stopped.is_set():
                    return False
                self._run.put(event, self._relay.told.emit)
                self._run.gate.wait()
                if self._run.stopped.is_set():
                    return False
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()
        return True


def _one_thread(parent: QObject) -> QThreadPool:
    pool = QThreadPool(parent)
    pool.setMaxThreadCount(1)
    return pool


class TaskRunner(QObject):
    """Runs one generator at a time on a worker's thread; a new one replaces the old one."""

    event_arrived = Signal(object)
    finished = Signal()
    cancelled = Signal()
    failed = Signal(object)  # the exception

    def __init__(self, parent: QObject | None = None, pool: QThreadPool | None = None) -> None:
        """On a thread of its own, or by turns with others on that of `pool`."""
        super().__init__(parent)
        self._pool = pool or _one_thread(self)
        self._relay = _Relay(self)
        self._relay.told.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        self._relay.ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._go_on)
        self._last_id = 0
        self._current: _Run | None = None
        self._closed = False

    @property
    def is_running(self) -> bool:
        """True from `start` until one of the three endings was told."""
        return self._current is not None

    def start(self, work: Work) -> None:
        """Run `work()`. A run in progress is asked to stop and nothing more is heard of it.

        After `shutdown` nothing is begun any more: a late timer's work would wait for a window that is gone, and
        the program for that work.
        """
        if self._closed:
            return
        self.abandon()
        self._last_id += 1
        self._current = _Run(self._last_id)
        self._pool.start(_Job(self._current, work, self._relay))

    def do(self, act: Callable[[], None]) -> None:
        """As `start`, for work that has nothing to tell."""

        def work() -> Iterable[object]:
            act()
            return ()

        self.start(work)

    @property
    def is_paused(self) -> bool:
        """True between `pause` and `resume`."""
        return self._current is not None and not self._current.gate.is_set()

    def pause(self) -> None:
        """Hold the current run after the event in work; cancelling and closing end it all the same."""
        if self._current is not None:
            self._current.gate.clear()

    def resume(self) -> None:
        """Let a paused run go on."""
        if self._current is not None:
            self._current.gate.set()

    def cancel(self) -> None:
        """Ask the current run to stop; `cancelled` follows when it has."""
        if self._current is not None:
            self._current.stop()

    def abandon(self) -> None:
        """Ask the current run to stop and hear nothing more of it, not even its ending."""
        self.cancel()
        self._current = None

    def shutdown(self) -> None:
        """Abandon the run and wait until the thread is at rest; the last thing that is asked of a runner."""
        self._closed = True
        self.abandon()
        self._pool.waitForDone()

    @Slot(int)
    def _receive(self, run_id: int) -> None:
        if self._current is not None and self._current.id == run_id:
            self._take(self._current)

    @Slot(int, object, object)
    def _end(self, run_id: int, ending: _Ending, error: Exception | None) -> None:
        if self._current is not None and self._current.id == run_id:
            self._current.ending = ending, error
            self._take(self._current)

    @Slot()
    def _go_on(self) -> None:
        if self._current is not None:
            self._take(self._current)

    def _take(self, run: _Run) -> None:
        """Tell the events that wait, for one turn; after the last of a run its ending. A receiver may begin another."""
        until = time.perf_counter() + TURN
        while self._current is run and (run.events or not run.is_seen()):
            if time.perf_counter() > until:
                self._more.start()
                return
            event = run.events.popleft()
            try:
                self.event_arrived.emit(event)
            finally:
                run.room.release()
        if self._current is run and run.ending is not None:
            self._tell_ending(*run.ending)

    def _tell_ending(self, ending: _Ending, error: Exception | None) -> None:
        self._current = None
        if ending is _Ending.FAILED:
            self.failed.emit(error)
        elif ending is _Ending.CANCELLED:
            self.cancelled.emit()
        else:
            self.finished.emit()


_COUNTING = ("summary", "queue", "patients", "bounds")


@dataclass(frozen=True)
class Runners:
    """One runner for each kind of work, so that none waits for another.

    Only those that do nothing but count in Python take turns: side by side none of them would be done sooner, and the
    window would get its share of the interpreter's lock among five instead of two.
    """

    listing: TaskRunner
    thumbnails: TaskRunner
    compare: TaskRunner
    judge: TaskRunner
    sheet: TaskRunner
    explain: TaskRunner
    batch: TaskRunner
    summary: TaskRunner
    export: TaskRunner
    export_file: TaskRunner
    models: TaskRunner
    imports: TaskRunner  # of a lab's own models
    cells: TaskRunner  # pictures of cells to read
    keeping: TaskRunner  # opening the workspace file, and what it holds of a folder
    agreement: TaskRunner  # what the models of other renderings say of the images of a run
    self_test: TaskRunner
    queue: TaskRunner  # the order in which cells are read
    patients: TaskRunner  # what the cells of each patient amount to
    bounds: TaskRunner  # intervals of what the threshold would give
    settings: TaskRunner  # the file with the window's settings

    @classmethod
    def below(cls, parent: QObject) -> "Runners":
        """A set of runners owned by `parent`."""
        counting = _one_thread(parent)
        pools = dict.fromkeys(_COUNTING, counting)
        return cls(**{item.name: TaskRunner(parent, pools.get(item.name)) for item in fields(cls)})

    def shutdown(self) -> None:
        """Ask all of them to stop first, then wait for each: closing takes as long as the slowest step."""
        runners: list[TaskRunner] = [getattr(self, item.name) for item in fields(self)]
        for runner in runners:
            runner.cancel()
        for runner in runners:
            runner.shutdown()
