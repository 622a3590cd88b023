"""The figures: the thesis' nine runs recomputed, scikit-learn as a second opinion, and "not defined" said as None."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.intervals import subject_bootstrap
from alldetect_gui.evaluation.metrics import brier_score, calibration_error, calibration_slope, roc_auc

# Waghela 2021, tables 2, 4 and 6: TP, TN, "FP", "FN" as printed, where the last two have changed places.
PRINTED = {
    "Gauss 25": (710, 649, 126, 213),
    "Gauss 50": (760, 598, 76, 264),
    "Gauss 100": (757, 643, 79, 219),
    "CLAHE 25": (814, 425, 28, 431),
    "CLAHE 50": (768, 549, 74, 304),
    "CLAHE 100": (776, 577, 66, 279),
    "C+gray 25": (764, 596, 117, 221),
    "C+gray 50": (701, 657, 180, 160),
    "C+gray 100": (775, 643, 106, 174),
}
# Recomputed independently: n, ALL, HEM | accuracy, wF1 as labelled, wF1 exchanged | sens, spec, PPV, NPV, balanced
# accuracy, MCC | F1 of ALL, F1 of HEM
RECOMPUTED = {
    "Gauss 25": (1698, 836, 862, 0.8004, 0.8007, 0.8000, 0.849, 0.753, 0.769, 0.837, 0.801, 0.604, 0.8073, 0.7929),
    "Gauss 50": (1698, 836, 862, 0.7998, 0.8019, 0.7976, 0.909, 0.694, 0.742, 0.887, 0.801, 0.616, 0.8172, 0.7786),
    "Gauss 100": (1698, 836, 862, 0.8245, 0.8255, 0.8235, 0.906, 0.746, 0.776, 0.891, 0.826, 0.659, 0.8355, 0.8119),
    "CLAHE 25": (1698, 842, 856, 0.7297, 0.7452, 0.7142, 0.967, 0.496, 0.654, 0.938, 0.732, 0.524, 0.7801, 0.6494),
    "CLAHE 50": (1695, 842, 853, 0.7770, 0.7810, 0.7730, 0.912, 0.644, 0.716, 0.881, 0.778, 0.576, 0.8025, 0.7439),
    "CLAHE 100": (1698, 842, 856, 0.7968, 0.7998, 0.7938, 0.922, 0.674, 0.736, 0.897, 0.798, 0.614, 0.8181, 0.7698),
    "C+gray 25": (1698, 881, 817, 0.8009, 0.8022, 0.7997, 0.867, 0.729, 0.776, 0.836, 0.798, 0.604, 0.8189, 0.7791),
    "C+gray 50": (1698, 881, 817, 0.7998, 0.7997, 0.7998, 0.796, 0.804, 0.814, 0.785, 0.800, 0.599, 0.8048, 0.7944),
    "C+gray 100": (1698, 881, 817, 0.8351, 0.8356, 0.8346, 0.880, 0.787, 0.817, 0.858, 0.833, 0.671, 0.8470, 0.8212),
}


def matrix(tp: int, fn: int, fp: int, tn: int) -> ConfusionMatrix:
    """By name, so that no two counts change places."""
    return ConfusionMatrix(tp=tp, fn=fn, fp=fp, tn=tn)


@pytest.mark.parametrize("run", PRINTED)
def test_that_the_recomputed_table_of_the_thesis_is_reproduced(run: str) -> None:
    tp, tn, printed_fp, printed_fn = PRINTED[run]
    total, positives, negatives, accuracy, as_labelled, exchanged, *figures, f1_all, f1_hem = RECOMPUTED[run]
    found = matrix(tp=tp, tn=tn, fn=printed_fp, fp=printed_fn)
    assert (found.total, found.tp + found.fn, found.fp + found.tn) == (total, positives, negatives)
    assert found.accuracy == pytest.approx(accuracy, abs=5.1e-5)
    assert found.f1_weighted == pytest.approx(exchanged, abs=5.1e-5)
    assert matrix(tp=tp, tn=tn, fp=printed_fp, fn=printed_fn).f1_weighted == pytest.approx(as_labelled, abs=5.1e-5)
    assert found.f1_all == pytest.approx(f1_all, abs=5.1e-5)
    assert found.f1_hem == pytest.approx(f1_hem, abs=5.1e-5)
    names = ("sensitivity", "specificity", "ppv", "npv", "balanced_accuracy", "mcc")
    for name, figure in zip(names, figures, strict=True):
        assert getattr(found, name) == pytest.approx(figure, abs=5.1e-4), name


COUNTS = st.integers(0, 40)
LABELS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5, 0.9, 1.0])), min_size=1, max_size=60
)


@settings(max_examples=60, deadline=None)
@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_that_scikit_learn_agrees_on_every_figure_of_the_matrix(tp: int, fn: int, fp: int, tn: int) -> None:
    found = matrix(tp, fn, fp, tn)
    y_true = np.repeat([True, True, False, False], [tp, fn, fp, tn])
    y_pred = np.repeat([True, False, True, False], [tp, fn, fp, tn])
    assert ConfusionMatrix.of(y_true, y_pred) == found
    if not found.total:
        return
    assert found.accuracy == pytest.approx(sklearn_metrics.accuracy_score(y_true, y_pred))
    weighted = sklearn_metrics.f1_score(y_true, y_pred, average="weighted", zero_division=0)
    assert found.f1_weighted == pytest.approx(weighted)
    figures = [
        (found.sensitivity, sklearn_metrics.recall_score(y_true, y_pred, zero_division=np.nan)),
        (found.specificity, sklearn_metrics.recall_score(y_true, y_pred, pos_label=False, zero_division=np.nan)),
        (found.ppv, sklearn_metrics.precision_score(y_true, y_pred, zero_division=np.nan)),
        (found.npv, sklearn_metrics.precision_score(y_true, y_pred, pos_label=False, zero_division=np.nan)),
    ]
    for ours, theirs in figures:
        assert (np.isnan(theirs) and ours is None) or ours == pytest.approx(theirs)
    if found.mcc is not None:
        assert found.mcc == pytest.approx(sklearn_metrics.matthews_corrcoef(y_true, y_pred), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(LABELS)
def test_that_scikit_learn_agrees_on_auc_and_brier_with_ties(rows: list[tuple[bool, float]]) -> None:
    y_true = np.array([truth for truth, _ in rows])
    probability = np.array([value for _, value in rows])
    brier = np.mean([(value - truth) ** 2 for truth, value in rows])
    assert brier_score(y_true, probability) == pytest.approx(brier)
    found = roc_auc(y_true, probability)
    if len(set(y_true.tolist())) < 2:
        assert found is None
        return
    assert brier_score(y_true, probability) == pytest.approx(sklearn_metrics.brier_score_loss(y_true, probability))
    assert found == pytest.approx(sklearn_metrics.roc_auc_score(y_true, probability))


@given(st.permutations(range(12)))
def test_that_auc_does_not_depend_on_the_order_of_the_images(order: list[int]) -> None:
    y_true = np.arange(12) % 3 == 0
    probability = (np.arange(12) * 7 % 5) / 5
    assert roc_auc(y_true[order], probability[order]) == roc_auc(y_true, probability)


def test_that_figures_that_are_not_defined_are_none_and_not_zero() -> None:
    empty, only_hem, only_all = matrix(0, 0, 0, 0), matrix(0, 0, 2, 5), matrix(3, 1, 0, 0)
    names = ("accuracy", "sensitivity", "specificity", "ppv", "npv", "balanced_accuracy", "f1_all", "f1_hem", "mcc")
    assert [getattr(empty, name) for name in (*names, "f1_weighted")] == [None] * 10
    assert only_hem.sensitivity is None
    assert only_hem.balanced_accuracy is None
    assert only_hem.mcc is None
    assert only_hem.ppv == 0
    assert only_all.specificity is None
    assert only_all.f1_hem == 0
    assert matrix(0, 4, 0, 6).ppv is None
    assert matrix(0, 4, 0, 6).npv == 0.6
    assert matrix(4, 0, 6, 0).npv is None


def test_that_figures_of_no_images_are_none() -> None:
    nothing, none = np.array([], bool), np.array([], float)
    assert roc_auc(nothing, none) is None
    assert brier_score(nothing, none) is None
    assert calibration_error(nothing, none) is None


def test_that_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        ConfusionMatrix.of(np.array([True]), np.array([True, False]))


def test_that_calibration_error_is_the_gap_of_promise_and_truth() -> None:
    y_true = np.array([True, True, False, False, True, False, False, False, False, False])
    probability = np.array([0.95, 0.95, 0.95, 0.95, 0.15, 0.15, 0.15, 0.15, 0.15, 0.15])
    wanted = 0.4 * abs(0.95 - 0.5) + 0.6 * abs(0.15 - 1 / 6)
    assert calibration_error(y_true, probability) == pytest.approx(wanted)
    assert calibration_error(np.array([True, False]), np.array([1.0, 0.0])) == 0


def clustered(subjects: int, cells: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Right or wrong per cell, where a whole subject is easy or hard; and the subjects' names."""
    generator = np.random.default_rng(seed)
    ease = np.where(np.arange(subjects) % 2 == 0, 0.98, 0.55)
    right = generator.random((subjects, cells)) < ease[:, np.newaxis]
    return right.ravel(), np.repeat([f"S{index}" for index in range(subjects)], cells)


