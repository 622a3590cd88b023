"""Does an image look like the cells that the model was trained on? Told from features that it has anyway.

Two distances on standardised features, after Lee et al. 2018 (Mahalanobis) and Ndiour et al. 2020 (reconstruction):
how far an image lies inside the directions in which known cells vary, and how much of it those directions cannot
explain. A third, Mahalanobis', is on size and colour (imaging.cell_region.cell_measures), which a network trained on
photographs hardly minds when red and blue change places. A fourth, likewise, is on texture: the looks at a shrunk cell
do not show what focus, compression and noise did to it. Each is divided by the limit that held-out subjects gave it, so
that above 1 means outside.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.imaging.cell_region import SIZE_AND_COLOUR, TEXTURE
from alldetect_gui.inference.arrays import arrays_from_bytes, arrays_to_bytes


@dataclass(frozen=True)
class FitReference:
    """What is stored of the known cells, by the first n features: those of frozen blocks, where there are others."""

    mean: NDArray[np.float32]  # (n_features,)
    scale: NDArray[np.float32]  # (n_features,), positive
    directions: NDArray[np.float32]  # (n_directions, n_features), orthonormal
    spread: NDArray[np.float32]  # (n_directions,): deviation of the known cells along each
    limits: NDArray[np.float32]  # (4,): of the distances; (3,) without texture, (2,) also without size and colour
    measures_mean: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))  # (7,), of log(1 + x)
    measures_turn: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # (7, 7)
    """Inverse of the Cholesky factor of the known cells' covariance of size and colour."""
    texture_mean: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))  # (3,), of log(1 + x)
    texture_turn: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # (3, 3), likewise

    LIMIT: ClassVar[float] = 50.0
    """Standardised features are clipped here, only so that squares stay finite."""

    def distances(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Both distances before they are divided by their limits; (n_images, n_features or more) to (n_images, 2)."""
        standard = np.clip((features[:, : self.mean.size] - self.mean) / self.scale, -self.LIMIT, self.LIMIT).astype(
            np.float64
        )
        along = standard @ self._exact
        inside = np.sqrt(np.mean(np.square(along / self.spread), axis=1))
        rest = np.square(standard).sum(axis=1) - np.square(along).sum(axis=1)
        return np.stack([inside, np.sqrt(np.maximum(rest, 0) / standard.shape[1])], axis=1)

    @cached_property
    def _exact(self) -> NDArray[np.float64]:
        """`directions`, transposed, in double precision: made once, not for every image."""
        return self.directions.T.astype(np.float64)

    def measures_distances(self, measures: NDArray[np.float32]) -> NDArray[np.float64]:
        """The others before they are divided by their limits; (n_images, 10) to (n_images, 0 to 2)."""
        known = (
            (SIZE_AND_COLOUR, self.measures_mean, self.measures_turn),
            (TEXTURE, self.texture_mean, self.texture_turn),
        )
        logs = np.log1p(measures.astype(np.float64))
        found = [
            np.sqrt(np.mean(np.square((logs[:, columns] - mean) @ turn.T), axis=1))
            for columns, mean, turn in known
            if mean.size
        ]
        return np.stack(found, axis=1) if found else np.zeros((len(measures), 0))

    def score(self, features: NDArray[np.float32], measures: NDArray[np.float32]) -> NDArray[np.float64]:
        """The largest distance in units of its limit; (n_images, n_features or more), (n_images, 10) to (n_images,).

        Above 1: outside.
        """
        distances = np.hstack([self.distances(features), self.measures_distances(measures)])
        return np.asarray((distances / self.limits).max(axis=1))

    def to_bytes(self) -> bytes:
        """The reference as an .npz file."""
        names = [name for name in _RANKS if name not in _OPTIONAL or getattr(self, name).size]
        return arrays_to_bytes({name: getattr(self, name) for name in names})


_OPTIONAL = ("measures_mean", "measures_turn", "texture_mean", "texture_turn")
_RANKS = {
    "mean": 1, "scale": 1, "directions": 2, "spread": 1, "limits": 1, "measures_mean": 1, "measures_turn": 2,
    "texture_mean": 1, "texture_turn": 2,
}  # fmt: skip


def fit_reference_from_bytes(data: bytes) -> FitReference:
    """Read a reference. Raises ModelDamaged unless shapes fit and all values are possible."""
    reference = FitReference(**arrays_from_bytes(data, _RANKS, "fit reference", _OPTIONAL))
    length = reference.mean.size
    colours, textures = reference.measures_mean.size, reference.texture_mean.size
    possible = (
        reference.scale.size == length
        and reference.directions.shape == (reference.spread.size, length)
        and (colours, textures) in ((0, 0), (_length(SIZE_AND_COLOUR), 0), (_length(SIZE_AND_COLOUR), _length(TEXTURE)))
        and reference.measures_turn.shape == (colours, colours)
        and reference.texture_turn.shape == (textures, textures)
        and reference.limits.size == 2 + (colours > 0) + (textures > 0)
        and (reference.scale > 0).all()
        and (reference.spread > 0).all()
        and (reference.limits > 0).all()
    )
    if not possible:
        raise ModelDamaged("the model's fit reference is damaged (shapes or values are not possible)")
    return reference


def _length(columns: slice) -> int:
    return int(columns.stop - columns.start)
