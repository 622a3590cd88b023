"""The kinds of head that an artefact may have; the manifest names one (`head_kind`, by default "logistic")."""

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.inference.dense_head import dense_head_from_bytes
from alldetect_gui.inference.head import head_from_bytes
from alldetect_gui.inference.joined_head import joined_head_from_bytes
from alldetect_gui.inference.kernel_head import kernel_head_from_bytes


class Head(Protocol):
    """Reads features."""

    @property
    def length(self) -> int:
        """How many features it reads."""
        ...

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Logit of ALL before calibration; (n_images, n_features) to (n_images,)."""
        ...

    def logit_gradient(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Derivative of the logit of one image by each of its features; (n_features,) to (n_features,)."""
        ...

    def probability_all(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Calibrated P(ALL); (n_images, n_features) to (n_images,). Non-finite features give NaN."""
        ...

    def to_bytes(self) -> bytes:
        """The head as an .npz file."""
        ...


_READERS: Mapping[str, Callable[[bytes], Head]] = {
    "logistic": head_from_bytes,
    "dense": dense_head_from_bytes,
    "kernel": kernel_head_from_bytes,
    "joined": joined_head_from_bytes,
}


def read_head(kind: str, data: bytes) -> Head:
    """The head of this kind. Raises ModelDamaged for a damaged one."""
    return _READERS[kind](data)
