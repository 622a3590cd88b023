"""The ladder: each rung's logits on subjects that it did not see, in the same five folds by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.metrics import roc_auc
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.engine import TUNED
from alldetect_gui.inference.kernel_head import KernelHead
from alldetect_gui.training.assess import Figure, area_matched, figures, subject_mean
from alldetect_gui.training.datasets import DataSet
from alldetect_gui.training.feature_cache import FeatureSettings, features_of
from alldetect_gui.training.fit import FitOptions, TrainingSet, cross_fitted_probabilities
from alldetect_gui.training.honest.fine_tune import Tuned, TuneOptions
from alldetect_gui.training.honest.joined import joined_machines
from alldetect_gui.training.honest.rungs import (
    BASELINES,
    FROZEN,
    TUNED_COST,
    VIEW_COST,
    Columns,
    Rung,
    columns_of,
    out_of_fold,
    small_rungs,
)
from alldetect_gui.training.honest.tuning import Tuner
from alldetect_gui.training.honest.variants import (
    MEAN_COST,
    MEAN_NAME,
    joined_rungs,
    mean_of_log_odds,
    recipe_rungs,
    scale_of,
)
from alldetect_gui.training.model_card import figure_text
from alldetect_gui.training.splits import grouped_folds

Floats = NDArray[np.float64]
NATIVE, FIT = View("native", "native", 256, 160), View("fit", "fit", 1.06, 160)
BLOCKS = (2, 3, 4, 5)
STATISTICS = ("mean", "deviation")
FOLDS, SEED = 5, 0
DRAWS = 3
"""Draws of the folds, seeds 0, 1, 2: which patients are judged together moves every figure."""
LARGE = 32_000
"""Mean cell area in pixels from which a normal subject counts as one with large cells."""
_BLOCK4 = slice(2 * (128 + 256), 2 * (128 + 256 + 512))
"""Where block 4's mean and deviation lie among the features of blocks 2 to 5."""
_TUNED_SHARE = 0.2
"""Of the tuned block's logit in a mixture: its spread is about twice the kernel machine's."""
_SHORT = ("f1_weighted", "roc_auc", "sensitivity", "specificity")


@dataclass(frozen=True)
class Step:
    """A rung with its figures, all of subjects that it did not see."""

    name: str
    cost: float  # plain VGG16 passes at 224 pixels
    logits: Floats
    probability: Floats  # calibrated on the other folds
    pooled: Mapping[str, Figure]
    matched: Mapping[str, Figure]
    large_normal: Figure  # specificity pooled over the normal subjects with large cells
    subject_means: tuple[Figure, Figure]  # mean over subjects of the share called right: ALL, HEM
    draws: tuple["Draw", ...] = ()  # the same for every draw of the folds, this one first


@dataclass(frozen=True)
class Draw:
    """A rung in one draw of the folds."""

    f1_weighted: float
    roc_auc: float
    matched_f1: float
    matched_auc: float
    large_specificity: float
    probability: Floats
    fold: NDArray[np.int64]


