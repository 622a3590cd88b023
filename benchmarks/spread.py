"""Medians, and how far the rounds lay apart."""

from collections.abc import Sequence
from statistics import median
from typing import Any


def spread(values: Sequence[float], digits: int = 3) -> dict[str, Any]:
    """Median, least and most of some rounds, and the rounds themselves."""
    rounded = [round(value, digits) for value in values]
    return {"median": round(median(values), digits), "least": min(rounded), "most": max(rounded), "rounds": rounded}
