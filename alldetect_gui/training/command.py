"""alldetect train: from a labelled folder to a model artefact with its figures and its card."""

import argparse
import hashlib
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui import paths
from alldetect_gui.core.errors import KnownError, WrongUse
from alldetect_gui.core.exit_codes import FAILED, INTERRUPTED, WRONG_USE
from alldetect_gui.core.labels import CellClass, LabelCoding
from alldetect_gui.imaging.cell_region import COLOUR
from alldetect_gui.imaging.recipe import Recipe, recipe_named
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.joined_head import JoinedHead
from alldetect_gui.training import card_texts as texts
from alldetect_gui.training import write_artifact as artifact
from alldetect_gui.training.assess import Figure, area_matched, figures, per_subject
from alldetect_gui.training.datasets import DataSet, read_data_set, with_groups
from alldetect_gui.training.feature_cache import FeatureSettings, features_of
from alldetect_gui.training.fit import (
    FitOptions,
    TrainingSet,
    cross_fitted_probabilities,
    out_of_fold_logits,
    platt,
    uncertain_band,
)
from alldetect_gui.training.fit_reference import learn_reference
from alldetect_gui.training.honest.joined import LOOK, fit_joined
from alldetect_gui.training.honest.kernel_fit import KernelOptions, image_weights
from alldetect_gui.training.model_card import CardFacts, render_card
from alldetect_gui.training.splits import grouped_folds, subject_weights
from alldetect_gui.workflows.reference_labels import read_label_file

BLOCKS = LOOK.blocks
STATISTICS = ("mean", "deviation")

_TITLE = "VGG16 on turned and mirrored looks at the cell, and three kernel machines"


