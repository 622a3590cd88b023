"""The exact interval of a proportion, such as blasts among the cells of one patient. Standard library only."""

import math
from statistics import NormalDist

_STEPS = 200  # of the continued fraction; a few dozen are the rule
_NEARLY_NOTHING = 1e-300


def clopper_pearson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of `successes` out of `trials` (Clopper & Pearson 1934): at least `level` is covered.

    Both ends lie in 0 to 1. It takes trials as independent: cells of one patient speak for that patient's
    preparation, not for others. Raises ValueError unless 0 <= successes <= trials, trials > 0 and 0 < level < 1.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is not a proportion")
    if not 0 < level < 1:
        raise ValueError(f"a level of {level} is not between 0 and 1")
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else _beta_quantile(tail, successes, trials - successes + 1)
    high = 1.0 if successes == trials else 1 - _beta_quantile(tail, trials - successes, successes + 1)
    return low, high


def _beta_quantile(probability: float, a: float, b: float) -> float:
    """The x in 0 to 1 with I_x(a, b) = `probability`, by halving: slow, and it cannot miss."""
    low, high = 0.0, 1.0
    while (middle := (low + high) / 2) not in (low, high):
        if _regularised_beta(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return high


def _regularised_beta(x: float, a: float, b: float) -> float:
    """I_x(a, b) for 0 < x < 1: the chance of at least `a` successes in a + b - 1 trials of chance x.

    Continued fraction (Abramowitz & Stegun 1972, 26.5.8), on the side on which it converges quickly.
    """
    if x > (a + 1) / (a + b + 2):
        return 1 - _regularised_beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction by Lentz's method."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS + math.isqrt(int(max(a, b)))):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = 1 / _not_zero(1 + term * d), _not_zero(1 + term / c)
            value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _NEARLY_NOTHING else _NEARLY_NOTHING


def wilson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """The score interval of a proportion (Wilson 1927), as the thesis' counts are commonly given; it takes trials as
    independent, which cells of one patient are not.

    Raises ValueError unless 0 <= successes <= trials, trials > 0 and 0 < level < 1.
    """
    if not 0 <= successes <= trials or trials == 0 or not 0 < level < 1:
        raise ValueError(f"{successes} of {trials} at a level of {level} has no interval")
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    whole = 1 + z * z / trials
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)
