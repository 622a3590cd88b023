"""What 8 bits cost the default model on patients that it has not seen, against a twin of 32 bits.

The twin is fitted and judged in the same folds on features of VGG16 as it came (float32 weights, float32 sums).

python -m benchmarks.twin --data CNMC --groups manifest.csv --weights vgg16_imagenet_notop.h5
"""

import argparse
import json
import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui import paths
from alldetect_gui.core.labels import CellClass
from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.intervals import subject_bootstrap
from alldetect_gui.evaluation.metrics import brier_score, calibration_error, roc_auc
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.inference.engine import BLOCKS, Engine, FeatureMap
from alldetect_gui.inference.features import FeatureExtractor
from alldetect_gui.inference.shortened import INSIDE
from alldetect_gui.training.datasets import read_data_set, with_groups
from alldetect_gui.training.feature_cache import FeatureSettings, features_of
from alldetect_gui.training.fit import FitOptions, TrainingSet, cross_fitted_probabilities
from alldetect_gui.training.honest.joined import LOOK, fit_joined
from alldetect_gui.training.honest.kernel_fit import KernelOptions, image_weights
from alldetect_gui.training.honest.study import DRAWS, FOLDS, SEED, STATISTICS
from alldetect_gui.training.splits import grouped_folds
from alldetect_gui.training.thesis.preparation import at_most_per_subject
from alldetect_gui.training.write_artifact import BASE
from benchmarks.machine import versions
from benchmarks.server import ROOT

OUT = ROOT / "benchmarks" / "results" / "twin.json"
_ALLOWED = 0.005


class KerasEngine(Engine):
    """VGG16 in Keras, in float32, as an engine."""

    def __init__(self, weights: Path) -> None:
        os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
        import keras
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        whole = keras.applications.VGG16(include_top=False, weights=str(weights), input_shape=(None, None, 3))
        names = {number: f"block{block}_conv{convolution}" for number, (block, convolution) in INSIDE.items()}
        names |= {block: f"block{block}_pool" for block in BLOCKS}
        outputs = [whole.get_layer(names[block]).output for block in LOOK.blocks]
        self._model = tf.function(keras.Model(whole.input, outputs))

    def feature_maps(self, model_input: NDArray[np.float32]) -> dict[int, FeatureMap]:
        """See inference.engine.Engine; what the default model reads."""
        found = self._model(model_input[np.newaxis])
        return {block: np.asarray(value)[0] for block, value in zip(LOOK.blocks, found, strict=True)}


@dataclass(frozen=True)
class TwinSettings(FeatureSettings):
    """The default model's features in 32 bits."""

    weights: Path = Path()

    def extractor(self, threads: int) -> FeatureExtractor:
        """See FeatureSettings."""
        return FeatureExtractor(KerasEngine(self.weights), self.recipe, self.views, self.blocks, self.statistics)

    def key(self) -> list[object]:
        """See FeatureSettings."""
        return [*super().key(), "float32 from", self.weights.stat().st_size]


def main(arguments: list[str] | None = None) -> int:
    """Print both models' figures and their difference by draw of the folds; write JSON."""
    options = _parser().parse_args(arguments)
    data = with_groups(read_data_set(options.data), options.groups)
    data = replace(data, images=at_most_per_subject(data.images, options.per_subject))
    base = (paths.models() / BASE).read_bytes()
    both: dict[str, NDArray[np.float32]] = {}
    for name, kind in (("int8", FeatureSettings), ("float32", partial(TwinSettings, weights=options.weights))):
        settings = kind(base, recipe_named(LOOK.recipe), (LOOK.view,), LOOK.blocks, STATISTICS)
        both[name], measures = features_of(data.images, settings, options.cache)
    labels = np.array([image.label is CellClass.ALL for image in data.images])
    subjects = np.array([image.subject for image in data.images])
    groups = np.array([image.group for image in data.images])
    sets = {name: TrainingSet(features, labels, subjects, groups) for name, features in both.items()}
    rows = [_compare(sets, measures[:, 0], SEED + draw) for draw in range(DRAWS)]
    found = {
        "images": labels.size,
        "subjects": np.unique(subjects).size,
        "view": LOOK.name,
        "versions": versions(),
        "draws": rows,
    }
    print(table(found))
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.twin", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--groups", type=Path, required=True, metavar="CSV")
    parser.add_argument("--weights", type=Path, required=True, metavar="H5")
    parser.add_argument("--per-subject", type=int, metavar="N", help="at most N images a subject (default: all)")
    parser.add_argument("--cache", type=Path, default=Path("work/honest/features"), metavar="DIR")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FILE")
    return parser


