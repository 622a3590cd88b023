"""Data preparation as in the thesis: counts, copies of the rarer class until both are equal, one CSV, one split."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.labels import CellClass
from alldetect_gui.training.datasets import LabelledImage

PARTS = ("train", "validation", "test")
SHARES = (0.70, 0.15, 0.15)
"""Our choice: the thesis gives none. 15 % for testing is the only usual share near its 1,698 test images."""


@dataclass(frozen=True, slots=True)
class Item:
    """An image as the thesis' table has it: an original (`copy` 0) or an augmented copy of one."""

    source: LabelledImage
    copy: int

    @property
    def image_id(self) -> str:
        """Its name in the CSV."""
        return self.source.name + (f"_augmented_{self.copy}" if self.copy else "")

    @property
    def key(self) -> str:
        """What names its features: the original's hash, and which copy of it."""
        return f"{self.source.sha256}:{self.copy}"

    @property
    def is_all(self) -> bool:
        """True for ALL."""
        return self.source.label is CellClass.ALL


def at_most_per_subject(images: tuple[LabelledImage, ...], most: int | None) -> tuple[LabelledImage, ...]:
    """`images` in the order of their hashes (as good as drawn by lot), at most `most` of each subject."""
    kept = []
    taken: dict[str, int] = defaultdict(int)
    for image in sorted(images, key=lambda item: item.sha256):
        if most is None or taken[image.subject] < most:
            taken[image.subject] += 1
            kept.append(image)
    return tuple(kept)


def balanced_items(images: tuple[LabelledImage, ...]) -> list[Item]:
    """The originals, then copies of the rarer class until both have as many items; each image in turn.

    Raises WrongUse when a class has no image.
    """
    originals = [Item(image, 0) for image in images]
    by_class = {kind: [image for image in images if image.label is kind] for kind in CellClass}
    rarer = min(CellClass, key=lambda kind: len(by_class[kind]))
    count = len(by_class[rarer])
    if count == 0:
        raise WrongUse(f"there is no {rarer} image: the study needs both classes")
    missing = len(images) - 2 * count
    return originals + [Item(by_class[rarer][number % count], 1 + number // count) for number in range(missing)]


def stratified_split(is_all: NDArray[np.bool_], seed: int) -> NDArray[np.int64]:
    """The part (index into PARTS) of each item, drawn image by image within each class: the thesis' split, which leaks.

    An image's copies and a subject's other images may end on the other side. Shape (n_items,).
    """
    generator = np.random.default_rng(seed)
    part = np.empty(is_all.size, np.int64)
    for positive in (True, False):
        rows = generator.permutation(np.flatnonzero(is_all == positive))
        bounds = np.round(np.cumsum(SHARES[:-1]) * rows.size).astype(int)
        for number, of_part in enumerate(np.split(rows, bounds)):
            part[of_part] = number
    return part


def write_tables(folder: Path, items: list[Item], part: NDArray[np.int64]) -> None:
    """labels.csv as the thesis has it (label 0 = ALL, 1 = HEM), and split.csv with what it left out."""
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Image ID", "label"])
        writer.writerows([item.image_id, 0 if item.is_all else 1] for item in items)
    with (folder / "split.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Image ID", "part", "original", "subject", "group"])
        writer.writerows(
            [item.image_id, PARTS[number], item.source.name, item.source.subject, item.source.group]
            for item, number in zip(items, part, strict=True)
        )
