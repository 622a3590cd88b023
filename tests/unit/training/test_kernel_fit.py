"""How much an image counts in a fit of the kernel machine."""

from dataclasses import replace

import numpy as np
import pytest

from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.honest.kernel_fit import KernelOptions, image_weights
from alldetect_gui.training.splits import subject_weights

IS_ALL = np.repeat([True, False, True, False], [30, 6, 6, 30])
AREA = np.repeat([40_000, 20_000], 36).astype(np.float32)
"""Of 36 large cells 30 are blasts, of 36 small ones 6."""
WHO = np.array([f"{'A' if positive else 'H'}{row % 5}" for row, positive in enumerate(IS_ALL)])
DATA = TrainingSet(np.zeros((72, 1), np.float32), IS_ALL, WHO, WHO)


def _all_for_each_hem(balance: float) -> list[float]:
    """What the blasts weigh among the large and among the small cells, in weights of the normal cells."""
    weights = image_weights(DATA, AREA, replace(KernelOptions(), area_balance=balance))
    sizes = (AREA == 40_000, AREA == 20_000)
    return [float(weights[size & IS_ALL].sum() / weights[size & ~IS_ALL].sum()) for size in sizes]


def test_that_size_tells_the_less_of_the_class_the_more_the_options_balance() -> None:
    assert _all_for_each_hem(1.0) == pytest.approx([1, 1])
    plain, half = _all_for_each_hem(0.0), _all_for_each_hem(0.5)
    assert plain[0] > half[0] > 1 > half[1] > plain[1]


def test_that_without_balance_only_subjects_count() -> None:
    weights = image_weights(DATA, AREA, replace(KernelOptions(), area_balance=0.0))
    np.testing.assert_allclose(weights, subject_weights(WHO, IS_ALL))
    assert weights.mean() == pytest.approx(1)


def test_that_the_balance_goes_with_the_images_in_whatever_order_they_come() -> None:
    order = np.random.default_rng(0).permutation(72)
    turned = image_weights(DATA.take(order), AREA[order], KernelOptions())
    np.testing.assert_allclose(turned, image_weights(DATA, AREA, KernelOptions())[order])
