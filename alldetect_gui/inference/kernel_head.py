"""A head of two opinions: a kernel machine on the frozen blocks, and a linear one on the block tuned with it.

The kernel part is a support vector machine with a Gaussian kernel (Cortes & Vapnik 1995) on whitened principal
components of the first features; the linear part reads the rest. Their logits are averaged.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.inference.arrays import arrays_from_bytes, arrays_to_bytes
from alldetect_gui.inference.head import sigmoid

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class KernelHead:
    """All arrays float32; `directions` and `support` are kept with half precision, to which they were rounded."""

    mean: NDArray[np.float32]  # (n_features,)
    scale: NDArray[np.float32]  # (n_features,), positive
    directions: NDArray[np.float32]  # (n_components, n_kernel): whitening of the first n_kernel features
    centre: NDArray[np.float32]  # (n_components,): subtracted after it
    support: NDArray[np.float32]  # (n_support, n_components)
    dual: NDArray[np.float32]  # (n_support,)
    weights: NDArray[np.float32]  # (n_features - n_kernel,): the linear part
    constants: NDArray[np.float32]  # (4,): kernel's width, kernel's bias, linear bias, share of the linear part
    calibration: NDArray[np.float32]  # (2,): slope and intercept on the logit

    LIMIT: ClassVar[float] = 5.0
    """Standardised features are clipped to this many deviations: one wild channel must not decide."""

    @property
    def length(self) -> int:
        """How many features it reads."""
        return int(self.mean.size)

    def logits(self, features: NDArray[np.float32]) -> Floats:
        """Mean logit of both parts before calibration; (n_images, n_features) to (n_images,)."""
        standard = np.clip((features - self.mean) / self.scale, -self.LIMIT, self.LIMIT).astype(np.float32)
        standard[~np.isfinite(features)] = np.nan  # infinity must not be clipped into a class
        _, kernel_bias, linear_bias, share = (float(value) for value in self.constants)
        first = self.directions.shape[1]
        result = np.zeros(len(features))
        if share < 1:
            white = standard[:, :first] @ self.directions.T - self.centre
            result += (1 - share) * (self._kernel(white) @ self.dual.astype(np.float64) + kernel_bias)
        if share > 0:
            result += share * (standard[:, first:] @ self.weights.astype(np.float64) + linear_bias)
        return result

    @cached_property
    def _lengths(self) -> Singles:
        """Squared lengths of the support vectors: measured once, not for every image."""
        return np.asarray(np.square(self.support).sum(axis=1))

    def _kernel(self, white: Singles) -> Singles:
        """Gaussian kernel of whitened images (n_images, n_components) and support vectors; (n_images, n_support).

        In single precision: reading the vectors from memory is what it costs, and an exponent is right to 1e-6.
        """
        squares = np.square(white).sum(axis=1)[:, np.newaxis] + self._lengths - 2 * white @ self.support.T
        return np.asarray(np.exp(-self.constants[0] * np.maximum(squares, 0)), np.float32)

    def logit_gradient(self, features: NDArray[np.float32]) -> Floats:
        """Derivative of the logit of one image by each of its features; (n_features,), 0 where one is clipped."""
        scaled = ((features - self.mean) / self.scale).astype(np.float64)
        standard = np.clip(scaled, -self.LIMIT, self.LIMIT)
        width, _, _, share = (float(value) for value in self.constants)
        first = self.directions.shape[1]
        white = standard[:first] @ self.directions.T - self.centre
        pull = self._kernel(white[np.newaxis].astype(np.float32))[0] * self.dual.astype(np.float64)
        by_white = -2 * width * (pull.sum() * white - pull @ self.support)
        slope = np.concatenate([(1 - share) * (by_white @ self.directions), share * self.weights.astype(np.float64)])
        return np.asarray(np.where(np.abs(scaled) < self.LIMIT, slope / self.scale, 0.0))

    def probability_all(self, features: NDArray[np.float32]) -> Floats:
        """Calibrated P(ALL); (n_images, n_features) to (n_images,). Non-finite features give NaN."""
        slope, intercept = (float(value) for value in self.calibration)
        return sigmoid(slope * self.logits(features) + intercept)

    def to_bytes(self) -> bytes:
        """The head as an .npz file."""
        return arrays_to_bytes({name: getattr(self, name) for name in RANKS}, half=HALF)


RANKS = {
    "mean": 1, "scale": 1, "directions": 2, "centre": 1, "support": 2, "dual": 1, "weights": 1, "constants": 1,
    "calibration": 1,
}  # fmt: skip
"""The arrays of a head's file, and how many axes each has."""
HALF = ("directions", "support")
"""Those that are kept with half precision."""


def kernel_head_from_bytes(data: bytes) -> KernelHead:
    """Read a head. Raises ModelDamaged unless shapes fit and all values are possible."""
    return checked(KernelHead(**arrays_from_bytes(data, RANKS, "head")))


def checked(head: KernelHead) -> KernelHead:
    """`head`, as it is. Raises ModelDamaged unless shapes fit and all values are possible."""
    components, first = head.directions.shape
    fits = (
        head.scale.size == head.length == first + head.weights.size
        and head.centre.size == components == head.support.shape[1]
        and head.dual.size == head.support.shape[0]
        and head.constants.size == 4
        and head.calibration.size == 2
    )
    if not fits or not (head.scale > 0).all() or not head.constants[0] > 0 or not 0 <= head.constants[3] <= 1:
        raise ModelDamaged("the model's head is damaged (shapes or values are not possible)")
    return head
