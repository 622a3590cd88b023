"""The two-class confusion matrix and the figures that follow from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def _ratio(part: float, whole: float) -> float | None:
    """part / whole; None where the figure is not defined, so that nobody reads 0 % into an absent class."""
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """Counts of images; ALL is positive. On screen: rows true, columns predicted, ALL before HEM."""

    tp: int  # ALL called ALL
    fn: int  # ALL called HEM
    fp: int  # HEM called ALL
    tn: int  # HEM called HEM

    @classmethod
    def of(cls, y_true: NDArray[np.bool_], y_pred: NDArray[np.bool_]) -> "ConfusionMatrix":
        """Count two boolean arrays of shape (n_images,), True for ALL."""
        if y_true.shape != y_pred.shape:
            raise ValueError("y_true and y_pred differ in length")
        return cls(
            tp=int(np.count_nonzero(y_true & y_pred)),
            fn=int(np.count_nonzero(y_true & ~y_pred)),
            fp=int(np.count_nonzero(~y_true & y_pred)),
            tn=int(np.count_nonzero(~y_true & ~y_pred)),
        )

    @property
    def total(self) -> int:
        """Images counted."""
        return self.tp + self.fn + self.fp + self.tn

    @property
    def accuracy(self) -> float | None:
        """Share of images called right."""
        return _ratio(self.tp + self.tn, self.total)

    @property
    def sensitivity(self) -> float | None:
        """Recall of ALL: share of the ALL images that are called ALL."""
        return _ratio(self.tp, self.tp + self.fn)

    @property
    def specificity(self) -> float | None:
        """Recall of HEM: share of the HEM images that are called HEM."""
        return _ratio(self.tn, self.tn + self.fp)

    @property
    def ppv(self) -> float | None:
        """Positive predictive value (precision) at this folder's share of ALL."""
        return _ratio(self.tp, self.tp + self.fp)

    @property
    def npv(self) -> float | None:
        """Negative predictive value at this folder's share of ALL."""
        return _ratio(self.tn, self.tn + self.fn)

    @property
    def balanced_accuracy(self) -> float | None:
        """Mean of sensitivity and specificity; None unless both classes occur."""
        if self.sensitivity is None or self.specificity is None:
            return None
        return (self.sensitivity + self.specificity) / 2

    @property
    def f1_all(self) -> float | None:
        """Harmonic mean of PPV and sensitivity."""
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def f1_hem(self) -> float | None:
        """The same with HEM as the positive class."""
        return _ratio(2 * self.tn, 2 * self.tn + self.fp + self.fn)

    @property
    def f1_weighted(self) -> float | None:
        """F1 of each class weighted by its true count (scikit-learn's average="weighted")."""
        if not self.total:
            return None
        positives, negatives = self.tp + self.fn, self.fp + self.tn
        return (positives * (self.f1_all or 0.0) + negatives * (self.f1_hem or 0.0)) / self.total

    @property
    def mcc(self) -> float | None:
        """Matthews correlation coefficient (Matthews 1975)."""
        margins = (self.tp + self.fp) * (self.tp + self.fn) * (self.tn + self.fp) * (self.tn + self.fn)
        return _ratio(self.tp * self.tn - self.fp * self.fn, float(margins) ** 0.5)
