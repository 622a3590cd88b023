"""The rungs: what was tried, from nothing upwards, those that failed among them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.cell_region import COLOUR
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.engine import BLOCKS, of_base
from alldetect_gui.inference.shortened import CONV2_1, CONV3_2, CONV4_1, INSIDE
from alldetect_gui.training.fit import FitOptions, TrainingSet, fit_head
from alldetect_gui.training.honest.kernel_fit import (
    KernelOptions,
    Whitening,
    fit_kernel_head,
    image_weights,
    learn_whitening,
)
from alldetect_gui.training.splits import area_balanced_weights, subject_weights

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
VIEW_COST = (160 / 224) ** 2
"""Of one plain VGG16 pass at 224 pixels: arithmetic goes with the number of pixels."""
_LAYERS: Mapping[int, tuple[tuple[int, int, int], ...]] = {
    CONV2_1: ((224, 3, 64), (224, 64, 64), (112, 64, 128)),
    2: ((112, 128, 128),),
    CONV3_2: ((56, 128, 256), (56, 256, 256)),
    3: ((56, 256, 256),),
    CONV4_1: ((28, 256, 512),),
    4: ((28, 512, 512), (28, 512, 512)),
    5: ((14, 512, 512), (14, 512, 512), (14, 512, 512)),
}
"""Side, channels in and channels out of the 3 x 3 convolutions, and up to which of them a map needs."""
_ARITHMETIC = np.cumsum([sum(side**2 * given * made for side, given, made in layers) for layers in _LAYERS.values()])
SAID: Mapping[int, str] = {number: f"block {number}" for number in BLOCKS} | {
    number: f"the {('first', 'second')[convolution - 1]} convolution of block {block}"
    for number, (block, convolution) in INSIDE.items()
}
"""Maps in words."""
_UP_TO: Mapping[int, float] = dict(zip(_LAYERS, (_ARITHMETIC / _ARITHMETIC[-1]).tolist(), strict=True))


@dataclass(frozen=True)
class Look:
    """A view, the maps that are read of it, and the recipe through which it is seen."""

    view: View
    blocks: tuple[int, ...] = (2, 3, 4)
    recipe: str = "original"

    @property
    def name(self) -> str:
        """For the ladder."""
        view, words = self.view, f" to {SAID[self.blocks[-1]]}" if self.blocks[-1] in INSIDE else ""
        looks = "one look" if view.turns == 1 else f"mean of {view.turns} turns"
        through = "" if self.recipe == "original" else f", {recipe_named(self.recipe).title}"
        through += f", {view.through.title} of the square" if view.through else ""
        return f"{view.extent:.0f} pixels on {view.size}{words}, {looks}{through}"

    @property
    def cost(self) -> float:
        """Arithmetic in plain VGG16 passes at 224 pixels."""
        return self.view.turns * (self.view.size / 224) ** 2 * _UP_TO[of_base(self.blocks)[-1]]


def _look(extent: int, size: int, turns: int, blocks: tuple[int, ...] = (2, 3, 4)) -> Look:
    return Look(View("turned" if size < 160 else "native", "native", extent, size, turns), blocks)


_LOOKS = (
    _look(256, 160, 1), _look(256, 128, 1), _look(256, 56, 1), _look(256, 56, 6), _look(224, 56, 6), _look(224, 48, 8),
    _look(224, 48, 8, (2, 3, CONV4_1)),
)  # fmt: skip
SMALL = {look.name: look for look in _LOOKS}
"""The cell on fewer pixels, its features averaged over turned and mirrored looks.

All eight looks make the features those of the cell however it lies; six of more pixels cost as much and do not.
"""
PLAIN = _LOOKS[-1].name
"""The look that later rungs vary."""
_BLOCK4_SHARE = (256 + 512 + 512) * 512 * 9 * 28**2 / 15.35e9
"""Of VGG16's 15.35 GMAC at 224 pixels: three 3 x 3 convolutions at 28 x 28."""
TUNED_COST = VIEW_COST * _BLOCK4_SHARE


