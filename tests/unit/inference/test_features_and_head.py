"""From pixels to numbers: input normalisation, pooling over the cell, the head, and the decision."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alldetect_gui.core.labels import CellClass, Suggestion
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.inference.classifier import decide
from alldetect_gui.inference.features import to_model_input
from alldetect_gui.inference.head import head_from_bytes, sigmoid
from alldetect_gui.inference.pooling import Pooling
from alldetect_gui.inference.turns import turned
from tests.unit.inference import small_model
from tests.unit.inference.pooled import pooled

STATISTICS = ("mean", "deviation", "maximum")


def test_that_model_input_has_the_numbers_that_keras_documents() -> None:
    image = np.array([[[255, 0, 0], [0, 255, 0], [1, 2, 3]]], np.uint8)
    wanted = [
        [-103.939, -116.779, 255 - 123.68],
        [-103.939, 255 - 116.779, -123.68],
        [3 - 103.939, 2 - 116.779, 1 - 123.68],
    ]
    prepared = to_model_input(image)
    assert prepared.dtype == np.float32
    np.testing.assert_allclose(prepared[0], wanted, rtol=1e-6)


def by_hand(feature_map: np.ndarray, weight: np.ndarray) -> list[float]:
    """log(1 + x) of weighted mean, weighted deviation and maximum over the cell of each channel, with loops."""
    means, deviations, maxima = [], [], []
    for channel in range(feature_map.shape[2]):
        values = [
            (float(feature_map[y, x, channel]), float(weight[y, x]))
            for y in range(feature_map.shape[0])
            for x in range(feature_map.shape[1])
        ]
        total = sum(w for _, w in values)
        mean = sum(v * w for v, w in values) / total
        means.append(mean)
        deviations.append(math.sqrt(sum(w * (v - mean) ** 2 for v, w in values) / total))
        maxima.append(max(v for v, w in values if w > 0))
    return [math.log(1 + value) for value in means + deviations + maxima]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_that_pooling_is_the_loop_over_the_cell(seed: int) -> None:
    generator = np.random.default_rng(seed)
    feature_map = generator.exponential(3, size=(4, 4, 3)).astype(np.float32)
    cover = (generator.random((16, 16)) < 0.3).astype(np.float32)
    cover[3, 5] = 1
    weight = cover.reshape(4, 4, 4, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(
        pooled(feature_map[np.newaxis], cover, STATISTICS), by_hand(feature_map, weight), atol=1e-5
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_that_what_lies_beside_the_cell_does_not_count(seed: int, margin: int) -> None:
    generator = np.random.default_rng(seed)
    feature_map = generator.exponential(3, size=(4, 4, 5)).astype(np.float32)
    cover = np.ones((16, 16), np.float32)
    around = generator.exponential(50, size=(4 + 2 * margin, 4 + 2 * margin, 5)).astype(np.float32)
    around[margin:-margin, margin:-margin] = feature_map
    wider = np.pad(cover, 4 * margin)
    np.testing.assert_allclose(
        pooled(around[np.newaxis], wider, STATISTICS),
        pooled(feature_map[np.newaxis], cover, STATISTICS),
        rtol=1e-4,
        atol=1e-4,
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([2, 4, 6, 8]))
def test_that_looks_are_pooled_each_over_the_cell_where_it_lies_in_it(seed: int, looks: int) -> None:
    generator = np.random.default_rng(seed)
    maps = generator.exponential(3, size=(looks, 4, 4, 3)).astype(np.float32)
    cover = (generator.random((16, 16)) < 0.3).astype(np.float32)
    cover[3, 5] = 1
    each = [by_hand(maps[n], turned(cover, n).reshape(4, 4, 4, 4).mean(axis=(1, 3))) for n in range(looks)]
    np.testing.assert_allclose(pooled(maps, cover, STATISTICS), np.mean(each, axis=0), atol=1e-5)


def test_that_nothing_of_a_look_is_kept_but_its_statistics() -> None:
    """The maps lie in the runtime's memory, where the next look's are written."""
    generator = np.random.default_rng(3)
    maps = generator.exponential(3, size=(2, 4, 4, 3)).astype(np.float32)
    cover = generator.random((16, 16), np.float32)
    pooling, memory = Pooling(cover, (2,), (*STATISTICS, "plain-mean"), 2), np.empty_like(maps[0])
    for look in maps:
        memory[:] = look
        pooling.add({2: memory})
        memory[:] = np.nan
    np.testing.assert_array_equal(pooling.features(), pooled(maps, cover, (*STATISTICS, "plain-mean")))


def test_that_the_order_of_statistics_does_not_matter_to_them() -> None:
    """The deviation is worked out in the map's place, where the others must have been before."""
    generator = np.random.default_rng(4)
    maps, cover = generator.exponential(3, size=(2, 4, 4, 3)).astype(np.float32), np.ones((8, 8), np.float32)
    names = ("deviation", "plain-mean", "maximum", "mean", "deviation")
    together = pooled(maps, cover, names).reshape(len(names), -1)
    for found, name in zip(together, names, strict=True):
        np.testing.assert_array_equal(found, pooled(maps, cover, (name,)))


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("wild", [np.nan, np.inf])
@pytest.mark.parametrize("statistic", ["mean", "deviation", "plain-mean"])
def test_that_a_value_that_is_not_finite_is_not_pooled_away_even_beside_the_cell(wild: float, statistic: str) -> None:
    maps, cover = np.ones((8, 4, 4, 3), np.float32), np.ones((16, 16), np.float32)
    maps[6, 0, 0, 1], cover[:8] = wild, 0
    assert list(np.isfinite(pooled(maps, cover, (statistic,)))) == [True, False, True]


