"""Do the recipes differ? The thesis' counts tested as they are, and ours compared image by image."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.intervals import Statistic, subject_bootstrap
from alldetect_gui.evaluation.metrics import roc_auc
from alldetect_gui.training.thesis.printed import PRINTED

CONTROL = "original"
"""The recipe that the others are compared with, where it is studied: the image as it is."""
_MANY = 1_000_000


def two_proportions(one: ConfusionMatrix, other: ConfusionMatrix) -> tuple[float, float]:
    """z and two-sided p for equal accuracy, images taken as independent (pooled variance)."""
    right = one.tp + one.tn, other.tp + other.tn
    shared = sum(right) / (one.total + other.total)
    z = (right[0] / one.total - right[1] / other.total) / math.sqrt(
        shared * (1 - shared) * (1 / one.total + 1 / other.total)
    )
    return z, math.erfc(abs(z) / math.sqrt(2))


def printed_pairs() -> list[tuple[str, str, float, float]]:
    """The thesis' experiments two by two after the most epochs: names, z and p of their accuracies."""
    return [
        (one, other, *two_proportions(PRINTED[one][-1].exchanged, PRINTED[other][-1].exchanged))
        for one, other in itertools.combinations(PRINTED, 2)
    ]


def at_share(matrix: ConfusionMatrix, share_all: float) -> ConfusionMatrix:
    """The matrix of a million images with the same sensitivity and specificity and this share of ALL."""
    positives = round(_MANY * share_all)
    tp = round(positives * (matrix.sensitivity or 0))
    tn = round((_MANY - positives) * (matrix.specificity or 0))
    return ConfusionMatrix(tp=tp, fn=positives - tp, fp=_MANY - positives - tn, tn=tn)


def unseen_differences(
    is_all: NDArray[np.bool_], subjects: NDArray[np.str_], out_of_fold: Mapping[str, Sequence[NDArray[np.float64]]]
) -> dict[str, Any]:
    """Each recipe's figures minus those of the control (or of the first) on the same unseen images, by subject.

    `out_of_fold` has P(ALL) of n originals, one array (n,) a repeat of the folds; figures are means of the repeats.
    """
    control = CONTROL if CONTROL in out_of_fold else next(iter(out_of_fold))
    everything = np.arange(is_all.size)
    rows: dict[str, Any] = {}
    for recipe, values in out_of_fold.items():
        if recipe == control:
            continue
        pairs = list(zip(values, out_of_fold[control], strict=True))
        rows[recipe] = {}
        for name in _FIGURES:
            statistic = _difference(name, is_all, pairs)
            interval = subject_bootstrap(statistic, subjects)
            rows[recipe][name] = {"value": statistic(everything), "interval": list(interval) if interval else None}
    return {"control": control, "rows": rows}


_FIGURES = ("f1_weighted", "balanced_accuracy", "roc_auc")


def _difference(
    name: str, is_all: NDArray[np.bool_], pairs: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]
) -> Statistic:
    def figure(index: NDArray[np.int64], probability: NDArray[np.float64]) -> float | None:
        truth, values = is_all[index], probability[index]
        if name == "roc_auc":
            return roc_auc(truth, values)
        found: float | None = getattr(ConfusionMatrix.of(truth, values >= 0.5), name)
        return found

    def statistic(index: NDArray[np.int64]) -> float | None:
        gaps = []
        for one, other in pairs:
            own, control = figure(index, one), figure(index, other)
            if own is None or control is None:
                return None
            gaps.append(own - control)
        return float(np.mean(gaps))

    return statistic
