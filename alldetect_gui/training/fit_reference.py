"""Learn what known cells look like, with limits that held-out subjects set."""

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.cell_region import SIZE_AND_COLOUR, TEXTURE
from alldetect_gui.inference.fit_score import FitReference
from alldetect_gui.training.fit import TrainingSet, standardisation
from alldetect_gui.training.splits import grouped_folds, subject_weights

_DIRECTIONS = 64
_OUTSIDE = 0.0035
"""Share of held-out cells beyond each limit; together at most four times this are called outside."""


def learn_reference(
    data: TrainingSet,
    measures: NDArray[np.float32] | None = None,
    folds: int = 5,
    seed: int = 0,
    outside: float = _OUTSIDE,
) -> tuple[FitReference, NDArray[np.float64]]:
    """The reference of all cells, and each cell's score against a reference of other groups; (n_images,).

    With `measures` (n_images, 10), see cell_measures, size, colour and texture are looked at as well. `outside` is the
    share of held-out cells beyond each of the limits.
    """
    fold = grouped_folds(data.groups, data.is_all, folds, seed)
    distances = np.empty((data.is_all.size, 2 if measures is None else 4))
    unit = np.ones(distances.shape[1], np.float32)
    for number in range(folds):
        inside, held_out = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        others = _describe(data.take(inside), unit, None if measures is None else measures[inside])
        distances[held_out, :2] = others.distances(data.features[held_out])
        if measures is not None:
            distances[held_out, 2:] = others.measures_distances(measures[held_out])
    limits = np.quantile(distances, 1 - outside, axis=0)
    return _describe(data, limits.astype(np.float32), measures), (distances / limits).max(axis=1)


def _describe(data: TrainingSet, limits: NDArray[np.float32], measures: NDArray[np.float32] | None) -> FitReference:
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
        **({} if measures is None else _measured(data, measures)),
    )


def _measured(data: TrainingSet, measures: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    weights, found = subject_weights(data.subjects, data.is_all), {}
    for name, columns in (("measures", SIZE_AND_COLOUR), ("texture", TEXTURE)):
        values = np.log1p(measures[:, columns].astype(np.float64))
        covariance = np.cov(values.T, aweights=weights) + 1e-6 * np.eye(values.shape[1])
        found[f"{name}_mean"] = np.average(values, axis=0, weights=weights).astype(np.float32)
        found[f"{name}_turn"] = np.linalg.inv(np.linalg.cholesky(covariance)).astype(np.float32)
    return found
