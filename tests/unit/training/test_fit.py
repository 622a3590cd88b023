import numpy as np
import pytest

from alldetect_gui.evaluation.metrics import roc_auc
from alldetect_gui.training.assess import area_matched, figures, per_subject
from alldetect_gui.training.fit import (
    FitOptions,
    TrainingSet,
    cross_fitted_probabilities,
    fit_head,
    out_of_fold_logits,
    platt,
    uncertain_band,
)

OPTIONS = FitOptions(components=8, folds=3, repeats=2)


def _subjects(signal: float, shift: float, seed: int = 0) -> TrainingSet:
    """12 subjects of 20 cells: a class signal in feature 0, a random offset for each subject in feature 1."""
    generator = np.random.default_rng(seed)
    features, is_all, names = [], [], []
    for subject in range(12):
        positive = subject % 2 == 0
        cells = generator.normal(size=(20, 8))
        cells[:, 0] += signal * (1 if positive else -1)
        cells[:, 1] += shift * generator.normal()
        features.append(cells)
        is_all += [positive] * 20
        names += [f"{'' if positive else 'H'}{subject}"] * 20
    subjects = np.array(names)
    return TrainingSet(np.concatenate(features).astype(np.float32), np.array(is_all), subjects, subjects)


def test_that_a_head_finds_the_class_and_reads_the_features_as_they_come() -> None:
    data = _subjects(signal=2.0, shift=0.0)
    head = fit_head(data, OPTIONS)
    auc = roc_auc(data.is_all, head.logits(data.features))
    assert auc is not None and auc > 0.95
    assert head.weights.shape == (1, 8)


def test_that_out_of_fold_figures_of_pure_subject_offsets_are_chance() -> None:
    data = _subjects(signal=0.0, shift=5.0)
    fitted = roc_auc(data.is_all, fit_head(data, OPTIONS).logits(data.features))
    held_out = roc_auc(data.is_all, out_of_fold_logits(data, OPTIONS).mean(axis=1))
    assert fitted is not None and held_out is not None
    assert fitted > held_out + 0.1
    assert held_out < 0.65


def test_that_calibration_makes_overconfident_logits_fit_the_truth() -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(size=4000) * 2
    is_all = generator.random(4000) < 1 / (1 + np.exp(-logits))
    slope, intercept = platt(5 * logits + 3, is_all, np.ones(4000))
    assert slope == pytest.approx(0.2, rel=0.1)
    assert intercept == pytest.approx(-0.6, abs=0.15)


def test_that_cross_fitted_probabilities_lie_in_range_and_keep_the_signal() -> None:
    data = _subjects(signal=1.5, shift=0.5)
    probability = cross_fitted_probabilities(out_of_fold_logits(data, OPTIONS), data, OPTIONS, repeat=1)
    assert ((probability > 0) & (probability < 1)).all()
    assert probability[data.is_all].mean() > 0.8 > 0.2 > probability[~data.is_all].mean()


def test_that_the_band_is_as_narrow_as_the_aim_allows_and_never_refers_too_many() -> None:
    generator = np.random.default_rng(0)
    is_all = generator.random(3000) < 0.5
    logit = np.where(is_all, 1.5, -1.5) + generator.normal(size=3000) * 1.2
    probability = 1 / (1 + np.exp(-logit))
    low, high = uncertain_band(probability, is_all, np.ones(3000))
    inside = (probability > low) & (probability < high)
    assert inside.mean() <= 0.35
    assert (probability[is_all & ~inside] <= low).mean() <= 0.05
    narrower = (probability > low + 0.01) & (probability < high - 0.01)
    wrong = [(probability[is_all & ~narrower] < 0.5).mean(), (probability[~is_all & ~narrower] >= 0.5).mean()]
    assert max(wrong) > 0.05
    assert uncertain_band(np.where(is_all, 0.9, 0.1), is_all, np.ones(3000)) == (0.5, 0.5)


def test_that_area_matching_leaves_size_nothing_to_say() -> None:
    generator = np.random.default_rng(0)
    is_all = np.arange(2000) < 1200
    area = np.where(is_all, 36000, 27000) + generator.normal(size=2000).astype(np.float32) * 7000
    rows = area_matched(is_all, area.astype(np.float32))
    before, after = roc_auc(is_all, area.astype(np.float64)), roc_auc(is_all[rows], area[rows].astype(np.float64))
    assert before is not None and before > 0.75
    assert after is not None and abs(after - 0.5) < 0.05
    assert is_all[rows].mean() == pytest.approx(0.5)


def test_that_figures_and_rows_speak_of_the_same_cells() -> None:
    data = _subjects(signal=1.0, shift=0.0)
    probability = 1 / (1 + np.exp(-data.features[:, 0].astype(np.float64)))
    rows = per_subject(probability, data.is_all, data.subjects, np.full(240, 30000, np.float32))
    found = figures(probability, data.is_all, data.subjects)
    accuracy = found["accuracy"]
    assert accuracy.value == pytest.approx(sum(row.right for row in rows) / 240)
    assert accuracy.interval is not None and accuracy.interval[0] < (accuracy.value or 0) < accuracy.interval[1]
    assert [row.is_all for row in rows] == [True] * 6 + [False] * 6
