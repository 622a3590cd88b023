"""Kept results come in by thousands: nothing is lost, and nothing of an older run comes after a newer one began."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.gui.state import AT_ONCE, WorkspaceState

RESULTS = tuple(
    ImageResult(ImageRecord(Path(f"/data/{number}.bmp"), f"{number}.bmp"), Outcome.SKIPPED, reason="gone")
    for number in range(2 * AT_ONCE + 1)
)


@pytest.fixture
def state(qtbot: QtBot) -> WorkspaceState:
    return WorkspaceState()


def test_that_kept_results_are_shown_in_steps_and_the_end_is_told_once(state: WorkspaceState, qtbot: QtBot) -> None:
    steps: list[int] = []
    told: list[bool] = []

    def note(results: Sequence[ImageResult]) -> None:
        steps.append(len(results))
        told.append(state.is_coming)

    state.results_added.connect(note)
    with qtbot.waitSignal(state.run_restored):
        state.restore_results(RESULTS)
        assert steps == [AT_ONCE], "the window answers before the second step"
    assert steps == [AT_ONCE, AT_ONCE, 1]
    assert told == [True, True, False], "an export must not write a part for the whole"
    assert tuple(state.results) == RESULTS
    assert len(state.outcomes) == len(RESULTS)


def test_that_few_kept_results_are_shown_at_once(state: WorkspaceState, qtbot: QtBot) -> None:
    with qtbot.waitSignal(state.run_restored):
        state.restore_results(RESULTS[:3])
        assert tuple(state.results) == RESULTS[:3]


def test_that_the_window_answers_between_the_last_kept_results_and_their_end(
    state: WorkspaceState, qtbot: QtBot
) -> None:
    told: list[str] = []
    state.results_added.connect(lambda _: QTimer.singleShot(0, lambda: told.append("answered")))
    state.run_restored.connect(lambda: told.append("ended"))
    with qtbot.waitSignal(state.run_restored):
        state.restore_results(RESULTS)
    assert told == ["answered"] * 3 + ["ended"]


@pytest.mark.parametrize("begin", [WorkspaceState.clear_results, lambda state: state.open(Path("/other"))])
def test_that_nothing_of_an_earlier_run_comes_after_another_has_begun(
    state: WorkspaceState, qtbot: QtBot, begin: object
) -> None:
    state.restore_results(RESULTS)
    begin(state)  # type: ignore[operator]
    state.add_results(RESULTS[:1])
    qtbot.wait(50)
    assert tuple(state.results) == RESULTS[:1]
    assert not state.is_coming
