"""From an image to the feature vector that a head reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.cell_region import CellRegion, cut_square, find_cell, whole_frame
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.engine import Engine, FeatureMap

_Value = TypeVar("_Value", bound=np.generic)
_IMAGENET_BGR = np.array([103.939, 116.779, 123.68], np.float32)


def to_model_input(image: RgbImage) -> NDArray[np.float32]:
    """VGG16's input normalisation: RGB to BGR, minus the ImageNet means, not scaled (Keras, mode "caffe")."""
    height, width, _ = image.shape
    lines = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2BGR).astype(np.float32).reshape(height, width * 3)
    lines -= np.tile(_IMAGENET_BGR, width)  # by lines: numpy is slow where three values are taken from three each time
    return lines.reshape(height, width, 3)


def pooled(maps: FeatureMap, cover: NDArray[np.float32], statistics: tuple[str, ...]) -> NDArray[np.float32]:
    """Statistics of each channel over the cell alone, as log(1 + x): shape (len(statistics) * channels,).

    `maps` is (looks, height, width, channels): map number n is of the square as `turned` gives it for n, and the result
    is the mean over all. `cover` is how much of each pixel of the square the cell fills (0 to 1).
    Plain averaging over a frame that is mostly black would measure the size of the cell; weights by cover do not.
    The logarithm tames channels whose activity spans decades; values are never negative after ReLU.
    "plain-mean" is the exception: global average pooling over everything, without logarithm, as in the thesis.
    """
    looks, height, width, channels = maps.shape
    weight = cv2.resize(cover, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    total = float(weight.sum())
    weight = weight / total if total > 0 else np.full_like(weight, 1 / weight.size)
    weights = np.stack([turned(weight, number).reshape(1, -1) for number in range(looks)])
    flat = maps.reshape(looks, height * width, channels)
    mean = weights @ flat
    parts = []
    for statistic in statistics:
        if statistic == "mean":
            parts.append(np.log1p(mean))
        elif statistic == "deviation":
            away = flat - mean
            parts.append(np.log1p(np.sqrt(weights @ np.square(away, out=away))))
        elif statistic == "maximum":
            inside = weights.reshape(looks, -1, 1) > 0
            parts.append(np.log1p(flat.max(axis=1, keepdims=True, where=inside, initial=0)))
        elif statistic == "plain-mean":
            parts.append(flat.mean(axis=1, keepdims=True))
        else:
            raise ValueError(f"unknown statistic {statistic!r}")
    return np.asarray(np.concatenate(parts, axis=2).mean(axis=(0, 1)), np.float32)


def pooled_blocks(
    looks: Sequence[Mapping[int, FeatureMap]],
    cover: NDArray[np.float32],
    blocks: tuple[int, ...],
    statistics: tuple[str, ...],
) -> NDArray[np.float32]:
    """Blocks one after the other, each pooled over all looks at one square: see `pooled`."""
    return np.concatenate([pooled(_stacked([look[block] for look in looks]), cover, statistics) for block in blocks])


def _stacked(maps: Sequence[FeatureMap]) -> FeatureMap:
    """(looks, height, width, channels); one map, which may be large, is not copied."""
    return maps[0][np.newaxis] if len(maps) == 1 else np.stack(maps)


def seen_by(view: View, rendered: RgbImage, region: CellRegion) -> tuple[RgbImage, NDArray[np.float32]]:
    """The square of `rendered` that a view shows to the network, and the cell's cover of it, both (size, size)."""
    through = view.through.apply if view.through else None
    if view.region == "frame":
        return whole_frame(through(rendered) if through else rendered, region, view.size)
    return cut_square(rendered, region, view.side(region.side), view.size, through)


_ORDER = (0, 5, 2, 7, 1, 4, 3, 6)
"""Of the eight: as it is, then along a diagonal, upside down, and so on, so that the first few differ most."""


def turned(square: NDArray[_Value], number: int) -> NDArray[_Value]:
    """Copy `number` (0 to 7) of a square (side, side, …): quarter turns, the last four mirrored; 0 is as it is."""
    quarters, mirrored = _ORDER[number] % 4, _ORDER[number] >= 4
    result = np.rot90(square, quarters)
    return np.ascontiguousarray(result[:, ::-1] if mirrored else result)


def turned_back(square: NDArray[_Value], number: int) -> NDArray[_Value]:
    """What `turned` was given, from what it gave."""
    quarters, mirrored = _ORDER[number] % 4, _ORDER[number] >= 4
    return np.ascontiguousarray(np.rot90(square[:, ::-1] if mirrored else square, -quarters))


@dataclass(frozen=True)
class FeatureExtractor:
    """Recipe, views, VGG16 base and pooling, as one function. The same object serves training and classification."""

    engine: Engine
    recipe: Recipe
    views: tuple[View, ...]
    blocks: tuple[int, ...]
    statistics: tuple[str, ...]

    def __call__(self, image: RgbImage) -> NDArray[np.float32] | None:
        """The features of `image` (uint8 RGB, any size): shape (n_features,); None when it is black all over."""
        region = find_cell(image)
        return None if region is None else self.features(image, region)

    def features(self, image: RgbImage, region: CellRegion) -> NDArray[np.float32]:
        """The same where the cell has been found: shape (n_features,)."""
        rendered = self.recipe.apply(image)
        return np.concatenate([self._of_view(view, *seen_by(view, rendered, region)) for view in self.views])

    def _of_view(self, view: View, square: RgbImage, cover: NDArray[np.float32]) -> NDArray[np.float32]:
        """The mean over the view's turns."""
        prepared = to_model_input(square)
        looks = [self.engine.feature_maps(turned(prepared, number)) for number in range(view.turns)]
        return pooled_blocks(looks, cover, self.blocks, self.statistics)
