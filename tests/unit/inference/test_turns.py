"""A view's turned and mirrored copies, and the features that are averaged over them."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from alldetect_gui.imaging.cell_region import find_cell
from alldetect_gui.imaging.recipe import Recipe, recipe_named
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.engine import Engine
from alldetect_gui.inference.features import FeatureExtractor
from alldetect_gui.inference.turns import turned, turned_back

STATISTICS = ("mean", "deviation")


class Ramp(Engine):
    """A base whose map is its input times a ramp from left to right: it depends on the position of the cell."""

    def feature_maps(self, model_input: np.ndarray) -> dict[int, np.ndarray]:
        ramp = np.linspace(0, 1, model_input.shape[1], dtype=np.float32)[np.newaxis, :, np.newaxis]
        return {2: np.maximum(model_input + 200, 0)[..., :1] * ramp}


def test_that_the_eight_turns_differ_and_can_be_undone() -> None:
    square = np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    copies = [turned(square, number) for number in range(8)]
    np.testing.assert_array_equal(copies[0], square)
    for one, other in itertools.combinations(copies, 2):
        assert not np.array_equal(one, other)
    for number, copy in enumerate(copies):
        np.testing.assert_array_equal(turned_back(copy, number), square)


@pytest.mark.parametrize("kind", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("channels", [(), (1,), (3,), (128,)])
def test_that_the_turns_come_in_the_order_that_models_were_trained_with(kind: str, channels: tuple[int, ...]) -> None:
    square = np.random.default_rng(4).integers(0, 256, (5, 5, *channels)).astype(kind)
    along = np.swapaxes(square, 0, 1)
    wanted = [
        square, along[::-1, ::-1], square[::-1, ::-1], along,
        along[::-1], square[:, ::-1], along[:, ::-1], square[::-1],
    ]  # fmt: skip
    for number, copy in enumerate(wanted):
        found = turned(square, number)
        assert found.dtype == square.dtype
        np.testing.assert_array_equal(found, copy)
        np.testing.assert_array_equal(turned_back(copy, number), square)


def extractor(turns: int) -> FeatureExtractor:
    return FeatureExtractor(Ramp(), Recipe(), (View("v", "native", 128, 64, turns),), (2,), STATISTICS)


def test_that_features_over_all_turns_are_the_same_for_a_turned_image() -> None:
    # A square image with the cell in its middle: half a pixel of rounding would shift the cut-out.
    image = np.zeros((128, 128, 3), np.uint8)
    image[40:88, 30:98] = np.random.default_rng(1).integers(50, 250, (48, 68, 3), dtype=np.uint8)
    over_all, alone = extractor(8), extractor(1)
    first, second = over_all(image), over_all(np.ascontiguousarray(np.rot90(image)))
    assert first is not None and second is not None
    np.testing.assert_allclose(first, second, rtol=1e-5)
    one, other = alone(image), alone(np.ascontiguousarray(np.rot90(image)))
    assert one is not None and other is not None
    assert not np.allclose(one, other, rtol=1e-3)


def test_that_features_are_the_mean_of_those_of_each_turn() -> None:
    image = np.zeros((96, 96, 3), np.uint8)
    image[20:60, 8:70] = np.random.default_rng(2).integers(50, 250, (40, 62, 3), dtype=np.uint8)
    region = find_cell(image)
    assert region is not None
    two = extractor(2).features(image, region)
    upright, diagonal = extractor(1), replace(extractor(1), engine=Turned())
    wanted = (upright.features(image, region) + diagonal.features(image, region)) / 2
    np.testing.assert_allclose(two, wanted, rtol=1e-5)


class Turned(Ramp):
    """The same ramp on the input mirrored along its diagonal, its map mirrored back."""

    def feature_maps(self, model_input: np.ndarray) -> dict[int, np.ndarray]:
        maps = super().feature_maps(turned(model_input, 1))
        return {block: turned_back(found, 1) for block, found in maps.items()}


@pytest.mark.parametrize("turns", [0, 3, 9, -1, 2.0, True, "2"])
def test_that_other_numbers_of_turns_are_refused(turns: object) -> None:
    with pytest.raises(ValueError, match="turns"):
        View("v", "native", 256, 64, turns)  # type: ignore[arg-type]


def test_that_a_views_own_recipe_comes_behind_the_models_and_sees_the_square_wherever_it_lies() -> None:
    image = np.zeros((128, 128, 3), np.uint8)  # with the cell in its middle: it is the square
    image[40:88, 30:98] = np.random.default_rng(3).integers(50, 250, (48, 68, 3), dtype=np.uint8)
    clahe, gaussian = recipe_named("clahe", {"clip_limit": 2, "tile_grid": 4}), recipe_named("gaussian")
    plain = replace(extractor(1), recipe=gaussian)
    through = replace(plain, views=tuple(replace(view, through=clahe) for view in plain.views))
    region = find_cell(image)
    assert region is not None
    found = through.features(image, region)
    expected = replace(plain, recipe=Recipe()).features(clahe.apply(gaussian.apply(image)), region)
    np.testing.assert_array_equal(found, expected)
    assert not np.allclose(found, plain.features(image, region))
    elsewhere = np.pad(image, ((7, 90), (50, 20), (0, 0)))
    moved = find_cell(elsewhere)
    assert moved is not None
    np.testing.assert_array_equal(through.features(elsewhere, moved), found)
