"""The thesis' head in plain numpy: one hidden layer of ReLU units, one output, Platt scaling on top."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.inference.arrays import arrays_from_bytes, arrays_to_bytes
from alldetect_gui.inference.head import sigmoid


@dataclass(frozen=True)
class DenseHead:
    """Dense ReLU, Dense 1; the dropout before them acts in training alone."""

    hidden: NDArray[np.float32]  # (n_features, n_units)
    hidden_bias: NDArray[np.float32]  # (n_units,)
    output: NDArray[np.float32]  # (n_units,)
    output_bias: NDArray[np.float32]  # (1,)
    calibration: NDArray[np.float32]  # (2,): slope and intercept on the logit

    @property
    def length(self) -> int:
        """How many features it reads."""
        return int(self.hidden.shape[0])

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Logit of ALL before calibration; (n_images, n_features) to (n_images,)."""
        values = np.where(np.isfinite(features), features, np.nan).astype(np.float64)
        # maximum keeps NaN, but would turn minus infinity into 0: such a feature must not become a class
        units = np.maximum(values @ self._exact + self.hidden_bias, 0)
        return np.asarray(units @ self.output.astype(np.float64) + float(self.output_bias[0]))

    @cached_property
    def _exact(self) -> NDArray[np.float64]:
        """`hidden` in double precision: made once, not for every image."""
        return self.hidden.astype(np.float64)

    def logit_gradient(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """How the logit of one image changes with each of its features: (n_features,)."""
        active = features.astype(np.float64) @ self._exact + self.hidden_bias > 0
        return np.asarray(self._exact @ (self.output.astype(np.float64) * active))

    def probability_all(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Calibrated P(ALL); (n_images, n_features) to (n_images,). Non-finite features give NaN."""
        slope, intercept = (float(value) for value in self.calibration)
        return sigmoid(slope * self.logits(features) + intercept)

    def to_bytes(self) -> bytes:
        """The head as an .npz file."""
        return arrays_to_bytes({name: getattr(self, name) for name in _RANKS})


_RANKS = {"hidden": 2, "hidden_bias": 1, "output": 1, "output_bias": 1, "calibration": 1}


def dense_head_from_bytes(data: bytes) -> DenseHead:
    """Read a head. Raises ModelDamaged unless shapes fit and all values are finite."""
    head = DenseHead(**arrays_from_bytes(data, _RANKS, "head"))
    units = head.hidden_bias.size
    fits = (
        head.hidden.shape[1] == units
        and head.output.size == units
        and units > 0
        and head.output_bias.size == 1
        and head.calibration.size == 2
    )
    if not fits:
        raise ModelDamaged("the model's head is damaged (shapes or values are not possible)")
    return head
