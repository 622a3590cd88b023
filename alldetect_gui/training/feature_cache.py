"""Features of a data set, computed once: kept in a file and taken up again where an interrupted run stopped."""

import hashlib
import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.cell_region import MEASURES, cell_measures, find_cell
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.engine import open_engine
from alldetect_gui.inference.features import FeatureExtractor
from alldetect_gui.training.datasets import LabelledImage

_CHUNK = 250


def measures_of(path: Path) -> NDArray[np.float32]:
    """What the baselines may see of an image, zeros when it is black; (10,), see cell_measures."""
    image = read_image(path).pixels
    region = find_cell(image)
    return np.zeros(MEASURES, np.float32) if region is None else cell_measures(image, region)


@dataclass(frozen=True)
class FeatureSettings:
    """All that features depend on, beside the image."""

    base: bytes
    recipe: Recipe
    views: tuple[View, ...]
    blocks: tuple[int, ...]
    statistics: tuple[str, ...]
    branch: bytes | None = None  # a fine-tuned block beside the base

    def extractor(self, threads: int) -> FeatureExtractor:
        """The extractor that the classifier will build from the same settings, on the engine that it will use."""
        engine = open_engine("litert", self.base, threads, self.branch, self.blocks)
        return FeatureExtractor(engine, self.recipe, self.views, self.blocks, self.statistics)

    def key(self) -> list[object]:
        """What names the cached chunks."""
        return [
            hashlib.sha256(self.base).hexdigest(),
            [self.recipe.name, self.recipe.parameters],
            [_of_view(view) for view in self.views],
            [self.blocks, self.statistics, MEASURES],
            *([hashlib.sha256(self.branch).hexdigest()] if self.branch else []),
        ]


def _of_view(view: View) -> list[object]:
    through = [[view.through.name, view.through.parameters]] if view.through else []
    return [view.region, view.extent, view.size, *([view.turns] if view.turns > 1 else []), *through]


def features_of(
    images: tuple[LabelledImage, ...], settings: FeatureSettings, folder: Path, jobs: int | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Features (n_images, n_features) and cell measures (n_images, 10) of `images`, in their order.

    Chunks are kept in `folder` under a key of the settings and the images' hashes: the same work is never done
    twice, and another setting never reads another's numbers. `jobs` processes of one thread each share the work
    (default: one a core), which a busy machine disturbs less than one process over all cores.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [images[start : start + _CHUNK] for start in range(0, len(images), _CHUNK)]
    files = [folder / f"{_digest(settings, chunk)}.npz" for chunk in chunks]
    missing = [(chunk, file) for chunk, file in zip(chunks, files, strict=True) if not file.exists()]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs or os.cpu_count() or 1, context, _begin, (settings,)) as pool:
        waiting = [pool.submit(_compute, chunk, file) for chunk, file in missing]
        for done, future in enumerate(as_completed(waiting), 1):
            future.result()
            print(f"features: {done} of {len(missing)} chunks of {_CHUNK} images", flush=True)
    stored = [np.load(file, allow_pickle=False) for file in files]
    return np.concatenate([item["features"] for item in stored]), np.concatenate([item["measures"] for item in stored])


def _digest(settings: FeatureSettings, chunk: tuple[LabelledImage, ...]) -> str:
    key = json.dumps([settings.key(), [image.sha256 for image in chunk]], sort_keys=True)
    return hashlib.sha256(key.encode()).hexdigest()[:32]


_extractor: list[FeatureExtractor] = []
"""This worker process's own extractor."""


def _begin(settings: FeatureSettings) -> None:
    _extractor[:] = [settings.extractor(threads=1)]


def _compute(chunk: tuple[LabelledImage, ...], file: Path) -> None:
    rows, measures = [], []
    for image in chunk:
        vector = _extractor[0](read_image(image.path).pixels)
        if vector is None:
            raise ImageRefused(f"{image.name}: the image is black, it cannot be trained on")
        rows.append(vector)
        measures.append(measures_of(image.path))
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, features=np.stack(rows), measures=np.stack(measures))
    partial.replace(file)
