"""Figures of probabilities: ROC AUC, Brier score, calibration error and slope."""

import numpy as np
from numpy.typing import NDArray


def roc_auc(y_true: NDArray[np.bool_], probability: NDArray[np.float64]) -> float | None:
    """Area under the ROC curve as the Mann-Whitney statistic (Hanley & McNeil 1982); ties count half.

    Shapes (n_images,). None unless both classes occur.
    """
    positives = int(np.count_nonzero(y_true))
    negatives = y_true.size - positives
    if not positives or not negatives:
        return None
    _, group, count = np.unique(probability, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    mean_rank = (last - count + 1 + last) / 2
    rank_sum = float(mean_rank[group][y_true].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def brier_score(y_true: NDArray[np.bool_], probability: NDArray[np.float64]) -> float | None:
    """Mean squared difference of probability and truth (Brier 1950); None without images."""
    if not y_true.size:
        return None
    return float(np.mean((probability - y_true.astype(np.float64)) ** 2))


def calibration_error(y_true: NDArray[np.bool_], probability: NDArray[np.float64], bins: int = 10) -> float | None:
    """Expected calibration error over `bins` bins of equal width on P(ALL); None without images."""
    if not y_true.size:
        return None
    place = np.clip((probability * bins).astype(np.int64), 0, bins - 1)
    gaps = np.abs(
        np.bincount(place, weights=probability, minlength=bins)
        - np.bincount(place, weights=y_true.astype(np.float64), minlength=bins)
    )
    return float(gaps.sum() / y_true.size)


_STEPS, _CLOSE = 25, 1e-8
_FARTHEST = 1e-6
"""Probabilities are held off 0 and 1 by this much: their logit must be finite."""


def calibration_slope(y_true: NDArray[np.bool_], probability: NDArray[np.float64]) -> float | None:
    """Slope of a logistic regression of the truth on the logit of P(ALL) (Cox 1958): 1 is right, below 1 too sure.

    Shapes (n_images,). None unless both classes occur and the slope is finite, which it is not when no threshold
    errs. By Newton's method.
    """
    if not y_true.any() or y_true.all():
        return None
    held = np.clip(probability, _FARTHEST, 1 - _FARTHEST)
    columns = np.stack([np.ones(held.size), np.log(held / (1 - held))])
    found = np.zeros(2)  # from a slope of 1 it would overshoot where all probabilities are near 0 or 1
    for _ in range(_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(found @ columns, -30, 30)))
        curvature = (columns * (expected * (1 - expected))) @ columns.T
        if np.linalg.cond(curvature) > 1 / _CLOSE:
            return None
        step = np.linalg.solve(curvature, columns @ (y_true - expected))
        found = found + step
        if np.abs(step).max() < _CLOSE:
            return float(found[1])
    return None
