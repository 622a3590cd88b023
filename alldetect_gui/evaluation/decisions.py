"""What acting on probabilities would bring: net benefit over thresholds, errors over the share that is called."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def net_benefit(
    y_true: NDArray[np.bool_], probability: NDArray[np.float64], thresholds: Sequence[float]
) -> list[tuple[float, float, float]]:
    """Decision curve (Vickers & Elkin 2006): (threshold, net benefit of the model, of calling everything ALL).

    Net benefit is TP/n - FP/n * t/(1-t); calling nothing ALL has 0. Shapes (n_images,); thresholds in (0, 1).
    """
    rows = []
    for threshold in thresholds:
        called = probability >= threshold
        odds = threshold / (1 - threshold)
        model = float(np.mean(called & y_true) - odds * np.mean(called & ~y_true))
        rows.append((threshold, model, float(np.mean(y_true) - odds * np.mean(~y_true))))
    return rows


def risk_coverage(
    y_true: NDArray[np.bool_], probability: NDArray[np.float64], coverages: Sequence[float]
) -> list[tuple[float, float]]:
    """(coverage, share called wrongly) when only the images farthest from 0.5 are called (El-Yaniv & Wiener 2010).

    Shapes (n_images,); coverages in (0, 1].
    """
    order = np.argsort(-np.abs(probability - 0.5), kind="stable")
    wrong = ((probability >= 0.5) != y_true)[order]
    result = []
    for coverage in coverages:
        count = max(1, round(coverage * wrong.size))
        result.append((coverage, float(wrong[:count].mean())))
    return result
