"""The mean of several kernel machines: its parts, its gradient against differences, its file."""

import numpy as np
import pytest

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.inference.arrays import arrays_to_bytes
from alldetect_gui.inference.heads import read_head
from alldetect_gui.inference.joined_head import JoinedHead
from alldetect_gui.inference.kernel_head import RANKS
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.honest.kernel_fit import KernelOptions, fit_kernel_head
from tests.unit.inference.slopes import slopes_at

PARTS = (slice(0, 12), slice(2, 7))


@pytest.fixture(scope="module")
def data() -> TrainingSet:
    generator = np.random.default_rng(0)
    is_all = generator.random(240) < 0.6
    features = generator.normal(size=(240, 12)).astype(np.float32) + is_all[:, np.newaxis] * np.float32(0.8)
    subjects = np.array([f"{'A' if positive else 'H'}{index % 6}" for index, positive in enumerate(is_all)])
    return TrainingSet(features, is_all, subjects, subjects)


@pytest.fixture(scope="module")
def head(data: TrainingSet) -> JoinedHead:
    def member(part: slice) -> object:
        own = TrainingSet(data.features[:, part], data.is_all, data.subjects, data.groups)
        return fit_kernel_head(own, np.ones(len(data.is_all)), KernelOptions())

    return JoinedHead(tuple(member(part) for part in PARTS), PARTS, np.array([2, -0.5], np.float32))  # type: ignore[misc]


def test_that_its_margin_is_the_mean_of_its_members(head: JoinedHead, data: TrainingSet) -> None:
    first, second = (member.logits(data.features[:, part]) for member, part in zip(head.members, PARTS, strict=True))
    np.testing.assert_allclose(head.logits(data.features), (first + second) / 2)
    assert np.abs(first - second).max() > 0.1
    odds = np.log(head.probability_all(data.features) / (1 - head.probability_all(data.features)))
    np.testing.assert_allclose(odds, first + second - 0.5, atol=1e-9)
    assert head.length == 12


def test_that_the_gradient_is_the_slope(head: JoinedHead, data: TrainingSet) -> None:
    point = data.features[0].astype(np.float64)
    slopes = slopes_at(point, head)
    np.testing.assert_allclose(head.logit_gradient(point.astype(np.float32)), slopes, atol=1e-3)
    assert np.abs(slopes).max() > 0.05


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 3, 11])
def test_that_what_is_not_finite_gives_no_probability(
    value: float, place: int, head: JoinedHead, data: TrainingSet
) -> None:
    rows = data.features[:2].copy()
    rows[0, place] = value
    assert np.isnan(head.probability_all(rows)).tolist() == [True, False]


def test_that_the_file_gives_the_same_head(head: JoinedHead, data: TrainingSet) -> None:
    again = read_head("joined", head.to_bytes())
    np.testing.assert_array_equal(again.probability_all(data.features), head.probability_all(data.features))


@pytest.mark.parametrize(
    "change",
    [
        {"parts": [[0, 12], [2, 8]]},
        {"parts": [[0, 12], [-5, 0]]},
        {"parts": [[0, 12], [2.5, 7.5]]},
        {"parts": [[0, 12], [2, 7], [0, 12]]},
        {"parts": [[0, 12, 1], [2, 7, 1]]},
        {"parts": np.zeros((0, 2))},
        {"parts": [[0, 12]] * 7},
        {"calibration": [1]},
        {"machine1_dual": [1, 2]},
        {"machine0_scale": -np.ones(12)},
        {"machine0_mean": np.full(12, np.nan)},
        {"machine5_mean": np.full(12, np.nan)},  # which no part reads
    ],
)  # fmt: skip
def test_that_a_damaged_file_gives_none(change: dict[str, object], head: JoinedHead) -> None:
    arrays = {
        "parts": np.array([(part.start, part.stop) for part in PARTS], np.float32),
        "calibration": head.calibration,
    }
    for number, member in enumerate(head.members):
        arrays |= {f"machine{number}_{name}": getattr(member, name) for name in RANKS}
    damaged = {**arrays, **{name: np.array(values, np.float32) for name, values in change.items()}}
    with pytest.raises(ModelDamaged, match="head"):
        read_head("joined", arrays_to_bytes(damaged))
