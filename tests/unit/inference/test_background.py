"""Frames on one colour: what is left out of blocks 1 and 2 changes no bit of any map."""

import numpy as np
import pytest
from numpy.typing import NDArray

from alldetect_gui.inference import engine
from alldetect_gui.inference.background import Cut, cut_for
from alldetect_gui.inference.engine import CONV2_1, CONV3_2, CONV4_1, computed_side, open_engine
from alldetect_gui.inference.features import to_model_input
from tests.unit.inference import small_model

Square = NDArray[np.float32]


def frame(top: int, bottom: int, left: int, right: int, colour: int = 0, side: int = 224) -> Square:
    """Noise with so many lines of one colour around it."""
    pixels = np.full((side, side, 3), colour, np.uint8)
    inside = pixels[top : side - bottom, left : side - right]
    inside[:] = np.random.default_rng(top).integers(1, 255, inside.shape)
    return to_model_input(pixels)


def assert_unchanged(square: Square, monkeypatch: pytest.MonkeyPatch, needed: tuple[int, ...] = (2, 3, 4, 5)) -> None:
    """Every map is that of the whole square."""
    base = small_model.bundled_base()
    found = open_engine("litert", base, 1, needed=needed).feature_maps(square)
    monkeypatch.setattr(engine, "_WORTH_CUTTING", 10_000)
    whole = open_engine("litert", base, 1, needed=needed).feature_maps(square)
    assert list(found) == list(whole) == list(needed)
    for block, expected in whole.items():
        np.testing.assert_array_equal(found[block], expected, err_msg=f"block {block}")


@pytest.mark.parametrize("colour", [0, 255, 90])
@pytest.mark.parametrize(
    "margins", [(60, 50, 52, 61), (0, 90, 90, 0), (34, 34, 34, 34), (33, 35, 35, 33), (100, 90, 17, 80)]
)
def test_that_leaving_out_background_changes_no_bit(
    margins: tuple[int, int, int, int], colour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    square = frame(*margins, colour)
    assert computed_side(square) < 224
    assert_unchanged(square, monkeypatch)


@pytest.mark.parametrize("needed", [(3,), (5,), (2, 3, CONV4_1), (CONV2_1, 2, CONV3_2)])
def test_that_only_the_maps_that_are_read_are_given(needed: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert_unchanged(frame(60, 50, 52, 61), monkeypatch, needed)


def test_that_images_of_many_sizes_one_after_the_other_do_not_disturb_each_other() -> None:
    squares = [frame(margin, margin, margin, margin) for margin in (60, 30, 80, 0, 60)]
    maps = open_engine("litert", small_model.bundled_base(), 1).feature_maps
    first, *_, last = [maps(square) for square in squares]
    assert {computed_side(square) for square in squares} == {144, 208, 112, 224}
    for block, expected in first.items():
        np.testing.assert_array_equal(last[block], expected)


@pytest.mark.parametrize(("before", "side"), [(224, 216), (113, 128), (112, 224), (150, 160)])
def test_that_frames_of_other_sides_do_not_disturb_each_other(
    before: int, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan for one side is no plan for another; a side that is no multiple of four is not cut."""
    maps = open_engine("litert", small_model.bundled_base(), 1).feature_maps
    maps(frame(0, 0, 0, 0, side=before))
    square = frame(30, 31, 32, 33, side=side)
    found = maps(square)
    monkeypatch.setattr(engine, "_WORTH_CUTTING", 10_000)
    whole = open_engine("litert", small_model.bundled_base(), 1).feature_maps(square)
    for block, expected in whole.items():
        np.testing.assert_array_equal(found[block], expected)


def test_that_one_odd_pixel_near_an_edge_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    square = frame(60, 60, 60, 60)
    square[5, 200] = 3
    assert cut_for(square) != cut_for(frame(60, 60, 60, 60))
    assert_unchanged(square, monkeypatch)


def test_that_as_many_rows_as_columns_are_left_out_and_a_square_is_left() -> None:
    assert cut_for(frame(60, 60, 0, 60)) == Cut(32, 0, 0, 32)
    assert cut_for(frame(25, 25, 90, 90)) == Cut()
    blank = np.full((224, 224, 3), 7, np.float32)
    assert cut_for(blank).of(blank).shape == (128, 128, 3)
    assert cut_for(np.zeros((226, 226, 3), np.float32)) == Cut()


def test_that_a_plan_that_is_hardly_larger_is_used_again() -> None:
    square = frame(60, 60, 60, 60)
    sides = [cut_for(square, planned).of(square).shape[0] for planned in (0, 144, 160, 176, 128)]
    assert sides == [144, 144, 160, 144, 144]
