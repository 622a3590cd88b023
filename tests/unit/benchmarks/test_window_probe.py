"""The probe in the event loop sees what holds it up, and sums it up as a user would feel it."""

import time
from array import array

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from benchmarks.window.probe import LoopProbe, Stalls, felt


def test_that_work_in_the_loop_is_one_gap_with_its_own_processor_time(qtbot: QtBot) -> None:
    parent = QObject()
    probe = LoopProbe(parent)
    done: list[float] = []

    def work() -> None:
        began = time.thread_time()
        while time.thread_time() - began < 0.1:
            pass
        done.append(0.1)

    probe.begin()
    QTimer.singleShot(20, work)
    qtbot.waitUntil(lambda: bool(done), timeout=60_000)
    seen = probe.take()
    assert seen.worst >= 100
    assert seen.own >= 100


def test_that_a_sleep_is_a_gap_without_own_work(qtbot: QtBot) -> None:
    parent = QObject()
    probe = LoopProbe(parent)
    done: list[float] = []
    probe.begin()
    QTimer.singleShot(20, lambda: (time.sleep(0.2), done.append(1.0)))
    qtbot.waitUntil(lambda: bool(done), timeout=60_000)
    seen = probe.take()
    assert seen.worst >= 200
    assert seen.own < seen.worst


@pytest.mark.parametrize(
    ("gaps", "share", "wait"),
    [
        ([1.0] * 10, 0.0, 1.0),  # nobody may wait longer: the longest gap
        ([1.0] * 9 + [11.0], 0.5, 1.0),  # of 20 s, 10 s lie more than 1 s before the end of the long gap
        ([1.0] * 9 + [11.0], 0.25, 6.0),  # 5 s of the long gap are more than 6 s before its end
        ([2.0, 2.0], 0.5, 1.0),
        ([2.0, 2.0], 1.0, 0.0),
    ],
)
def test_that_a_long_gap_is_felt_by_its_length(gaps: list[float], share: float, wait: float) -> None:
    assert felt(sorted(gaps), share) == pytest.approx(wait)


def test_that_stalls_are_told_in_milliseconds() -> None:
    seen = Stalls.of(
        array("d", [0.002] * 999 + [0.1]), array("d", [0.0] * 999 + [0.03]), array("d", [0.0] * 999 + [0.06])
    )
    assert (seen.gaps, seen.p999, seen.worst, seen.own, seen.served) == (1000, 100.0, 100.0, 30.0, 40.0)
