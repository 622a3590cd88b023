"""The whole study as one record: everything that the report says comes from it."""

import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.training import write_artifact as artifact
from alldetect_gui.training.datasets import DataSet
from alldetect_gui.training.thesis.augment import BRIGHTNESS, METHOD, ROTATION
from alldetect_gui.training.thesis.baselines import baseline_runs
from alldetect_gui.training.thesis.classifiers import CLASSIFIERS
from alldetect_gui.training.thesis.comparison import unseen_differences
from alldetect_gui.training.thesis.denoising import compare_denoisers
from alldetect_gui.training.thesis.frame_features import FrameFeatures, block_columns
from alldetect_gui.training.thesis.ledger import Ledger
from alldetect_gui.training.thesis.preparation import PARTS, SHARES, Item, balanced_items, stratified_split
from alldetect_gui.training.thesis.protocols import (
    Pool,
    StudyOptions,
    classifier_runs,
    grouped_run,
    paper_run,
)

BLOCK = 5


@dataclass(frozen=True)
class Study:
    """What is studied, with what."""

    data: DataSet
    recipes: tuple[Recipe, ...]
    base: bytes
    size: int
    cache: Path
    options: StudyOptions
    per_subject: int | None = None
    jobs: int | None = None
    all_classifiers: bool = True  # on every recipe's features; else on those of the first alone

    @property
    def items(self) -> list[Item]:
        """Originals and copies, both classes equal."""
        return balanced_items(self.data.images)

    @property
    def ledger(self) -> Ledger:
        """Where results are kept between runs."""
        return Ledger(self.cache / "results")

    def pool(self, recipe: Recipe) -> Pool:
        """Items and features of one recipe; computed unless they are kept."""
        items = self.items
        vectors = FrameFeatures(self.base, recipe, self.size, self.cache).of(items, self.jobs)
        return Pool(recipe.name, items, np.ascontiguousarray(vectors[:, block_columns(BLOCK)]))

    def record(self) -> dict[str, Any]:
        """Run everything; what was computed before is taken up."""
        found = {recipe.name: self._recipe(self.pool(recipe)) for recipe in self.recipes}
        originals = [item for item in self.items if item.copy == 0]
        unseen = {name: [np.array(run.pop("out_of_fold")) for run in row["unseen"]] for name, row in found.items()}
        denoisers = self.ledger.get(
            "denoisers on noised cells",
            [image.sha256 for image in self.data.images[:40]],
            lambda: asdict(compare_denoisers(self.data.images)),
        )
        return {
            "parameters": self.parameters(),
            "counts": self.counts(),
            "recipes": found,
            "baselines": baseline_runs(self.items, self.options, self.ledger),
            "differences": unseen_differences(
                np.array([item.is_all for item in originals]),
                np.array([item.source.subject for item in originals]),
                unseen,
            ),
            "denoisers": denoisers,
        }

    def _recipe(self, pool: Pool) -> dict[str, Any]:
        options = self.options
        names = CLASSIFIERS if self.all_classifiers or pool.recipe == self.recipes[0].name else ()
        return {
            "paper": {
                str(epochs): [paper_run(pool, options, self.ledger, run, epochs) for run in range(options.runs)]
                for epochs in options.epochs
            },
            "unseen": [grouped_run(pool, options, self.ledger, repeat) for repeat in range(options.repeats)],
            "classifiers": {name: classifier_runs(pool, options, self.ledger, name) for name in names},
        }

    def counts(self) -> dict[str, Any]:
        """Images and subjects of each class, copies made, and how the first run's split falls."""
        items = self.items
        part = stratified_split(np.array([item.is_all for item in items]), self.options.seed)
        rows = {}
        for kind in CellClass:
            of_class = [item for item in items if item.source.label is kind]
            originals = [item.source for item in of_class if item.copy == 0]
            rows[kind.value] = {
                "originals": len(originals),
                "subjects": len({image.subject for image in originals}),
                "groups": len({image.group for image in originals}),
                "copies": len(of_class) - len(originals),
                "parts": {
                    name: sum(1 for item, of in zip(items, part, strict=True)
                              if of == number and item.source.label is kind)
                    for number, name in enumerate(PARTS)
                },
            }  # fmt: skip
        return {
            "classes": rows,
            "duplicates": self.data.duplicates,
            "refused": self.data.refused,
            "twins": _twins(items, part == PARTS.index("train"), part == PARTS.index("test")),
        }

    def parameters(self) -> dict[str, Any]:
        """Every choice, also those that the thesis leaves open."""
        return {
            "recipes": {recipe.name: recipe.parameters for recipe in self.recipes},
            "images_per_subject_at_most": self.per_subject,
            "augmentation": {"rotation": ROTATION, "brightness": list(BRIGHTNESS), "method": METHOD,
                             "order": "copies are made of the raw image; then the recipe; then the frame is resized"},
            "split": dict(zip(PARTS, SHARES, strict=True)),
            "input": f"whole frame, {self.size} x {self.size} pixels, averaged over areas",
            "normalisation": "VGG16 (Keras, mode caffe): RGB to BGR, minus 103.939, 116.779, 123.68, not scaled",
            "network": "VGG16, ImageNet, no top, frozen; int8 weights and activations (LiteRT, dynamic range)",
            "features": f"global average of the max-pooling output of block {BLOCK}: 512 numbers, cached",
            "head": asdict(self.options.dense),
            "optimiser": "Adam (Keras' beta_1 0.9, beta_2 0.999, epsilon 1e-7), binary cross-entropy",
            "initialisation": "Keras' defaults: Glorot uniform, biases 0",
            "early_stopping": "none: the last epoch counts",
            "threshold": 0.5,
            "epochs": list(self.options.epochs),
            "seed": self.options.seed,
            "runs": self.options.runs,
            "folds": self.options.folds,
            "repeats": self.options.repeats,
            "versions": {**artifact.versions(), "tensorflow": _tensorflow(), "machine": platform.machine()},
        }  # fmt: skip


def _twins(items: list[Item], train: Any, test: Any) -> dict[str, float]:
    """Shares of the test items that have their subject, or another form of the same image, among the training items."""
    subjects = {item.source.subject for item, inside in zip(items, train, strict=True) if inside}
    images = {item.source.sha256 for item, inside in zip(items, train, strict=True) if inside}
    tested = [item for item, inside in zip(items, test, strict=True) if inside]
    copied = [item for item in tested if not item.is_all]
    return {
        "subject": sum(item.source.subject in subjects for item in tested) / len(tested),
        "image": sum(item.source.sha256 in images for item in tested) / len(tested),
        "image_hem": sum(item.source.sha256 in images for item in copied) / max(1, len(copied)),
        "synthetic": sum(item.copy > 0 for item in tested) / len(tested),
    }


def _tensorflow() -> str:
    from importlib.metadata import PackageNotFoundError, version

    for name in ("tensorflow-cpu", "tensorflow"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return "not installed"
