"""Sentences of the model card, with the run's own numbers in them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.labels import CellClass
from alldetect_gui.training.assess import Figure, figures
from alldetect_gui.training.datasets import DataSet
from alldetect_gui.training.fit import FitOptions, TrainingSet
from alldetect_gui.workflows.reference_labels import in_name

CNMC = (
    "C-NMC 2019: Gupta, A., & Gupta, R. (2019). ALL Challenge dataset of ISBI 2019 (C-NMC 2019) [Data set]. "
    "The Cancer Imaging Archive. https://doi.org/10.7937/tcia.2019.dc64i46r. CC BY 3.0."
)
VGG16 = "VGG16 weights: K. Simonyan and A. Zisserman, Visual Geometry Group, University of Oxford. CC BY 4.0."


def is_cnmc(data: DataSet) -> bool:
    """Whether all images carry C-NMC's names; a laboratory's own folder is described as its own."""
    return all(in_name(image.name)[0] for image in data.images)


def attribution(data: DataSet) -> list[str]:
    """Whose work a model made from `data` contains."""
    return [CNMC, VGG16] if is_cnmc(data) else [VGG16]


def data_text(data: DataSet) -> str:
    """How many images of whom, what was left out, and whose work they are."""
    counts = []
    for kind in CellClass:
        images = [image for image in data.images if image.label is kind]
        counts.append(f"{len(images):,} {kind} images of {len({image.subject for image in images})} subjects")
    groups = len({image.group for image in data.images})
    return (
        f"{' and '.join(counts)}, in {groups} groups of linked subjects; {data.duplicates} byte-identical images and "
        f"{data.refused} unreadable ones left out. {' '.join(attribution(data))}"
    )


def protocol_text(fit: FitOptions, balance: float) -> str:
    """How held-out figures were made, and what flatters them."""
    return (
        f"{fit.folds} folds by group (no patient on both sides, nor two who are known to share cells), {fit.repeats} "
        "times with other folds, probabilities averaged; originals only, no augmentation; heads, standardisation and "
        "calibration are fitted inside the training folds. Images are weighted so that both classes count the same and "
        "a subject counts with the root of its number of images; cells of one size are weighted "
        f"{balance:.0%} of the way to as much ALL as HEM. Views, blocks, pooling, the kind of head and its "
        "strength were chosen after looking at such figures of C-NMC 2019: expect new subjects of it to come out "
        "somewhat worse."
    )


CALIBRATION = (
    "P(ALL) is calibrated (Platt) on out-of-fold logits for equal shares of both classes: it is neutral, not the "
    "share of blasts to expect in a patient. From 0.5 an image counts as ALL."
)


def warning_text(pooled: Mapping[str, Figure], area: Mapping[str, Figure]) -> str:
    """A sentence for a model that is no better than the size of the cell; else empty."""
    names = {"f1_weighted": "weighted F1", "roc_auc": "ROC AUC"}
    lost = [
        f"{words} {pooled[name].value:.3f} against {area[name].value:.3f}"
        for name, words in names.items()
        if (pooled[name].value or 0.0) <= (area[name].value or 0.0)
    ]
    if not lost:
        return ""
    return (
        "Do not use this model: on subjects that it has not seen it is no better than cell area alone "
        f"({', '.join(lost)})."
    )


def band_text(
    probability: NDArray[np.float64], training: TrainingSet, weights: NDArray[np.float64], band: tuple[float, float]
) -> str:
    """What the uncertain band refers, and how the rest is called."""
    inside = (probability > band[0]) & (probability < band[1])
    called = figures(probability[~inside], training.is_all[~inside], training.subjects[~inside])
    weighted = float(weights[inside].sum() / weights.sum())
    reached = weighted <= 0.35 and min(called["sensitivity"].value or 0, called["specificity"].value or 0) >= 0.95
    return (
        f"P(ALL) between {band[0]:.3f} and {band[1]:.3f} is UNCERTAIN: {inside.mean():.1%} of the held-out images "
        f"({weighted:.1%} with classes and subjects weighted). Of the others, sensitivity is "
        f"{called['sensitivity'].value:.3f} and specificity {called['specificity'].value:.3f}. "
        f"Aim of the band: at most 5 % of each class called wrongly, at most 35 % referred (weighted): "
        f"{'reached' if reached else 'not reached, the limit on referrals came first'}. It was set on the same "
        "out-of-fold probabilities that describe it here."
    )


def outside_text(
    scores: NDArray[np.float64], training: TrainingSet, probability: NDArray[np.float64], band: tuple[float, float]
) -> str:
    """How many known cells the fit score turns away, whose most, and how many it and the band together."""
    outside = scores > 1
    either = outside | ((probability > band[0]) & (probability < band[1]))
    worst = max(np.unique(training.subjects), key=lambda name: outside[training.subjects == name].mean())
    return (
        f"An image unlike the known cells is marked outside and UNCERTAIN: {outside.mean():.1%} of held-out cells "
        f"(most in subject {worst}: {outside[training.subjects == worst].mean():.1%}), whose scores also set the "
        f"limit. Outside or within the band: {either.mean():.1%}."
    )