@dataclass(frozen=True)
class Columns:
    """Feature sets, a row an image."""

    native: TrainingSet
    fit: TrainingSet
    both: TrainingSet
    block5: TrainingSet
    area: TrainingSet
    colour: TrainingSet
    areas: NDArray[np.float32]
    small: Mapping[str, TrainingSet]  # what is read of smaller squares, by the names of SMALL and VARIANTS
    scale: Rows  # the one of variants.SCALES at which an image is trained on where only one is
    whitenings: dict[tuple[str, int], Whitening]  # by feature set and fold: learned once


Fold = Callable[[Columns, Rows, Rows, int], Floats]
"""Fit on the first rows, give the logits of the second; the number is the fold's."""
ONCE = -1
"""The number of a fold that never comes back."""


@dataclass(frozen=True)
class Rung:
    """One thing that was tried. `cost` in plain VGG16 passes at 224 pixels an image."""

    name: str
    cost: float
    logits: Fold


def _logistic(features: Callable[[Columns], TrainingSet], options: FitOptions, balance: float = 0.0) -> Fold:
    def fold(columns: Columns, inside: Rows, out: Rows, number: int) -> Floats:
        data = features(columns)
        part = data.take(inside)
        weights = area_balanced_weights(part.subjects, part.is_all, columns.areas[inside], balance)
        return fit_head(part, options, weights=weights).logits(data.features[out])

    return fold


def kernel_fold(balance: float, small: str = "") -> Fold:
    """The kernel machine on the native view, or on one of `Columns.small`."""

    def fold(columns: Columns, inside: Rows, out: Rows, number: int) -> Floats:
        options = KernelOptions(area_balance=balance)
        data = columns.small[small] if small else columns.native
        part = data.take(inside)
        white = columns.whitenings.get((small, number)) or learn_whitening(part, options)
        if number != ONCE:
            columns.whitenings[small, number] = white
        weights = image_weights(part, columns.areas[inside], options)
        return fit_kernel_head(part, weights, options, whitening=white).logits(data.features[out])

    return fold


def _bagged(columns: Columns, inside: Rows, out: Rows, number: int) -> Floats:
    """Ten logistic regressions on whitened features, each on groups drawn with replacement."""
    from sklearn.linear_model import LogisticRegression

    part = columns.native.take(inside)
    white = columns.whitenings.setdefault(("", number), learn_whitening(part, KernelOptions()))
    seen, held_out = white(part.features), white(columns.native.features[out])
    draw, names = np.random.default_rng(number), np.unique(part.groups)
    logits = np.zeros(out.size)
    for _ in range(10):
        rows = _drawn(part, names, draw)
        model = LogisticRegression(C=FitOptions().regularisation, max_iter=400)
        model.fit(seen[rows], part.is_all[rows], subject_weights(part.subjects[rows], part.is_all[rows]))
        logits += model.decision_function(held_out) / 10
    return logits


def _drawn(part: TrainingSet, names: NDArray[np.str_], draw: np.random.Generator) -> Rows:
    """The images of as many groups as there are, drawn with replacement; drawn again where a class is missing."""
    while True:
        rows = np.concatenate([np.flatnonzero(part.groups == name) for name in draw.choice(names, names.size)])
        if np.unique(part.is_all[rows]).size == 2:
            return rows


def _without_subject_directions(columns: Columns, inside: Rows, out: Rows, number: int) -> Floats:
    """Nuisance attributes projected down (Solomonoff et al. 2005): what tells subjects of one class apart is shrunk."""
    from sklearn.linear_model import LogisticRegression

    part = columns.native.take(inside)
    white = columns.whitenings.setdefault(("", number), learn_whitening(part, KernelOptions()))
    seen = white(part.features)
    spread = np.zeros((seen.shape[1], seen.shape[1]))
    for kind in (part.is_all, ~part.is_all):
        means = np.array([seen[kind & (part.subjects == name)].mean(axis=0) for name in np.unique(part.subjects[kind])])
        means -= means.mean(axis=0)
        spread += 0.5 * means.T @ means / len(means)
    values, vectors = np.linalg.eigh(np.eye(len(spread)) + 10 * spread)
    shrink = (vectors / np.sqrt(values)) @ vectors.T
    model = LogisticRegression(C=FitOptions().regularisation, max_iter=400)
    model.fit(seen @ shrink, part.is_all, subject_weights(part.subjects, part.is_all))
    return np.asarray(model.decision_function(white(columns.native.features[out]) @ shrink))


