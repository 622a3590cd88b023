"""The cluster bootstrap of evaluation.intervals for figures that need only counts, without the images themselves.

A draw of whole subjects is a number of times that each one counts. A confusion matrix is a sum over subjects, and the
AUC (Mann-Whitney) a sum over pairs of subjects, so both follow from counts that are made once. The draws, and with
them the intervals, are those of `subject_bootstrap`.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.confusion import ConfusionMatrix

Interval = tuple[float, float]
Measure = Callable[[ConfusionMatrix], float | None]
Floats = NDArray[np.float64]
AUC = "roc_auc"


def intervals_by_subject(
    measures: Mapping[str, Measure],
    y_true: NDArray[np.bool_],
    y_pred: NDArray[np.bool_],
    probability: Floats,
    subjects: NDArray[np.str_],
    *,
    draws: int,
    seed: int = 0,
) -> dict[str, Interval]:
    """95 % intervals of `measures` and of the AUC by drawing subjects; those that have one. Arrays (n_images,)."""
    names, member = np.unique(subjects, return_inverse=True)
    if names.size < 5:
        return {}
    generator = np.random.default_rng(seed)
    drawn = np.stack([
        np.bincount(generator.integers(0, names.size, names.size), minlength=names.size) for _ in range(draws)
    ])  # fmt: skip
    kinds = (y_true & y_pred, y_true & ~y_pred, ~y_true & y_pred, ~y_true & ~y_pred)
    counts = np.stack([np.bincount(member[kind], minlength=names.size) for kind in kinds], axis=1)
    matrices = [ConfusionMatrix(*map(int, row)) for row in drawn @ counts]
    values: dict[str, list[float | None]] = {name: list(map(of, matrices)) for name, of in measures.items()}
    values[AUC] = _areas(drawn, y_true, probability, member, names.size)
    found = {name: _bounds([value for value in row if value is not None], draws) for name, row in values.items()}
    return {name: bounds for name, bounds in found.items() if bounds is not None}


def _areas(
    drawn: NDArray[np.int64], y_true: NDArray[np.bool_], probability: Floats, member: NDArray[np.int64], count: int
) -> list[float | None]:
    """The AUC of each draw; None where a class is missing."""
    positives, negatives = (np.bincount(member[kind], minlength=count) for kind in (y_true, ~y_true))
    wins = np.zeros((count, count))  # how often a positive of one subject lies above a negative of another; ties half
    scores, owner = probability[y_true], member[y_true]
    for other in np.flatnonzero(negatives):
        against = np.sort(probability[~y_true & (member == other)])
        below = (np.searchsorted(against, scores, "left") + np.searchsorted(against, scores, "right")) / 2
        wins[:, other] = np.bincount(owner, weights=below, minlength=count)
    pairs = (drawn @ positives) * (drawn @ negatives)
    won = np.einsum("di,ij,dj->d", drawn, wins, drawn, optimize=True)
    return [float(won[row] / pairs[row]) if pairs[row] else None for row in range(len(drawn))]


def _bounds(values: list[float], draws: int) -> Interval | None:
    if len(values) < draws / 2:
        return None
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)
