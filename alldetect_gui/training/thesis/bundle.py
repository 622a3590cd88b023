"""The thesis' three models as artefacts: the same pipeline and head, trained and judged by subject.

What differs from the thesis: no copies (classes and subjects are weighted instead), calibration and an uncertain
band from held-out subjects, and a fit score.
"""

import hashlib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.inference.dense_head import DenseHead
from alldetect_gui.inference.engine import BLOCKS
from alldetect_gui.training import card_texts as texts
from alldetect_gui.training import write_artifact as artifact
from alldetect_gui.training.assess import Figure, area_matched, figures, per_subject
from alldetect_gui.training.datasets import DataSet
from alldetect_gui.training.fit import (
    FitOptions,
    TrainingSet,
    cross_fitted_probabilities,
    out_of_fold_logits,
    platt,
    uncertain_band,
)
from alldetect_gui.training.fit_reference import learn_reference
from alldetect_gui.training.model_card import CardFacts, render_card
from alldetect_gui.training.splits import grouped_folds, subject_weights
from alldetect_gui.training.thesis.classifiers import ALWAYS, BASELINES
from alldetect_gui.training.thesis.dense_training import DenseOptions, Part, train_dense
from alldetect_gui.training.thesis.frame_features import STATISTIC, FrameFeatures, block_columns, frame_view
from alldetect_gui.training.thesis.ledger import Ledger
from alldetect_gui.training.thesis.map_share import map_share, map_text

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BundleOptions:
    """What these three models depend on, beside the features; recorded in the manifest."""

    epochs: int
    size: int
    block: int = 5
    per_subject: int | None = None  # images of a subject at most
    dense: DenseOptions = field(default_factory=DenseOptions)
    outside: float = 0.005  # share of held-out cells beyond each of the fit score's four limits
    folds: int = 5
    repeats: int = 1
    seed: int = 0

    @property
    def as_fit(self) -> FitOptions:
        """The folds, for the functions that the default model uses as well."""
        return FitOptions(folds=self.folds, repeats=self.repeats, seed=self.seed)


def held_out_logits(data: TrainingSet, options: BundleOptions) -> Floats:
    """Each image's logit from a head that saw none of its group, one column a repeat of the folds; (n, repeats)."""
    logits = np.empty((data.is_all.size, options.repeats))
    for repeat in range(options.repeats):
        fold = grouped_folds(data.groups, data.is_all, options.folds, seed=options.seed + repeat)
        for number in range(options.folds):
            out = np.flatnonzero(fold == number)
            head = _train(data.take(np.flatnonzero(fold != number)), options, seed=100 * repeat + number)
            logits[out, repeat] = head.logits(data.features[out])
    return logits


def _train(data: TrainingSet, options: BundleOptions, seed: int) -> DenseHead:
    """A head on all blocks that reads one: the weights of the others are 0, so that the fit score may have them."""
    columns = block_columns(options.block)
    weights = subject_weights(data.subjects, data.is_all)
    part = Part(np.ascontiguousarray(data.features[:, columns]), data.is_all, weights)
    few = Part(part.features[:1], part.is_all[:1])  # followed by Keras; nothing is decided by it
    head = train_dense(part, few, options.epochs, options.dense, seed).head
    hidden = np.zeros((data.features.shape[1], options.dense.units), np.float32)
    hidden[columns] = head.hidden
    return replace(head, hidden=hidden)


def write_model(
    models: Path, source: FrameFeatures, data: DataSet, training: TrainingSet, measures: NDArray[np.float32],
    options: BundleOptions, command: str, ledger: Ledger, digest: str,
) -> Path:  # fmt: skip
    """Train, judge on unseen subjects and write models/thesis-<recipe>; returns the manifest's path.

    `training.features` are the plain means of all blocks (n, 1408) of the originals, as `source` made them; `measures`
    (n, 10) is what baselines see.
    """
    recipe = source.recipe
    kept = ledger.get(
        f"thesis-{recipe.name}: heads on unseen subjects, for calibration and figures",
        [digest, asdict(options)],
        lambda: {"logits": held_out_logits(training, options).tolist()},
    )
    logits = np.array(kept["logits"])
    fit, weights = options.as_fit, subject_weights(training.subjects, training.is_all)
    probability = _averaged(logits, training, fit)
    band = uncertain_band(probability, training.is_all, weights)
    slope, intercept = platt(logits.mean(axis=1), training.is_all, weights)
    head = replace(
        _train(training, options, seed=options.seed), calibration=np.array([slope, intercept], np.float32)
    )  # fmt: skip
    shown = map_share(source, head, data.images)
    known, scores = learn_reference(training, measures, options.folds, options.seed, options.outside)
    matched = area_matched(training.is_all, measures[:, 0])
    facts = CardFacts(
        title=f"AllDetect model “thesis-{recipe.name}”",
        summary=_summary(recipe, options),
        data=_thinned(options) + texts.data_text(data),
        protocol=_protocol(options),
        calibration=texts.CALIBRATION,
        band=texts.band_text(probability, training, weights, band),
        outside=texts.outside_text(scores, training, probability, band),
        pooled=figures(probability, training.is_all, training.subjects),
        baselines={
            name: _baseline(training, measures[:, columns], fit)
            for name, (columns, kind) in BASELINES.items()
            if kind != ALWAYS
        },
        matched=figures(probability[matched], training.is_all[matched], training.subjects[matched]),
        matched_images=int(matched.size),
        subjects=per_subject(probability, training.is_all, training.subjects, measures[:, 0]),
        command=command,
        failures=(map_text(shown),),
        versions=artifact.versions(),
    )
    content = _content(recipe, data, training, options, facts, band)
    content["metrics"]["grad_cam_outside_the_cell"] = asdict(shown)
    return artifact.write_artifact(models, f"thesis-{recipe.name}", head, known, render_card(facts), content)


