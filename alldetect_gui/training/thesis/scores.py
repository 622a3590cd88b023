"""Figures of one test set, as plain values for the record."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.intervals import Statistic, subject_bootstrap
from alldetect_gui.evaluation.metrics import roc_auc

Labels = NDArray[np.bool_]
Values = NDArray[np.float64]


def scores(is_all: Labels, called: Labels, score: Values) -> dict[str, Any]:
    """Counts and figures of n images: `called` ALL and a `score` that rises with ALL, all of shape (n,)."""
    return {**matrix_figures(ConfusionMatrix.of(is_all, called)), "roc_auc": roc_auc(is_all, score)}


def matrix_figures(matrix: ConfusionMatrix) -> dict[str, Any]:
    """Counts and the figures that follow from them."""
    names = ("accuracy", "f1_weighted", "sensitivity", "specificity", "ppv", "npv", "balanced_accuracy", "mcc",
             "f1_all", "f1_hem")  # fmt: skip
    return {
        "images": matrix.total,
        "tp": matrix.tp,
        "fn": matrix.fn,
        "fp": matrix.fp,
        "tn": matrix.tn,
        **{name: getattr(matrix, name) for name in names},
    }


def intervals(is_all: Labels, called: Labels, score: Values, subjects: NDArray[np.str_]) -> dict[str, Any]:
    """95 % intervals by subject of the figures that the report leans on; [low, high] or None."""

    def matrix(index: NDArray[np.int64]) -> ConfusionMatrix:
        return ConfusionMatrix.of(is_all[index], called[index])

    statistics: dict[str, Statistic] = {
        "f1_weighted": lambda index: matrix(index).f1_weighted,
        "accuracy": lambda index: matrix(index).accuracy,
        "sensitivity": lambda index: matrix(index).sensitivity,
        "specificity": lambda index: matrix(index).specificity,
        "balanced_accuracy": lambda index: matrix(index).balanced_accuracy,
        "roc_auc": lambda index: roc_auc(is_all[index], score[index]),
    }
    found = {name: subject_bootstrap(statistic, subjects) for name, statistic in statistics.items()}
    return {name: list(interval) if interval else None for name, interval in found.items()}