def width(bounds: tuple[float, float] | None) -> float:
    """Of an interval that is there."""
    assert bounds is not None
    assert bounds[0] <= bounds[1]
    return bounds[1] - bounds[0]


def test_that_an_interval_by_subject_is_wider_than_one_by_cell_where_cells_hang_together() -> None:
    right, subjects = clustered(20, 50)
    by_subject = subject_bootstrap(lambda index: float(right[index].mean()), subjects, draws=300)
    by_cell = subject_bootstrap(lambda index: float(right[index].mean()), np.arange(right.size).astype(str), draws=300)
    assert width(by_subject) > 2 * width(by_cell)


def test_that_an_interval_by_subject_is_like_one_by_cell_where_they_do_not() -> None:
    generator = np.random.default_rng(3)
    right = generator.random(1000) < 0.8
    by_subject = subject_bootstrap(
        lambda index: float(right[index].mean()), np.repeat(np.arange(100).astype(str), 10), draws=300
    )
    assert width(by_subject) == pytest.approx(4 * 0.4 / np.sqrt(1000), rel=0.35)


def test_that_an_interval_holds_the_figure_and_is_the_same_again() -> None:
    right, subjects = clustered(12, 20)

    def share(index: np.ndarray) -> float:
        return float(right[index].mean())

    first = subject_bootstrap(share, subjects, draws=200, seed=4)
    assert first is not None
    assert first[0] < right.mean() < first[1]
    assert subject_bootstrap(share, subjects, draws=200, seed=4) == first
    assert subject_bootstrap(share, subjects, draws=200, seed=5) != first
    assert width(subject_bootstrap(share, subjects, draws=200, level=0.5)) < width(first)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_that_fewer_than_five_subjects_have_no_interval(count: int) -> None:
    right, subjects = clustered(count, 30) if count else (np.array([], bool), np.array([], str))
    assert subject_bootstrap(lambda index: float(right[index].mean()), subjects) is None