def _thinned(options: BundleOptions) -> str:
    if options.per_subject is None:
        return ""
    return f"At most {options.per_subject} images a subject, taken in the order of their hashes: "


def _averaged(logits: Floats, training: TrainingSet, fit: FitOptions) -> Floats:
    columns = [cross_fitted_probabilities(logits, training, fit, repeat) for repeat in range(fit.repeats)]
    return np.asarray(np.mean(columns, axis=0))


def _baseline(training: TrainingSet, columns: NDArray[np.float32], fit: FitOptions) -> dict[str, Figure]:
    data = replace(training, features=columns)
    weak = replace(fit, regularisation=1.0)
    return dict(
        figures(_averaged(out_of_fold_logits(data, weak), data, weak), data.is_all, data.subjects)
    )  # fmt: skip


def _summary(recipe: Recipe, options: BundleOptions) -> str:
    return (
        f"The thesis' model (Waghela 2021) for the rendering “{recipe.title}”: the whole frame at {options.size} "
        f"pixels, VGG16 (ImageNet, frozen), global average pooling of block {options.block}, dropout "
        f"{options.dense.dropout}, dense layers of {options.dense.units} and 1 units, {options.epochs} epochs; but "
        "trained and judged by subject. The fit score reads the averages of blocks 2 to 5. It is here to be compared "
        "with the default model."
    )


def _protocol(options: BundleOptions) -> str:
    times = (
        f"{options.repeats} times with other folds and other random weights, probabilities averaged"
        if options.repeats > 1
        else "once"
    )
    return (
        f"{options.folds} folds by group (no patient on both sides, nor two who are known to share cells), {times}; "
        "originals only, no augmented copy; head and calibration are fitted inside the training folds. Images are "
        "weighted so that both classes count the same and a subject counts with the root of its number of images. "
        "Nothing was chosen by these figures, though those of a small trial had been seen: the thesis gives the "
        "design and the epochs, the learning rate was set by how fast training accuracy rises. How many known "
        "cells the fit score may turn away was set after looking at flat, inverted and cut-out images."
    )


def _content(
    recipe: Recipe, data: DataSet, training: TrainingSet, options: BundleOptions, facts: CardFacts,
    band: tuple[float, float],
) -> dict[str, Any]:  # fmt: skip
    return {
        "title": f"The thesis' model for {recipe.title}, by subject",
        "summary": facts.summary,
        "class_names": [kind.value for kind in CellClass],
        "positive_class": "ALL",
        "label_coding": "is_all: 1 = ALL, 0 = HEM",
        "recipe": {"name": recipe.name, "parameters": recipe.parameters},
        "input": {
            "views": artifact.views_content((frame_view(options.size),)),
            "normalisation": "VGG16 (Keras, mode caffe): RGB to BGR, minus 103.939, 116.779, 123.68, not scaled",
        },
        "features": {
            "blocks": list(BLOCKS),
            "read_by_the_head": [options.block],
            "statistics": [STATISTIC],
            "length": training.features.shape[1],
        },
        "head_kind": "dense",
        "threshold": 0.5,
        "uncertain_band": list(band),
        "training": {
            "data": facts.data,
            "split": facts.protocol,
            "images": len(data.images),
            "subjects": int(np.unique(training.subjects).size),
            "groups": int(np.unique(training.groups).size),
            "images_sha256": hashlib.sha256("".join(sorted(i.sha256 for i in data.images)).encode()).hexdigest(),
            "fit": asdict(options),
            "versions": artifact.versions(),
        },
        "metrics": {
            "protocol": f"pooled out of fold, {options.folds} grouped folds x {options.repeats}, "
            "95 % intervals by subject",
            "figures": artifact.figures_content(facts.pooled),
            "area_matched": artifact.figures_content(facts.matched),
            "baselines": {name: artifact.figures_content(row) for name, row in facts.baselines.items()},
            "per_subject": [asdict(row) for row in facts.subjects],
        },
        "licence": "weights: CC BY 4.0",
        "attribution": [texts.CNMC, texts.VGG16],
    }
