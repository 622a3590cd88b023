"""alldetect experiment thesis: the thesis' study on a labelled folder, its report, and the three models."""

import argparse
import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from alldetect_gui import paths
from alldetect_gui.core.errors import WrongUse
from alldetect_gui.imaging.recipe import Recipe, recipe_named
from alldetect_gui.training.datasets import read_data_set, with_groups
from alldetect_gui.training.feature_cache import measures_of
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.thesis.blocks import to_html, to_markdown
from alldetect_gui.training.thesis.bundle import BundleOptions, write_model
from alldetect_gui.training.thesis.comparison import CONTROL
from alldetect_gui.training.thesis.frame_features import FrameFeatures
from alldetect_gui.training.thesis.preparation import Item, at_most_per_subject, stratified_split, write_tables
from alldetect_gui.training.thesis.printed import EPOCHS, EXPERIMENTS
from alldetect_gui.training.thesis.protocols import StudyOptions
from alldetect_gui.training.thesis.report import TITLE, report
from alldetect_gui.training.thesis.study import BLOCK, Study
from alldetect_gui.training.write_artifact import BASE

INPUT = 224
RECIPES = ",".join([*EXPERIMENTS, "grayscale", CONTROL])
"""The thesis' three experiments, grayscale alone (which it describes), and the raw image as control."""


def run(arguments: Sequence[str]) -> int:
    """Prepare, train, compare and write; returns the exit code. Raises KnownError or OSError."""
    options = _parser().parse_args(arguments)
    for package in ("tensorflow", "sklearn", "matplotlib"):
        if find_spec(package) is None:
            raise WrongUse(f"the study needs {package}: install AllDetect with its extra “train”")
    if min(options.epochs) < 1 or min(options.runs, options.repeats, options.model_repeats) < 1:
        raise WrongUse("epochs, runs and repeats are numbers from 1")
    if options.per_subject is not None and options.per_subject < 1:
        raise WrongUse("--per-subject takes a number from 1")
    if options.only_models and not options.models:
        raise WrongUse("--only-models needs --models, where they are written")
    data = read_data_set(options.data)
    if options.groups:
        data = with_groups(data, options.groups)
    recipes = tuple(recipe_named(name) for name in options.recipes.split(","))
    base = (paths.models() / BASE).read_bytes()
    thinned = replace(data, images=at_most_per_subject(data.images, options.per_subject))
    settings = StudyOptions(epochs=tuple(options.epochs), seed=options.seed, runs=options.runs,
                            repeats=options.repeats, folds=options.folds)  # fmt: skip
    study = Study(thinned, recipes, base, options.size, options.cache, settings, options.per_subject, options.jobs,
                  not options.classifiers_once)  # fmt: skip
    if not options.only_models:
        _write_study(study, options.out, _command(options))
    if options.models:
        for recipe in (recipe for recipe in recipes if recipe.name in EXPERIMENTS):
            path = _write_model(options, study, recipe)
            print(f"{path} written, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return 0


def _write_study(study: Study, out: Path, command: str) -> None:
    """The tables of the preparation, the record, and the report in both forms."""
    out.mkdir(parents=True, exist_ok=True)
    items = study.items
    write_tables(out, items, stratified_split(np.array([item.is_all for item in items]), study.options.seed))
    record = study.record()
    (out / "thesis.json").write_text(json.dumps(record, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    blocks = report(record, command)
    (out / "thesis.md").write_text(to_markdown(blocks, "thesis.html"), encoding="utf-8")
    (out / "thesis.html").write_text(to_html(blocks, TITLE), encoding="utf-8")
    print(f"labels.csv, split.csv, thesis.json, thesis.md and thesis.html in {out}")


def _write_model(options: argparse.Namespace, study: Study, recipe: Recipe) -> Path:
    """The artefact of one recipe, trained on all of the study's originals."""
    data = study.data
    target = options.models / BASE
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(paths.models() / BASE, target)
    items = [Item(image, 0) for image in data.images]
    source = FrameFeatures(study.base, recipe, study.size, study.cache)
    vectors = source.of(items, study.jobs)
    training = TrainingSet(
        vectors,
        np.array([item.is_all for item in items]),
        np.array([image.subject for image in data.images]),
        np.array([image.group for image in data.images]),
    )
    keys = "".join(item.key + item.source.group for item in items)
    measures = study.ledger.get(
        "cell measures", [keys], lambda: {"rows": [measures_of(image.path).tolist() for image in data.images]}
    )
    bundle = BundleOptions(max(study.options.epochs), study.size, BLOCK, options.per_subject, folds=study.options.folds,
                           repeats=options.model_repeats, seed=study.options.seed)  # fmt: skip
    return write_model(
        options.models, source, data, training, np.array(measures["rows"], np.float32), bundle, _command(options),
        study.ledger, hashlib.sha256(keys.encode() + training.features.tobytes()).hexdigest(),
    )  # fmt: skip


def _command(options: argparse.Namespace) -> str:
    """The command as the report shows it: what decides the numbers, with names in place of this machine's folders."""
    words = ["alldetect experiment thesis --data CNMC"]
    words += ["--groups manifest.csv"] if options.groups else []
    words += ["--out OUT"]
    for name, value, usual in (
        ("per-subject", options.per_subject, None), ("recipes", options.recipes, RECIPES),
        ("epochs", options.epochs, list(EPOCHS)), ("runs", options.runs, 5), ("repeats", options.repeats, 2),
        ("folds", options.folds, 5), ("size", options.size, INPUT), ("seed", options.seed, 0),
        ("model-repeats", options.model_repeats, 1),
    ):  # fmt: skip
        if value != usual:
            words.append(f"--{name} {' '.join(map(str, value)) if isinstance(value, list) else value}")
    words += ["--classifiers-once"] if options.classifiers_once else []
    words += ["--models resources/models"] if options.models else []
    return " ".join(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="alldetect experiment thesis", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, metavar="DIR", help="labelled images, any folder depth")
    add("--out", type=Path, required=True, metavar="DIR", help="where tables and reports are written")
    add("--groups", type=Path, metavar="CSV", help="columns subject and group: subjects that are linked")
    add("--per-subject", type=int, metavar="N", help="at most N images a subject (default: all)")
    add("--recipes", default=RECIPES, help="those studied, separated by commas (default: %(default)s)")
    add("--epochs", type=int, nargs="+", default=list(EPOCHS), help="of the runs (default: 25 50 100)")
    add("--runs", type=int, default=5, help="runs of the thesis' protocol, each with an own split")
    add("--repeats", type=int, default=2, help="of the grouped folds")
    add("--classifiers-once", action="store_true", help="the other classifiers on the first recipe alone: shorter")
    add("--folds", type=int, default=5, help="of grouped cross-validation (default: %(default)s)")
    add("--size", type=int, default=INPUT, help="the network's input in pixels (default: %(default)s)")
    add("--seed", type=int, default=0, help="of splits, folds and weights (default: %(default)s)")
    add("--models", type=Path, metavar="DIR",
        help="also write the models of the thesis' three experiments into this folder, trained by subject")  # fmt: skip
    add("--only-models", action="store_true", help="leave the study out: the models do not depend on it")
    add("--model-repeats", type=int, default=1, help="of the folds that judge and calibrate these (default: 1)")
    add("--cache", type=Path, default=Path("work/thesis"), metavar="DIR",
        help="where features and results are kept between runs (default: %(default)s)")  # fmt: skip
    add("--jobs", type=int, help="processes for features (default: one a core)")
    return parser