def main(arguments: Sequence[str]) -> int:
    """Train and write; exit codes as for the other commands."""
    options = _parser().parse_args(arguments)
    try:
        return _train(options)
    except WrongUse as error:
        print(f"alldetect train: {error}", file=sys.stderr)
        return WRONG_USE
    except (KnownError, OSError) as error:
        print(f"alldetect train: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nalldetect train: interrupted; the features so far are kept", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="alldetect train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="labelled images, any folder depth")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="models folder to write into")
    parser.add_argument("--name", default="default", help="the artefact's name (default: %(default)s)")
    parser.add_argument("--recipe", default="original",
                        help="preprocessing before the network (default: %(default)s, which the model sees through "
                        "CLAHE, as the bundled default does)")  # fmt: skip
    parser.add_argument(
        "--groups", type=Path, metavar="CSV", help="columns subject and group: subjects that are linked"
    )
    parser.add_argument("--labels", type=Path, metavar="CSV", help="reference labels, joined by image name")
    parser.add_argument("--coding", choices=[coding.value for coding in LabelCoding], help="of labels that are numbers")
    parser.add_argument("--weights", metavar="H5",
                        help="ImageNet VGG16 weights as a Keras file, or the word imagenet to let Keras download them: "
                        "export the base anew (needs TensorFlow); "
                        "without it the bundled base is used")  # fmt: skip
    parser.add_argument("--cache", type=Path, default=Path("work/features"), metavar="DIR",
                        help="where features are kept between runs (default: %(default)s)")  # fmt: skip
    return parser


def _train(options: argparse.Namespace) -> int:
    if Path(options.name).name != options.name or options.name in ("", ".", "..", "vgg16-base"):
        raise WrongUse(f"“{options.name}” cannot be a model's name: it becomes the name of a folder")
    if find_spec("sklearn") is None:
        raise WrongUse("training needs scikit-learn: install AllDetect with its extra “train”")
    began = time.monotonic()
    labels = (
        read_label_file(options.labels, LabelCoding(options.coding) if options.coding else None)
        if options.labels
        else None
    )
    data = read_data_set(options.data, labels)
    if options.groups:
        data = with_groups(data, options.groups)
    print(f"{len(data.images)} distinct images, {data.duplicates} duplicates left out, {data.refused} refused")
    _ask_for_enough(data)
    base = _base(options)
    settings = FeatureSettings(base, recipe_named(options.recipe), (_view(options),), BLOCKS, STATISTICS)
    features, measures = features_of(data.images, settings, options.cache)
    training = TrainingSet(
        features,
        np.array([image.label is CellClass.ALL for image in data.images]),
        np.array([image.subject for image in data.images]),
        np.array([image.group for image in data.images]),
    )
    order = np.argsort([image.sha256 for image in data.images])  # whatever the names, the same figures
    path = _fit_and_write(options, data, training.take(order), measures[order])
    print(
        f"{path} written after {time.monotonic() - began:.0f} s, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}"
    )
    return 0


def _view(options: argparse.Namespace) -> View:
    """The bundled default's; a recipe that was asked for takes the place of the view's own."""
    return LOOK.view if options.recipe == "original" else replace(LOOK.view, through=None)


def _ask_for_enough(data: DataSet) -> None:
    """Before hours of features: a class needs a group for every fold. Raises WrongUse."""
    groups = np.array([image.group for image in data.images])
    grouped_folds(groups, np.array([image.label is CellClass.ALL for image in data.images]), FitOptions().folds)


def _base(options: argparse.Namespace) -> bytes:
    """The base in the target folder: exported anew, or the bundled one."""
    if options.weights:
        from alldetect_gui.training.export_base import export_base

        artifact.write_base(options.out, export_base(None if options.weights == "imagenet" else Path(options.weights)))
    target = options.out / artifact.BASE
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(paths.models() / artifact.BASE, target)
    return bytes(target.read_bytes())


def _fit_and_write(
    options: argparse.Namespace, data: DataSet, training: TrainingSet, measures: NDArray[np.float32]
) -> Path:
    fit = FitOptions()
    weights = subject_weights(training.subjects, training.is_all)
    kernel = KernelOptions()

    def fitted(rows: NDArray[np.int64]) -> JoinedHead:
        part = training.take(rows)
        return fit_joined(part, image_weights(part, measures[rows, 0], kernel), kernel)

    logits = out_of_fold_logits(training, fit, fitted)
    probability = _held_out(logits, training, fit)
    pooled = figures(probability, training.is_all, training.subjects)
    matched = area_matched(training.is_all, measures[:, 0])
    low, high = uncertain_band(probability, training.is_all, weights)
    calibration = platt(logits.mean(axis=1), training.is_all, weights)
    everything = np.arange(training.is_all.size)
    head = replace(fitted(everything), calibration=np.array(calibration, np.float32))
    known, scores = learn_reference(training, measures, fit.folds, fit.seed)
    print("held out: " + ", ".join(f"{name} {figure.value:.3f}" for name, figure in pooled.items() if figure.value))
    area = _baseline(training, measures[:, :1], fit)
    warning = texts.warning_text(pooled, area)
    if warning:
        print(warning)
    facts = CardFacts(
        title=f"AllDetect model “{options.name}”",
        warning=warning,
        cnmc=texts.is_cnmc(data),
        summary=_summary(recipe_named(options.recipe), _view(options), kernel),
        data=texts.data_text(data),
        protocol=texts.protocol_text(fit, kernel.area_balance),
        calibration=texts.CALIBRATION,
        band=texts.band_text(probability, training, weights, (low, high)),
        pooled=pooled,
        baselines={
            "nothing (always ALL)": figures(
                np.ones(training.is_all.size), training.is_all, training.subjects, names=("f1_weighted", "roc_auc")
            ),
            "cell area alone": area,
            "colour alone (mean and deviation of R, G, B)": _baseline(training, measures[:, COLOUR], fit),
        },
        matched=figures(probability[matched], training.is_all[matched], training.subjects[matched]),
        matched_images=int(matched.size),
        outside=texts.outside_text(scores, training, probability, (low, high)),
        subjects=per_subject(probability, training.is_all, training.subjects, measures[:, 0]),
        command=_command(options),
        versions=artifact.versions(),
    )
    content = _content(options, data, training, fit, facts, (low, high))
    return artifact.write_artifact(options.out, options.name, head, known, render_card(facts), content)


def _summary(recipe: Recipe, view: View, kernel: KernelOptions) -> str:
    before = f"The image through {_in_words(recipe)}. " if recipe.name != "original" else ""
    through = f" through {_in_words(view.through)}" if view.through else ""
    return (
        f"{before}VGG16 (ImageNet, frozen) on a cut-out of {view.extent:.0f} image pixels{through}, seen at "
        f"{view.size} in {view.turns} positions; the first convolution of block 2, block 2 and the second convolution "
        "of block 3, pooled over the cell. The mean of three Gaussian kernel machines, one of each map, on at most "
        f"{kernel.components} whitened components."
    )


def _in_words(recipe: Recipe) -> str:
    values = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in recipe.parameters.items())
    return f"{recipe.title} ({values})" if values else recipe.title


