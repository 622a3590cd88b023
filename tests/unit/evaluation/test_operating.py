"""Counts for any threshold and band, against counting one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.operating import OperatingCurve

CELLS = st.lists(st.tuples(st.booleans(), st.sampled_from([0, 0.1, 0.3, 0.5, 0.5, 0.7, 1.0])), max_size=30)
PLACES = st.sampled_from([0.0, 0.05, 0.1, 0.4, 0.5, 0.6, 0.7, 1.0])


@given(CELLS, st.lists(st.sampled_from([0.2, 0.5, 0.8]), max_size=5), PLACES, PLACES, PLACES)
def test_that_the_curve_counts_as_one_would_by_hand(
    cells: list[tuple[bool, float]], unknown: list[float], threshold: float, one: float, other: float
) -> None:
    y_true = np.array([truth for truth, _ in cells], dtype=np.bool_)
    probability = np.array([value for _, value in cells], dtype=np.float64)
    curve = OperatingCurve(y_true, probability, np.array(unknown, dtype=np.float64))
    low, high = min(one, other), max(one, other)
    assert curve.confusion(threshold) == ConfusionMatrix.of(y_true, probability >= threshold)
    assert curve.workload(low, high) == sum(low <= value <= high for value in [*probability.tolist(), *unknown])
    out = (probability < low) | (probability > high)
    assert curve.outside(threshold, low, high) == ConfusionMatrix.of(y_true[out], probability[out] >= threshold)
    assert (curve.labelled, curve.total) == (len(cells), len(cells) + len(unknown))
