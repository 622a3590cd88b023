"""The thread door: order, endings, and nothing from a run that was replaced."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer, Slot
from pytestqt.qtbot import QtBot

from alldetect_gui.gui.tasks import ROOM, TURN, Runners, TaskRunner


class Listener(QObject):
    """Writes down what a runner tells, and on which thread."""

    def __init__(self, runner: TaskRunner) -> None:
        super().__init__()
        self.events: list[object] = []
        self.endings: list[object] = []
        self.threads: set[int] = set()
        runner.event_arrived.connect(self.note)
        runner.finished.connect(lambda: self.endings.append("finished"))
        runner.cancelled.connect(lambda: self.endings.append("cancelled"))
        runner.failed.connect(self.endings.append)

    @Slot(object)
    def note(self, event: object) -> None:
        self.events.append(event)
        self.threads.add(threading.get_ident())


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[TaskRunner]:
    runner = TaskRunner()
    yield runner
    runner.shutdown()


class Held:
    """A generator that yields one event and then waits to be let go."""

    def __init__(self) -> None:
        self.go, self.closed, self.thread = threading.Event(), threading.Event(), 0

    def __call__(self) -> Iterator[str]:
        try:
            self.thread = threading.get_ident()
            yield "first"
            assert self.go.wait(60)
            yield "second"
            yield "third"
        finally:
            self.closed.set()


def test_that_events_arrive_in_order_on_the_window_thread(runner: TaskRunner, qtbot: QtBot) -> None:
    listener, workers = Listener(runner), []

    def work() -> Iterator[int]:
        workers.append(threading.get_ident())
        yield from range(500)

    with qtbot.waitSignal(runner.finished):
        runner.start(work)
    assert listener.events == list(range(500))
    assert listener.threads == {threading.get_ident()}
    assert workers != [threading.get_ident()]
    assert not runner.is_running


def test_that_of_20_restarts_only_the_last_run_is_heard(runner: TaskRunner, qtbot: QtBot) -> None:
    """Each replaced run has an event on its way to the window when the next one starts."""
    listener = Listener(runner)
    for number in range(19):
        on_its_way = threading.Event()

        def work(number: int = number, on_its_way: threading.Event = on_its_way) -> Iterator[tuple[int, int]]:
            yield number, 0
            on_its_way.set()
            yield number, 1

        runner.start(work)
        assert on_its_way.wait(60)
    with qtbot.waitSignal(runner.finished):
        runner.start(lambda: iter([(19, step) for step in range(50)]))
    assert listener.events == [(19, step) for step in range(50)]
    assert listener.endings == ["finished"]


def test_that_a_superseded_generator_is_closed(runner: TaskRunner, qtbot: QtBot) -> None:
    held, listener = Held(), Listener(runner)
    runner.start(held)
    qtbot.waitUntil(lambda: listener.events == ["first"])
    runner.start(lambda: iter(["new"]))
    held.go.set()
    qtbot.waitUntil(lambda: listener.endings == ["finished"])
    assert held.closed.is_set()
    assert listener.events == ["first", "new"]


def test_that_a_cancelled_run_ends_as_cancelled_and_its_generator_is_closed(runner: TaskRunner, qtbot: QtBot) -> None:
    held, listener = Held(), Listener(runner)
    runner.start(held)
    qtbot.waitUntil(lambda: listener.events == ["first"])
    runner.cancel()
    assert runner.is_running
    with qtbot.waitSignal(runner.cancelled):
        held.go.set()
    assert listener.events == ["first"]
    assert listener.endings == ["cancelled"]
    assert held.closed.is_set()


def test_that_an_exception_arrives_as_a_value(runner: TaskRunner, qtbot: QtBot) -> None:
    listener, error = Listener(runner), ValueError("broken on purpose")

    def work() -> Iterator[int]:
        yield 1
        raise error

    with qtbot.waitSignal(runner.failed):
        runner.start(work)
    assert listener.events == [1]
    assert listener.endings == [error]


def test_that_an_exception_before_the_first_event_arrives(runner: TaskRunner, qtbot: QtBot) -> None:
    listener = Listener(runner)

    def work() -> Iterator[int]:
        raise KeyError("no generator at all")

    with qtbot.waitSignal(runner.failed):
        runner.start(work)
    assert isinstance(listener.endings[0], KeyError)


def test_that_nothing_is_begun_after_shutdown(runner: TaskRunner) -> None:
    """A late timer's work would wait for room that a closed window never gives, and closing would never end."""
    begun = threading.Event()

    def work() -> Iterator[int]:
        begun.set()
        yield from range(ROOM + 2)

    runner.shutdown()
    runner.start(work)
    assert not runner.is_running
    runner.shutdown()
    assert not begun.is_set()


