"""Variants of the plain look: through the window's recipes, and with training cells shown larger and smaller."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.training.fit import TrainingSet, platt
from alldetect_gui.training.honest.kernel_fit import KernelOptions, fit_kernel_head, image_weights
from alldetect_gui.training.honest.rungs import PLAIN, SMALL, Columns, Floats, Look, Rows, Rung, kernel_fold
from alldetect_gui.training.splits import subject_weights

RECIPES = ("gaussian", "clahe", "clahe-grayscale")
SCALES = (0.85, 1.0, 1.18)
"""Times the view's extent: a cell is shown by as much smaller or larger as blasts and normal cells here differ."""
_LOOK = SMALL[PLAIN]
BY_RECIPE = tuple(replace(_LOOK, recipe=name) for name in RECIPES)
BY_SCALE = tuple(
    replace(_LOOK, view=replace(_LOOK.view, extent=round(_LOOK.view.extent * scale))) for scale in SCALES
)  # fmt: skip
VARIANTS: Mapping[str, Look] = {look.name: look for look in (*BY_RECIPE, *BY_SCALE) if look.name not in SMALL}
"""What has to be read beside SMALL."""
_TITLES = [recipe_named(name).title for name in RECIPES]
_TOGETHER = f"{', '.join(_TITLES[:-1])} and {_TITLES[-1]}"
_MACHINE = f"kernel machine, {KernelOptions().area_balance:.0%} balanced by area"
MEAN_NAME = f"{PLAIN}, mean of the log-odds of the last three ({_TOGETHER})"
MEAN_COST = sum(look.cost for look in BY_RECIPE)


def recipe_rungs() -> tuple[Rung, ...]:
    """The kernel machine through each recipe alone."""
    balance = KernelOptions().area_balance
    return tuple(Rung(f"{look.name}, {_MACHINE}", look.cost, kernel_fold(balance, look.name)) for look in BY_RECIPE)


def joined_rungs() -> tuple[Rung, ...]:
    """One model of all three recipes; the plain look with jitter of size in training, in two strengths."""
    extents = ", ".join(f"{scale:g}" for scale in SCALES[:-1]) + f" {{}} {SCALES[-1]:g}"
    return (
        Rung(f"{PLAIN}, {_TOGETHER} side by side in one {_MACHINE}", MEAN_COST, _side_by_side),
        Rung(f"{PLAIN}, size jitter: each training cell at {extents.format('or')} times the extent, {_MACHINE}",
             _LOOK.cost, _at_one_scale),
        Rung(f"{PLAIN}, size jitter: each training cell at {extents.format('and')} times the extent, {_MACHINE}",
             _LOOK.cost, _at_all_scales),
    )  # fmt: skip


def scale_of(sha256: str) -> int:
    """Which of SCALES an image is trained at where it is only one: by its content, so that no run draws another."""
    return int(sha256[-8:], 16) % len(SCALES)


def _side_by_side(columns: Columns, inside: Rows, out: Rows, number: int) -> Floats:
    """The features of all recipes, one after the other."""
    sets = [columns.small[look.name].features for look in BY_RECIPE]
    part = replace(columns.native.take(inside), features=np.hstack([features[inside] for features in sets]))
    weights = image_weights(part, columns.areas[inside], KernelOptions())
    return _judged(part, weights, np.hstack([features[out] for features in sets]))


def _at_one_scale(columns: Columns, inside: Rows, out: Rows, number: int) -> Floats:
    """Training cells larger, as they are or smaller, each at one scale; judged and weighted as they are."""
    part = columns.small[PLAIN].take(inside)
    for scale, look in enumerate(BY_SCALE):
        here = columns.scale[inside] == scale
        part.features[here] = columns.small[look.name].features[inside[here]]
    weights = image_weights(part, columns.areas[inside], KernelOptions())
    return _judged(part, weights, columns.small[PLAIN].features[out])


def _at_all_scales(columns: Columns, inside: Rows, out: Rows, number: int) -> Floats:
    """Training cells at every scale, a third of the weight each; judged cells as they are."""
    parts = [columns.small[look.name].take(inside) for look in BY_SCALE]
    weights = image_weights(parts[0], columns.areas[inside], KernelOptions()) / len(parts)
    return _judged(_stacked(parts), np.tile(weights, len(parts)), columns.small[PLAIN].features[out])


def _stacked(parts: Sequence[TrainingSet]) -> TrainingSet:
    return TrainingSet(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.is_all for part in parts]),
        np.concatenate([part.subjects for part in parts]),
        np.concatenate([part.groups for part in parts]),
    )


def _judged(part: TrainingSet, weights: Floats, features: NDArray[np.float32]) -> Floats:
    return fit_kernel_head(part, weights, KernelOptions()).logits(features)


def mean_of_log_odds(logits: Floats, data: TrainingSet, fold: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Several models as one: (the mean of their log-odds, its probability), each fold calibrated on the others.

    `logits` (n, models) are out of fold; both results (n,). A margin is no log-odds before it is calibrated, and the
    mean of such is calibrated again, because models that err together are surer than they should be.
    """
    mean, probability = np.empty(len(logits)), np.empty(len(logits))
    for number in np.unique(fold):
        inside = fold != number
        given = data.is_all[inside], subject_weights(data.subjects[inside], data.is_all[inside])
        lines = [platt(column[inside], *given) for column in logits.T]
        odds = np.mean([slope * column + start for column, (slope, start) in zip(logits.T, lines, strict=True)], axis=0)
        slope, start = platt(odds[inside], *given)
        mean[~inside] = odds[~inside]
        probability[~inside] = 1 / (1 + np.exp(-(slope * odds[~inside] + start)))
    return mean, probability
