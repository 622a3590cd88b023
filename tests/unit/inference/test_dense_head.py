"""The thesis' head and its view: two layers on the plain average over the whole frame."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.cell_region import find_cell, whole_frame
from alldetect_gui.inference.arrays import arrays_to_bytes
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.inference.dense_head import dense_head_from_bytes
from tests.unit.inference import small_model
from tests.unit.inference.pooled import pooled

ARRAYS = {
    "hidden": np.array([[1.0, -1.0], [2.0, 0.5], [0.0, 1.0]], np.float32),
    "hidden_bias": np.array([0.5, -0.5], np.float32),
    "output": np.array([2.0, -3.0], np.float32),
    "output_bias": np.array([0.25], np.float32),
    "calibration": np.array([2.0, 0.5], np.float32),
}


def head_file(**changes: Any) -> bytes:
    """The small head, with some arrays replaced."""
    return arrays_to_bytes({**ARRAYS, **changes})


def test_that_the_head_is_two_layers_by_hand() -> None:
    head = dense_head_from_bytes(head_file())
    features = np.array([[1.0, 2.0, 3.0], [-2.0, 0.0, 0.0]], np.float32)
    first = 2 * (1 + 4 + 0.5) - 3 * (-1 + 1 + 3 - 0.5) + 0.25
    second = 2 * 0 - 3 * (2 - 0.5) + 0.25  # the first unit is negative, so silent
    np.testing.assert_allclose(head.logits(features), [first, second], rtol=1e-6)
    wanted = [1 / (1 + math.exp(-(2 * logit + 0.5))) for logit in (first, second)]
    np.testing.assert_allclose(head.probability_all(features), wanted, rtol=1e-6)
    assert dense_head_from_bytes(head.to_bytes()).probability_all(features).tolist() == pytest.approx(wanted)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", range(3))
def test_that_a_feature_that_is_not_finite_gives_no_probability(value: float, place: int) -> None:
    features = np.zeros((2, 3), np.float32)
    features[0, place] = value
    probability = dense_head_from_bytes(head_file()).probability_all(features)
    assert math.isnan(probability[0])
    assert math.isfinite(probability[1])


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden": np.zeros((3, 3), np.float32)},
        {"hidden": np.zeros(3, np.float32)},
        {"output": np.zeros(3, np.float32)},
        {"output_bias": np.zeros(2, np.float32)},
        {"calibration": np.zeros(1, np.float32)},
        {"hidden_bias": np.array([math.nan, 0], np.float32)},
        {"hidden": np.zeros((3, 0), np.float32), "hidden_bias": np.zeros(0, np.float32),
         "output": np.zeros(0, np.float32)},
    ],
)  # fmt: skip
def test_that_a_head_of_other_shapes_is_damaged(changes: dict[str, Any]) -> None:
    with pytest.raises(ModelDamaged, match="damaged"):
        dense_head_from_bytes(head_file(**changes))


def test_that_the_plain_mean_counts_the_background_and_takes_no_logarithm() -> None:
    feature_map = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    cover = np.zeros((4, 4), np.float32)
    cover[0, 0] = 1
    plain, masked = np.split(pooled(feature_map[np.newaxis], cover, ("plain-mean", "mean")), 2)
    assert plain.tolist() == [3, 4]
    np.testing.assert_allclose(masked, np.log1p([0, 1]))


def test_that_the_frame_is_the_whole_image_where_it_has_the_size_that_was_trained_on() -> None:
    image = np.zeros((450, 450, 3), np.uint8)
    image[:, 225:] = (30, 60, 90)
    region = find_cell(image)
    assert region is not None
    pixels, cover = whole_frame(image, region, 18)
    assert (pixels[:, 9:] == (30, 60, 90)).all()
    assert not pixels[:, :9].any()
    np.testing.assert_array_equal(cover, np.repeat([[0, 1]], 9, axis=1).repeat(18, axis=0))


@pytest.mark.parametrize("shape", [(300, 300), (600, 600), (320, 500)])
def test_that_more_or_less_black_around_a_cell_changes_nothing(shape: tuple[int, int]) -> None:
    seen = []
    for height, width in ((450, 450), shape):
        image = np.zeros((height, width, 3), np.uint8)
        top, left = height // 2 - 100, width // 2 - 80
        image[top : top + 200, left : left + 160] = (30, 60, 90)
        region = find_cell(image)
        assert region is not None
        seen.append(whole_frame(image, region, 90))
    for one, other in zip(*seen, strict=True):
        np.testing.assert_array_equal(one, other)


def test_that_a_frame_has_no_other_extent() -> None:
    with pytest.raises(ValueError, match="extent is 1"):
        View("frame", "frame", 1.06, 64)


def dense_model(models: Path, **changes: Any) -> None:
    """An artefact as the thesis has it, of 64 pixels and block 2."""
    generator = np.random.default_rng(0)
    arrays = {
        "hidden": generator.normal(size=(128, 4)).astype(np.float32),
        "hidden_bias": np.zeros(4, np.float32),
        "output": np.array([1e-4, -1e-4, 2e-4, -2e-4], np.float32),
        "output_bias": np.zeros(1, np.float32),
        "calibration": np.array([1.0, 0.0], np.float32),
    }
    change = {
        "head_kind": "dense",
        "input": {"views": [{"name": "frame", "region": "frame", "extent": 1.0, "size": 64}]},
        "features": {"blocks": [2], "statistics": ["plain-mean"]},
        **changes,
    }
    small_model.write_model(models, head=arrays_to_bytes(arrays), change=change)


def test_that_an_artefact_with_such_a_head_classifies(tmp_path: Path) -> None:
    dense_model(tmp_path)
    classifier = load_classifier(models=tmp_path, threads=1)
    one, other = (
        classifier.classify(small_model.cell(kind, 1)).probability_all for kind in (CellClass.ALL, CellClass.HEM)
    )
    assert 0 < one < 1
    assert one != other
    assert math.isnan(classifier.classify(np.zeros((64, 64, 3), np.uint8)).probability_all)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"head_kind": "forest"}, "forest"),
        ({"head_kind": "logistic"}, "head"),
        ({"features": {"blocks": [3], "statistics": ["plain-mean"]}}, "reads 128 features, its base gives 256"),
    ],
)
def test_that_a_manifest_that_does_not_fit_its_head_blocks(tmp_path: Path, changes: dict[str, Any], word: str) -> None:
    dense_model(tmp_path, **changes)
    with pytest.raises(ModelDamaged, match=word):
        load_classifier(models=tmp_path, threads=1)
