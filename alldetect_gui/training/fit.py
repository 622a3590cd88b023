"""Fit a head: logistic regression on whitened features, calibrated on held-out subjects."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.inference.head import LogisticHead
from alldetect_gui.inference.heads import Head
from alldetect_gui.training.splits import grouped_folds, subject_weights

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrainingSet:
    """Arrays of n images, one row each."""

    features: NDArray[np.float32]  # (n, n_features)
    is_all: NDArray[np.bool_]
    subjects: NDArray[np.str_]
    groups: NDArray[np.str_]

    def take(self, rows: NDArray[np.int64]) -> "TrainingSet":
        """The images at `rows`; a row may occur more than once."""
        return TrainingSet(self.features[rows], self.is_all[rows], self.subjects[rows], self.groups[rows])


@dataclass(frozen=True)
class FitOptions:
    """Everything that a fit depends on; recorded in the manifest."""

    components: int = 300  # principal components kept at most, each scaled to unit deviation
    images_per_component: int = 8  # fewer images, fewer components: whitened noise would drown the classes
    regularisation: float = 5e-3  # scikit-learn's C: smaller is stronger
    folds: int = 5
    repeats: int = 3  # of the folds, for calibration and the reported figures
    seed: int = 0


def standardisation(data: TrainingSet) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Mean and deviation of each feature, subjects weighted, both (n_features,); 1 where a feature never varies."""
    weights = subject_weights(data.subjects, data.is_all)
    mean = np.average(data.features, axis=0, weights=weights)
    deviation = np.sqrt(np.average(np.square(data.features - mean), axis=0, weights=weights))
    scale = np.where(deviation > 1e-6, deviation, 1.0)
    return mean, scale


def fit_head(
    data: TrainingSet,
    options: FitOptions,
    calibration: tuple[float, float] = (1.0, 0.0),
    weights: Floats | None = None,
) -> LogisticHead:
    """The head fitted on all of `data`, with a calibration (slope, intercept) that was found elsewhere.

    Features are standardised, clipped and whitened by principal components, so that a direction in which cells
    vary a lot does not outweigh one in which the classes differ; images are weighted by splits.subject_weights, or
    by `weights` (n,).
    Whitening is linear: it is folded into the weights. Averaging heads on bootstrap draws of groups (bagging) was
    tried and left out: with ten groups of HEM a draw loses too many, and large normal cells paid for it.
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression

    if weights is None:
        weights = subject_weights(data.subjects, data.is_all)
    mean, scale = standardisation(data)
    limit = LogisticHead.LIMIT
    standard = np.clip((data.features - mean) / scale, -limit, limit).astype(np.float32)
    components = max(1, min(options.components, len(standard) // options.images_per_component, standard.shape[1]))
    whitening = PCA(components, whiten=True, svd_solver="randomized", random_state=options.seed).fit(standard)
    white = whitening.transform(standard)
    turn = whitening.components_ / np.sqrt(whitening.explained_variance_ + 1e-12)[:, np.newaxis]
    model = LogisticRegression(C=options.regularisation, max_iter=400, tol=1e-4)
    model.fit(white, data.is_all, sample_weight=weights)
    direction = model.coef_[0] @ turn
    return LogisticHead(
        mean=mean.astype(np.float32),
        scale=scale.astype(np.float32),
        weights=direction[np.newaxis].astype(np.float32),
        bias=(model.intercept_ - direction @ whitening.mean_).astype(np.float32),
        calibration=np.array(calibration, np.float32),
    )


def out_of_fold_logits(
    data: TrainingSet, options: FitOptions, fitted: Callable[[NDArray[np.int64]], Head] | None = None
) -> Floats:
    """Each image's logit from heads that saw none of its group, one column a repeat of the folds; (n, repeats).

    `fitted` gives the head of some rows of `data`; without it a logistic one is fitted.
    """
    if fitted is None:

        def fitted(rows: NDArray[np.int64]) -> Head:
            return fit_head(data.take(rows), options)

    logits = np.empty((data.is_all.size, options.repeats))
    for repeat in range(options.repeats):
        fold = grouped_folds(data.groups, data.is_all, options.folds, seed=options.seed + repeat)
        for number in range(options.folds):
            held_out = np.flatnonzero(fold == number)
            head = fitted(np.flatnonzero(fold != number))
            logits[held_out, repeat] = head.logits(data.features[held_out])
    return logits


def platt(logits: Floats, is_all: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Slope and intercept that calibrate `logits` (Platt 1999), both (n,), under the given weights of the images."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6, max_iter=1000)
    model.fit(logits[:, np.newaxis], is_all, sample_weight=weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def cross_fitted_probabilities(logits: Floats, data: TrainingSet, options: FitOptions, repeat: int) -> Floats:
    """Out-of-fold P(ALL), calibrated for each fold on the other folds' logits alone; (n,)."""
    fold = grouped_folds(data.groups, data.is_all, options.folds, seed=options.seed + repeat)
    column = logits[:, repeat]
    weights = subject_weights(data.subjects, data.is_all)
    probability = np.empty(column.size)
    for number in range(options.folds):
        inside = fold != number
        slope, intercept = platt(column[inside], data.is_all[inside], weights[inside])
        probability[~inside] = 1 / (1 + np.exp(-(slope * column[~inside] + intercept)))
    return probability


def uncertain_band(
    probability: Floats, is_all: NDArray[np.bool_], weights: Floats, *, miss: float = 0.05, most: float = 0.35
) -> tuple[float, float]:
    """The band around 0.5 outside which at most `miss` of each class is called wrongly, referring at most `most`.

    Shares are weighted. Where both cannot be had the band is as wide as `most` allows; it grows evenly in
    probability on both sides. Held-out probabilities only.
    """
    share = weights / weights.sum()
    candidates = np.linspace(0.0, 0.45, 91)
    best = (0.5, 0.5)
    for half in candidates:
        low, high = 0.5 - half, 0.5 + half
        referred = float(share[(probability > low) & (probability < high)].sum())
        if referred > most:
            break
        best = (float(low), float(high))
        called_low, called_high = probability <= low, probability >= high
        called = called_low | called_high
        missed_all = share[called_low & is_all].sum() / max(share[called & is_all].sum(), 1e-12)
        missed_hem = share[called_high & ~is_all].sum() / max(share[called & ~is_all].sum(), 1e-12)
        if missed_all <= miss and missed_hem <= miss:
            break
    return best
