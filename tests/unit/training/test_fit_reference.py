import numpy as np
import pytest

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.inference.fit_score import fit_reference_from_bytes
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.fit_reference import learn_reference


def _known_cells() -> TrainingSet:
    """1,200 cells of 12 subjects that vary along 5 of 40 directions, with a little noise on all."""
    generator = np.random.default_rng(0)
    features = (
        generator.normal(size=(1200, 5)) @ generator.normal(size=(5, 40)) + generator.normal(size=(1200, 40)) * 0.1
    )
    subjects = np.repeat([f"{index}" if index % 2 else f"H{index}" for index in range(12)], 100)
    is_all = np.array([not name.startswith("H") for name in subjects])
    return TrainingSet(features.astype(np.float32), is_all, subjects, subjects)


def test_that_few_held_out_cells_are_outside_and_strangers_are() -> None:
    data = _known_cells()
    reference, scores = learn_reference(data)
    assert 0 < (scores > 1).mean() <= 0.02
    generator = np.random.default_rng(1)
    far_along = data.features[:50] * 6
    off_the_plane = data.features[:50] + generator.normal(size=(50, 40)).astype(np.float32) * 3
    assert (reference.score(far_along) > 1).mean() > 0.8
    assert (reference.score(off_the_plane) > 1).all()


def test_that_a_reference_survives_its_file_and_a_damaged_one_does_not() -> None:
    data = _known_cells()
    reference, _ = learn_reference(data)
    again = fit_reference_from_bytes(reference.to_bytes())
    np.testing.assert_array_equal(again.score(data.features), reference.score(data.features))
    with pytest.raises(ModelDamaged, match="fit reference"):
        fit_reference_from_bytes(reference.to_bytes()[:1000])
