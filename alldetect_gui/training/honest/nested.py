"""The choice itself, judged: which rung is taken is decided inside the training patients, and counted on the others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.metrics import roc_auc
from alldetect_gui.training.assess import area_matched
from alldetect_gui.training.honest.joined import to_choose_from
from alldetect_gui.training.honest.rungs import ONCE, Rung, rebalanced_rungs, small_rungs
from alldetect_gui.training.honest.study import FOLDS, Study
from alldetect_gui.training.splits import grouped_folds

Floats = NDArray[np.float64]
INNER = 3
"""Folds by group inside the training patients of each outer fold."""


@dataclass(frozen=True)
class Nested:
    """What came of it."""

    names: tuple[str, ...]  # of what could be chosen
    chosen: tuple[str, ...]  # in each outer fold
    probability: Floats  # of each image, calibrated on the other folds


def nested(study: Study) -> Nested:
    """Nested cross-validation (Varma & Simon 2006) of the choice of view and balance, on the first draw's folds."""
    rungs, fold = candidates(), study.fold
    logits, chosen = np.empty(fold.size), []
    for number in range(FOLDS):
        inside, out = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        best = max(rungs, key=lambda rung: _score(study, rung, inside))
        logits[out] = best.logits(study.columns, inside, out, ONCE)
        chosen.append(best.name)
        print(f"nested choice in fold {number + 1} of {FOLDS}: {best.name}", flush=True)
    return Nested(tuple(rung.name for rung in rungs), tuple(chosen), study.calibrated(logits))


def candidates() -> tuple[Rung, ...]:
    """The looks, the plain one with less and with more balance, and joined machines."""
    return (*small_rungs(), *rebalanced_rungs(), *to_choose_from())


def _score(study: Study, rung: Rung, inside: NDArray[np.int64]) -> float:
    """Mean of the ROC AUC on all cells and on area-matched ones, out of fold inside the training patients."""
    part = study.training.take(inside)
    fold = grouped_folds(part.groups, part.is_all, INNER, 0)
    logits = np.empty(inside.size)
    for number in range(INNER):
        out = np.flatnonzero(fold == number)
        logits[out] = rung.logits(study.columns, inside[fold != number], inside[out], ONCE)
    rows = area_matched(part.is_all, study.measures[inside, 0])
    everywhere = roc_auc(part.is_all, logits) or 0.0
    return 0.5 * (everywhere + (roc_auc(part.is_all[rows], logits[rows]) or 0.0))
