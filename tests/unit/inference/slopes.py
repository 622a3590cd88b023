"""How a head's logit changes with each feature, by trying."""

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.inference.heads import Head


def slopes_at(point: NDArray[np.float64], head: Head) -> list[float]:
    """Differences of the logit over a step of 0.02 about `point` (n_features,), one a feature."""
    slopes = []
    for index in range(point.size):
        step = np.zeros(point.size)
        step[index] = 1e-2
        above, below = head.logits((point + step)[np.newaxis]), head.logits((point - step)[np.newaxis])
        slopes.append(float(above[0] - below[0]) / 2e-2)
    return slopes
