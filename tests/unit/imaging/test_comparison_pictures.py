"""What the comparison shows beside renderings: histograms, differences, and the sheet."""

import numpy as np

from alldetect_gui.imaging.difference import signed_difference
from alldetect_gui.imaging.histogram import cell_histogram
from alldetect_gui.imaging.sheet import SheetPane, draw_sheet
from alldetect_gui.imaging.thumbnails import reductions


def test_that_the_histogram_counts_the_cell_and_not_its_background() -> None:
    original = np.zeros((4, 5, 3), np.uint8)
    original[1:3, 1:4] = (100, 20, 30)
    rendering = original.copy()
    rendering[1, 1] = (0, 255, 30)
    counts = cell_histogram(rendering, original)
    assert counts.shape == (3, 256)
    assert counts.sum(axis=1).tolist() == [6, 6, 6]
    assert (counts[0, 100], counts[0, 0], counts[1, 255], counts[1, 20], counts[2, 30]) == (5, 1, 1, 5, 6)


def test_that_brighter_is_orange_darker_blue_and_equal_grey() -> None:
    original = np.full((1, 4, 3), 100, np.uint8)
    original[0, 3] = 0
    rendering = original.copy()
    rendering[0, 0], rendering[0, 1], rendering[0, 3] = 200, 20, 90
    brighter, darker, equal, background = signed_difference(rendering, original)[0].astype(int)
    assert brighter[0] > 200 > brighter[2]
    assert darker[2] > 200 > darker[0]
    assert len(set(equal.tolist())) == 1
    assert background.tolist() == [0, 0, 0]


def test_that_a_larger_change_has_a_stronger_colour() -> None:
    original = np.full((1, 3, 3), 100, np.uint8)
    rendering = original + np.array([[[10], [30], [60]]], np.uint8)
    red = signed_difference(rendering, original)[0, :, 0].astype(int)
    assert 128 < red[0] < red[1] < red[2]


def pane(value: int, *lines: str) -> SheetPane:
    return SheetPane("Title", lines, np.full((40, 30, 3), value, np.uint8), np.ones((3, 256), np.int64))


def test_that_the_sheet_holds_every_pane_pixel_by_pixel() -> None:
    sheet = draw_sheet(("cell.bmp",), [pane(50), pane(90)], "Research use only.")
    for value in (50, 90):
        rows, columns = np.nonzero((sheet == value).all(axis=2))
        inside = sheet[rows.min() : rows.min() + 40, columns.min() : columns.min() + 30]
        assert (inside == value).all()


def test_that_what_is_written_on_the_sheet_is_on_it() -> None:
    sheets = [draw_sheet((heading,), [pane(50, line)], "Footer") for heading, line in
              (("a.bmp", "clip limit 2"), ("a.bmp", "clip limit 3"), ("b.bmp", "clip limit 2"))]  # fmt: skip
    assert not np.array_equal(sheets[0], sheets[1])
    assert not np.array_equal(sheets[0], sheets[2])


def test_that_a_grey_histogram_is_no_blue_one() -> None:
    """Of three equal lines the last, blue one stood in sight."""
    sheet = draw_sheet(("cell.bmp",), [pane(50)], "Research use only.")
    assert not (sheet == (61, 126, 196)).all(axis=2).any()


def test_that_a_name_in_letters_that_the_typeface_lacks_is_escaped() -> None:
    """Otherwise every such letter is the same empty box, and two files look like one."""
    first, second = (draw_sheet((name,), [pane(50)], "") for name in ("漢.bmp", "字.bmp"))
    assert not np.array_equal(first, second)


def test_that_a_histogram_of_more_pixels_than_short_numbers_hold_is_exact() -> None:
    image = np.full((4097, 4099, 3), 200, np.uint8)
    image[0, 0] = (200, 200, 201)
    counts = cell_histogram(image, image)
    assert (counts[0, 200], counts[2, 200], counts[2, 201]) == (4097 * 4099, 4097 * 4099 - 1, 1)


def test_that_a_large_image_is_halved_until_it_is_small_and_a_small_one_is_left_alone() -> None:
    image = np.zeros((1001, 701, 3), np.uint8)
    image[:501] = 90
    halves = reductions(image, enough=100_000)
    assert [half.shape[:2] for half in halves] == [(501, 351), (251, 176)]
    assert halves[-1][0, 0].tolist() == [90, 90, 90]
    assert halves[-1][-1, -1].tolist() == [0, 0, 0]
    assert reductions(image) == ()
