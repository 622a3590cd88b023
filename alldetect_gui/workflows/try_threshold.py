"""Use case: what another threshold and a band for review would mean for a run. The run itself stays as it is."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.labels import CellClass
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.core.reviews import UNREAD, Reading
from alldetect_gui.evaluation.curves import CalibrationBin, calibration_bins, roc_points
from alldetect_gui.evaluation.metrics import roc_auc
from alldetect_gui.evaluation.operating import OperatingCurve
from alldetect_gui.evaluation.subject_draws import Interval, intervals_by_subject
from alldetect_gui.workflows.evaluate_run import MEASURES
from alldetect_gui.workflows.review_cells import Reviews

_DRAWS = 500


class Truth(StrEnum):
    """What suggestions are compared with."""

    REFERENCE = "reference"
    READER = "reader"

    @property
    def field(self) -> str:
        """The field of a query that asks for it."""
        return "reference" if self is Truth.REFERENCE else "read"


def best_truth(results: Iterable[ImageResult]) -> Truth:
    """The reference labels where there are any, else the reader."""
    return Truth.REFERENCE if any(result.record.reference is not None for result in results) else Truth.READER


def with_truth(results: Iterable[ImageResult], truth: Truth, reviews: Reviews) -> list[ImageResult]:
    """The same results with the reader's class in place of the reference label, where the reader is the truth.

    Images that nobody has read, or that were read as unsure, then have no label.
    """
    if truth is Truth.REFERENCE:
        return list(results)
    return [replace(result, record=_relabelled(result.record, reviews)) for result in results]


def _relabelled(record: ImageRecord, reviews: Reviews) -> ImageRecord:
    reading = reviews.get(record.path, UNREAD).reading
    known = reading in (Reading.ALL, Reading.HEM)
    return replace(record, reference=CellClass(reading.value) if known and reading is not None else None)


@dataclass(frozen=True)
class Operating:
    """A run, ready to be asked about thresholds. The plots are of the labelled images; empty without both classes."""

    curve: OperatingCurve
    y_true: NDArray[np.bool_]  # (n_labelled,)
    probability: NDArray[np.float64]  # (n_labelled,)
    subjects: NDArray[np.str_]  # (n_labelled,)
    auc: float | None
    roc: Sequence[tuple[float, float]]  # false positive rate, true positive rate
    calibration: Sequence[CalibrationBin]


def prepare(results: Iterable[ImageResult]) -> Operating:
    """Sort out the images that have a finite P(ALL); their record's reference label is the truth."""
    rows = [
        (result.record.reference, result.prediction.probability_all, result.record.subject)
        for result in results
        if result.prediction is not None and math.isfinite(result.prediction.probability_all)
    ]
    labelled = [row for row in rows if row[0] is not None]
    y_true = np.array([label is CellClass.ALL for label, _, _ in labelled], dtype=np.bool_)
    probability = np.array([value for _, value, _ in labelled], dtype=np.float64)
    unknown = np.array([value for label, value, _ in rows if label is None], dtype=np.float64)
    both = bool(y_true.any() and not y_true.all())
    return Operating(
        curve=OperatingCurve(y_true, probability, unknown),
        y_true=y_true,
        probability=probability,
        subjects=np.array([subject for _, _, subject in labelled], dtype=np.str_),
        auc=roc_auc(y_true, probability),
        roc=_thinned(roc_points(y_true, probability)) if both else [],
        calibration=calibration_bins(y_true, probability) if both else [],
    )


def _thinned(points: Sequence[tuple[float, float]], at_most: int = 1000) -> Sequence[tuple[float, float]]:
    """A curve for a plot: no screen shows more points, and drawing 100,000 of them takes a fifth of a second."""
    if len(points) <= at_most:
        return points
    step = -(-len(points) // at_most)
    return [*points[:-1:step], points[-1]]


def intervals_at(operating: Operating, threshold: float) -> Mapping[str, Interval]:
    """95 % intervals by patient of every measure at `threshold`, and of the AUC; empty where patients are unknown."""
    if not operating.subjects.size or not all(operating.subjects):
        return {}
    y_true, probability = operating.y_true, operating.probability
    return intervals_by_subject(
        MEASURES, y_true, probability >= threshold, probability, operating.subjects, draws=_DRAWS
    )


def query_of(truth: Truth, label: str, threshold: float, predicted: str) -> str:
    """The query that shows the images of one part of the matrix: `label` and `predicted` are all, hem or any."""
    sides = {"all": f"p>={threshold!r}", "hem": f"p<{threshold!r}", "any": "p>=0"}
    return f"{truth.field}:{label} {sides[predicted]}"


def is_misclassified(result: ImageResult, truth: Truth, reviews: Reviews, threshold: float) -> bool:
    """True when P(ALL) lies on the other side of the threshold than the truth; False where either is unknown."""
    record = result.record if truth is Truth.REFERENCE else _relabelled(result.record, reviews)
    if record.reference is None or result.prediction is None or not math.isfinite(result.prediction.probability_all):
        return False
    return (result.prediction.probability_all >= threshold) != (record.reference is CellClass.ALL)
