"""Points of the ROC and the calibration plot, from arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def roc_points(y_true: NDArray[np.bool_], probability: NDArray[np.float64]) -> list[tuple[float, float]]:
    """(1 - specificity, sensitivity) at every threshold, from (0, 0) to (1, 1); empty unless both classes occur.

    Shapes (n_images,). Equal probabilities make one step, so that the area below is that of roc_auc.
    """
    positives, negatives = int(np.count_nonzero(y_true)), int(np.count_nonzero(~y_true))
    if not positives or not negatives:
        return []
    order = np.argsort(-probability, kind="stable")
    last_of_equals = np.append(np.diff(probability[order]) != 0, True)
    hits = np.cumsum(y_true[order])[last_of_equals] / positives
    false_alarms = np.cumsum(~y_true[order])[last_of_equals] / negatives
    return [(0.0, 0.0), *zip(false_alarms.tolist(), hits.tolist(), strict=True)]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Images whose P(ALL) is alike: what was said on average, and what share of them is ALL."""

    mean_probability: float
    observed: float
    images: int


def calibration_bins(
    y_true: NDArray[np.bool_], probability: NDArray[np.float64], bins: int = 10
) -> list[CalibrationBin]:
    """Bins of equal width on P(ALL), ascending, as in calibration_error; empty bins are left out."""
    place = np.clip((probability * bins).astype(np.int64), 0, bins - 1)
    return [
        CalibrationBin(float(probability[inside].mean()), float(y_true[inside].mean()), int(inside.sum()))
        for inside in (place == number for number in range(bins))
        if inside.any()
    ]
