"""Maps of several looks pooled in one call, for tests that have them all."""

import numpy as np

from alldetect_gui.inference.pooling import Pooling


def pooled(maps: np.ndarray, cover: np.ndarray, statistics: tuple[str, ...]) -> np.ndarray:
    """Features of (looks, height, width, channels), look number n as `turned` gives the square for n."""
    pooling = Pooling(cover, (2,), statistics, len(maps))
    for found in maps:
        pooling.add({2: found.copy()})
    return pooling.features()
