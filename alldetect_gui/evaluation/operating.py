"""What any threshold or review band would give: counts from arrays that are sorted once."""

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.confusion import ConfusionMatrix


class OperatingCurve:
    """Probabilities of ALL, with the truth where it is known. A question costs a few binary searches."""

    def __init__(
        self, y_true: NDArray[np.bool_], probability: NDArray[np.float64], unknown: NDArray[np.float64]
    ) -> None:
        """`y_true` and `probability` have shape (n_labelled,), `unknown` (n_others,); all probabilities are finite."""
        self.all, self.hem = np.sort(probability[y_true]), np.sort(probability[~y_true])
        self.unknown = np.sort(unknown)

    @property
    def total(self) -> int:
        """All images."""
        return int(self.all.size + self.hem.size + self.unknown.size)

    @property
    def labelled(self) -> int:
        """The images whose truth is known."""
        return int(self.all.size + self.hem.size)

    def confusion(self, threshold: float) -> ConfusionMatrix:
        """The labelled images, ALL from `threshold` on."""
        fn, tn = _below(self.all, threshold), _below(self.hem, threshold)
        return ConfusionMatrix(tp=self.all.size - fn, fn=fn, fp=self.hem.size - tn, tn=tn)

    def workload(self, low: float, high: float) -> int:
        """How many images, labelled or not, lie from `low` to `high`, ends included: a reader sees them."""
        return sum(_up_to(values, high) - _below(values, low) for values in (self.all, self.hem, self.unknown))

    def outside(self, threshold: float, low: float, high: float) -> ConfusionMatrix:
        """The labelled images outside the band, called by `threshold`: what is left to the model alone."""
        called = [values[(values < low) | (values > high)] for values in (self.all, self.hem)]
        fn, tn = _below(called[0], threshold), _below(called[1], threshold)
        return ConfusionMatrix(tp=called[0].size - fn, fn=fn, fp=called[1].size - tn, tn=tn)


def _below(ordered: NDArray[np.float64], value: float) -> int:
    return int(np.searchsorted(ordered, value, side="left"))


def _up_to(ordered: NDArray[np.float64], value: float) -> int:
    return int(np.searchsorted(ordered, value, side="right"))
