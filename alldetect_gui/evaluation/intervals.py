"""Intervals that respect subjects: cells of one patient are not independent (design effect about 9 in C-NMC)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Statistic = Callable[[NDArray[np.int64]], float | None]
"""A figure computed from the images at the given positions."""


def subject_bootstrap(
    statistic: Statistic, subjects: NDArray[np.str_], *, draws: int = 1000, seed: int = 0, level: float = 0.95
) -> tuple[float, float] | None:
    """Percentile interval of `statistic` when whole subjects are drawn with replacement (cluster bootstrap).

    `subjects` has shape (n_images,). None with fewer than 5 subjects, where such an interval means nothing, or
    when fewer than half of the draws define the statistic. Davison & Hinkley 1997, section 3.8.
    """
    names = np.unique(subjects)
    if names.size < 5:
        return None
    members = [np.flatnonzero(subjects == name) for name in names]
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        drawn = generator.integers(0, names.size, names.size)
        value = statistic(np.concatenate([members[index] for index in drawn]))
        if value is not None:
            values.append(value)
    if len(values) < draws / 2:
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
