"""Several recipes in one model, and training cells shown larger and smaller: who is trained on what, judged on what."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from alldetect_gui.core.labels import CellClass
from alldetect_gui.evaluation.metrics import roc_auc
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.training.datasets import DataSet, LabelledImage
from alldetect_gui.training.feature_cache import FeatureSettings
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.honest import command, variants
from alldetect_gui.training.honest.joined import JOINED
from alldetect_gui.training.honest.rungs import PLAIN, SMALL, Columns, Rung, columns_of
from alldetect_gui.training.splits import grouped_folds

IMAGES = 60
LOOKS = [PLAIN, *variants.VARIANTS]
INSIDE, OUT = np.arange(40), np.arange(40, IMAGES)


def _set(features: NDArray[np.float32]) -> TrainingSet:
    is_all = np.arange(IMAGES) % 2 == 0
    who = np.array([f"{'A' if positive else 'H'}{row % 10}" for row, positive in enumerate(is_all)])
    return TrainingSet(features, is_all, who, who)


@pytest.fixture
def columns() -> Columns:
    """One feature a look: a hundred times the look's number in LOOKS, plus the image's number."""
    small = {
        name: (100 * look + np.arange(IMAGES))[:, np.newaxis].astype(np.float32) for look, name in enumerate(LOOKS)
    }
    native = _set(np.zeros((IMAGES, 2 * (128 + 256 + 512 + 512)), np.float32))
    measures = np.full((IMAGES, 10), 25_000, np.float32)
    return columns_of(native, native.features, small, measures, np.arange(IMAGES) % len(variants.SCALES))


class Fitted:
    """In place of a fit: keeps what it was given, and answers with the features that it is to judge."""

    def __init__(self) -> None:
        self.part, self.weights = _set(np.zeros((IMAGES, 1), np.float32)), np.zeros(0)

    def __call__(self, part: TrainingSet, weights: NDArray[np.float64], *_: object) -> "Fitted":
        self.part, self.weights = part, weights
        return self

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return features


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> Fitted:
    fit = Fitted()
    monkeypatch.setattr(variants, "fit_kernel_head", fit)
    return fit


def _named(words: str) -> Rung:
    return next(rung for rung in variants.joined_rungs() if words in rung.name)


def _look(words: str) -> int:
    """The number in LOOKS of the look whose name ends or begins so."""
    return next(number for number, name in enumerate(LOOKS) if name.endswith(words) or name.startswith(words))


def test_that_one_model_of_three_recipes_has_the_features_of_all(columns: Columns, fitted: Fitted) -> None:
    looks = [_look(", Gaussian"), _look(", CLAHE"), _look(", CLAHE + grayscale")]
    judged = _named("side by side").logits(columns, INSIDE, OUT, 0)
    np.testing.assert_array_equal(fitted.part.features, [[100 * look + row for look in looks] for row in INSIDE])
    np.testing.assert_array_equal(judged, [[100 * look + row for look in looks] for row in OUT])
    np.testing.assert_array_equal(fitted.part.is_all, columns.native.is_all[INSIDE])
    assert _named("side by side").cost == pytest.approx(3 * SMALL[PLAIN].cost) == variants.MEAN_COST


def test_that_a_cell_is_trained_on_at_its_own_scale_and_judged_as_it_is(columns: Columns, fitted: Fitted) -> None:
    before = columns.small[PLAIN].features.copy()
    judged = _named(" or 1.18").logits(columns, INSIDE, OUT, 0)
    looks = [_look("190 pixels"), LOOKS.index(PLAIN), _look("264 pixels")]
    np.testing.assert_array_equal(fitted.part.features[:, 0], [100 * looks[row % 3] + row for row in INSIDE])
    np.testing.assert_array_equal(judged[:, 0], OUT)
    np.testing.assert_array_equal(columns.small[PLAIN].features, before)


def test_that_a_cell_at_all_scales_counts_as_one(columns: Columns, fitted: Fitted) -> None:
    judged = _named(" and 1.18").logits(columns, INSIDE, OUT, 0)
    looks = [_look("190 pixels"), LOOKS.index(PLAIN), _look("264 pixels")]
    np.testing.assert_array_equal(fitted.part.features[:, 0], [100 * look + row for look in looks for row in INSIDE])
    np.testing.assert_array_equal(fitted.part.is_all, np.tile(columns.native.is_all[INSIDE], 3))
    np.testing.assert_array_equal(fitted.part.groups, np.tile(columns.native.groups[INSIDE], 3))
    several = fitted.weights.reshape(3, -1).sum(axis=0)
    _named(" or 1.18").logits(columns, INSIDE, OUT, 0)
    np.testing.assert_allclose(several, fitted.weights)
    np.testing.assert_array_equal(judged[:, 0], OUT)


def test_that_scales_are_dealt_evenly_by_content() -> None:
    hashes = [f"{number * 2654435761 % 2**256:064x}" for number in range(3000)]
    counts = np.bincount([variants.scale_of(digest) for digest in hashes])
    assert counts.size == 3 and counts.min() > 900


def _three_models() -> tuple[TrainingSet, NDArray[np.int64], NDArray[np.float64]]:
    """Margins of three models of different strength and scale, with errors of their own."""
    generator = np.random.default_rng(0)
    is_all = generator.random(2000) < 0.6
    who = np.array([f"{'A' if kind else 'H'}{row % 12}" for row, kind in enumerate(is_all)])
    data = TrainingSet(np.zeros((2000, 1), np.float32), is_all, who, who)
    signal = np.where(is_all, 1.0, -1.0)[:, np.newaxis]
    margins = (signal + generator.normal(size=(2000, 3)) * [1, 1, 1.5]) * [1, 0.1, 10]
    return data, grouped_folds(who, is_all), margins


def test_that_the_mean_of_three_models_is_better_than_each_whatever_the_scale_of_its_margins() -> None:
    data, fold, margins = _three_models()
    _, together = variants.mean_of_log_odds(margins, data, fold)
    areas = [roc_auc(data.is_all, column) or 0 for column in margins.T]
    assert (roc_auc(data.is_all, together) or 0) > max(areas) + 0.02
    assert (roc_auc(data.is_all, margins.mean(axis=1)) or 0) < max(areas)  # the loudest model alone would decide
    sure = together > 0.9
    assert data.is_all[sure].mean() == pytest.approx(together[sure].mean(), abs=0.03)


def test_that_no_label_of_a_fold_moves_its_own_probabilities() -> None:
    data, fold, margins = _three_models()
    mean, together = variants.mean_of_log_odds(margins, data, fold)
    other = TrainingSet(data.features, data.is_all ^ (fold == 2), data.subjects, data.groups)
    changed_mean, changed = variants.mean_of_log_odds(margins, other, fold)
    np.testing.assert_array_equal(changed_mean[fold == 2], mean[fold == 2])
    np.testing.assert_array_equal(changed[fold == 2], together[fold == 2])
    assert (changed[fold != 2] != together[fold != 2]).all()


def test_that_every_look_is_read_through_its_own_recipe_and_at_its_own_extent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[FeatureSettings] = []

    def features(images: object, settings: FeatureSettings, *_: object) -> tuple[NDArray[np.float32], ...]:
        asked.append(settings)
        return np.full((2, 3000), len(asked), np.float32), np.zeros((2, 10), np.float32)

    monkeypatch.setattr(command, "features_of", features)
    images = tuple(LabelledImage(tmp_path, kind, kind, kind, kind, "0" * 64) for kind in CellClass)
    options = Namespace(cache=tmp_path, weights=None, without_fine_tuning=True)
    small: Mapping[str, NDArray[np.float32]] = command.study_of(DataSet(images, 0, 0), options).small
    assert list(small) == [*SMALL, *variants.VARIANTS, *JOINED]
    through = [setting.views[0].through for setting in asked]
    assert [view.through for view in (look.view for look in JOINED.values())] == through[-len(JOINED) :]
    assert through[-1] == recipe_named("clahe", {"tile_grid": 4}) and set(through[: -len(JOINED)]) == {None}

    def read(words: str) -> tuple[str, float, int]:
        found = asked[int(small[LOOKS[_look(words)]][0, 0]) - 1]
        return found.recipe.name, found.views[0].extent, found.views[0].turns

    assert read(", Gaussian") == ("gaussian", 224, 8)
    assert read(", CLAHE") == ("clahe", 224, 8)
    assert read(", CLAHE + grayscale") == ("clahe-grayscale", 224, 8)
    assert read("190 pixels") == ("original", 190, 8)
    assert read("264 pixels") == ("original", 264, 8)
