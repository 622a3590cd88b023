"""From feature maps to features: statistics of each channel over the cell alone, as the mean over all looks at it.

Each look's maps are read as soon as they are computed, while the processor still has them at hand; of eight looks
together they would fill its caches several times.
"""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.inference.engine import FeatureMap
from alldetect_gui.inference.turns import places

Singles = NDArray[np.float32]
STATISTICS = ("mean", "deviation", "maximum", "plain-mean")


class Pooling:
    """Of `looks` at one square, shown to the network as `turned` gives it for 0, 1 and so on, in this order.

    Statistics are taken as log(1 + x). `cover` is how much of each pixel of the square the cell fills (0 to 1).
    Plain averaging over a frame that is mostly black would measure the size of the cell; weights by cover do not.
    The logarithm tames channels whose activity spans decades; values are never negative after ReLU.
    "plain-mean" is the exception: global average pooling over everything, without logarithm, as in the thesis.
    """

    def __init__(self, cover: Singles, blocks: tuple[int, ...], statistics: tuple[str, ...], looks: int) -> None:
        for statistic in statistics:
            if statistic not in STATISTICS:
                raise ValueError(f"unknown statistic {statistic!r}")
        self._cover, self._statistics, self._looks = cover, statistics, looks
        self._blocks: dict[int, _Block | None] = dict.fromkeys(blocks)
        self._seen = 0

    def add(self, maps: Mapping[int, FeatureMap]) -> None:
        """The next look's maps (height, width, channels) by block. They are used up: written over, and not kept."""
        for number, block in self._blocks.items():
            if block is None:
                block = self._blocks[number] = _Block(maps[number].shape, self._cover, self._statistics, self._looks)
            block.add(maps[number], self._seen)
        self._seen += 1

    def features(self) -> Singles:
        """Blocks one after the other: shape (the sum of len(statistics) * channels,)."""
        return np.concatenate([block.mean() for block in self._blocks.values() if block])


class _Block:
    """One block's statistics, look by look."""

    def __init__(self, shape: tuple[int, ...], cover: Singles, statistics: tuple[str, ...], looks: int) -> None:
        height, width, channels = shape
        self._statistics = statistics
        self._weights = None if statistics == ("plain-mean",) else weights(cover, height, width, looks)
        self._values = np.empty((looks, len(statistics), channels), np.float32)

    def add(self, feature_map: FeatureMap, look: int) -> None:
        """Take the statistics of this look's map."""
        flat = feature_map.reshape(-1, feature_map.shape[2])
        if self._weights is None:
            flat.mean(axis=0, out=self._values[look, 0])
            return
        weight = self._weights[look]
        mean = weight @ flat
        for statistic, values in zip(self._statistics, self._values[look], strict=True):
            if statistic == "mean":
                values[:] = mean
            elif statistic == "maximum":
                flat.max(axis=0, where=weight[:, np.newaxis] > 0, initial=0, out=values)
            elif statistic == "plain-mean":
                flat.mean(axis=0, out=values)
        if deviation := [number for number, statistic in enumerate(self._statistics) if statistic == "deviation"]:
            away = np.subtract(flat, mean, out=flat)  # in place, and last: a second array is not in the caches
            self._values[look, deviation] = weight @ np.square(away, out=away)

    def mean(self) -> Singles:
        """Over the looks: shape (len(statistics) * channels,)."""
        for number, statistic in enumerate(self._statistics):
            values = self._values[:, number]
            if statistic == "deviation":
                np.sqrt(values, out=values)
            if statistic != "plain-mean":
                np.log1p(values, out=values)
        return np.asarray(self._values.mean(axis=0), np.float32).reshape(-1)


def weights(cover: Singles, height: int, width: int, looks: int) -> Singles:
    """How much each place of a map counts, 1 in all, for each look; (looks, height * width)."""
    weight = cv2.resize(cover, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    total = float(weight.sum())
    weight = (weight / total if total > 0 else np.full_like(weight, 1 / weight.size)).reshape(-1)
    return weight[np.newaxis] if looks == 1 else weight[places(height)[:looks]]