def _held_out(logits: NDArray[np.float64], training: TrainingSet, fit: FitOptions) -> NDArray[np.float64]:
    """Out-of-fold probabilities, averaged over the repeats of the folds."""
    columns = [cross_fitted_probabilities(logits, training, fit, repeat) for repeat in range(fit.repeats)]
    return np.asarray(np.mean(columns, axis=0))


def _baseline(training: TrainingSet, columns: NDArray[np.float32], fit: FitOptions) -> Mapping[str, Figure]:
    """The same procedure on other inputs."""
    data = TrainingSet(columns, training.is_all, training.subjects, training.groups)
    weak = FitOptions(regularisation=1.0, folds=fit.folds, repeats=fit.repeats, seed=fit.seed)
    return figures(_held_out(out_of_fold_logits(data, weak), data, weak), data.is_all, data.subjects)


def _command(options: argparse.Namespace) -> str:
    """What was typed, its paths by their last parts: where they lie is the laboratory's own."""
    words = ["alldetect train", f"--data {options.data.name or 'DIR'}", f"--out {options.out.name or 'MODELS'}"]
    words += [f"--name {options.name}"]
    words += [f"--recipe {options.recipe}"] if options.recipe != "original" else []
    words += [f"--groups {options.groups.name}"] if options.groups else []
    words += [f"--labels {options.labels.name}"] if options.labels else []
    words += [f"--coding {options.coding}"] if options.coding else []
    return " ".join(words)


def _content(
    options: argparse.Namespace,
    data: DataSet,
    training: TrainingSet,
    fit: FitOptions,
    facts: CardFacts,
    band: tuple[float, float],
) -> dict[str, Any]:
    recipe = recipe_named(options.recipe)
    return {
        "title": _TITLE,
        "summary": facts.summary,
        "class_names": [kind.value for kind in CellClass],
        "positive_class": "ALL",
        "label_coding": "is_all: 1 = ALL, 0 = HEM",
        "recipe": {"name": recipe.name, "parameters": recipe.parameters},
        "input": {
            "views": artifact.views_content((_view(options),)),
            "normalisation": "VGG16 (Keras, mode caffe): RGB to BGR, minus 103.939, 116.779, 123.68, not scaled",
        },
        "features": {"blocks": list(BLOCKS), "statistics": list(STATISTICS), "length": training.features.shape[1]},
        "head_kind": "joined",
        "threshold": 0.5,
        "uncertain_band": list(band),
        "training": {
            "data": facts.data,
            "split": facts.protocol,
            "images": len(data.images),
            "subjects": int(np.unique(training.subjects).size),
            "groups": int(np.unique(training.groups).size),
            "images_sha256": hashlib.sha256("".join(sorted(i.sha256 for i in data.images)).encode()).hexdigest(),
            "fit": asdict(fit),
            "kernel_machine": asdict(KernelOptions()),
            "versions": artifact.versions(),
        },
        "metrics": {
            "protocol": f"pooled out of fold, {fit.folds} grouped folds x {fit.repeats}, 95 % intervals by subject",
            "figures": artifact.figures_content(facts.pooled),
            "area_matched": artifact.figures_content(facts.matched),
            "baselines": {name: artifact.figures_content(row) for name, row in facts.baselines.items()},
        },
        "licence": "weights: CC BY 4.0",
        "attribution": texts.attribution(data),
    }
