"""Finding the cell, cutting it out, thumbnails, and the synthetic cells themselves."""

import hashlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging import cell_region
from alldetect_gui.imaging.cell_region import TEXTURE, cell_measures, cut_square, find_cell
from alldetect_gui.imaging.synthetic import SIDE, draw_cell
from alldetect_gui.imaging.thumbnails import thumbnail


def box(top: int, left: int, height: int, width: int, side: int = 60) -> np.ndarray:
    """A bright rectangle on black."""
    image = np.zeros((side, side, 3), np.uint8)
    image[top : top + height, left : left + width] = (90, 40, 100)
    return image


def test_that_a_black_image_has_no_cell() -> None:
    assert find_cell(np.zeros((10, 10, 3), np.uint8)) is None


def test_that_near_black_of_a_jpeg_is_background() -> None:
    assert find_cell(np.full((10, 10, 3), 8, np.uint8)) is None
    assert find_cell(np.full((10, 10, 3), 9, np.uint8)) is not None


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_that_one_bright_channel_is_enough_to_be_cell(channel: int) -> None:
    image = np.zeros((10, 10, 3), np.uint8)
    image[4, 5, channel] = 50
    region = find_cell(image)
    assert region is not None
    assert (region.left, region.top, region.width, region.height, region.area) == (5, 4, 1, 1, 1)


def test_that_the_region_is_the_bounding_box_of_the_cell() -> None:
    region = find_cell(box(7, 11, 20, 31))
    assert region is not None
    assert (region.left, region.top, region.width, region.height) == (11, 7, 31, 20)
    assert (region.side, region.area) == (31, 620)
    assert region.mask.sum() == 620


def test_that_size_and_colour_are_those_of_the_cell_alone() -> None:
    image = box(7, 11, 20, 30)
    image[7:27, 11:26] = (70, 60, 100)  # its left half
    image[10:20, 20:32] = 0  # a hole
    image[50:55, 5:30] = 255
    region = find_cell(image)
    assert region is not None
    np.testing.assert_array_equal(cell_measures(image, region)[:7], [480, 80, 50, 100, 10, 10, 0])


def test_that_texture_is_that_of_the_inside_and_tells_focus_and_noise() -> None:
    cell = draw_cell(CellClass.ALL, 3, caption=False)
    region = find_cell(cell)
    assert region is not None
    as_it_is = cell_measures(cell, region)[TEXTURE]
    around = cell.copy()
    around[~region.mask] = 255  # what lies beside the cell is not asked
    np.testing.assert_array_equal(cell_measures(around, region)[TEXTURE], as_it_is)
    np.testing.assert_array_equal(cell_measures(np.full_like(cell, 90), region)[TEXTURE], [0, 0, 0])
    blurred = cell_measures(cv2.GaussianBlur(cell, (0, 0), 3), region)[TEXTURE]
    assert blurred[0] < 0.7 * as_it_is[0]
    noise = np.random.default_rng(0).normal(0, 12, cell.shape)
    noisy = cell_measures(np.clip(cell + noise, 0, 255).astype(np.uint8), region)[TEXTURE]
    assert noisy[0] > 2 * as_it_is[0]


def test_that_texture_is_the_laplacian_by_hand() -> None:
    """Stripes of one pixel, 60 and 100: the Laplacian is 80 up and down; halved they are flat."""
    image = box(10, 10, 40, 40)
    image[10:50, 10:50] = np.where(np.arange(40) % 2, 60, 100)[np.newaxis, :, np.newaxis]
    region = find_cell(image)
    assert region is not None
    np.testing.assert_allclose(cell_measures(image, region)[TEXTURE], [80, 0, 0])


def test_that_a_speck_has_no_texture() -> None:
    for side in (1, 2, 3, 5):
        image = box(4, 4, side, side)
        region = find_cell(image)
        assert region is not None
        np.testing.assert_array_equal(cell_measures(image, region)[TEXTURE], [0, 0, 0])


def test_that_captions_and_specks_do_not_move_the_region() -> None:
    image = box(20, 20, 20, 20)
    image[50:55, 5:50] = 200
    image[0, 0] = 255
    alone, crowded = find_cell(box(20, 20, 20, 20)), find_cell(image)
    assert alone is not None
    assert crowded is not None
    np.testing.assert_array_equal(alone.mask, crowded.mask)
    with_caption, without = draw_cell(CellClass.HEM, 3), draw_cell(CellClass.HEM, 3, caption=False)
    first, second = find_cell(with_caption), find_cell(without)
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.mask, second.mask)


def test_that_the_largest_of_the_parts_is_the_cell_wherever_they_lie() -> None:
    """Parts beside each other, one within another, touching by a corner, at the edge: each counted pixel by pixel."""
    generator = np.random.default_rng(5)
    for _ in range(300):
        height, width = generator.integers(1, 14, 2)
        lit = generator.random((height, width)) < generator.random()
        region = find_cell(np.repeat(lit[:, :, np.newaxis] * np.uint8(200), 3, axis=2))
        parts = by_hand(lit)
        if region is None:
            assert not parts
            continue
        found = {(int(y), int(x)) for y, x in np.argwhere(region.mask)}
        assert found in parts
        assert len(found) == region.area == max(len(part) for part in parts)
        ys, xs = [y for y, _ in found], [x for _, x in found]
        assert (region.left, region.top) == (min(xs), min(ys))
        assert (region.width, region.height) == (max(xs) - min(xs) + 1, max(ys) - min(ys) + 1)


