"""The fine-tuned block of every fold, each kept when it is ready: a run that is broken off goes on with the next."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.inference.artifact import View
from alldetect_gui.training.datasets import LabelledImage
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.honest.block3_maps import Maps, MapSettings, maps_of
from alldetect_gui.training.honest.fine_tune import Tuned, TuneOptions, fine_tune
from alldetect_gui.training.splits import area_balanced_weights


@dataclass(frozen=True)
class Tuner:
    """What all folds share. Arrays have a row for each of `images`."""

    images: Sequence[LabelledImage]
    frozen: TrainingSet  # block 4's pooled features with ImageNet weights, (n, 1024)
    area: NDArray[np.float32]
    base: bytes
    view: View
    vgg16: Path | None
    options: TuneOptions
    folder: Path

    def chosen(self) -> NDArray[np.int64]:
        """The rows that are trained on: at most options.per_subject of a subject, in the order of their hashes."""
        order = sorted(range(len(self.images)), key=lambda row: self.images[row].sha256)
        taken: dict[str, int] = {}
        rows = []
        for row in order:
            subject = self.images[row].subject
            taken[subject] = taken.get(subject, 0) + 1
            if taken[subject] <= self.options.per_subject:
                rows.append(row)
        return np.sort(np.array(rows))

    @cached_property
    def maps(self) -> list[Maps]:
        """Block 3's maps of the chosen rows, changed copies first, then as they are. Gigabytes: only when needed."""
        images = [self.images[row] for row in self.chosen()]
        versions: list[int | None] = [*range(self.options.copies), None]
        settings = [MapSettings(self.base, self.view.extent, self.view.size, version) for version in versions]
        return [maps_of(images, item, self.folder / "maps") for item in settings]

    def tuned(self, inside: NDArray[np.bool_], name: str) -> Tuned:
        """The block fine-tuned on the chosen rows `inside` (n,) a part of the subjects; from its file where it is."""
        file = self.folder / f"tuned-{self._key(inside)}.npz"
        if file.exists():
            return Tuned.load(file)
        chosen = self.chosen()
        use = np.flatnonzero(inside[chosen])
        rows = chosen[use]
        part = self.frozen.take(rows)
        weights = area_balanced_weights(part.subjects, part.is_all, self.area[rows], self.options.area_balance)
        print(f"fine-tuning for {name}: {rows.size} images of {np.unique(part.subjects).size} subjects", flush=True)
        copies = [Maps(item.maps[use], item.cover[use]) for item in self.maps]
        result = fine_tune(copies, part, weights, self.vgg16, self.options)
        result.save(file)
        return result

    def _key(self, inside: NDArray[np.bool_]) -> str:
        hashes = [image.sha256 for image, used in zip(self.images, inside, strict=True) if used]
        view = [self.view.region, self.view.extent, self.view.size]
        content = json.dumps([hashlib.sha256(self.base).hexdigest(), view, asdict(self.options), hashes])
        return hashlib.sha256(content.encode()).hexdigest()[:32]
