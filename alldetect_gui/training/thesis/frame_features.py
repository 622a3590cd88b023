"""VGG16 features of whole frames, computed once: each image's vector is kept under its hash and taken up again."""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.engine import BLOCKS
from alldetect_gui.inference.features import FeatureExtractor
from alldetect_gui.training.feature_cache import FeatureSettings
from alldetect_gui.training.thesis.augment import BRIGHTNESS, METHOD, ROTATION, augmented, drawn_change
from alldetect_gui.training.thesis.preparation import Item

STATISTIC = "plain-mean"
_CHANNELS = {2: 128, 3: 256, 4: 512, 5: 512}
_CHUNK = 50


def frame_view(size: int) -> View:
    """The whole image at the network's input size."""
    return View("frame", "frame", 1.0, size)


@dataclass(frozen=True)
class FrameFeatures:
    """Where the features of one recipe at one input size are kept: all blocks' plain means, from one pass."""

    base: bytes
    recipe: Recipe
    size: int
    cache: Path

    @property
    def settings(self) -> FeatureSettings:
        """What the extractor is built from."""
        return FeatureSettings(self.base, self.recipe, (frame_view(self.size),), BLOCKS, (STATISTIC,))

    @property
    def folder(self) -> Path:
        """Named by everything that the vectors depend on, beside the image and the number of the copy."""
        key = json.dumps([self.settings.key(), ROTATION, BRIGHTNESS, METHOD], sort_keys=True)
        return self.cache / f"frame-{self.recipe.name}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"

    def of(self, items: Sequence[Item], jobs: int | None = None) -> NDArray[np.float32]:
        """Vectors of `items`, (n_items, 1408): blocks 2, 3, 4 and 5 one after another. What is missing is computed.

        An interrupted run loses at most one chunk a process. Raises ImageRefused for an image that is black.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        known = self._stored()
        missing = list({item.key: item for item in items if item.key not in known}.values())
        chunks = [missing[start : start + _CHUNK] for start in range(0, len(missing), _CHUNK)]
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs or os.cpu_count() or 1, context, _begin, (self.settings,)) as pool:
            waiting = [pool.submit(_compute, chunk, self.folder) for chunk in chunks]
            for done, future in enumerate(as_completed(waiting), 1):
                future.result()
                if done % 5 == 0 or done == len(chunks):
                    print(f"{self.recipe.name}: {done} of {len(chunks)} chunks of {_CHUNK} images", flush=True)
        if missing:
            known = self._stored()
        return np.stack([known[item.key] for item in items])

    def _stored(self) -> dict[str, NDArray[np.float32]]:
        known: dict[str, NDArray[np.float32]] = {}
        for file in sorted(self.folder.glob("*.npz")):
            if file.name.endswith(".partial.npz"):
                continue
            with np.load(file, allow_pickle=False) as stored:
                known.update(zip((str(key) for key in stored["keys"]), stored["features"], strict=True))
        return known


def block_columns(block: int) -> slice:
    """Where one block lies in the vectors of `FrameFeatures.of`."""
    start = sum(_CHANNELS[other] for other in BLOCKS if other < block)
    return slice(start, start + _CHANNELS[block])


def pixels_of(item: Item) -> RgbImage:
    """The raw image of an item; of a copy, turned and brightened. Raises ImageRefused."""
    image = read_image(item.source.path).pixels
    return augmented(image, drawn_change(item.source.sha256, item.copy)) if item.copy else image


_extractor: list[FeatureExtractor] = []
"""This worker process's own extractor."""


def _begin(settings: FeatureSettings) -> None:
    _extractor[:] = [settings.extractor(threads=1)]


def _compute(chunk: Sequence[Item], folder: Path) -> None:
    rows = []
    for item in chunk:
        vector = _extractor[0](pixels_of(item))
        if vector is None:
            raise ImageRefused(f"{item.source.name}: the image is black, it cannot be trained on")
        rows.append(vector)
    keys = [item.key for item in chunk]
    name = hashlib.sha256("".join(keys).encode()).hexdigest()[:24]
    partial = folder / f"{name}.partial.npz"
    np.savez(partial, keys=np.array(keys), features=np.stack(rows))
    partial.replace(folder / f"{name}.npz")
