"""The preprocessing recipes: what they do to the cell, and that they leave the black around it black."""

import math
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.recipe import RECIPES, Recipe, recipe_named
from alldetect_gui.imaging.steps import BLACK_LEVEL
from alldetect_gui.imaging.synthetic import draw_cell
from tests.unit.imaging import files

NAMES = tuple(recipe.name for recipe in RECIPES)
CELL = draw_cell(CellClass.ALL, 1)
LEGAL = st.one_of(
    st.sampled_from(RECIPES),
    st.builds(
        lambda size, sigma: recipe_named("gaussian", {"kernel_size": size, "sigma": sigma}),
        st.integers(0, 15).map(lambda half: 2 * half + 1),
        st.floats(0, 20),
    ),
    st.builds(
        lambda name, clip, grid: recipe_named(name, {"clip_limit": clip, "tile_grid": grid}),
        st.sampled_from(["clahe", "clahe-grayscale"]),
        st.floats(0.5, 40),
        st.integers(1, 32),
    ),
)


def cell_on_black(height: int, width: int, seed: int) -> files.Pixels:
    """Random bright pixels in an ellipse, exact black outside."""
    image = files.speckled(height, width, seed) // 2 + 100
    y, x = np.mgrid[0:height, 0:width]
    outside = ((y - height / 2) / (height / 3)) ** 2 + ((x - width / 2) / (width / 3)) ** 2 > 1
    image[outside] = 0
    return image


def test_that_the_five_recipes_of_the_compare_panel_are_there() -> None:
    assert NAMES == ("original", "gaussian", "clahe", "grayscale", "clahe-grayscale")


@settings(max_examples=120, deadline=None)
@given(LEGAL, st.integers(1, 60), st.integers(1, 60), st.integers(0, 1000))
def test_that_black_stays_black_and_shape_and_input_are_kept(
    recipe: Recipe, height: int, width: int, seed: int
) -> None:
    image = cell_on_black(height, width, seed)
    kept = image.copy()
    rendered = recipe.apply(image)
    assert rendered.shape == image.shape
    assert rendered.dtype == np.uint8
    assert not rendered[(image == 0).all(axis=2)].any()
    np.testing.assert_array_equal(image, kept)


@pytest.mark.parametrize("name", ["clahe", "clahe-grayscale"])
def test_that_even_the_strongest_clahe_keeps_the_background_of_a_cell(name: str) -> None:
    rendered = recipe_named(name, {"clip_limit": 40}).apply(CELL)
    assert not rendered[(CELL == 0).all(axis=2)].any()
    assert (rendered != CELL).any()


def test_that_the_original_is_unchanged_and_a_copy() -> None:
    image = files.speckled()
    rendered = recipe_named("original").apply(image)
    np.testing.assert_array_equal(rendered, image)
    rendered[0, 0] = 255 - rendered[0, 0]
    np.testing.assert_array_equal(image, files.speckled())


@pytest.mark.parametrize("name", ["grayscale", "clahe-grayscale"])
def test_that_gray_has_three_equal_channels(name: str) -> None:
    rendered = recipe_named(name).apply(CELL)
    np.testing.assert_array_equal(rendered[:, :, 0], rendered[:, :, 1])
    np.testing.assert_array_equal(rendered[:, :, 0], rendered[:, :, 2])


def test_that_gray_is_the_luma_of_bt_601() -> None:
    image = files.speckled()
    luma = image @ np.array([0.299, 0.587, 0.114])
    assert np.abs(recipe_named("grayscale").apply(image)[:, :, 0] - luma).max() <= 1


