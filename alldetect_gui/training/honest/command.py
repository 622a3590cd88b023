"""alldetect experiment honest: what the data can carry when no subject is on both sides."""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from alldetect_gui import paths
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.inference.engine import CHANNELS
from alldetect_gui.training.datasets import DataSet, read_data_set, with_groups
from alldetect_gui.training.feature_cache import FeatureSettings, features_of
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.honest.band import controlled_band
from alldetect_gui.training.honest.bundle import write_default
from alldetect_gui.training.honest.joined import JOINED
from alldetect_gui.training.honest.nested import nested
from alldetect_gui.training.honest.report import write_report
from alldetect_gui.training.honest.robustness import robustness
from alldetect_gui.training.honest.rungs import SMALL, Look
from alldetect_gui.training.honest.study import FIT, NATIVE, STATISTICS, Study
from alldetect_gui.training.honest.variants import VARIANTS
from alldetect_gui.training.write_artifact import BASE


def run(arguments: Sequence[str]) -> int:
    """Climb the ladder and write its report; with --bundle also the model that the report chooses."""
    options = _parser().parse_args(arguments)
    data = read_data_set(options.data)
    if options.groups:
        data = with_groups(data, options.groups)
    print(f"{len(data.images)} distinct images, {data.duplicates} duplicates left out, {data.refused} refused")
    study = study_of(data, options)
    steps = study.climb()
    choice = nested(study)
    changed = robustness(study, steps[-1].logits, controlled_band(steps[-1].probability, study.training.is_all))
    command = "alldetect experiment honest --data CNMC --groups manifest.csv --weights vgg16_imagenet_notop.h5"
    if options.without_fine_tuning:
        command += " --without-fine-tuning"
    for path in write_report(study, steps, choice, changed, options.out, command):
        print(path)
    if options.bundle:
        path = write_default(study, steps, changed, options.bundle, f"{command} --bundle resources/models")
        print(f"{path}, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="alldetect experiment honest", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="labelled images, any folder depth")
    parser.add_argument("--groups", type=Path, metavar="CSV", help="columns subject and group: who is linked")
    parser.add_argument("--weights", type=Path, metavar="H5",
                        help="ImageNet VGG16 weights as a Keras file; without it Keras downloads them")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("docs/experiments"), metavar="DIR",
                        help="where honest.md and honest.json are written (default: %(default)s)")  # fmt: skip
    parser.add_argument("--cache", type=Path, default=Path("work/honest"), metavar="DIR",
                        help="features, maps and fine-tuned blocks are kept here (default: %(default)s)")  # fmt: skip
    parser.add_argument("--without-fine-tuning", action="store_true",
                        help="leave out the rungs with a fine-tuned block, which take most of the time")  # fmt: skip
    parser.add_argument("--bundle", type=Path, metavar="MODELS", help="also write the chosen model below this folder")
    return parser


def study_of(data: DataSet, options: argparse.Namespace) -> Study:
    """Everything that the rungs read, computed or from the cache, each look through its own recipe."""
    base = (paths.models() / BASE).read_bytes()
    features = {}
    for view in (NATIVE, FIT):
        settings = FeatureSettings(base, recipe_named("original"), (view,), (2, 3, 4, 5), STATISTICS)
        features[view.region], measures = features_of(data.images, settings, options.cache / "features")
    small = {}
    for name, look in {**SMALL, **VARIANTS, **JOINED}.items():
        if look == Look(NATIVE):
            small[name] = features["native"][:, : 2 * sum(CHANNELS[block] for block in look.blocks)]
            continue
        settings = FeatureSettings(base, recipe_named(look.recipe), (look.view,), look.blocks, STATISTICS)
        small[name] = features_of(data.images, settings, options.cache / "features")[0]
    training = TrainingSet(
        features["native"],
        np.array([image.label is CellClass.ALL for image in data.images]),
        np.array([image.subject for image in data.images]),
        np.array([image.group for image in data.images]),
    )
    return Study(data, training, features["fit"], small, measures, base, options.weights, options.cache,
                 fine_tuning=not options.without_fine_tuning)  # fmt: skip
