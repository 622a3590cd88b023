"""What the chosen rung says about held-out cells that another laboratory could have sent: a row a change."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.labels import CellClass, Suggestion
from alldetect_gui.imaging.cell_region import cell_measures, find_cell
from alldetect_gui.imaging.reader import read_image
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.inference.classifier import OUTSIDE, decide
from alldetect_gui.inference.fit_score import FitReference
from alldetect_gui.inference.head import sigmoid
from alldetect_gui.inference.joined_head import JoinedHead
from alldetect_gui.training.feature_cache import FeatureSettings
from alldetect_gui.training.fit import platt
from alldetect_gui.training.fit_reference import learn_reference
from alldetect_gui.training.honest.changes import CHANGES
from alldetect_gui.training.honest.joined import LOOK, fit_joined
from alldetect_gui.training.honest.kernel_fit import KernelOptions, image_weights
from alldetect_gui.training.honest.study import FOLDS, SEED, STATISTICS, Study
from alldetect_gui.training.splits import subject_weights

PER_SUBJECT = 4
OUTCOMES = ("ALL", "HEM", "uncertain", "outside")


@dataclass(frozen=True)
class Changed:
    """Shares of the cells of each class by outcome, and of all whose suggestion is another than unchanged."""

    name: str
    all_cells: tuple[float, ...]  # in the order of OUTCOMES
    hem_cells: tuple[float, ...]
    other: float
    opposite: float  # ALL instead of HEM or the other way round


@dataclass(frozen=True)
class _Judge:
    """What one fold learned."""

    head: JoinedHead
    calibration: tuple[float, float]
    known: FitReference

    def outcome(self, features: NDArray[np.float32], measures: NDArray[np.float32], band: tuple[float, float]) -> str:
        slope, intercept = self.calibration
        probability = float(sigmoid(slope * self.head.logits(features[np.newaxis]) + intercept)[0])
        fit = float(self.known.score(features[np.newaxis], measures[np.newaxis])[0])
        found = decide(probability, 0.5, band, fit)
        if found.suggestion is not Suggestion.UNCERTAIN:
            return found.suggestion.value
        return "outside" if found.reason == OUTSIDE else "uncertain"


def robustness(study: Study, logits: NDArray[np.float64], band: tuple[float, float]) -> list[Changed]:
    """A few cells of each subject through every one of CHANGES, judged by the fold that has not seen them.

    `logits` (n,) are the chosen rung's out-of-fold ones, from which the others calibrate a fold.
    """
    rows = _few(study)
    judges = {number: _judge(study, logits, number) for number in range(FOLDS)}
    settings = FeatureSettings(
        study.base, recipe_named(LOOK.recipe), (LOOK.view,), LOOK.blocks, STATISTICS
    )  # fmt: skip
    extractor = settings.extractor(threads=1)
    images = [read_image(study.data.images[row].path).pixels for row in rows]
    is_all = np.array([study.data.images[row].label is CellClass.ALL for row in rows])
    before: list[str] = []
    found = []
    for name, change in CHANGES.items():
        outcomes = []
        for row, image in zip(rows, images, strict=True):
            changed = change(image)
            region = find_cell(changed)
            if region is None:
                outcomes.append("outside")
                continue
            features, measures = extractor.features(changed, region), cell_measures(changed, region)
            outcomes.append(judges[int(study.fold[row])].outcome(features, measures, band))
        before = before or outcomes
        found.append(_counted(name, outcomes, before, is_all))
        print(f"{name}: {found[-1]}", flush=True)
    return found


def _few(study: Study) -> list[int]:
    """PER_SUBJECT rows a subject, in the order of their hashes."""
    taken: Counter[str] = Counter()
    rows = []
    for row in sorted(range(len(study.data.images)), key=lambda row: study.data.images[row].sha256):
        taken[study.data.images[row].subject] += 1
        if taken[study.data.images[row].subject] <= PER_SUBJECT:
            rows.append(row)
    return sorted(rows)


def _judge(study: Study, logits: NDArray[np.float64], number: int) -> _Judge:
    inside = np.flatnonzero(study.fold != number)
    part = replace(study.training, features=study.small[LOOK.name]).take(inside)
    options = KernelOptions()
    weights = image_weights(part, study.measures[inside, 0], options)
    calibration = platt(logits[inside], part.is_all, subject_weights(part.subjects, part.is_all))
    known, _ = learn_reference(part, study.measures[inside], FOLDS - 1, SEED)
    return _Judge(fit_joined(part, weights, options), calibration, known)


def _counted(name: str, outcomes: Sequence[str], before: Sequence[str], is_all: NDArray[np.bool_]) -> Changed:
    values, first = np.array(outcomes), np.array(before)
    shares = [tuple(float((values[kind] == outcome).mean()) for outcome in OUTCOMES) for kind in (is_all, ~is_all)]
    opposite = ((first == "ALL") & (values == "HEM")) | ((first == "HEM") & (values == "ALL"))
    return Changed(name, shares[0], shares[1], float((values != first).mean()), float(opposite.mean()))