@dataclass(frozen=True)
class Study:
    """Everything that rungs read; arrays have a row an image."""

    data: DataSet
    training: TrainingSet  # features of the native view, blocks 2 to 5
    fit_features: NDArray[np.float32]
    small: Mapping[str, NDArray[np.float32]]  # by the names of SMALL and VARIANTS
    measures: NDArray[np.float32]  # (n, 10): see cell_measures
    base: bytes
    vgg16: Path | None
    folder: Path
    tune: TuneOptions = field(default_factory=TuneOptions)
    view: View = NATIVE
    fine_tuning: bool = True  # the rungs with a fine-tuned block, which take most of the time

    @cached_property
    def fold(self) -> NDArray[np.int64]:
        """The fold of each image in the first draw."""
        return self.fold_of(0)

    def fold_of(self, draw: int) -> NDArray[np.int64]:
        """The fold of each image in one of DRAWS."""
        return grouped_folds(self.training.groups, self.training.is_all, FOLDS, SEED + draw)

    @cached_property
    def columns(self) -> Columns:
        """What rungs see."""
        scale = np.array([scale_of(image.sha256) for image in self.data.images])
        return columns_of(self.training, self.fit_features, self.small, self.measures, scale)

    @cached_property
    def large(self) -> NDArray[np.bool_]:
        """True for images of normal subjects whose cells are as large as blasts."""
        subjects, area = self.training.subjects, self.measures[:, 0]
        mean = {name: float(area[subjects == name].mean()) for name in np.unique(subjects)}
        of_large = np.array([mean[name] >= LARGE for name in subjects], dtype=np.bool_)
        return np.asarray(~self.training.is_all & of_large)

    @cached_property
    def matched(self) -> NDArray[np.int64]:
        """Rows of as many ALL as HEM images in every band of cell area."""
        return area_matched(self.training.is_all, self.measures[:, 0])

    def climb(self) -> list[Step]:
        """Every rung, from the baselines to the chosen one, which comes last."""
        everything = np.ones(self.fold.size)
        steps = [self._step("baseline: always ALL", 0, everything, everything)]
        found: dict[str, Floats] = {}
        for rung in (*BASELINES.values(), *FROZEN):
            steps.append(self._climb_one(rung))
            found[rung.name] = steps[-1].logits
        if self.fine_tuning:
            steps += self._tuned_steps(found)
        steps += [self._climb_one(rung) for rung in small_rungs()]
        steps += self._recipe_steps()
        return steps + [self._climb_one(rung) for rung in (*joined_rungs(), *joined_machines())]

    def _climb_one(self, rung: Rung) -> Step:
        """A rung in every draw of the folds."""
        return self._calibrated_step(rung, self._logits(rung))

    def _logits(self, rung: Rung) -> list[Floats]:
        """Out of fold, for every draw of the folds."""
        return [out_of_fold(rung, self.columns, self.fold_of(draw), draw) for draw in range(DRAWS)]

    def _calibrated_step(self, rung: Rung, logits: Sequence[Floats]) -> Step:
        probabilities = [self.calibrated(values, draw) for draw, values in enumerate(logits)]
        return self._drawn(rung.name, rung.cost, logits[0], probabilities)

    def _drawn(self, name: str, cost: float, logits: Floats, probabilities: Sequence[Floats]) -> Step:
        """A rung by its probabilities in every draw of the folds; its figures are the first one's."""
        step = self._step(name, cost, logits, probabilities[0])
        return replace(step, draws=tuple(self._draw(values, draw) for draw, values in enumerate(probabilities)))

    def _recipe_steps(self) -> list[Step]:
        """The plain look through each recipe, and the three models' mean."""
        rungs = recipe_rungs()
        logits = [self._logits(rung) for rung in rungs]
        means = [
            mean_of_log_odds(np.stack([of_rung[draw] for of_rung in logits], axis=1), self.training, self.fold_of(draw))
            for draw in range(DRAWS)
        ]
        steps = [self._calibrated_step(rung, of_rung) for rung, of_rung in zip(rungs, logits, strict=True)]
        return [*steps, self._drawn(MEAN_NAME, MEAN_COST, means[0][0], [probability for _, probability in means])]

    def _draw(self, probability: Floats, draw: int) -> Draw:
        data, rows = self.training, self.matched
        called = probability >= 0.5
        large = float((~called[self.large]).mean()) if self.large.any() else float("nan")
        return Draw(
            ConfusionMatrix.of(data.is_all, called).f1_weighted or 0.0,
            roc_auc(data.is_all, probability) or 0.0,
            ConfusionMatrix.of(data.is_all[rows], called[rows]).f1_weighted or 0.0,
            roc_auc(data.is_all[rows], probability[rows]) or 0.0,
            large, probability, self.fold_of(draw),
        )  # fmt: skip

    def calibrated(self, logits: Floats, draw: int = 0) -> Floats:
        """Probabilities, each fold calibrated on the others; (n,)."""
        options = FitOptions(folds=FOLDS, repeats=1, seed=SEED + draw)
        return cross_fitted_probabilities(logits[:, np.newaxis], self.training, options, 0)

    def _tuned_steps(self, found: Mapping[str, Floats]) -> list[Step]:
        tuned = self.tuned_logits()
        share, cost = _TUNED_SHARE, VIEW_COST + TUNED_COST
        steps = [self._step("native, block 4 fine-tuned", cost, tuned, self.calibrated(tuned))]
        for kind in ("Gaussian kernel machine", "half balanced by area", "balanced by area"):
            name = next(rung.name for rung in FROZEN if "kernel" in rung.name and rung.name.endswith(f", {kind}"))
            mixed = (1 - share) * found[name] + share * tuned
            words = f"fine-tuned block 4 with {name.removeprefix('native, ')}"
            steps.append(self._step(words, cost, mixed, self.calibrated(mixed)))
        return steps

    def tuned_logits(self) -> Floats:
        """Each image's logit from a block 4 and its linear head that saw none of its group; (n,)."""
        logits = np.empty(self.fold.size)
        for number in range(FOLDS):
            tuned = self.tuner.tuned(self.fold != number, f"fold {number + 1} of {FOLDS}")
            out = np.flatnonzero(self.fold == number)
            logits[out] = linear_logits(tuned, self.features(out, tuned, (TUNED,)))
        return logits

    @cached_property
    def tuner(self) -> Tuner:
        """Fine-tunes block 4 for a part of the subjects."""
        frozen = replace(self.training, features=self.training.features[:, _BLOCK4])
        return Tuner(
            self.data.images, frozen, self.measures[:, 0], self.base, self.view, self.vgg16, self.tune, self.folder
        )  # fmt: skip

    def features(self, rows: NDArray[np.int64], tuned: Tuned, blocks: tuple[int, ...]) -> NDArray[np.float32]:
        """The features of some images by the engine that will classify, with the tuned block beside the base."""
        settings = FeatureSettings(
            self.base, recipe_named("original"), (self.view,), blocks, STATISTICS, tuned.branch
        )  # fmt: skip
        images = tuple(self.data.images[row] for row in rows)
        return features_of(images, settings, self.folder / "features")[0]

    def of_large(self, probability: Floats) -> Figure:
        """Specificity on the normal subjects with large cells."""
        data, rows = self.training, self.large
        return figures(probability[rows], data.is_all[rows], data.subjects[rows], names=("specificity",))["specificity"]

    def _step(self, name: str, cost: float, logits: Floats, probability: Floats) -> Step:
        data, rows = self.training, self.matched
        right = (probability >= 0.5) == data.is_all
        means = [subject_mean(right[kind], data.subjects[kind]) for kind in (data.is_all, ~data.is_all)]
        step = Step(
            name, cost, logits, probability,
            figures(probability, data.is_all, data.subjects, names=_SHORT),
            figures(probability[rows], data.is_all[rows], data.subjects[rows], names=_SHORT),
            self.of_large(probability),
            (means[0], means[1]),
        )  # fmt: skip
        values = {key: figure.value for key, figure in step.pooled.items()}
        print(f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in values.items() if value is not None)
              + f", large normal {figure_text(step.large_normal)}", flush=True)  # fmt: skip
        return step


def linear_logits(tuned: Tuned, features: NDArray[np.float32]) -> Floats:
    """The tuned block's own head, as KernelHead computes it; (n, 1024) to (n,)."""
    limit = KernelHead.LIMIT
    standard = np.clip((features - tuned.mean) / tuned.scale, -limit, limit).astype(np.float64)
    return np.asarray(standard @ tuned.weights.astype(np.float64) + tuned.bias)
