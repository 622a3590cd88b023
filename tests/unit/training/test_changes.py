"""Changes that another laboratory could make: each does what its name says and leaves the background black."""

import numpy as np
import pytest

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.cell_region import find_cell
from alldetect_gui.imaging.steps import foreground_mask
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.training.honest.changes import CHANGES, blurred, gain, placed, sharpened, stained

CELL = draw_cell(CellClass.ALL, 3)
INSIDE = foreground_mask(CELL)


@pytest.mark.parametrize("name", CHANGES)
def test_that_a_cell_stays_a_cell_on_black(name: str) -> None:
    changed = CHANGES[name](CELL)
    region = find_cell(changed)
    assert changed.shape == CELL.shape and changed.dtype == np.uint8
    assert region is not None and region.area > 0.5 * INSIDE.sum()
    assert (changed.max(axis=2) == 0).mean() > 0.3
    assert (name == "as it is") == bool((changed == CELL).all())


def test_that_colours_change_as_said() -> None:
    reds = gain(1.1, 1, 1)(CELL)[INSIDE].mean(axis=0) / CELL[INSIDE].mean(axis=0)
    np.testing.assert_allclose(reds, [1.1, 1, 1], atol=0.01)
    same = stained(1, 1)(CELL)
    assert np.abs(same.astype(int) - CELL)[INSIDE].max() <= 1
    darker, paler = stained(1.2, 1)(CELL)[INSIDE].mean(), stained(0.8, 1)(CELL)[INSIDE].mean()
    assert darker < CELL[INSIDE].mean() < paler


def test_that_texture_and_size_change_as_said() -> None:
    core = np.s_[200:250, 200:250]
    rough = [image[core].astype(float).std() for image in (blurred(2)(CELL), CELL, sharpened(1)(CELL))]
    assert rough[0] < rough[1] < rough[2]
    small = find_cell(placed(scale=0.8)(CELL))
    assert small is not None and small.area == pytest.approx(0.64 * INSIDE.sum(), rel=0.03)
