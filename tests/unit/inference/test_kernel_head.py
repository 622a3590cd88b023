"""The head of two opinions: against scikit-learn, its gradient against differences, its file."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.svm import SVC

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.inference.arrays import arrays_to_bytes
from alldetect_gui.inference.kernel_head import KernelHead, kernel_head_from_bytes
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.honest.fine_tune import Tuned
from alldetect_gui.training.honest.kernel_fit import KernelOptions, fit_kernel_head, learn_whitening
from tests.unit.inference.slopes import slopes_at


def _data(count: int = 240) -> TrainingSet:
    generator = np.random.default_rng(0)
    is_all = generator.random(count) < 0.6
    features = generator.normal(size=(count, 12)).astype(np.float32) + is_all[:, np.newaxis] * np.float32(0.8)
    subjects = np.array([f"{'A' if positive else 'H'}{index % 6}" for index, positive in enumerate(is_all)])
    return TrainingSet(features, is_all, subjects, subjects)


def _tuned(length: int = 5) -> Tuned:
    generator = np.random.default_rng(1)
    mean, weights = generator.normal(size=(2, length)).astype(np.float32)
    return Tuned(b"", mean, np.full(length, 2, np.float32), weights, 0.25)


def _head(tuned: Tuned | None = None) -> tuple[KernelHead, TrainingSet]:
    data = _data()
    head = fit_kernel_head(data, np.ones(len(data.is_all)), KernelOptions())
    if tuned is None:
        return head, data
    constants = np.array([*head.constants[:2], tuned.bias, 0.2], np.float32)
    return replace(
        head, mean=np.concatenate([head.mean, tuned.mean]), scale=np.concatenate([head.scale, tuned.scale]),
        weights=tuned.weights, constants=constants,
    ), data  # fmt: skip


def test_that_the_kernel_part_is_scikit_learns_machine() -> None:
    head, data = _head()
    white = learn_whitening(data, KernelOptions())
    machine = SVC(C=1.0, gamma=0.5 / len(white.directions)).fit(white(data.features), data.is_all)
    np.testing.assert_allclose(head.logits(data.features), machine.decision_function(white(data.features)), atol=0.01)


def test_that_the_tuned_part_counts_by_its_share() -> None:
    alone, data = _head()
    tuned = _tuned()
    both, _ = _head(tuned)
    extra = np.random.default_rng(3).normal(size=(len(data.is_all), 5)).astype(np.float32)
    linear = ((extra - tuned.mean) / tuned.scale) @ tuned.weights + tuned.bias
    expected = 0.8 * alone.logits(data.features) + 0.2 * linear
    np.testing.assert_allclose(both.logits(np.hstack([data.features, extra])), expected, atol=1e-4)


def test_that_the_gradient_is_the_slope() -> None:
    head, data = _head(_tuned())
    point = np.concatenate([data.features[0], np.zeros(5, np.float32)]).astype(np.float64)
    slopes = slopes_at(point, head)
    np.testing.assert_allclose(head.logit_gradient(point.astype(np.float32)), slopes, atol=1e-3)
    assert np.abs(slopes).max() > 0.05


def test_that_what_is_not_finite_gives_no_probability() -> None:
    head, data = _head()
    for value in (np.nan, np.inf, -np.inf):
        row = data.features[:1].copy()
        row[0, 3] = value
        assert np.isnan(head.probability_all(row)).all()


def test_that_the_file_gives_the_same_head_and_a_damaged_one_none() -> None:
    head, data = _head(_tuned())
    row = np.hstack([data.features, np.zeros((len(data.is_all), 5), np.float32)])
    again = kernel_head_from_bytes(head.to_bytes())
    np.testing.assert_array_equal(again.logits(row), head.logits(row))
    arrays = {name: getattr(head, name) for name in (
        "mean", "scale", "directions", "centre", "support", "dual", "weights", "constants", "calibration")}  # fmt: skip
    for change in (
        {"dual": head.dual[:-1]},
        {"centre": head.centre[:-1]},
        {"scale": -head.scale},
        {"weights": head.weights[:-1]},
        {"constants": np.array([-1, 0, 0, 0], np.float32)},
        {"constants": np.array([1, 0, 0, 2], np.float32)},
    ):
        with pytest.raises(ModelDamaged, match="head"):
            kernel_head_from_bytes(arrays_to_bytes({**arrays, **change}))
