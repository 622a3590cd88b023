"""Folds that no patient crosses."""

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import WrongUse


def grouped_folds(
    groups: NDArray[np.str_], is_all: NDArray[np.bool_], n_folds: int = 5, seed: int = 0
) -> NDArray[np.int64]:
    """The fold (0 to n_folds - 1) of each image, whole groups together, classes spread evenly; shape (n_images,).

    Groups are dealt class by class (a mixed group counts with its majority), largest first, ties in an order drawn
    with `seed`, each to the fold with the fewest images of that class so far. Raises WrongUse when a class has
    fewer groups than there are folds.
    """
    generator = np.random.default_rng(seed)
    names, member, counts = np.unique(groups, return_inverse=True, return_counts=True)
    mostly_all = np.bincount(member, weights=is_all) * 2 > counts
    fold_of_group = np.empty(names.size, np.int64)
    for positive in (True, False):
        of_class = np.flatnonzero(mostly_all == positive)
        if of_class.size < n_folds:
            kind = "ALL" if positive else "HEM"
            raise WrongUse(f"{of_class.size} groups of {kind} subjects cannot fill {n_folds} folds; add patients")
        order = of_class[np.lexsort((generator.random(of_class.size), -counts[of_class]))]
        load = generator.random(n_folds)  # less than one image: decides ties, so that seeds differ
        for group in order:
            target = int(np.argmin(load))
            fold_of_group[group] = target
            load[target] += counts[group]
    return fold_of_group[member]


def subject_weights(subjects: NDArray[np.str_], is_all: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights that give both classes the same sum and each subject the root of its image count; mean 1.

    Between counting cells (a few subjects decide) and counting subjects (a subject of nine cells counts like one
    of four hundred). Shape (n_images,).
    """
    _, member, counts = np.unique(subjects, return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(counts[member].astype(np.float64))
    for positive in (True, False):
        of_class = is_all == positive
        if of_class.any():
            weight[of_class] /= weight[of_class].sum()
    return np.asarray(weight * (weight.size / weight.sum()))


def area_balanced_weights(
    subjects: NDArray[np.str_], is_all: NDArray[np.bool_], area: NDArray[np.float32], strength: float,
    width: float = 4000.0,
) -> NDArray[np.float64]:  # fmt: skip
    """subject_weights, moved towards as much ALL as HEM among cells of the same size; mean 1, shape (n_images,).

    In every band of cell area (`width` pixels) each class is multiplied by (its fair half / its share) to the power
    of `strength`: 0 changes nothing, 1 leaves a model nothing to learn from size. No factor is above 6, so that a
    band with hardly a cell of one class does not decide. Sparse bands at both ends are joined.
    """
    weight = subject_weights(subjects, is_all)
    band = np.clip((area // width).astype(np.int64), 3, 12)
    result = weight.copy()
    for value in np.unique(band):
        for kind in (is_all, ~is_all):
            rows = (band == value) & kind
            share = weight[rows].sum() / weight[band == value].sum()
            if rows.any():
                result[rows] *= min((0.5 / share) ** strength, 6.0)
    for kind in (is_all, ~is_all):
        if kind.any():
            result[kind] /= result[kind].sum()
    return np.asarray(result * (result.size / result.sum()))
