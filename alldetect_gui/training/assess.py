"""Figures of held-out subjects: pooled with intervals by subject, per subject, beside baselines and matched by area."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.intervals import Statistic, subject_bootstrap
from alldetect_gui.evaluation.metrics import brier_score, calibration_error, calibration_slope, roc_auc

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A value and its 95 % interval by subject; None where it is not defined."""

    value: float | None
    interval: tuple[float, float] | None


def figures(
    probability: Floats,
    is_all: NDArray[np.bool_],
    subjects: NDArray[np.str_],
    threshold: float = 0.5,
    names: Collection[str] | None = None,
) -> dict[str, Figure]:
    """Weighted F1, AUC and the other figures at `threshold`, pooled over images; arrays of shape (n,).

    `names` asks for some of them only: every interval takes a thousand draws.
    """
    called = probability >= threshold

    def matrix(index: NDArray[np.int64]) -> ConfusionMatrix:
        return ConfusionMatrix.of(is_all[index], called[index])

    statistics: Mapping[str, Statistic] = {
        "f1_weighted": lambda index: matrix(index).f1_weighted,
        "roc_auc": lambda index: roc_auc(is_all[index], probability[index]),
        "accuracy": lambda index: matrix(index).accuracy,
        "sensitivity": lambda index: matrix(index).sensitivity,
        "specificity": lambda index: matrix(index).specificity,
        "ppv": lambda index: matrix(index).ppv,
        "npv": lambda index: matrix(index).npv,
        "balanced_accuracy": lambda index: matrix(index).balanced_accuracy,
        "mcc": lambda index: matrix(index).mcc,
        "brier": lambda index: brier_score(is_all[index], probability[index]),
        "calibration_error": lambda index: calibration_error(is_all[index], probability[index]),
        "calibration_slope": lambda index: calibration_slope(is_all[index], probability[index]),
    }
    everything = np.arange(is_all.size)
    return {
        name: Figure(statistic(everything), subject_bootstrap(statistic, subjects, draws=1000))
        for name, statistic in statistics.items()
        if names is None or name in names
    }


def subject_mean(right: NDArray[np.bool_], subjects: NDArray[np.str_]) -> Figure:
    """The mean over subjects of the share called right, however many cells they have; arrays (n,)."""
    names = np.unique(subjects)
    shares = np.array([right[subjects == name].mean() for name in names])
    interval = subject_bootstrap(lambda index: float(shares[index].mean()), names, draws=1000)
    return Figure(float(shares.mean()) if shares.size else None, interval)


@dataclass(frozen=True)
class SubjectRow:
    """One subject's held-out cells."""

    subject: str
    is_all: bool
    images: int
    right: int
    mean_area: float
    mean_probability: float


def per_subject(
    probability: Floats, is_all: NDArray[np.bool_], subjects: NDArray[np.str_], area: NDArray[np.float32]
) -> list[SubjectRow]:
    """A row a subject, ALL first, by number of images."""
    rows = []
    for name in np.unique(subjects):
        of_subject = subjects == name
        right = (probability[of_subject] >= 0.5) == is_all[of_subject]
        rows.append(
            SubjectRow(
                str(name),
                bool(is_all[of_subject][0]),
                int(of_subject.sum()),
                int(right.sum()),
                float(area[of_subject].mean()),
                float(probability[of_subject].mean()),
            )
        )
    return sorted(rows, key=lambda row: (not row.is_all, -row.images))


def area_matched(
    is_all: NDArray[np.bool_], area: NDArray[np.float32], *, width: float = 3000.0, seed: int = 0
) -> NDArray[np.int64]:
    """Rows of as many ALL as HEM images in every band of cell area (`width` pixels): size tells nothing there."""
    generator = np.random.default_rng(seed)
    band = (area // width).astype(np.int64)
    rows = []
    for value in np.unique(band):
        positives = np.flatnonzero((band == value) & is_all)
        negatives = np.flatnonzero((band == value) & ~is_all)
        count = min(positives.size, negatives.size)
        rows += [generator.choice(positives, count, replace=False), generator.choice(negatives, count, replace=False)]
    return np.sort(np.concatenate(rows))
