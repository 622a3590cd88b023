"""Images classified side by side: as many as there are lanes, and never more on their way than there is room for."""

import threading
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from alldetect_gui.core import machine
from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.records import Prediction
from alldetect_gui.inference.engine import open_engine
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


@pytest.mark.parametrize("side", [64, 112])  # 112: in two parts, without what background there is
def test_that_two_callers_of_one_engine_read_their_own_maps_at_the_same_time(side: int) -> None:
    """The barrier breaks unless both are inside an interpreter of their own."""
    together = threading.Barrier(2, timeout=TOGETHER)
    opened = open_engine("litert", bundled_base(), 1)

    def copied(maps: Mapping[int, np.ndarray]) -> dict[int, np.ndarray]:
        together.wait()
        found = {block: values.copy() for block, values in maps.items()}
        together.wait()
        return found

    some = np.linspace(-100, 100, side * side * 3, dtype=np.float32).reshape(side, side, 3)
    images = [some, np.ascontiguousarray(some[::-1, ::-1] / 2)]
    alone = [opened.feature_maps(values) for values in images]
    with Lanes(SimpleNamespace(classify=lambda values: opened.read(values, copied)), 2) as lanes:  # type: ignore[arg-type]
        answers = [lanes.begin(values) for values in images]  # type: ignore[arg-type]
        found = [answer.result() for answer in answers]
    for maps, expected in zip(found, alone, strict=True):
        assert list(maps) == list(expected)  # type: ignore[call-overload]
        for block, values in expected.items():
            np.testing.assert_array_equal(maps[block], values)  # type: ignore[index]


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