_WEAK = FitOptions(regularisation=1.0)
BASELINES: Mapping[str, Rung] = {
    "area": Rung("baseline: cell area alone", 0, _logistic(lambda c: c.area, _WEAK)),
    "colour": Rung("baseline: colour alone (mean and deviation of R, G, B)", 0, _logistic(lambda c: c.colour, _WEAK)),
}
FROZEN: tuple[Rung, ...] = (
    Rung("the thesis' kind of pooling: block 5, mean", VIEW_COST, _logistic(lambda c: c.block5, FitOptions())),
    Rung("blocks 2 to 5, mean and deviation over the cell, native scale", VIEW_COST,
         _logistic(lambda c: c.native, FitOptions())),
    Rung("the same, cell fitted to the frame (blind to size)", VIEW_COST, _logistic(lambda c: c.fit, FitOptions())),
    Rung("both views", 2 * VIEW_COST, _logistic(lambda c: c.both, FitOptions())),
    Rung("native, ten heads on draws of groups (bagging)", VIEW_COST, _bagged),
    Rung("native, subject directions shrunk", VIEW_COST, _without_subject_directions),
    Rung("native, weights half balanced by area", VIEW_COST, _logistic(lambda c: c.native, FitOptions(), 0.5)),
    Rung("native, weights balanced by area", VIEW_COST, _logistic(lambda c: c.native, FitOptions(), 1.0)),
    Rung("native, Gaussian kernel machine", VIEW_COST, kernel_fold(0.0)),
    Rung("native, kernel machine, half balanced by area", VIEW_COST, kernel_fold(0.5)),
    Rung("native, kernel machine, balanced by area", VIEW_COST, kernel_fold(1.0)),
)  # fmt: skip


def small_rungs() -> tuple[Rung, ...]:
    """The kernel machine on each of SMALL."""
    balance = KernelOptions().area_balance
    return tuple(
        Rung(f"{name}, kernel machine, {balance:.0%} balanced by area", look.cost, kernel_fold(balance, name))
        for name, look in SMALL.items()
    )


def rebalanced_rungs() -> tuple[Rung, ...]:
    """The plain look with less and with more balance by area, for a choice."""
    return tuple(
        Rung(f"{PLAIN}, kernel machine, {balance:.0%} balanced by area", SMALL[PLAIN].cost,
             kernel_fold(balance, PLAIN))
        for balance in (0.4, 1.0)
    )  # fmt: skip


def out_of_fold(rung: Rung, columns: Columns, fold: NDArray[np.int64], draw: int = 0) -> Floats:
    """Each image's logit from a fit that saw none of its group; (n,). `draw` numbers the draw of the folds."""
    logits = np.empty(fold.size)
    for number in np.unique(fold):
        out = np.flatnonzero(fold == number)
        logits[out] = rung.logits(columns, np.flatnonzero(fold != number), out, 10 * draw + int(number))
    return logits


def columns_of(
    native: TrainingSet, fitted: NDArray[np.float32], small: Mapping[str, NDArray[np.float32]],
    measures: NDArray[np.float32], scale: Rows,
) -> Columns:  # fmt: skip
    """The feature sets of all rungs from the views' features and the cell measures."""

    def with_features(features: NDArray[np.float32]) -> TrainingSet:
        return replace(native, features=features)

    start = 2 * (128 + 256 + 512)
    return Columns(
        native=native,
        fit=with_features(fitted),
        both=with_features(np.hstack([fitted, native.features])),
        block5=with_features(native.features[:, start : start + 512]),
        area=with_features(measures[:, :1]),
        colour=with_features(measures[:, COLOUR]),
        areas=measures[:, 0],
        small={name: with_features(features) for name, features in small.items()},
        scale=scale,
        whitenings={},
    )
