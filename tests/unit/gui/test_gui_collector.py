"""Cycles go, what has lasted is left alone, and Python collects as before once the window has closed."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from alldetect_gui.gui.collector import FLOOD, YOUNG, Collector


class Node:
    """Holds itself, as a widget and its slots do."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    collector = Collector()
    collector.start()
    yield collector
    collector.stop()


def test_that_a_cycle_goes_when_the_window_is_idle(collector: Collector, qtbot: QtBot) -> None:
    node = weakref.ref(Node())
    some: list[list[int]] = []

    def is_gone() -> bool:
        some.extend([number] for number in range(YOUNG // 4))  # as a window in use; what goes at once is not counted
        return node() is None

    qtbot.waitUntil(is_gone, timeout=60_000)


def test_that_nothing_is_collected_in_between(collector: Collector) -> None:
    node = weakref.ref(Node())
    some = [[number] for number in range(FLOOD)]
    assert node() is not None
    assert len(some) == FLOOD
    assert not gc.isenabled()


def test_that_a_flood_of_records_is_not_gone_through(collector: Collector) -> None:
    seen: list[str] = []

    def note(phase: str, _: dict[str, int]) -> None:
        seen.append(phase)

    many = [[number] for number in range(2 * FLOOD)]
    gc.callbacks.append(note)
    collector.look()
    gc.callbacks.remove(note)
    assert seen == []
    assert gc.get_freeze_count() >= len(many)


def test_that_what_lasts_is_gone_through_ever_less_often(collector: Collector) -> None:
    generations: list[int] = []

    def note(phase: str, told: dict[str, int]) -> None:
        if phase == "start":
            generations.append(told["generation"])

    gc.callbacks.append(note)
    kept = []
    for _ in range(100):
        kept.append([[number] for number in range(2 * YOUNG)])
        collector.look()
    gc.callbacks.remove(note)
    assert len(generations) > 100
    assert generations.count(2) < 10


def test_that_python_collects_again_once_the_window_has_closed(qtbot: QtBot) -> None:
    collector = Collector()
    collector.start()
    collector.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    collector.stop()  # a window may be closed twice
    assert gc.isenabled()
