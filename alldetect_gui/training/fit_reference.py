"""Learn what known cells look like, with limits that held-out subjects set."""

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.inference.fit_score import FitReference
from alldetect_gui.training.fit import TrainingSet, standardisation
from alldetect_gui.training.splits import grouped_folds

_DIRECTIONS = 64
_OUTSIDE = 0.005
"""Share of held-out cells beyond each of the two limits; together at most twice this are called outside."""


def learn_reference(data: TrainingSet, folds: int = 5, seed: int = 0) -> tuple[FitReference, NDArray[np.float64]]:
    """The reference of all cells, and each cell's score against a reference of other groups; (n_images,)."""
    fold = grouped_folds(data.groups, data.is_all, folds, seed)
    distances = np.empty((data.is_all.size, 2))
    for number in range(folds):
        held_out = np.flatnonzero(fold == number)
        others = _describe(data.take(np.flatnonzero(fold != number)), np.ones(2, np.float32))
        distances[held_out] = others.distances(data.features[held_out])
    limits = np.quantile(distances, 1 - _OUTSIDE, axis=0)
    return _describe(data, limits.astype(np.float32)), (distances / limits).max(axis=1)


def _describe(data: TrainingSet, limits: NDArray[np.float32]) -> FitReference:
    from sklearn.decomposition import PCA

    mean, scale = standardisation(data)
    count = max(1, min(_DIRECTIONS, len(data.features) // 8, data.features.shape[1] // 2))
    standard = ((data.features - mean) / scale).astype(np.float32)
    found = PCA(count, svd_solver="randomized", random_state=0).fit(standard)
    return FitReference(
        mean=mean.astype(np.float32),
        scale=scale.astype(np.float32),
        directions=found.components_.astype(np.float32),
        spread=np.sqrt(found.explained_variance_).astype(np.float32),
        limits=limits,
    )