def _compare(sets: dict[str, TrainingSet], area: NDArray[np.float32], seed: int) -> dict[str, Any]:
    """Both models out of the same folds."""
    probability = {name: _held_out(data, area, seed) for name, data in sets.items()}
    first, second = probability["int8"], probability["float32"]
    data = sets["int8"]

    def loss(index: NDArray[np.int64]) -> float:
        pair = (ConfusionMatrix.of(data.is_all[index], values[index] >= 0.5).f1_weighted for values in (second, first))
        exact, fast = (value or 0.0 for value in pair)
        return exact - fast

    return {
        **{name: _figures(values, data.is_all) for name, values in probability.items()},
        "loss_of_weighted_f1": loss(np.arange(first.size)),
        "interval_95_by_subject": subject_bootstrap(loss, data.subjects, draws=1000),
        "calls_that_differ": float(((first >= 0.5) != (second >= 0.5)).mean()),
        "change": {"mean": float(np.abs(first - second).mean()), "largest": float(np.abs(first - second).max())},
    }


def _held_out(data: TrainingSet, area: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    fold, options = grouped_folds(data.groups, data.is_all, FOLDS, seed), KernelOptions()
    logits = np.empty(fold.size)
    for number in range(FOLDS):
        part = data.take(np.flatnonzero(fold != number))
        weights = image_weights(part, area[fold != number], options)
        logits[fold == number] = fit_joined(part, weights, options).logits(data.features[fold == number])
    fit = FitOptions(folds=FOLDS, repeats=1, seed=seed)
    return cross_fitted_probabilities(logits[:, np.newaxis], replace(data, features=data.features[:, :1]), fit, 0)


def _figures(probability: NDArray[np.float64], y_true: NDArray[np.bool_]) -> dict[str, float | None]:
    return {
        "f1_weighted": ConfusionMatrix.of(y_true, probability >= 0.5).f1_weighted,
        "roc_auc": roc_auc(y_true, probability),
        "brier": brier_score(y_true, probability),
        "calibration_error": calibration_error(y_true, probability),
    }


def table(found: dict[str, Any]) -> str:
    """As Markdown, for docs/performance.md."""
    lines = [
        f"{found['images']:,} images of {found['subjects']} subjects, {found['view']}; {FOLDS} folds by group, "
        f"{len(found['draws'])} draws of them.",
        "",
        "| Draw | weighted F1, 8 / 32 bits | AUC | Brier | calibration error | weighted F1 lost (95 % by subject) | "
        "calls that differ | change of P(ALL), mean (largest) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for number, row in enumerate(found["draws"]):
        pairs = " | ".join(f"{row['int8'][name]:.4f} / {row['float32'][name]:.4f}" for name in row["int8"])
        low, high = row["interval_95_by_subject"] or (float("nan"), float("nan"))
        lines.append(
            f"| {number} | {pairs} | {row['loss_of_weighted_f1']:+.4f} ({low:+.4f} to {high:+.4f}) "
            f"| {row['calls_that_differ']:.1%} | {row['change']['mean']:.4f} ({row['change']['largest']:.4f}) |"
        )
    mean = float(np.mean([row["loss_of_weighted_f1"] for row in found["draws"]]))
    return "\n".join([*lines, "", f"Lost on average: {mean:+.4f} of weighted F1; at most {_ALLOWED} is allowed."])


if __name__ == "__main__":
    raise SystemExit(main())