def test_that_a_cover_of_nothing_still_gives_finite_figures() -> None:
    feature_map = np.ones((2, 2, 3), np.float32)
    assert np.isfinite(pooled(feature_map[np.newaxis], np.zeros((8, 8), np.float32), STATISTICS)).all()


def test_that_an_unknown_statistic_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="median"):
        pooled(np.ones((1, 2, 2, 3), np.float32), np.ones((8, 8), np.float32), ("median",))


@given(st.floats(-1e6, 1e6))
def test_that_the_logistic_function_neither_overflows_nor_leaves_0_to_1(logit: float) -> None:
    value = float(sigmoid(np.array([logit]))[0])
    assert 0 <= value <= 1
    if abs(logit) < 30:
        assert value == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-12)


def test_that_the_head_averages_its_members_and_calibrates_them() -> None:
    head = head_from_bytes(
        small_model.head_file(
            mean=np.array([1.0, 2.0], np.float32),
            scale=np.array([2.0, 4.0], np.float32),
            weights=np.array([[1.0, 0.0], [0.0, 3.0]], np.float32),
            bias=np.array([0.5, -0.5], np.float32),
            calibration=np.array([2.0, 0.25], np.float32),
        )
    )
    features = np.array([[3.0, 6.0], [1.0, 2.0], [1000.0, 2.0]], np.float32)
    logits = [((1 + 0.5) + (3 - 0.5)) / 2, 0.0, (5 + 0.5 - 0.5) / 2]  # the third is clipped to 5 deviations
    np.testing.assert_allclose(head.logits(features), logits, rtol=1e-6)
    wanted = [1 / (1 + math.exp(-(2 * logit + 0.25))) for logit in logits]
    np.testing.assert_allclose(head.probability_all(features), wanted, rtol=1e-6)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_that_features_that_are_not_finite_give_no_probability(value: float) -> None:
    head = head_from_bytes(small_model.head_file())
    features = np.zeros((2, small_model.FEATURES), np.float32)
    features[0, 7] = value
    probability = head.probability_all(features)
    assert math.isnan(probability[0])
    assert math.isfinite(probability[1])


def test_that_a_head_survives_being_written_and_read() -> None:
    head = head_from_bytes(small_model.head_file())
    again = head_from_bytes(head.to_bytes())
    for name in ("mean", "scale", "weights", "bias", "calibration"):
        np.testing.assert_array_equal(getattr(again, name), getattr(head, name))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_that_a_value_that_is_not_finite_is_never_a_class(value: float) -> None:
    prediction = decide(value, 0.5, (0.5, 0.5))
    assert prediction.suggestion is Suggestion.UNCERTAIN
    assert math.isnan(prediction.probability_all)
    assert "no finite value" in prediction.reason


@pytest.mark.parametrize(
    ("probability", "suggestion"),
    [
        (0.0, Suggestion.HEM),
        (0.4, Suggestion.HEM),
        (0.400001, Suggestion.UNCERTAIN),
        (0.5, Suggestion.UNCERTAIN),
        (0.599999, Suggestion.UNCERTAIN),
        (0.6, Suggestion.ALL),
        (1.0, Suggestion.ALL),
    ],
)
def test_that_only_the_inside_of_the_band_is_uncertain_and_says_so(probability: float, suggestion: Suggestion) -> None:
    prediction = decide(probability, 0.5, (0.4, 0.6))
    assert prediction.suggestion is suggestion
    assert bool(prediction.reason) == (suggestion is Suggestion.UNCERTAIN)


def test_that_the_threshold_itself_counts_as_all_where_the_band_is_empty() -> None:
    assert decide(0.37, 0.37, (0.37, 0.37)).suggestion is Suggestion.ALL
    assert decide(math.nextafter(0.37, 0), 0.37, (0.37, 0.37)).suggestion is Suggestion.HEM


def test_that_a_black_image_is_uncertain_and_says_why(models_folder: Path) -> None:
    prediction = load_classifier(models=models_folder, threads=1).classify(np.zeros((450, 450, 3), np.uint8))
    assert prediction.suggestion is Suggestion.UNCERTAIN
    assert "black" in prediction.reason
    assert math.isnan(prediction.probability_all)


def test_that_the_same_image_gives_the_same_probability_again(models_folder: Path) -> None:
    classifier = load_classifier(models=models_folder, threads=1)
    first = classifier.classify(small_model.cell(CellClass.ALL, 1))
    classifier.classify(small_model.cell(CellClass.HEM, 1))
    assert classifier.classify(small_model.cell(CellClass.ALL, 1)) == first
    assert 0 <= first.probability_all <= 1


def test_that_a_caption_and_a_wider_black_frame_do_not_change_the_answer(models_folder: Path) -> None:
    """600 x 600 files of the challenge hold the same cells as 450 x 450 files."""
    classifier = load_classifier("default", models=models_folder, threads=1)
    extractor = classifier.extractor
    cell = small_model.cell(CellClass.HEM, 2).copy()
    plain = cell.copy()
    plain[420:] = 0
    framed = np.pad(plain, ((75, 75), (75, 75), (0, 0)))
    for other in (cell, framed):
        first, second = extractor(plain), extractor(other)
        assert first is not None
        assert second is not None
        if other is framed:  # the tiles of CLAHE lie elsewhere, so only nearly the same
            assert np.corrcoef(first, second)[0, 1] > 0.99
        else:
            assert np.corrcoef(first, second)[0, 1] > 0.999


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 90), (90, 1), (2, 3), (31, 33)])
def test_that_an_image_of_any_size_gets_a_prediction(models_folder: Path, height: int, width: int) -> None:
    image = np.full((height, width, 3), 120, np.uint8)
    prediction = load_classifier(models=models_folder, threads=1).classify(image)
    assert math.isfinite(prediction.probability_all)
