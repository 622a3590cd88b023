"""The same cell in two files is told from another one."""

import cv2
import numpy as np
import pytest

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.training.same_cells import likeness, links, sets


def _again(image: RgbImage) -> RgbImage:
    """Shifted, darker, and with another edge."""
    moved = np.roll(image, (5, -7), axis=(0, 1)).astype(np.float32) * 0.9
    inside = cv2.erode((moved.max(axis=2) > 0).astype(np.uint8), np.ones((5, 5), np.uint8))
    return np.asarray(moved * inside[:, :, np.newaxis], np.uint8)


@pytest.mark.parametrize("number", range(4))
def test_that_a_cell_is_known_again_when_it_was_segmented_anew(number: int) -> None:
    cell = draw_cell(CellClass.HEM, number)
    assert likeness(cell, _again(cell)) > 0.9
    assert likeness(cell, draw_cell(CellClass.HEM, number + 10)) < 0.75


def test_that_a_black_image_is_like_none() -> None:
    black = np.zeros((450, 450, 3), np.uint8)
    assert likeness(black, draw_cell(CellClass.HEM, 1)) == 0


def test_that_the_links_are_between_subjects_of_one_class() -> None:
    assert ("H14", "H24") in links() or ("H24", "H14") in links()
    assert all(one.startswith("H") == other.startswith("H") for one, other in links())


def test_that_subjects_are_linked_through_one_who_is_not_there() -> None:
    found = sets()
    assert {"1", "15", "17", "20", "21"} in found
    assert {"H2", "H4", "H5", "H6", "H7"} in found
    assert sum(map(len, found)) == len(set().union(*found))
