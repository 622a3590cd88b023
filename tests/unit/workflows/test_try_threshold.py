"""Thresholds to try: whose class is the truth, which images a part of the matrix holds, and the intervals."""

import math
from pathlib import Path

import numpy as np
import pytest

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, Prediction
from alldetect_gui.core.reviews import Reading, Review
from alldetect_gui.workflows.evaluate_run import evaluate
from alldetect_gui.workflows.filter_results import parse
from alldetect_gui.workflows.try_threshold import (
    Truth,
    best_truth,
    intervals_at,
    is_misclassified,
    prepare,
    query_of,
    with_truth,
)


def results(labels: bool = True, images: int = 60) -> list[ImageResult]:
    """Twelve patients; P(ALL) follows the label but for a few."""
    generator = np.random.default_rng(3)
    rows = []
    for number in range(images):
        blast = number % 2 == 0
        label = (CellClass.ALL if blast else CellClass.HEM) if labels else None
        value = float(np.clip(generator.normal(0.65 if blast else 0.35, 0.2), 0, 1))
        record = ImageRecord(Path(f"/d/{number}"), str(number), str(number % 12), label)
        said = Suggestion.ALL if value >= 0.5 else Suggestion.HEM
        rows.append(ImageResult(record, Outcome.CLASSIFIED, "", Prediction(value, said)))
    return rows


def test_that_the_figures_at_the_threshold_of_the_model_are_those_of_the_summary() -> None:
    rows = results()
    expected = evaluate(rows, 0.5)
    operating = prepare(rows)
    assert expected is not None
    assert operating.curve.confusion(0.5) == expected.confusion
    assert operating.auc == pytest.approx(expected.measures["roc_auc"])
    assert intervals_at(operating, 0.5) == expected.intervals


def test_that_without_labels_the_reader_is_the_truth() -> None:
    rows = results(labels=False)
    reviews = {
        rows[0].record.path: Review(Reading.ALL),
        rows[1].record.path: Review(Reading.HEM),
        rows[2].record.path: Review(Reading.UNSURE),
    }
    assert best_truth(rows) is Truth.READER
    assert best_truth(results()) is Truth.REFERENCE
    labels = [row.record.reference for row in with_truth(rows, Truth.READER, reviews)]
    assert labels[:4] == [CellClass.ALL, CellClass.HEM, None, None]
    assert prepare(with_truth(rows, Truth.READER, reviews)).curve.labelled == 2


def test_that_without_both_classes_there_are_no_curves_and_without_patients_no_intervals() -> None:
    nothing = prepare(results(labels=False))
    assert (nothing.roc, nothing.calibration, nothing.auc, nothing.curve.total) == ([], [], None, 60)
    assert intervals_at(nothing, 0.5) == {}


@pytest.mark.parametrize("threshold", [0.5, 0.4273912])
def test_that_the_query_of_a_part_of_the_matrix_selects_as_many_images_as_the_matrix_says(threshold: float) -> None:
    skipped = ImageResult(ImageRecord(Path("/d/x"), "x", "1", CellClass.ALL), Outcome.SKIPPED, reason="empty")
    nan = ImageResult(skipped.record, Outcome.CLASSIFIED, "", Prediction(math.nan, Suggestion.UNCERTAIN))
    rows = [*results(), skipped, nan]
    matrix = prepare(rows).curve.confusion(threshold)
    sizes = {
        ("all", "all"): matrix.tp, ("all", "hem"): matrix.fn, ("all", "any"): matrix.tp + matrix.fn,
        ("hem", "all"): matrix.fp, ("hem", "hem"): matrix.tn, ("any", "all"): matrix.tp + matrix.fp,
        ("any", "any"): matrix.total,
    }  # fmt: skip
    for (label, predicted), size in sizes.items():
        query = parse(query_of(Truth.REFERENCE, label, threshold, predicted))
        assert sum(query.selects(row) for row in rows) == size, (label, predicted)
    wrong = sum(is_misclassified(row, Truth.REFERENCE, {}, threshold) for row in rows)
    assert wrong == matrix.fn + matrix.fp


def test_that_a_part_of_the_readers_matrix_is_asked_for_by_reading() -> None:
    assert query_of(Truth.READER, "hem", 0.5, "all") == "read:hem p>=0.5"