def test_that_five_subjects_have_one() -> None:
    right, subjects = clustered(5, 30)
    assert subject_bootstrap(lambda index: float(right[index].mean()), subjects, draws=100) is not None


def test_that_whole_subjects_are_drawn() -> None:
    _, subjects = clustered(6, 7)
    seen: list[int] = []

    def look(index: np.ndarray) -> float:
        names, counts = np.unique(subjects[index], return_counts=True)
        assert (counts % 7 == 0).all()
        seen.append(len(names))
        return 0.0

    subject_bootstrap(look, subjects, draws=50)
    assert len(set(seen)) > 1


def test_that_a_figure_that_most_draws_leave_undefined_has_no_interval() -> None:
    _, subjects = clustered(6, 5)
    calls = iter(range(1000))
    assert subject_bootstrap(lambda _: None if next(calls) % 3 else 1.0, subjects, draws=90) is None


def test_that_the_calibration_slope_is_that_of_a_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    generator = np.random.default_rng(3)
    logits = generator.normal(size=400)
    y_true = generator.random(400) < 1 / (1 + np.exp(-0.6 * logits - 0.3))
    wanted = LogisticRegression(C=1e9, tol=1e-9).fit(logits[:, np.newaxis], y_true).coef_[0, 0]
    assert calibration_slope(y_true, 1 / (1 + np.exp(-logits))) == pytest.approx(wanted, abs=1e-4)


def test_that_a_calibration_slope_is_not_made_up_where_there_is_none() -> None:
    ordered = np.linspace(0.01, 0.99, 20)
    assert calibration_slope(np.ones(20, bool), ordered) is None
    assert calibration_slope(ordered > 0.5, ordered) is None  # parted without an error: any steeper slope is better
    assert calibration_slope(np.arange(20) % 2 == 0, np.full(20, 0.7)) is None
    assert calibration_slope(np.arange(20) % 2 == 0, np.where(np.arange(20) % 3 == 0, 0.0, 1.0)) is not None
