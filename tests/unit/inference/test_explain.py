"""Explanations are derivatives that can be checked, and they depend on the model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.cell_region import find_cell
from alldetect_gui.imaging.overlay import evidence_overlay
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.dense_head import DenseHead
from alldetect_gui.inference.engine import Engine
from alldetect_gui.inference.explain import grad_cam, occlusion, pooled_gradient
from alldetect_gui.inference.features import FeatureExtractor
from alldetect_gui.inference.head import LogisticHead
from tests.unit.inference.pooled import pooled
from tests.unit.inference.small_model import cell

ALL_STATISTICS = ("mean", "deviation", "maximum", "plain-mean")


@pytest.fixture(scope="module")
def classifier(models_folder: Path) -> Classifier:
    return load_classifier(models=models_folder, threads=1)


@pytest.mark.parametrize("statistic", ALL_STATISTICS)
def test_that_the_derivative_of_pooling_is_the_numerical_one(statistic: str) -> None:
    generator = np.random.default_rng(5)
    feature_map = generator.exponential(3, size=(4, 4, 3)).astype(np.float32)
    cover = (generator.random((16, 16)) < 0.6).astype(np.float32)
    upstream = generator.normal(size=3)
    analytic = pooled_gradient(feature_map, cover, (statistic,), upstream)
    step = 1e-2
    for place in np.ndindex(feature_map.shape):
        up, down = feature_map.copy(), feature_map.copy()
        up[place] += step
        down[place] -= step
        change = (
            pooled(up[np.newaxis], cover, (statistic,)) - pooled(down[np.newaxis], cover, (statistic,))
        ) @ upstream
        assert analytic[place] == pytest.approx(change / (2 * step), abs=2e-3), place


def test_that_several_statistics_add_up_in_the_order_of_the_features() -> None:
    generator = np.random.default_rng(6)
    feature_map = generator.exponential(3, size=(2, 3, 4)).astype(np.float32)
    cover = np.ones((6, 6), np.float32)
    upstream = generator.normal(size=(4, 4))
    single = sum(pooled_gradient(feature_map, cover, (name,), upstream[row]) for row, name in enumerate(ALL_STATISTICS))
    np.testing.assert_allclose(pooled_gradient(feature_map, cover, ALL_STATISTICS, upstream.reshape(-1)), single)


def heads() -> list[LogisticHead | DenseHead]:
    generator = np.random.default_rng(7)

    def array(*shape: int) -> np.ndarray:
        return generator.normal(size=shape).astype(np.float32)

    logistic = LogisticHead(array(6), np.abs(array(6)) + 1, array(2, 6), array(2), np.array([1, 0], np.float32))
    return [logistic, DenseHead(array(6, 5), array(5), array(5), array(1), np.array([1, 0], np.float32))]


@pytest.mark.parametrize("head", heads(), ids=["logistic", "dense"])
def test_that_the_derivative_of_a_head_is_the_numerical_one(head: LogisticHead | DenseHead) -> None:
    features = np.random.default_rng(8).normal(size=6).astype(np.float32)
    step = 1e-3
    change = [
        (head.logits((features + step * unit)[np.newaxis]) - head.logits((features - step * unit)[np.newaxis]))[0]
        for unit in np.eye(6, dtype=np.float32)
    ]
    np.testing.assert_allclose(head.logit_gradient(features), np.array(change) / (2 * step), atol=2e-3)


def test_that_a_clipped_feature_has_no_say() -> None:
    (head, _) = heads()
    features = np.array([1e4, 0, 0, 0, 0, 0], np.float32)
    gradient = head.logit_gradient(features)
    assert gradient[0] == 0
    assert np.count_nonzero(gradient) == 5


class Spot(Engine):
    """A base whose one channel is active where the input is bright: its map must lead there."""

    def feature_maps(self, model_input: np.ndarray) -> dict[int, np.ndarray]:
        bright = np.maximum(model_input.sum(axis=2, keepdims=True), 0)
        size = model_input.shape[0] // 4
        return {2: bright.reshape(size, 4, size, 4, 1).mean(axis=(1, 3)).astype(np.float32)}


def spot_classifier(classifier: Classifier, weight: float, region: str, turns: int = 1) -> Classifier:
    extent = 1.06 if region == "fit" else 1
    view = View("v", region, extent, 64, turns)
    extractor = FeatureExtractor(Spot(), Recipe(), (view,), (2,), ("mean",))
    one = np.ones(1, np.float32)
    head = LogisticHead(0 * one, 100 * one, np.array([[weight]], np.float32), 0 * one, np.array([1, 0], np.float32))
    return replace(classifier, extractor=extractor, head=head)


def spotted() -> RgbImage:
    """A dark square cell with one bright corner."""
    image = np.zeros((120, 160, 3), np.uint8)
    image[30:90, 60:120] = 60
    image[32:44, 104:116] = 250
    return image


@pytest.mark.parametrize(("weight", "sign"), [(1.0, 1), (-1.0, -1)])
@pytest.mark.parametrize(("region", "turns"), [("fit", 1), ("frame", 1), ("fit", 8), ("frame", 4)])
def test_that_both_maps_point_at_the_place_that_decides_with_its_sign(
    classifier: Classifier, weight: float, sign: int, region: str, turns: int
) -> None:
    model, image = spot_classifier(classifier, weight, region, turns), spotted()
    found = grad_cam(model, image)
    assert found is not None
    assert found.outside is not None
    y, x = np.unravel_index(np.abs(found.evidence).argmax(), found.evidence.shape)
    assert 30 <= y <= 46
    assert 102 <= x <= 118
    assert np.sign(found.evidence[y, x]) == sign
    *_, (done, total, last) = occlusion(model, image)
    assert done == total == 64
    y, x = np.unravel_index(np.abs(last.evidence).argmax(), last.evidence.shape)
    assert image[y, x, 0] == 250 or image[y - 4 : y + 5, x - 4 : x + 5].max() == 250
    assert np.sign(last.evidence[y, x]) == sign


def test_that_a_deviation_is_explained_by_maps_that_its_pooling_has_not_written_over(classifier: Classifier) -> None:
    """Twice the map has twice the deviation, so map times derivative adds up to the deviation (Euler's theorem)."""
    model, image = spot_classifier(classifier, 100.0, "fit"), spotted()
    model = replace(model, extractor=replace(model.extractor, statistics=("deviation",)))
    found, features = grad_cam(model, image), model.extractor(image)
    assert found is not None
    assert features is not None
    deviation = np.expm1(features[0])
    assert found.evidence.sum() == pytest.approx(deviation / (1 + deviation), rel=1e-3)


def test_that_the_map_of_a_real_base_lies_on_the_cell_and_says_how_much_does_not(classifier: Classifier) -> None:
    image = cell(CellClass.ALL, 2)
    found = grad_cam(classifier, image)
    region = find_cell(image)
    assert found is not None
    assert region is not None
    beside = np.abs(found.evidence[~region.mask]).sum() / np.abs(found.evidence).sum()
    assert found.outside == pytest.approx(beside)
    assert 0 < found.outside < 0.5


def test_that_the_evidence_keeps_the_sum_of_feature_times_derivative(classifier: Classifier) -> None:
    """What is enlarged from 16 x 16 places to the image is neither lost nor doubled."""
    image = cell(CellClass.HEM, 3)
    found = grad_cam(classifier, image)
    features = classifier.extractor(image)
    assert found is not None
    assert features is not None
    gradient = classifier.head.logit_gradient(features)
    raw = np.expm1(features.astype(np.float64))  # log(1 + x) of statistics that are homogeneous: x times its slope
    assert found.evidence.sum() == pytest.approx(float((gradient * raw / (1 + raw)).sum()), rel=0.02)


def likeness(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def test_that_random_weights_of_the_head_change_the_map(classifier: Classifier) -> None:
    """The sanity check of Adebayo et al. 2018: a map that random weights leave as it was explains nothing."""
    image, generator = cell(CellClass.ALL, 2), np.random.default_rng(1)
    assert isinstance(classifier.head, LogisticHead)
    shuffled = generator.permutation(classifier.head.weights, axis=1)
    random = replace(classifier, head=replace(classifier.head, weights=shuffled))
    first, second = grad_cam(classifier, image), grad_cam(random, image)
    assert first is not None
    assert second is not None
    assert abs(likeness(first.evidence, second.evidence)) < 0.9


def test_that_random_weights_of_the_base_change_the_map(classifier: Classifier) -> None:
    image, generator = cell(CellClass.ALL, 2), np.random.default_rng(2)

    class Shuffled(Engine):
        """The same base with the channels of its maps in another order: weights and what they read do not agree."""

        order = generator.permutation(128)

        def feature_maps(self, model_input: np.ndarray) -> dict[int, np.ndarray]:
            return {2: classifier.extractor.engine.feature_maps(model_input)[2][:, :, self.order]}

    random = replace(classifier, extractor=replace(classifier.extractor, engine=Shuffled()))
    first, second = grad_cam(classifier, image), grad_cam(random, image)
    assert first is not None
    assert second is not None
    assert abs(likeness(first.evidence, second.evidence)) < 0.9


def test_that_a_black_image_has_no_explanation(classifier: Classifier) -> None:
    black = np.zeros((90, 90, 3), np.uint8)
    assert grad_cam(classifier, black) is None
    assert list(occlusion(classifier, black)) == []


def test_that_a_model_with_other_features_is_refused_and_not_explained_wrongly(classifier: Classifier) -> None:
    class Other(FeatureExtractor):
        def __call__(self, image: RgbImage) -> np.ndarray | None:
            features = super().__call__(image)
            return None if features is None else features + 1

    inner = classifier.extractor
    other = Other(inner.engine, inner.recipe, inner.views, inner.blocks, inner.statistics)
    with pytest.raises(WrongUse, match="cannot be traced back"):
        grad_cam(replace(classifier, extractor=other), cell(CellClass.ALL, 2))


def test_that_the_overlay_is_orange_for_all_blue_for_hem_and_grey_elsewhere() -> None:
    image = np.full((1, 3, 3), 90, np.uint8)
    for_all, for_hem, nothing = evidence_overlay(image, np.array([[2.0, -2.0, 0.0]]))[0].astype(int)
    assert for_all[0] > 200 > for_all[2]
    assert for_hem[2] > 190 > for_hem[0]
    assert nothing.tolist() == [90, 90, 90]
