"""Fit the kernel machine: a support vector machine with a Gaussian kernel on whitened features of frozen blocks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.inference.kernel_head import KernelHead
from alldetect_gui.training.fit import TrainingSet, standardisation
from alldetect_gui.training.splits import area_balanced_weights

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class KernelOptions:
    """Everything that a fit depends on; recorded in the manifest."""

    components: int = 300  # principal components kept at most, each scaled to unit deviation
    images_per_component: int = 8
    cost: float = 1.0  # scikit-learn's C
    width: float = 0.5  # of the Gaussian kernel, divided by the number of components
    area_balance: float = 0.7  # see image_weights
    seed: int = 0


@dataclass(frozen=True)
class Whitening:
    """Standardisation, clipping and scaled principal components, as KernelHead applies them."""

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    directions: NDArray[np.float32]  # rounded to half precision, as they are stored
    centre: NDArray[np.float32]

    def __call__(self, features: NDArray[np.float32]) -> Floats:
        """(n_images, n_features) to (n_images, n_components)."""
        standard = np.clip((features - self.mean) / self.scale, -KernelHead.LIMIT, KernelHead.LIMIT)
        return np.asarray(standard @ self.directions.T - self.centre, np.float64)


def learn_whitening(data: TrainingSet, options: KernelOptions) -> Whitening:
    """From the features of `data`, subjects weighted in the standardisation."""
    from sklearn.decomposition import PCA

    mean, scale = standardisation(data)
    standard = np.clip((data.features - mean) / scale, -KernelHead.LIMIT, KernelHead.LIMIT).astype(np.float32)
    count = max(1, min(options.components, len(standard) // options.images_per_component, standard.shape[1]))
    found = PCA(count, svd_solver="randomized", random_state=options.seed).fit(standard)
    turned = found.components_ / np.sqrt(found.explained_variance_ + 1e-12)[:, np.newaxis]
    directions = turned.astype(np.float16).astype(np.float32)
    centre = (directions @ found.mean_).astype(np.float32)
    return Whitening(mean.astype(np.float32), scale.astype(np.float32), directions, centre)


def image_weights(data: TrainingSet, area: NDArray[np.float32], options: KernelOptions) -> Floats:
    """How much each image counts in a fit; (n,), mean 1. `area` (n,) is that of each image's cell in pixels.

    Most blasts are larger than most normal cells, and a machine that is left to learn this calls large normal cells
    ALL. So among cells of one size both classes are brought to the same weight, `options.area_balance` of the way.
    """
    return area_balanced_weights(data.subjects, data.is_all, area, options.area_balance)


def fit_kernel_head(
    data: TrainingSet, weights: Floats, options: KernelOptions, whitening: Whitening | None = None
) -> KernelHead:
    """The head for `data`'s features, not calibrated; the linear part that such a head may have is left out.

    `weights` (n,) say how much an image counts (see image_weights). `whitening` may be handed in where it was learned
    before.
    """
    from sklearn.svm import SVC

    white = whitening or learn_whitening(data, options)
    width = options.width / len(white.directions)
    points = white(data.features)
    machine = SVC(C=options.cost, kernel="precomputed").fit(_gram(points, width), data.is_all, sample_weight=weights)
    return KernelHead(
        mean=white.mean,
        scale=white.scale,
        directions=white.directions,
        centre=white.centre,
        support=points[machine.support_].astype(np.float16).astype(np.float32),
        dual=machine.dual_coef_[0].astype(np.float32),
        weights=np.empty(0, np.float32),
        constants=np.array([width, machine.intercept_[0], 0, 0], np.float32),
        calibration=np.array([1, 0], np.float32),
    )


_ROWS = 512


def _gram(points: Floats, width: float) -> Floats:
    """The Gaussian kernel of all pairs, (n, n): by one matrix product some ten times as fast as pair by pair.

    The rest is computed in its place, some rows at a time: with three looks at each cell the matrix has gigabytes.
    """
    lengths = np.square(points).sum(axis=1)
    result = np.asarray(2 * points @ points.T)
    for start in range(0, len(result), _ROWS):
        rows = slice(start, start + _ROWS)
        squares = lengths[rows, np.newaxis] + lengths - result[rows]
        result[rows] = np.exp(-width * np.maximum(squares, 0))
    return result