def by_hand(lit: np.ndarray) -> list[set[tuple[int, int]]]:
    """Pixels that touch, by sides or corners, taken together one after the other."""
    left = {(int(y), int(x)) for y, x in np.argwhere(lit)}
    parts = []
    while left:
        part, edge = set[tuple[int, int]](), {left.pop()}
        while edge:
            part |= edge
            left -= edge
            edge = {(y, x) for y, x in left if any(abs(y - a) <= 1 and abs(x - b) <= 1 for a, b in edge)}
        parts.append(part)
    return parts


def test_that_a_square_at_its_own_size_is_cut_exactly_and_black_outside_the_image() -> None:
    image = box(0, 0, 20, 20)
    region = find_cell(image)
    assert region is not None
    pixels, cover = cut_square(image, region, 40, 40)
    np.testing.assert_array_equal(pixels[10:30, 10:30], image[:20, :20])
    assert not pixels[:10].any()
    assert not pixels[:, :10].any()
    assert cover[10:30, 10:30].min() == 1
    assert cover.sum() == 400


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 40), st.integers(1, 40)),
    st.floats(0.3, 150),
    st.sampled_from([16, 32, 64]),
)
def test_that_any_cut_has_the_size_asked_for_and_a_cover_between_0_and_1(
    place: tuple[int, int, int, int], side: float, size: int
) -> None:
    image = box(*place)
    region = find_cell(image)
    assert region is not None
    pixels, cover = cut_square(image, region, side, size)
    assert pixels.shape == (size, size, 3)
    assert pixels.dtype == np.uint8
    assert cover.shape == (size, size)
    assert 0 <= cover.min() <= cover.max() <= 1


def test_that_the_cut_does_not_depend_on_where_the_cell_lies() -> None:
    near, far = box(4, 6, 20, 20), box(30, 34, 20, 20)
    cuts = []
    for image in (near, far):
        region = find_cell(image)
        assert region is not None
        cuts.append(cut_square(image, region, region.side * 1.5, 32))
    np.testing.assert_array_equal(cuts[0][0], cuts[1][0])
    np.testing.assert_array_equal(cuts[0][1], cuts[1][1])


def test_that_shrinking_averages_instead_of_picking_pixels() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[::2] = 200
    stripes[1::2] = 100
    region = find_cell(stripes)
    assert region is not None
    pixels, _ = cut_square(stripes, region, 64, 16)
    assert set(np.unique(pixels)) == {150}


@pytest.mark.parametrize("kind", list(CellClass))
def test_that_synthetic_cells_are_the_same_for_the_same_arguments(kind: CellClass) -> None:
    first, second = draw_cell(kind, 7), draw_cell(kind, 7)
    np.testing.assert_array_equal(first, second)
    assert first.shape == (SIDE, SIDE, 3) == (450, 450, 3)
    assert first.dtype == np.uint8
    assert (first != draw_cell(kind, 8)).any()


def test_that_synthetic_classes_differ_and_lie_on_exact_black() -> None:
    blast, normal = draw_cell(CellClass.ALL, 2, caption=False), draw_cell(CellClass.HEM, 2, caption=False)
    assert hashlib.sha256(blast.tobytes()).digest() != hashlib.sha256(normal.tobytes()).digest()
    for cell in (blast, normal):
        region = find_cell(cell)
        assert region is not None
        assert not cell[~region.mask].any()
        assert region.area > 10_000
        assert not cell[0].any()
        assert not cell[:, -1].any()


def test_that_the_caption_marks_a_cell_as_synthetic_below_the_cell() -> None:
    plain, marked = draw_cell(CellClass.ALL, 4, caption=False), draw_cell(CellClass.ALL, 4)
    changed = np.flatnonzero((plain != marked).any(axis=(1, 2)))
    assert changed.size
    assert changed.min() > 400


@pytest.mark.parametrize(
    ("height", "width", "expected"), [(450, 450, (96, 96)), (300, 100, (96, 32)), (5, 7, (5, 7)), (20000, 1, (96, 1))]
)
def test_that_thumbnails_keep_proportions_and_never_enlarge(height: int, width: int, expected: tuple[int, int]) -> None:
    assert thumbnail(np.zeros((height, width, 3), np.uint8), 96).shape[:2] == expected


def test_that_a_very_long_image_costs_no_square_of_its_length() -> None:
    image = np.full((1, 20_000, 3), 90, np.uint8)
    region = find_cell(image)
    assert region is not None
    asked: list[int] = []
    original = cell_region._window

    def watched(pixels: np.ndarray, left: int, top: int, edge: int) -> np.ndarray:
        asked.append(edge)
        return original(pixels, left, top, edge)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cell_region, "_window", watched)
        square, cover = cut_square(image, region, region.side * 1.06, 64)
    assert max(asked) <= 4096
    assert square.shape == (64, 64, 3)
    assert cover.max() <= 1
