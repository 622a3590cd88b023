"""Figures of the chosen rung beside its table: their values by hand, and intervals that draw subjects, not cells."""

import numpy as np
import pytest
from numpy.typing import NDArray

from alldetect_gui.training.assess import subject_mean
from alldetect_gui.training.honest.by_subject import area_groups, benefits, risks
from alldetect_gui.training.honest.report_sections import area_table, curves_section

Truth, Floats, Names = NDArray[np.bool_], NDArray[np.float64], NDArray[np.str_]


def _alike() -> tuple[Truth, Floats, Names]:
    """Eight subjects with the same four cells: whoever is drawn, the figures are those of four cells."""
    truth, probability = [True, True, False, False], [0.9, 0.3, 0.6, 0.1]
    return np.array(truth * 8), np.array(probability * 8), np.repeat([f"S{number}" for number in range(8)], 4)


def test_that_subjects_who_are_alike_leave_nothing_to_chance() -> None:
    curve = {row.threshold: row for row in benefits(*_alike())}
    at = curve[0.2]
    assert at.model.value == pytest.approx(0.5 - 0.25 * 0.25) and at.everything.value == pytest.approx(0.5 - 0.125)
    assert at.gain.value == pytest.approx(0.0625)
    for figure in (at.model, at.everything, at.gain):
        assert figure.interval == pytest.approx((figure.value, figure.value))
    risk = {row.coverage: row.wrong for row in risks(*_alike())}
    assert risk[0.5].value == 0 and risk[1.0].value == 0.5
    assert risk[1.0].interval == (0.5, 0.5)


def test_that_subjects_who_differ_widen_the_interval() -> None:
    """Half of the subjects are called right throughout, half wrong: a hundred cells of each say no more than one."""
    subjects = np.repeat([f"S{number:02}" for number in range(20)], 100)
    truth = np.tile(np.arange(100) % 2 == 0, 20)
    probability = np.where(truth ^ (np.arange(2000) >= 1000), 0.9, 0.1)
    wrong = risks(truth, probability, subjects)[-1].wrong
    assert wrong.value == 0.5 and wrong.interval is not None
    assert wrong.interval[0] < 0.35 and wrong.interval[1] > 0.65  # cells as if independent: 0.48 to 0.52
    gain = benefits(truth, probability, subjects)[-1].gain
    assert gain.interval is not None and gain.interval[0] < -0.1 and gain.interval[1] > 0.1


def test_that_a_subject_counts_once_however_many_cells_it_has() -> None:
    right = np.array([False] * 96 + [True] * 4)
    subjects = np.array(["S0"] * 96 + ["S1", "S2", "S3", "S4"])
    found = subject_mean(right, subjects)
    assert found.value == pytest.approx(0.8)
    assert found.interval is not None and found.interval[0] < 0.6 and found.interval[1] == 1
    assert subject_mean(right[95:98], subjects[95:98]).interval is None  # two subjects say nothing about others


def test_that_groups_of_area_hold_every_cell_once_and_count_their_own() -> None:
    area = np.arange(20_000, 28_100, 100).astype(np.float32)  # 81 cells: an edge falls on a cell
    subjects = np.array([f"S{number % 10}" for number in range(81)])
    is_all = np.arange(81) % 4 != 0
    is_all[60:] = True
    probability = np.where(area < 24_000, 0.1, 0.9)
    groups = area_groups(is_all, probability, subjects, area)
    assert [group.all_images + group.hem_images for group in groups] == [20, 20, 20, 21]
    assert [group.hem_images for group in groups] == [5, 5, 5, 0]
    assert [group.sensitivity.value for group in groups] == [0, 0, 1, 1]
    assert [group.specificity.value for group in groups] == [1, 1, 0, None]
    assert (groups[0].low, groups[-1].high) == (20_000, 28_000)
    assert groups[3].sensitivity.interval == (1, 1) and groups[3].specificity.interval is None
    rows = area_table(groups).splitlines()[-4:]
    assert rows[3].count("|") == rows[0].count("|") and "not defined" in rows[3]


def test_that_the_curves_show_their_intervals() -> None:
    text = curves_section(benefits(*_alike()), risks(*_alike()))
    assert "| 0.20 | 0.438 (0.438 to 0.438) | 0.375 (0.375 to 0.375) | 0.062 (0.062 to 0.062) |" in text
    assert "| 100% | 50.0% (50.0% to 50.0%) |" in text
