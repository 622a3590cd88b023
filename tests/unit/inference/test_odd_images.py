"""The default model on drawn images that are no cells; photographs and real cells are for the drill."""

import numpy as np

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.inference.catalogue import load_classifier
from tests.drills.odd_images import KEPT, REFUSED, drawn, row, said


def test_that_nothing_drawn_that_is_no_cell_gets_a_class() -> None:
    classifier = load_classifier()
    answers = {name: [said(classifier.classify(image)) for image in images] for name, images in drawn(2).items()}
    assert {word for words in answers.values() for word in words} <= {"outside", "nothing"}, answers


def test_that_every_change_gives_an_image_and_only_the_first_changes_nothing() -> None:
    cell = draw_cell(CellClass.ALL, 1, caption=False)
    changed = {name: change(cell) for name, change in {**KEPT, **REFUSED}.items()}
    assert all(image.dtype == np.uint8 and image.ndim == 3 for image in changed.values())
    same = [name for name, image in changed.items() if image.shape == cell.shape and (image == cell).all()]
    assert same == ["as it is"]


def test_that_a_row_counts_what_changed_and_what_became_the_opposite() -> None:
    line = row("x", ["ALL", "HEM", "band", "outside"], ["ALL", "ALL", "HEM", "outside"])
    assert line == "| x | 4 | 1 | 1 | 1 | 1 | 0 | 2 | 1 |"
