"""The default model's uncertain band: enough blasts found among the cells that are called, few enough referred."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SENSITIVITY, REFERRED = 0.965, 0.345
"""What is aimed at, with a little in hand over the promised 0.95 and 0.35."""
_STEPS = np.round(np.arange(0.02, 0.501, 0.01), 2)


@dataclass(frozen=True)
class BandFigures:
    """What a band does; shares of images."""

    sensitivity: float  # of the cells that are called
    specificity: float
    referred: float


def band_figures(probability: Floats, is_all: NDArray[np.bool_], band: tuple[float, float]) -> BandFigures:
    """Count; arrays (n,). A cell strictly inside the band is referred."""
    return outcome_figures(outcomes(probability, band), is_all)


def outcomes(probability: Floats, band: tuple[float, float]) -> NDArray[np.int64]:
    """1 called ALL, -1 called HEM, 0 referred; (n,)."""
    low, high = band
    return np.where(probability >= high, 1, np.where(probability <= low, -1, 0))


def outcome_figures(outcome: NDArray[np.int64], is_all: NDArray[np.bool_]) -> BandFigures:
    """Count what `outcomes` told; arrays (n,)."""
    positive, negative = outcome == 1, outcome == -1
    called = positive | negative
    return BandFigures(
        float(positive[is_all].sum() / max(called[is_all].sum(), 1)),
        float(negative[~is_all].sum() / max(called[~is_all].sum(), 1)),
        float(1 - called.mean()),
    )


def controlled_band(probability: Floats, is_all: NDArray[np.bool_]) -> tuple[float, float]:
    """The band around 0.5 that reaches SENSITIVITY, refers at most REFERRED and is then most specific.

    Where both cannot be had, the most sensitive one that refers no more. Held-out probabilities only, (n,).
    """
    best, best_score = (0.5, 0.5), (-1.0, -1.0)
    for low in _STEPS:
        for high in 1 - _STEPS:
            found = band_figures(probability, is_all, (float(low), float(high)))
            if found.referred > REFERRED:
                continue
            enough = found.sensitivity >= SENSITIVITY
            score = (1.0, found.specificity) if enough else (0.0, found.sensitivity)
            if score > best_score:
                best, best_score = (float(low), float(high)), score
    return best


def cross_fitted_figures(probability: Floats, is_all: NDArray[np.bool_], fold: NDArray[np.int64]) -> BandFigures:
    """What bands that were chosen on the other folds do to each fold, pooled: the honest figure of the rule."""
    return outcome_figures(crossed_outcomes(probability, is_all, fold), is_all)


def crossed_outcomes(probability: Floats, is_all: NDArray[np.bool_], fold: NDArray[np.int64]) -> NDArray[np.int64]:
    """As `outcomes`, each fold by the band that was chosen on the others; (n,)."""
    outcome = np.zeros(probability.size, np.int64)
    for number in np.unique(fold):
        out = fold == number
        outcome[out] = outcomes(probability[out], controlled_band(probability[~out], is_all[~out]))
    return outcome
