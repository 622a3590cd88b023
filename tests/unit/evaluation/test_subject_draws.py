"""Intervals from counts are those of the bootstrap that goes through the images."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.intervals import subject_bootstrap
from alldetect_gui.evaluation.metrics import roc_auc
from alldetect_gui.evaluation.subject_draws import AUC, intervals_by_subject
from alldetect_gui.workflows.evaluate_run import MEASURES


@pytest.mark.parametrize(("seed", "subjects", "decimals"), [(0, 12, 9), (1, 6, 1), (2, 40, 2), (3, 5, 0)])
def test_that_they_equal_the_bootstrap_over_images(seed: int, subjects: int, decimals: int) -> None:
    generator = np.random.default_rng(seed)
    names = np.array([f"s{number}" for number in generator.integers(0, subjects, 300)])
    y_true = np.array([int(name[1:]) % 3 > 0 for name in names])
    probability = np.round(np.clip(generator.normal(0.4 + 0.25 * y_true, 0.25), 0, 1), decimals)  # with ties
    y_pred = probability >= 0.5

    def over_images(name: str) -> Callable[[NDArray[np.int64]], float | None]:
        if name == AUC:
            return lambda index: roc_auc(y_true[index], probability[index])
        return lambda index: MEASURES[name](ConfusionMatrix.of(y_true[index], y_pred[index]))

    found = intervals_by_subject(MEASURES, y_true, y_pred, probability, names, draws=200)
    for name in (*MEASURES, AUC):
        expected = subject_bootstrap(over_images(name), names, draws=200)
        assert (name in found) == (expected is not None)
        if expected is not None:
            np.testing.assert_allclose(found[name], expected, atol=1e-12)


def test_that_a_few_subjects_or_one_class_have_none() -> None:
    y_true, probability = np.ones(12, np.bool_), np.linspace(0, 1, 12)
    few = np.array(list("aabbccdd" * 2))[:12]
    assert intervals_by_subject(MEASURES, y_true, probability > 0.5, probability, few, draws=50) == {}
    many = np.array(list("abcdefabcdef"))
    found = intervals_by_subject(MEASURES, y_true, probability > 0.5, probability, many, draws=50)
    assert AUC not in found and "specificity" not in found and "sensitivity" in found
