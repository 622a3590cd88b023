"""The chosen rung as the artefact `default`: fitted on all subjects, described by those that it did not see."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.training import card_texts as texts
from alldetect_gui.training import write_artifact as artifact
from alldetect_gui.training.assess import Figure, figures, per_subject
from alldetect_gui.training.fit import platt
from alldetect_gui.training.fit_reference import learn_reference
from alldetect_gui.training.honest.band import (
    REFERRED,
    SENSITIVITY,
    band_figures,
    controlled_band,
    cross_fitted_figures,
)
from alldetect_gui.training.honest.joined import LOOK, fit_joined
from alldetect_gui.training.honest.kernel_fit import KernelOptions, image_weights
from alldetect_gui.training.honest.report_sections import spread
from alldetect_gui.training.honest.robustness import Changed
from alldetect_gui.training.honest.rungs import BASELINES
from alldetect_gui.training.honest.study import FOLDS, SEED, STATISTICS, Step, Study
from alldetect_gui.training.model_card import CardFacts, render_card
from alldetect_gui.training.splits import subject_weights

NAME = "default"
_TITLE = "VGG16 on turned and mirrored looks at the cell through CLAHE, and three kernel machines"


def write_default(study: Study, steps: Sequence[Step], changed: Sequence[Changed], models: Path, command: str) -> Path:
    """Fit on all subjects and write models/default; returns the manifest's path. The last step describes it."""
    chosen, options = steps[-1], KernelOptions()
    data = replace(study.training, features=study.small[LOOK.name])
    weights = image_weights(data, study.measures[:, 0], options)
    calibration = platt(chosen.logits, data.is_all, subject_weights(data.subjects, data.is_all))
    head = replace(fit_joined(data, weights, options), calibration=np.array(calibration, np.float32))
    known, scores = learn_reference(data, study.measures, FOLDS, SEED)
    band = controlled_band(chosen.probability, data.is_all)
    facts = CardFacts(
        title=f"AllDetect model “{NAME}”",
        summary=_SUMMARY.format(view=LOOK.view, cost=chosen.cost),
        data=texts.data_text(study.data),
        protocol=f"{_protocol()} {_draws_text(chosen)}",
        calibration=texts.CALIBRATION,
        band=_band_text(study, chosen, band),
        outside=texts.outside_text(scores, data, chosen.probability, band),
        pooled=figures(chosen.probability, data.is_all, data.subjects),
        failures=_failures(changed),
        baselines={"nothing (always ALL)": steps[0].pooled}
        | {rung.name.removeprefix("baseline: "): _of(steps, rung.name) for rung in BASELINES.values()},
        matched=figures(
            chosen.probability[study.matched], data.is_all[study.matched], data.subjects[study.matched]
        ),
        matched_images=int(study.matched.size),
        subjects=per_subject(chosen.probability, data.is_all, data.subjects, study.measures[:, 0]),
        command=command,
        versions=artifact.versions(),
    )  # fmt: skip
    content = _content(study, facts, band, options)
    return artifact.write_artifact(models, NAME, head, known, render_card(facts), content)


_SUMMARY = (
    "One cut-out of {view.extent:.0f} image pixels around the cell, through CLAHE (clip limit 2, 4 x 4 tiles), seen at "
    "{view.size} in {view.turns} positions, turned and mirrored. VGG16 (ImageNet), frozen: the first convolution of "
    "block 2, block 2, and the second convolution of block 3, pooled over the cell and averaged over the positions, so "
    "that it hardly matters how the cell lies. The mean of three Gaussian kernel machines on whitened components (at "
    "most 300), one of each map. The arithmetic is {cost:.2f} of a plain VGG16 pass at 224 pixels."
)


def _of(steps: Sequence[Step], name: str) -> Mapping[str, Figure]:
    return next(step.pooled for step in steps if step.name == name)


def _protocol() -> str:
    return (
        f"{FOLDS} folds by group (no patient on both sides, nor two who are known to share cells); originals only are "
        "judged; "
        "components, head, standardisation and calibration are learned inside the training folds. Images are weighted "
        "so that both classes count the same and a subject counts with the root of its number of images; cells of one "
        f"size are weighted {KernelOptions().area_balance:.0%} of the way to as much ALL as HEM. The view, the "
        "pooling, the kind of head and its strengths were chosen after looking at such figures of this data set: "
        "expect new subjects to come out somewhat worse. The ladder with all that was tried: "
        "docs/experiments/honest.md."
    )


