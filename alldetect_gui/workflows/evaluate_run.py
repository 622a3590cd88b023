"""Use case: what a run amounts to, with or without reference labels."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageResult, ModelIdentity
from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.metrics import roc_auc
from alldetect_gui.evaluation.subject_draws import Interval, intervals_by_subject

DRAWS = 500

MEASURES: Mapping[str, Callable[[ConfusionMatrix], float | None]] = {
    "accuracy": lambda matrix: matrix.accuracy,
    "sensitivity": lambda matrix: matrix.sensitivity,
    "specificity": lambda matrix: matrix.specificity,
    "ppv": lambda matrix: matrix.ppv,
    "npv": lambda matrix: matrix.npv,
    "f1_all": lambda matrix: matrix.f1_all,
    "f1_hem": lambda matrix: matrix.f1_hem,
    "f1_weighted": lambda matrix: matrix.f1_weighted,
    "balanced_accuracy": lambda matrix: matrix.balanced_accuracy,
}


@dataclass(frozen=True)
class Evaluation:
    """Suggestions against reference labels, over the classified images that have one; ALL is positive.

    Every such image counts, the UNCERTAIN ones by the side of the threshold on which they lie; `called` counts
    only the images that got a class.
    """

    threshold: float
    subjects: int
    confusion: ConfusionMatrix
    called: ConfusionMatrix
    measures: Mapping[str, float | None]  # the names of MEASURES, and roc_auc
    intervals: Mapping[str, Interval]  # 95 %, by subject; absent where it is not defined


@dataclass(frozen=True)
class RunSummary:
    """found = classified + skipped, always; `pending` counts images that the run has not come to, beside these."""

    found: int
    classified: int
    skipped: int
    uncertain: int
    suggested_all: int
    suggested_hem: int
    seconds: float
    model: ModelIdentity | None
    evaluation: Evaluation | None
    skip_reasons: Mapping[str, int] = field(default_factory=dict)
    reused: int = 0  # of the classified: kept from an earlier run on the same bytes by the same model
    pending: int = 0

    @property
    def images_per_second(self) -> float:
        """Images with an outcome per second of the run; 0 when it took no time."""
        return self.found / self.seconds if self.seconds > 0 else 0.0


def summarise(
    results: Iterable[ImageResult],
    *,
    seconds: float = 0.0,
    model: ModelIdentity | None = None,
    intervals: bool = True,
    reused: int = 0,
    pending: int = 0,
) -> RunSummary:
    """Count `results` and, where there are reference labels, evaluate them at the model's threshold.

    `intervals=False` leaves the bootstrap out: for a display that follows a running batch.
    """
    rows = list(results)
    outcomes = [row.outcome for row in rows]
    suggestions = [row.prediction.suggestion for row in rows if row.prediction is not None]
    reasons: dict[str, int] = {}
    for row in rows:
        if row.outcome is Outcome.SKIPPED:
            reasons[row.reason] = reasons.get(row.reason, 0) + 1
    return RunSummary(
        found=len(rows),
        classified=outcomes.count(Outcome.CLASSIFIED),
        skipped=outcomes.count(Outcome.SKIPPED),
        uncertain=suggestions.count(Suggestion.UNCERTAIN),
        suggested_all=suggestions.count(Suggestion.ALL),
        suggested_hem=suggestions.count(Suggestion.HEM),
        seconds=seconds,
        model=model,
        evaluation=evaluate(rows, model.threshold if model else 0.5, intervals=intervals),
        skip_reasons=reasons,
        reused=reused,
        pending=pending,
    )


def evaluate(results: Iterable[ImageResult], threshold: float, *, intervals: bool = True) -> Evaluation | None:
    """Compare with the reference labels; None when no classified image has one."""
    rows = [
        (row.record, prediction)
        for row in results
        if (prediction := row.prediction) is not None
        and row.record.reference is not None
        and math.isfinite(prediction.probability_all)
    ]
    if not rows:
        return None
    y_true = np.array([record.reference is CellClass.ALL for record, _ in rows], dtype=np.bool_)
    probability = np.array([prediction.probability_all for _, prediction in rows], dtype=np.float64)
    certain = np.array([prediction.suggestion is not Suggestion.UNCERTAIN for _, prediction in rows])
    names = [record.subject for record, _ in rows]
    y_pred = probability >= threshold
    matrix = ConfusionMatrix.of(y_true, y_pred)
    measures = {name: measure(matrix) for name, measure in MEASURES.items()}
    measures["roc_auc"] = roc_auc(y_true, probability)
    bounds = (
        intervals_by_subject(MEASURES, y_true, y_pred, probability, np.array(names), draws=DRAWS)
        if intervals and all(names)
        else {}
    )
    return Evaluation(
        threshold=threshold,
        subjects=len({*names} - {""}),
        confusion=matrix,
        called=ConfusionMatrix.of(y_true[certain], y_pred[certain]),
        measures=measures,
        intervals=bounds,
    )