def bell(size: int, sigma: float) -> list[float]:
    """A sampled Gaussian."""
    return [math.exp(-((index - size // 2) ** 2) / (2 * sigma**2)) for index in range(size)]


@pytest.mark.parametrize(
    ("sigma", "weights"),
    [
        (0.0, [1]),
        (0.0, [1, 2, 1]),
        (0.0, [1, 4, 6, 4, 1]),
        (2.0, bell(5, 2.0)),
        (1.5, bell(9, 1.5)),
        (0.0, bell(9, 1.7)),
    ],
)
def test_that_gaussian_is_the_convolution_inside_the_cell(sigma: float, weights: list[float]) -> None:
    image = files.speckled(40, 50) // 2 + 100
    size = len(weights)
    kernel = np.array(weights) / sum(weights)
    padded = np.pad(image.astype(float), ((size // 2,) * 2, (size // 2,) * 2, (0, 0)), mode="reflect")
    down = sum(weight * padded[index : index + 40] for index, weight in enumerate(kernel))
    both = sum(weight * down[:, index : index + 50] for index, weight in enumerate(kernel))
    rendered = recipe_named("gaussian", {"kernel_size": size, "sigma": sigma}).apply(image)
    assert np.abs(rendered - both).max() <= 1.5


@given(
    height=st.integers(1, 40), width=st.integers(1, 40), seed=st.integers(0, 99), half=st.integers(0, 15),
    sigma=st.floats(0, 20), box=st.tuples(*[st.integers(0, 40)] * 4),
)  # fmt: skip
def test_that_the_black_around_a_cell_need_not_be_blurred(
    height: int, width: int, seed: int, half: int, sigma: float, box: tuple[int, int, int, int]
) -> None:
    """The blur of the lit part is that of the whole image, wherever in it that part lies."""
    top, left, down, across = box
    place = np.s_[top : top + down, left : left + across]
    image = np.zeros((height, width, 3), np.uint8)
    image[place] = files.speckled(height, width, seed)[place]
    whole = cv2.GaussianBlur(image, (2 * half + 1,) * 2, sigma)
    whole[image.max(axis=2) <= BLACK_LEVEL] = 0
    rendered = recipe_named("gaussian", {"kernel_size": 2 * half + 1, "sigma": sigma}).apply(image)
    assert np.array_equal(rendered, whole)


def test_that_gaussian_smooths_by_default() -> None:
    image = files.speckled(40, 40) // 2 + 100
    assert recipe_named("gaussian").apply(image).std() < 0.5 * image.std()


def test_that_clahe_changes_lightness_alone() -> None:
    image = CELL[150:300, 150:300]
    before = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(int)
    after = cv2.cvtColor(recipe_named("clahe").apply(image), cv2.COLOR_RGB2LAB).astype(int)
    inside = image.max(axis=2) > 8
    assert np.abs(after - before)[inside][:, 0].max() >= 20
    assert np.abs(after - before)[inside][:, 1:].max() <= 4  # rounding to 8 bits, twice


def _speck() -> np.ndarray:
    """A cell, a faint speck in a corner, which is background and changes its tile all the same, and a black frame."""
    image = CELL.copy()
    image[2, 3] = (7, 0, 5)
    return image


@pytest.mark.parametrize(
    "image", [CELL, CELL[150:300, 150:300], _speck(), np.zeros((50, 60, 3), np.uint8), np.full((9, 31, 3), 5, np.uint8)]
)
def test_that_leaving_out_the_black_around_a_cell_changes_nothing_of_clahe(image: np.ndarray) -> None:
    whole = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
    whole[:, :, 0] = cv2.createCLAHE(2.0, (8, 8)).apply(whole[:, :, 0].copy())
    expected = np.where((image.max(axis=2) > 8)[:, :, np.newaxis], cv2.cvtColor(whole, cv2.COLOR_LAB2RGB), 0)
    np.testing.assert_array_equal(recipe_named("clahe").apply(image), expected)


def test_that_clahe_raises_contrast_in_the_cell_and_more_with_its_limit() -> None:
    inside = CELL.max(axis=2) > 8
    spreads = [recipe_named("clahe", {"clip_limit": clip}).apply(CELL)[inside].std() for clip in (1, 2, 4, 8)]
    assert CELL[inside].std() < spreads[0] < spreads[1] < spreads[2] < spreads[3]


def test_that_clahe_then_gray_is_the_gray_of_clahe() -> None:
    parameters = {"clip_limit": 3.0, "tile_grid": 4}
    stepwise = recipe_named("grayscale").apply(recipe_named("clahe", parameters).apply(CELL))
    np.testing.assert_array_equal(recipe_named("clahe-grayscale", parameters).apply(CELL), stepwise)


@pytest.mark.parametrize(
    ("name", "defaults"),
    [
        ("original", {}),
        ("gaussian", {"kernel_size": 5, "sigma": 0.0}),
        ("clahe", {"clip_limit": 2.0, "tile_grid": 8}),
        ("grayscale", {}),
        ("clahe-grayscale", {"clip_limit": 2.0, "tile_grid": 8}),
    ],
)
def test_that_defaults_are_those_stated(name: str, defaults: dict[str, float]) -> None:
    assert recipe_named(name).parameters == defaults


def test_that_parameters_travel_and_leave_the_default_alone() -> None:
    changed = recipe_named("clahe", {"clip_limit": 3})
    assert changed.parameters == {"clip_limit": 3.0, "tile_grid": 8}
    assert recipe_named("clahe").parameters["clip_limit"] == 2.0
    assert changed == recipe_named("clahe", {"clip_limit": 3.0})
    assert changed != recipe_named("clahe")
    with pytest.raises(AttributeError):
        changed.clip_limit = 5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("clahe", {"clip": 3}, ["“clahe”", "“clip”", "clip_limit", "tile_grid"]),
        ("original", {"sigma": 1}, ["“original”", "none"]),
        ("clahe", {"clip_limit": 41}, ["clip_limit = 41", "0.5 to 40"]),
        ("clahe", {"clip_limit": 0}, ["clip_limit = 0", "0.5 to 40"]),
        ("clahe", {"clip_limit": math.nan}, ["clip_limit = nan", "0.5 to 40"]),
        ("clahe", {"clip_limit": math.inf}, ["clip_limit = inf"]),
        ("clahe", {"tile_grid": 2.5}, ["tile_grid = 2.5", "a whole number from 1 to 32"]),
        ("clahe", {"tile_grid": math.nan}, ["tile_grid = nan"]),
        ("clahe-grayscale", {"tile_grid": 33}, ["tile_grid = 33"]),
        ("gaussian", {"kernel_size": 4}, ["kernel_size = 4", "an odd whole number from 1 to 31"]),
        ("gaussian", {"kernel_size": -1}, ["kernel_size = -1"]),
        ("gaussian", {"sigma": -0.1}, ["sigma = -0.1", "0 to 20"]),
        ("median", {}, ["“median”", "original, gaussian, clahe, grayscale, clahe-grayscale"]),
    ],
)
def test_that_an_impossible_request_is_answered_with_what_is_possible(
    name: str, parameters: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(WrongUse) as caught:
        recipe_named(name, parameters)
    for word in words:
        assert word in str(caught.value)
