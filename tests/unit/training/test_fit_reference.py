from dataclasses import replace

import numpy as np
import pytest

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.inference.fit_score import fit_reference_from_bytes
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.fit_reference import learn_reference

_PLAIN = np.ones((1200, 10), np.float32)


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
    assert (reference.score(far_along, _PLAIN[:50]) > 1).mean() > 0.8
    assert (reference.score(off_the_plane, _PLAIN[:50]) > 1).all()


def test_that_a_reference_survives_its_file_and_a_damaged_one_does_not() -> None:
    data = _known_cells()
    reference, _ = learn_reference(data)
    again = fit_reference_from_bytes(reference.to_bytes())
    np.testing.assert_array_equal(again.score(data.features, _PLAIN), reference.score(data.features, _PLAIN))
    with pytest.raises(ModelDamaged, match="fit reference"):
        fit_reference_from_bytes(reference.to_bytes()[:1000])


def _coloured() -> np.ndarray:
    """Of 1,200 cells that are bluer than red: area, mean R, G, B, deviation R, G, B, texture at three sizes."""
    generator = np.random.default_rng(2)
    middle = np.array([30_000, 69, 30, 80, 12, 9, 14, 3, 4, 11])
    return (middle * np.exp(generator.normal(size=(1200, 10)) * 0.05)).astype(np.float32)


def test_that_cells_with_other_colours_sizes_or_textures_are_outside() -> None:
    data, measures = _known_cells(), _coloured()
    reference, scores = learn_reference(data, measures)
    assert 0 < (scores > 1).mean() <= 0.03
    exchanged = measures[:, [0, 3, 2, 1, 6, 5, 4, 7, 8, 9]]
    assert (reference.score(data.features, exchanged) > 1).mean() > 0.9
    smaller = measures * np.array([0.3, *[1] * 9], np.float32)  # another magnification
    assert (reference.score(data.features, smaller) > 1).all()
    noisy = measures * np.array([*[1] * 7, 3, 2, 1], np.float32)
    assert (reference.score(data.features, noisy) > 1).all()
    again = fit_reference_from_bytes(reference.to_bytes())
    np.testing.assert_array_equal(again.score(data.features, exchanged), reference.score(data.features, exchanged))


def test_that_features_of_tuned_blocks_behind_the_frozen_ones_are_not_read() -> None:
    data = _known_cells()
    reference, _ = learn_reference(data)
    longer = np.hstack([data.features, np.full((1200, 8), 1e6, np.float32)])
    np.testing.assert_array_equal(reference.score(longer, _PLAIN), reference.score(data.features, _PLAIN))


def test_that_a_reference_without_texture_is_read_as_before() -> None:
    """Artefacts made before texture was looked at, a lab's own among them."""
    data, measures = _known_cells(), _coloured()
    reference, _ = learn_reference(data, measures)
    nothing = {"texture_mean": np.zeros(0, np.float32), "texture_turn": np.zeros((0, 0), np.float32)}
    older = replace(reference, limits=reference.limits[:3], **nothing)
    again = fit_reference_from_bytes(older.to_bytes())
    noisy = measures * np.array([*[1] * 7, 9, 9, 9], np.float32)
    np.testing.assert_array_equal(again.score(data.features, noisy), older.score(data.features, measures))
    with pytest.raises(ModelDamaged, match="fit reference"):
        fit_reference_from_bytes(replace(reference, limits=reference.limits[:3]).to_bytes())
