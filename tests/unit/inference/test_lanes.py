"""Images classified side by side: as many as there are lanes, and never more on their way than there is room for."""

import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from alldetect_gui.core import machine
from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.records import Prediction
from alldetect_gui.inference import engine
from alldetect_gui.inference.lanes import Lanes, split
from tests.unit.inference.small_model import bundled_base

SMALL = np.zeros((2, 2, 3), np.uint8)
LARGE = np.zeros((5000, 4000, 3), np.uint8)  # 60 MB
TOGETHER = 20.0  # seconds that a test waits for two threads to meet


class Slow:
    """In place of a classifier: answers with the image's first value, when it may."""

    def __init__(self) -> None:
        self.may = threading.Event()

    def classify(self, image: np.ndarray) -> Prediction:
        assert self.may.wait(TOGETHER)
        return Prediction(float(image[0, 0, 0]), Suggestion.HEM)


@pytest.mark.parametrize(("cores", "lanes"), [(1, (1, 1)), (2, (2, 1)), (3, (2, 1)), (4, (2, 2)), (16, (2, 8))])
def test_that_cores_are_split_into_lanes_of_several_threads(cores: int, lanes: tuple[int, int]) -> None:
    assert split(cores) == lanes


def test_that_there_is_room_for_two_images_a_lane_and_again_when_one_was_taken() -> None:
    slow = Slow()
    with Lanes(slow, 2) as lanes:  # type: ignore[arg-type]
        answers = []
        while lanes.has_room(SMALL):
            answers.append(lanes.begin(SMALL + len(answers)))
        assert len(answers) == 4
        slow.may.set()
        assert [answer.result().probability_all for answer in answers] == [0, 1, 2, 3]
        assert not lanes.has_room(SMALL)  # nothing was taken yet
        lanes.end(SMALL)
        assert lanes.has_room(SMALL)


def test_that_a_large_image_goes_alone() -> None:
    slow = Slow()
    with Lanes(slow, 2) as lanes:  # type: ignore[arg-type]
        assert lanes.has_room(LARGE)
        lanes.begin(LARGE)
        assert not lanes.has_room(LARGE)
        slow.may.set()
        lanes.end(LARGE)
        assert lanes.has_room(LARGE)


def test_that_what_has_not_begun_is_dropped_at_the_end() -> None:
    slow = Slow()
    with Lanes(slow, 1) as lanes:  # type: ignore[arg-type]
        first, second = lanes.begin(SMALL), lanes.begin(SMALL)
        while not first.running():
            threading.Event().wait(0.001)
        threading.Timer(0.05, slow.may.set).start()
    assert first.done()
    assert second.cancelled()


def test_that_two_callers_of_one_engine_compute_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The barrier breaks unless both are inside an interpreter of their own."""
    together = threading.Barrier(2, timeout=TOGETHER)
    run = engine._Interpreter.run

    def meet(self: engine._Interpreter, values: np.ndarray) -> list[np.ndarray]:
        together.wait()
        return run(self, values)

    opened = engine.open_engine("litert", bundled_base(), 1)
    values = np.linspace(-100, 100, 64 * 64 * 3, dtype=np.float32).reshape(64, 64, 3)
    alone = opened.feature_maps(values)
    monkeypatch.setattr(engine._Interpreter, "run", meet)
    with Lanes(SimpleNamespace(classify=opened.feature_maps), 2) as lanes:  # type: ignore[arg-type]
        answers = [lanes.begin(values) for _ in range(2)]  # type: ignore[arg-type]
        found = [answer.result() for answer in answers]
    for maps in found:
        for block, values_of_block in alone.items():
            np.testing.assert_array_equal(maps[block], values_of_block)  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "cores"),
    [("150000 100000\n", 2), ("10000 100000\n", 1), ("max 100000\n", 8), ("6400000 100000\n", 8), ("", 8)],
)
def test_that_a_granted_share_of_processor_time_counts(
    text: str, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(text)
    monkeypatch.setattr(machine, "_QUOTA", quota)
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert machine.usable_cores() == cores