def _failures(changed: Sequence[Changed]) -> list[str]:
    rows = {row.name: row for row in changed}

    def words(name: str) -> str:
        row = rows[name]
        outside = (row.all_cells[3] + row.hem_cells[3]) / 2
        return f"{name} {row.all_cells[0]:.0%} and {row.hem_cells[0]:.0%} ({outside:.0%})"

    names = ("as it is", "blue x 0.9", "haematoxylin x 0.8", "haematoxylin x 1.2", "blurred by 1 pixel",
             "blurred by 2 pixels", "sharpened", "JPEG at quality 50", "scale x 0.8", "scale x 1.2")  # fmt: skip
    return [
        "Colour, focus and scale: cells of another stain, camera or sharpness are called differently and are not all "
        "marked outside. Of held-out cells that were changed, the shares of ALL cells and of HEM cells that were "
        f"called ALL, and in brackets how many were outside: {'; '.join(words(name) for name in names)}. The whole "
        "table: docs/experiments/honest.md."
    ]


def _draws_text(chosen: Step) -> str:
    return (
        f"In {len(chosen.draws)} draws of the folds, mean (least to most): weighted F1 "
        f"{spread(draw.f1_weighted for draw in chosen.draws)}, AUC {spread(draw.roc_auc for draw in chosen.draws)}, "
        f"area-matched weighted F1 {spread(draw.matched_f1 for draw in chosen.draws)}, area-matched AUC "
        f"{spread(draw.matched_auc for draw in chosen.draws)}, specificity on normal subjects with large cells "
        f"{spread(draw.large_specificity for draw in chosen.draws)}. The table below is of the first draw."
    )


def _band_text(study: Study, chosen: Step, band: tuple[float, float]) -> str:
    is_all = study.training.is_all
    same = band_figures(chosen.probability, is_all, band)
    crossed = [cross_fitted_figures(draw.probability, is_all, draw.fold) for draw in chosen.draws]
    return (
        f"P(ALL) between {band[0]:.2f} and {band[1]:.2f} is UNCERTAIN: {same.referred:.1%} of the held-out images. Of "
        f"the others, sensitivity is {same.sensitivity:.3f} and specificity {same.specificity:.3f}. The rule (at least "
        f"{SENSITIVITY} sensitive among the called, at most {REFERRED:.1%} referred, then as specific as can be) was "
        "set on the same out-of-fold probabilities; set on four folds and counted on the fifth, mean of the draws "
        f"(least to most), it gives a sensitivity of {spread(row.sensitivity for row in crossed)} and a specificity of "
        f"{spread(row.specificity for row in crossed)} with {spread(row.referred for row in crossed)} referred. "
        "Patients differ: the report lists those below."
    )


def _content(study: Study, facts: CardFacts, band: tuple[float, float], options: KernelOptions) -> dict[str, Any]:
    recipe, data, images = recipe_named("original"), study.training, study.data.images
    return {
        "title": _TITLE,
        "summary": facts.summary,
        "class_names": [kind.value for kind in CellClass],
        "positive_class": "ALL",
        "label_coding": "is_all: 1 = ALL, 0 = HEM",
        "recipe": {"name": recipe.name, "parameters": recipe.parameters},
        "input": {
            "views": artifact.views_content((LOOK.view,)),
            "normalisation": "VGG16 (Keras, mode caffe): RGB to BGR, minus 103.939, 116.779, 123.68, not scaled",
        },
        "features": {"blocks": list(LOOK.blocks), "statistics": list(STATISTICS)},
        "head_kind": "joined",
        "threshold": 0.5,
        "uncertain_band": list(band),
        "training": {
            "data": facts.data,
            "split": facts.protocol,
            "images": len(images),
            "subjects": int(np.unique(data.subjects).size),
            "groups": int(np.unique(data.groups).size),
            "images_sha256": hashlib.sha256("".join(sorted(image.sha256 for image in images)).encode()).hexdigest(),
            "kernel_machine": asdict(options),
            "versions": artifact.versions(),
        },
        "metrics": {
            "protocol": f"pooled out of fold, {FOLDS} grouped folds, 95 % intervals by subject",
            "figures": artifact.figures_content(facts.pooled),
            "area_matched": artifact.figures_content(facts.matched),
            "baselines": {name: artifact.figures_content(row) for name, row in facts.baselines.items()},
            "per_subject": [asdict(row) for row in facts.subjects],
        },
        "licence": "weights: CC BY 4.0",
        "attribution": [texts.CNMC, texts.VGG16],
    }
