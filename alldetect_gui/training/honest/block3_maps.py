"""Block 3's maps of cells as they are and of changed copies: what fine-tuning of block 4 reads, computed once.

Blocks 1 to 3 stay frozen and on the engine that will classify, so the tuned block learns on exactly the maps that it
will be given. Files are filled chunk by chunk; an interrupted run goes on where it stopped.
"""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.cell_region import cut_square, find_cell
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.inference.engine import Engine, open_engine
from alldetect_gui.inference.features import to_model_input
from alldetect_gui.training.datasets import LabelledImage
from alldetect_gui.training.honest.augment import changed_cell

_CHUNK = 250


@dataclass(frozen=True)
class MapSettings:
    """What the maps depend on, beside the images. `version` None: as it is; else the number of a changed copy."""

    base: bytes
    extent: float  # image pixels that fill the frame
    size: int  # pixels of the network's input, a multiple of 16
    version: int | None = None

    def key(self) -> list[object]:
        """What names the cached chunks."""
        return [hashlib.sha256(self.base).hexdigest(), self.extent, self.size, self.version]


@dataclass(frozen=True)
class Maps:
    """Block 3's pooled maps (n, side, side, 256), float16, and the cell's cover of block 4's, (n, side/2, side/2)."""

    maps: NDArray[np.float16]
    cover: NDArray[np.float32]  # 0 to 1


def maps_of(images: Sequence[LabelledImage], settings: MapSettings, folder: Path, jobs: int | None = None) -> Maps:
    """The maps of `images` in their order, from `folder` where they are, else computed by `jobs` processes."""
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [tuple(images[start : start + _CHUNK]) for start in range(0, len(images), _CHUNK)]
    files = [folder / f"{chunk_name(settings, chunk)}.npz" for chunk in chunks]
    missing = [(chunk, file) for chunk, file in zip(chunks, files, strict=True) if not file.exists()]
    if missing:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs or os.cpu_count() or 1, context, _begin, (settings,)) as pool:
            waiting = [pool.submit(_compute, chunk, file) for chunk, file in missing]
            for done, future in enumerate(as_completed(waiting), 1):
                future.result()
                print(f"block 3, copy {settings.version}: {done} of {len(missing)} chunks", flush=True)
    side = settings.size // 8
    result = Maps(
        np.empty((len(images), side, side, 256), np.float16), np.empty((len(images), side // 2, side // 2), np.float32)
    )
    for number, file in enumerate(files):
        with np.load(file, allow_pickle=False) as stored:
            rows = slice(number * _CHUNK, number * _CHUNK + len(stored["maps"]))
            result.maps[rows], result.cover[rows] = stored["maps"], stored["cover"]
    return result


def chunk_name(settings: MapSettings, chunk: Sequence[LabelledImage]) -> str:
    """The file name of a chunk, without its ending."""
    key = json.dumps([settings.key(), [image.sha256 for image in chunk]], sort_keys=True)
    return hashlib.sha256(key.encode()).hexdigest()[:32]


_worker: list[tuple[Engine, MapSettings]] = []
"""This worker process's own engine."""


def _begin(settings: MapSettings) -> None:
    cv2.setNumThreads(1)
    _worker[:] = [(open_engine("litert", settings.base, 1), settings)]


def _compute(chunk: Sequence[LabelledImage], file: Path) -> None:
    engine, settings = _worker[0]
    pairs = [map_of(image, engine, settings) for image in chunk]
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, maps=np.stack([pair[0] for pair in pairs]), cover=np.stack([pair[1] for pair in pairs]))
    partial.replace(file)


def map_of(
    image: LabelledImage, engine: Engine, settings: MapSettings
) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
    """Block 3's map and block 4's cover of one image; a changed copy is the same every time.

    Raises ImageRefused for a black image.
    """
    pixels = read_image(image.path).pixels
    region = find_cell(pixels)
    if region is None:
        raise ImageRefused(f"{image.name}: the image is black, it cannot be trained on")
    if settings.version is None:
        square, share = cut_square(pixels, region, settings.extent, settings.size)
    else:
        draw = np.random.default_rng([settings.version, int(image.sha256[:15], 16)])
        square, cover = changed_cell(pixels, region, settings.extent, settings.size, draw)
        share = cover.astype(np.float32) / np.float32(255)
    side = settings.size // 16
    small = cv2.resize(share, (side, side), interpolation=cv2.INTER_AREA)
    block3 = engine.read(to_model_input(square), lambda maps: maps[3].astype(np.float16))
    return block3, np.asarray(small, np.float32)
