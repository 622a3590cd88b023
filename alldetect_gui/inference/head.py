"""The small trained part: features to a calibrated P(ALL). Plain numpy, float32 weights, float64 sums."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.inference.arrays import arrays_from_bytes, arrays_to_bytes


def sigmoid(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logit)))


@dataclass(frozen=True)
class LogisticHead:
    """An average of logistic regressions on standardised features, with Platt scaling (Platt 1999) on top."""

    mean: NDArray[np.float32]  # (n_features,)
    scale: NDArray[np.float32]  # (n_features,), positive
    weights: NDArray[np.float32]  # (n_members, n_features)
    bias: NDArray[np.float32]  # (n_members,)
    calibration: NDArray[np.float32]  # (2,): slope and intercept on the mean logit

    LIMIT: ClassVar[float] = 5.0
    """Standardised features are clipped to this many deviations: one wild channel must not decide."""

    @property
    def length(self) -> int:
        """How many features it reads."""
        return int(self.mean.size)

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Mean logit of the members before calibration; (n_images, n_features) to (n_images,)."""
        standard = np.clip((features - self.mean) / self.scale, -self.LIMIT, self.LIMIT).astype(np.float64)
        standard[~np.isfinite(features)] = np.nan  # infinity must not be clipped into a class
        return np.asarray((standard @ self.weights.T.astype(np.float64) + self.bias).mean(axis=1))

    def logit_gradient(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """How the logit of one image changes with each of its features: (n_features,), 0 where a feature is clipped."""
        standard = (features - self.mean) / self.scale
        slope = self.weights.astype(np.float64).mean(axis=0) / self.scale
        return np.asarray(np.where(np.abs(standard) < self.LIMIT, slope, 0.0))

    def probability_all(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Calibrated P(ALL); (n_images, n_features) to (n_images,). Non-finite features give NaN."""
        slope, intercept = (float(value) for value in self.calibration)
        return sigmoid(slope * self.logits(features) + intercept)

    def to_bytes(self) -> bytes:
        """The head as an .npz file."""
        return arrays_to_bytes({name: getattr(self, name) for name in _RANKS})


_RANKS = {"mean": 1, "scale": 1, "weights": 2, "bias": 1, "calibration": 1}


def head_from_bytes(data: bytes) -> LogisticHead:
    """Read a head. Raises ModelDamaged unless shapes fit and all values are possible."""
    head = LogisticHead(**arrays_from_bytes(data, _RANKS, "head"))
    length = head.mean.size
    fits = (
        head.scale.size == length
        and head.weights.shape == (head.bias.size, length)
        and head.calibration.size == 2
        and head.bias.size > 0
    )
    if not fits or not (head.scale > 0).all():
        raise ModelDamaged("the model's head is damaged (shapes or values are not possible)")
    return head
