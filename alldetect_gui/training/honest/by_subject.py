"""What acting on the chosen rung's probabilities brings, and what cell size does to it, with intervals by subject."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.decisions import net_benefit, risk_coverage
from alldetect_gui.evaluation.intervals import subject_bootstrap
from alldetect_gui.training.assess import Figure, figures

Floats = NDArray[np.float64]
THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
COVERAGES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
GROUPS = 4
"""Of cell area, with as many images each."""


@dataclass(frozen=True)
class Benefit:
    """Net benefit at one threshold."""

    threshold: float
    model: Figure
    everything: Figure  # of calling everything ALL
    gain: Figure  # of the model over that


@dataclass(frozen=True)
class Risk:
    """Share called wrongly where only the surest are called."""

    coverage: float
    wrong: Figure


@dataclass(frozen=True)
class AreaGroup:
    """The cells of one range of area, from `low` pixels to below `high`; the largest cell is in the last."""

    low: float
    high: float
    all_images: int
    hem_images: int
    sensitivity: Figure
    specificity: Figure


def benefits(is_all: NDArray[np.bool_], probability: Floats, subjects: NDArray[np.str_]) -> list[Benefit]:
    """The decision curve at THRESHOLDS; arrays (n,)."""

    def at(threshold: float) -> Benefit:
        def row(index: NDArray[np.int64]) -> tuple[float, float]:
            return net_benefit(is_all[index], probability[index], (threshold,))[0][1:]

        return Benefit(
            threshold,
            _figure(lambda index: row(index)[0], subjects),
            _figure(lambda index: row(index)[1], subjects),
            _figure(lambda index: row(index)[0] - row(index)[1], subjects),
        )

    return [at(threshold) for threshold in THRESHOLDS]


def risks(is_all: NDArray[np.bool_], probability: Floats, subjects: NDArray[np.str_]) -> list[Risk]:
    """The risk at COVERAGES; each draw of subjects has its own surest cells. Arrays (n,)."""

    def at(coverage: float) -> Risk:
        return Risk(
            coverage,
            _figure(lambda index: risk_coverage(is_all[index], probability[index], (coverage,))[0][1], subjects),
        )

    return [at(coverage) for coverage in COVERAGES]


def _figure(value: Callable[[NDArray[np.int64]], float], subjects: NDArray[np.str_]) -> Figure:
    return Figure(value(np.arange(subjects.size)), subject_bootstrap(value, subjects))


def area_groups(
    is_all: NDArray[np.bool_], probability: Floats, subjects: NDArray[np.str_], area: NDArray[np.float32]
) -> list[AreaGroup]:
    """Sensitivity and specificity by GROUPS of cell area, subjects of the class in question drawn; arrays (n,)."""
    edges = np.quantile(area, np.linspace(0, 1, GROUPS + 1))
    group = np.searchsorted(edges[1:-1], area, side="right")

    def share(rows: NDArray[np.bool_], name: str) -> Figure:
        return figures(probability[rows], is_all[rows], subjects[rows], names=(name,))[name]

    def row(number: int) -> AreaGroup:
        positive, negative = (group == number) & is_all, (group == number) & ~is_all
        return AreaGroup(
            float(edges[number]), float(edges[number + 1]), int(positive.sum()), int(negative.sum()),
            share(positive, "sensitivity"), share(negative, "specificity"),
        )  # fmt: skip

    return [row(number) for number in range(GROUPS)]
