"""Figures of probabilities: ROC AUC, Brier score, calibration error."""

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