def test_that_shutdown_waits_for_the_worker_and_nothing_is_told_afterwards(runner: TaskRunner, qtbot: QtBot) -> None:
    held, listener = Held(), Listener(runner)
    runner.start(held)
    qtbot.waitUntil(lambda: listener.events == ["first"])
    threading.Timer(0.05, held.go.set).start()
    runner.shutdown()
    assert held.closed.is_set()
    qtbot.wait(20)  # deliver what might be queued
    assert listener.events == ["first"]
    assert listener.endings == []


def test_that_a_worker_is_never_more_than_a_few_steps_ahead_of_the_window(runner: TaskRunner, qtbot: QtBot) -> None:
    """A flood of events would hold up painting: the window must find its queue empty again and again."""
    made, ahead = [0], []

    def work() -> Iterator[int]:
        for number in range(200):
            made[0] = number
            yield number

    runner.event_arrived.connect(lambda number: ahead.append(made[0] - number))
    with qtbot.waitSignal(runner.finished):
        runner.start(work)
    assert len(ahead) == 200
    assert max(ahead) <= ROOM + 1


def test_that_a_flood_of_events_leaves_the_window_time_for_everything_else(runner: TaskRunner, qtbot: QtBot) -> None:
    """Else the window would paint and answer when the last of 100,000 results has arrived."""
    told: list[object] = []
    turns: list[int] = []
    beside = QTimer(interval=0)
    beside.timeout.connect(lambda: turns.append(len(told)))
    beside.start()

    def take(event: object) -> None:
        told.append(event)
        until = time.thread_time() + TURN / 4
        while time.thread_time() < until:
            pass

    runner.event_arrived.connect(take)
    with qtbot.waitSignal(runner.finished, timeout=60_000):
        runner.start(lambda: iter(range(200)))
    beside.stop()
    assert told == list(range(200))
    between = [number for number in turns if 0 < number < 200]
    assert len(set(between)) >= 10


def test_that_a_worker_that_waits_for_the_window_can_be_shut_down(runner: TaskRunner) -> None:
    closed = threading.Event()

    def work() -> Iterator[int]:
        try:
            yield from range(ROOM + 6)
        finally:
            closed.set()

    runner.start(work)  # nobody runs the event loop, so in the end there is no room
    runner.shutdown()
    assert closed.is_set() or not runner.is_running


def test_that_one_runner_does_not_wait_for_another(qtbot: QtBot) -> None:
    owner = QObject()
    runners, held = Runners.below(owner), Held()
    runners.batch.start(held)
    with qtbot.waitSignal(runners.compare.finished):
        runners.compare.start(lambda: iter([1]))
    assert runners.batch.is_running
    held.go.set()
    runners.shutdown()


def test_that_those_that_only_count_take_turns_and_nobody_waits_for_them(qtbot: QtBot) -> None:
    parent = QObject()
    runners = Runners.below(parent)
    go, begun = threading.Event(), list[str]()

    def held() -> Iterator[object]:
        begun.append("summary")
        assert go.wait(60)
        yield "counted"

    runners.summary.start(held)
    runners.queue.do(lambda: begun.append("queue"))
    qtbot.waitUntil(lambda: begun == ["summary"])
    with qtbot.waitSignal(runners.batch.finished):
        runners.batch.start(lambda: iter(()))
    assert begun == ["summary"]
    with qtbot.waitSignal(runners.queue.finished):
        go.set()
    assert begun == ["summary", "queue"]
    runners.shutdown()


def test_that_5000_emitted_signals_do_not_end_python() -> None:
    """PySide6 6.12.0 aborts on Python 3.11 after about 560 (bool_dealloc); the pin keeps it out."""
    program = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Signal
class Source(QObject):
    told = Signal(int, object)
application = QCoreApplication([])
source, heard = Source(), []
source.told.connect(lambda number, thing: heard.append(thing))
for number in range(5000):
    source.told.emit(number, True)
sys.stdout.write(str(len(heard)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "5000"), done.stderr
