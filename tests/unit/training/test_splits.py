import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.training.splits import grouped_folds, subject_weights

_SIZES = st.lists(st.integers(1, 40), min_size=4, max_size=12)


def _cells(sizes_all: list[int], sizes_hem: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Group names and labels of cells: one group a size."""
    names = [f"{index}" for index, size in enumerate(sizes_all) for _ in range(size)]
    names += [f"H{index}" for index, size in enumerate(sizes_hem) for _ in range(size)]
    return np.array(names), np.array([not name.startswith("H") for name in names])


@given(_SIZES, _SIZES, st.integers(0, 5))
def test_that_no_group_lies_in_two_folds_and_every_fold_has_both_classes(
    sizes_all: list[int], sizes_hem: list[int], seed: int
) -> None:
    groups, is_all = _cells(sizes_all, sizes_hem)
    fold = grouped_folds(groups, is_all, 4, seed)
    for name in set(groups):
        assert len(set(fold[groups == name])) == 1
    for number in range(4):
        assert set(is_all[fold == number]) == {True, False}


def test_that_a_group_with_both_classes_stays_together() -> None:
    groups = np.array(["a", "b", "mixed", "mixed", "mixed", "c", "d"])
    is_all = np.array([True, True, True, True, False, False, False])
    fold = grouped_folds(groups, is_all, 2)
    assert len(set(fold[groups == "mixed"])) == 1


def test_that_other_seeds_give_other_folds_and_the_same_seed_the_same() -> None:
    groups, is_all = _cells([5] * 12, [5] * 12)
    first = grouped_folds(groups, is_all, 4, seed=0)
    assert np.array_equal(first, grouped_folds(groups, is_all, 4, seed=0))
    assert any(not np.array_equal(first, grouped_folds(groups, is_all, 4, seed=seed)) for seed in range(1, 5))


def test_that_too_few_groups_of_a_class_are_refused() -> None:
    groups, is_all = _cells([3, 3, 3], [3, 3])
    with pytest.raises(WrongUse, match="2 groups of HEM"):
        grouped_folds(groups, is_all, 3)


def test_that_weights_balance_classes_and_soften_large_subjects() -> None:
    subjects, is_all = _cells([400, 4], [100])
    weights = subject_weights(subjects, is_all)
    assert weights.mean() == pytest.approx(1)
    assert weights[is_all].sum() == pytest.approx(weights[~is_all].sum())
    large, small = weights[subjects == "0"].sum(), weights[subjects == "1"].sum()
    assert large / small == pytest.approx(10)  # 100 times the cells, 10 times the say
