"""Features of a data set, computed once: kept in a file and taken up again where an interrupted run stopped."""

import hashlib
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.cell_region import find_cell
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.steps import foreground_mask
from alldetect_gui.inference.features import FeatureExtractor
from alldetect_gui.training.datasets import LabelledImage

_CHUNK = 250
COLOURS = 6


def cell_measures(path: Path) -> NDArray[np.float32]:
    """What the baselines may see of an image: cell area in pixels, then mean and deviation of R, G and B; (7,)."""
    image = read_image(path).pixels
    region = find_cell(image)
    inside = image[foreground_mask(image)].astype(np.float32)
    if region is None:
        return np.zeros(1 + COLOURS, np.float32)
    return np.concatenate([[region.area], inside.mean(axis=0), inside.std(axis=0)]).astype(np.float32)


def features_of(
    images: tuple[LabelledImage, ...], extractor: FeatureExtractor, base_sha256: str, folder: Path
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Features (n_images, n_features) and cell measures (n_images, 7) of `images`.

    Chunks are kept in `folder` under a key of the recipe, the views, the base and the images' hashes: the same
    work is never done twice, and another setting never reads another's numbers.
    """
    setting = {
        "recipe": [extractor.recipe.name, extractor.recipe.parameters],
        "views": [[view.region, view.extent, view.size] for view in extractor.views],
        "pooling": [extractor.blocks, extractor.statistics],
        "base": base_sha256,
    }
    folder.mkdir(parents=True, exist_ok=True)
    features, measures = [], []
    for start in range(0, len(images), _CHUNK):
        chunk = images[start : start + _CHUNK]
        key = json.dumps([setting, [image.sha256 for image in chunk]], sort_keys=True)
        file = folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"
        if not file.exists():
            _compute(chunk, extractor, file)
            print(f"features: {min(start + _CHUNK, len(images))} of {len(images)} images", flush=True)
        with np.load(file, allow_pickle=False) as stored:
            features.append(stored["features"])
            measures.append(stored["measures"])
    return np.concatenate(features), np.concatenate(measures)


def _compute(chunk: tuple[LabelledImage, ...], extractor: FeatureExtractor, file: Path) -> None:
    rows, measures = [], []
    for image in chunk:
        vector = extractor(read_image(image.path).pixels)
        if vector is None:
            raise ImageRefused(f"{image.name}: the image is black, it cannot be trained on")
        rows.append(vector)
        measures.append(cell_measures(image.path))
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, features=np.stack(rows), measures=np.stack(measures))
    partial.replace(file)
