"""Several kernel machines as one head: the mean of their margins, each of its own part of the features, in numpy.

Machines that read one block each disagree where one of them is wrong; a single one over all blocks hears the block
with the most channels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.inference.arrays import arrays_from_bytes, arrays_to_bytes
from alldetect_gui.inference.head import sigmoid
from alldetect_gui.inference.kernel_head import HALF, RANKS, KernelHead, checked

Floats = NDArray[np.float64]
_MOST = 6
"""Each has nine arrays; an import takes 64 in all."""


def _key(number: int, name: str) -> str:
    return f"machine{number}_{name}"


_OWN = {"parts": 2, "calibration": 1}
_OF_MEMBERS = {_key(number, name): rank for number in range(_MOST) for name, rank in RANKS.items()}
"""The arrays of a head's file, and how many axes each has."""


@dataclass(frozen=True)
class JoinedHead:
    """Margins averaged, then Platt scaling (Platt 1999); the members' own calibration is not used."""

    members: tuple[KernelHead, ...]
    parts: tuple[slice, ...]  # of the features, one a member; they may overlap
    calibration: NDArray[np.float32]  # (2,): slope and intercept on the mean margin

    @property
    def length(self) -> int:
        """How many features it reads."""
        return max(int(part.stop) for part in self.parts)

    def logits(self, features: NDArray[np.float32]) -> Floats:
        """Mean margin of the members; (n_images, n_features) to (n_images,). Non-finite features give NaN."""
        pairs = zip(self.members, self.parts, strict=True)
        mean = np.mean([member.logits(features[:, part]) for member, part in pairs], axis=0)
        return np.where(np.isfinite(features).all(axis=1), mean, np.nan)

    def logit_gradient(self, features: NDArray[np.float32]) -> Floats:
        """Derivative of the logit of one image by each of its features; (n_features,)."""
        result = np.zeros(features.size)
        for member, part in zip(self.members, self.parts, strict=True):
            result[part] += member.logit_gradient(features[part]) / len(self.members)
        return result

    def probability_all(self, features: NDArray[np.float32]) -> Floats:
        """Calibrated P(ALL); (n_images, n_features) to (n_images,). Non-finite features give NaN."""
        slope, intercept = (float(value) for value in self.calibration)
        return sigmoid(slope * self.logits(features) + intercept)

    def to_bytes(self) -> bytes:
        """The head as an .npz file: the members' arrays behind their numbers."""
        arrays = {"parts": np.array([(part.start, part.stop) for part in self.parts], np.float32)}
        arrays["calibration"] = self.calibration
        for number, member in enumerate(self.members):
            arrays |= {_key(number, name): getattr(member, name) for name in RANKS}
        half = [_key(number, name) for number in range(len(self.members)) for name in HALF]
        return arrays_to_bytes(arrays, half=half)


def joined_head_from_bytes(data: bytes) -> JoinedHead:
    """Read a head. Raises ModelDamaged unless shapes fit and all values are possible."""
    found = arrays_from_bytes(data, _OWN | _OF_MEMBERS, "head", optional=_OF_MEMBERS)
    parts = found["parts"]
    if parts.shape[1] != 2 or not 0 < len(parts) <= _MOST or found["calibration"].size != 2:
        raise ModelDamaged("the model's head is damaged (shapes or values are not possible)")
    members = []
    for number, (start, stop) in enumerate(parts):
        try:
            member = checked(KernelHead(**{name: found[_key(number, name)] for name in RANKS}))
        except KeyError as error:
            raise ModelDamaged(f"the model's head cannot be read (it has no {error})") from error
        if not (start >= 0 and start == int(start) and stop - start == member.length):
            raise ModelDamaged("the model's head is damaged (shapes or values are not possible)")
        members.append(member)
    slices = tuple(slice(int(start), int(stop)) for start, stop in parts)
    return JoinedHead(tuple(members), slices, found["calibration"])
