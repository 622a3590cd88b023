"""The exact interval of a proportion against scipy's beta quantiles and against its definition."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from alldetect_gui.evaluation.proportions import clopper_pearson


@settings(max_examples=200, deadline=None)
@given(pair=st.integers(1, 20_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_that_the_interval_is_scipys(pair: tuple[int, int]) -> None:
    k, n = pair
    low, high = clopper_pearson(k, n)
    assert low == pytest.approx(beta.ppf(0.025, k, n - k + 1) if k else 0.0, abs=1e-9)
    assert high == pytest.approx(beta.ppf(0.975, k + 1, n - k) if k < n else 1.0, abs=1e-9)
    assert 0 <= low <= k / n <= high <= 1


@pytest.mark.parametrize(("k", "n"), [(1, 10), (5, 10), (19, 20), (3, 300)])
def test_that_each_end_leaves_a_fortieth_of_the_binomial_outside(k: int, n: int) -> None:
    low, high = clopper_pearson(k, n)

    def chance(at: range, p: float) -> float:
        return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in at)

    assert chance(range(k, n + 1), low) == pytest.approx(0.025)
    assert chance(range(k + 1), high) == pytest.approx(0.025)


def test_that_nothing_of_ten_is_no_proof_of_none() -> None:
    assert clopper_pearson(0, 10) == pytest.approx((0.0, 1 - 0.025**0.1))
    assert clopper_pearson(10, 10) == pytest.approx((0.025**0.1, 1.0))
    assert clopper_pearson(0, 10, 0.9)[1] < clopper_pearson(0, 10)[1]


@pytest.mark.parametrize(("k", "n", "level"), [(1, 0, 0.95), (0, 0, 0.95), (-1, 5, 0.95), (6, 5, 0.95), (1, 5, 1.0)])
def test_that_what_is_no_proportion_is_refused(k: int, n: int, level: float) -> None:
    with pytest.raises(ValueError, match=r"not a proportion|not between"):
        clopper_pearson(k, n, level)
