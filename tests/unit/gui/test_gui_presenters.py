"""Behaviour without widgets: presenters against views that only write down what they are told."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from unittest.mock import Mock, create_autospec

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from alldetect_gui.core.events import (
    FolderListed,
    ImageDone,
    ImageUnreadable,
    OriginalDecoded,
    Progress,
    RenderingReady,
)
from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.presenters import summary, threshold
from alldetect_gui.gui.presenters.classify import ClassifyPresenter, RunView, ending_text, progress_text, without_pauses
from alldetect_gui.gui.presenters.compare import ComparePresenter, CompareView
from alldetect_gui.gui.presenters.folder import understood
from alldetect_gui.gui.presenters.judge import JudgePresenter
from alldetect_gui.gui.presenters.summary import SummaryPresenter, SummaryView
from alldetect_gui.gui.presenters.threshold import ThresholdPresenter, ThresholdView
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.state import AT_ONCE, WorkspaceState
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.workflows.evaluate_run import summarise

PATH = Path("/data/cell.bmp")
PIXELS = np.zeros((8, 8, 3), np.uint8)
COUNTS = np.zeros((3, 256), np.int64)


class FakeSignal:
    """Connects and emits like a signal, at once."""

    def __init__(self) -> None:
        self.receivers: list[Callable[..., None]] = []

    def connect(self, receiver: Callable[..., None]) -> None:
        self.receivers.append(receiver)

    def emit(self, *values: object) -> None:
        for receiver in self.receivers:
            receiver(*values)


class FakeRunner:
    """Keeps the work instead of doing it."""

    def __init__(self) -> None:
        self.event_arrived, self.finished, self.cancelled, self.failed = (FakeSignal() for _ in range(4))
        self.work: list[Callable[[], object]] = []
        self.is_running = self.is_paused = False

    def start(self, work: Callable[[], object]) -> None:
        self.work.append(work)
        self.is_running = True

    def abandon(self) -> None:
        self.is_running = self.is_paused = False


class Comparison:
    """A compare presenter whose workflows tell which recipes they were asked for."""

    def __init__(self) -> None:
        self.view = create_autospec(CompareView, instance=True)
        self.runner = FakeRunner()
        self.messages = Mock(spec=Messages)
        cases = UseCases(  # the last argument asks for differences
            compare=lambda path, recipes, difference: [("compare", path, [r.name for r in recipes])],
            render=lambda path, pixels, recipes, difference: [
                ("render", path, [(r.name, r.parameters) for r in recipes])
            ],
        )
        self.judge = Mock(spec=JudgePresenter)
        self.presenter = ComparePresenter(self.view, self.runner, cases, self.messages, self.judge)  # type: ignore[arg-type]
        self.presenter.show(ImageRecord(PATH, "cell.bmp"))

    def asked(self) -> object:
        (answer,) = self.runner.work[-1]()  # type: ignore[attr-defined]
        return answer

    def rendered(self, *names: str) -> None:
        for name in names:
            self.runner.event_arrived.emit(RenderingReady(PATH, name, (), PIXELS, COUNTS))


ALL_NAMES = ["original", "gaussian", "clahe", "grayscale", "clahe-grayscale"]


def test_that_an_image_is_compared_under_every_recipe() -> None:
    comparison = Comparison()
    assert comparison.asked() == ("compare", PATH, ALL_NAMES)
    assert [r.name for r in comparison.view.set_recipes.call_args.args[0]] == ALL_NAMES


def test_that_a_turned_parameter_renders_only_its_pane() -> None:
    comparison = Comparison()
    comparison.runner.event_arrived.emit(OriginalDecoded(PATH, PIXELS))
    comparison.rendered(*ALL_NAMES)
    comparison.presenter.change("clahe", {"clip_limit": 5.0})
    assert comparison.asked() == ("render", PATH, [("clahe", {"clip_limit": 5.0, "tile_grid": 8})])


def test_that_renderings_still_owed_are_not_lost_when_another_parameter_is_turned() -> None:
    comparison = Comparison()
    comparison.runner.event_arrived.emit(OriginalDecoded(PATH, PIXELS))
    comparison.rendered("original", "gaussian", "clahe")
    comparison.presenter.change("gaussian", {"kernel_size": 7})
    _, _, recipes = comparison.asked()  # type: ignore[misc]
    assert [name for name, _ in recipes] == ["gaussian", "grayscale", "clahe-grayscale"]


def test_that_a_parameter_turned_before_the_image_is_decoded_compares_all_again() -> None:
    comparison = Comparison()
    comparison.presenter.change("clahe", {"clip_limit": 5.0})
    assert comparison.asked() == ("compare", PATH, ALL_NAMES)


def test_that_a_slider_in_motion_shows_what_is_in_work_and_then_where_it_stands() -> None:
    """A large image would never be seen to change if each move began anew."""
    comparison = Comparison()
    comparison.runner.event_arrived.emit(OriginalDecoded(PATH, PIXELS))
    comparison.rendered(*ALL_NAMES)
    for limit in (3.0, 4.0, 5.0):
        comparison.presenter.change("clahe", {"clip_limit": limit})
    assert comparison.asked() == ("render", PATH, [("clahe", {"clip_limit": 3.0, "tile_grid": 8})])
    first = RenderingReady(PATH, "clahe", (("clip_limit", 3.0), ("tile_grid", 8)), PIXELS, COUNTS)
    comparison.runner.event_arrived.emit(first)
    recipe, ready = comparison.view.show_rendering.call_args.args
    assert (recipe.parameters["clip_limit"], ready) == (3.0, first)
    assert comparison.presenter.renderings == (), "a sheet must not be written with what is not in force"
    comparison.runner.is_running = False
    comparison.runner.finished.emit()
    assert comparison.asked() == ("render", PATH, [("clahe", {"clip_limit": 5.0, "tile_grid": 8})])
    asked = len(comparison.runner.work)
    last = RenderingReady(PATH, "clahe", (("clip_limit", 5.0), ("tile_grid", 8)), PIXELS, COUNTS)
    comparison.runner.event_arrived.emit(last)
    comparison.runner.is_running = False
    comparison.runner.finished.emit()
    assert len(comparison.runner.work) == asked
    assert len(comparison.presenter.renderings) == len(ALL_NAMES)


def test_that_an_impossible_parameter_is_refused_in_words_and_taken_back() -> None:
    comparison = Comparison()
    comparison.presenter.change("gaussian", {"kernel_size": 4})
    comparison.messages.report.assert_called_once()
    comparison.view.show_parameters.assert_called_once()
    assert len(comparison.runner.work) == 1


def test_that_reset_renders_what_was_changed_and_no_more() -> None:
    comparison = Comparison()
    comparison.runner.event_arrived.emit(OriginalDecoded(PATH, PIXELS))
    comparison.rendered(*ALL_NAMES)
    comparison.presenter.change("clahe", {"clip_limit": 5.0})
    comparison.rendered("clahe")
    comparison.presenter.reset()
    assert comparison.asked() == ("render", PATH, [("clahe", {"clip_limit": 2.0, "tile_grid": 8})])


def test_that_an_unreadable_image_is_said_in_words() -> None:
    comparison = Comparison()
    comparison.runner.event_arrived.emit(ImageUnreadable(PATH, "the file is empty"))
    comparison.view.show_unreadable.assert_called_once_with("the file is empty")


def test_that_the_summary_in_work_is_finished_before_the_next_begins(qtbot: QtBot) -> None:
    state, runner = WorkspaceState(), FakeRunner()
    view = create_autospec(SummaryView, instance=True)
    presenter = SummaryPresenter(state, view, runner, UseCases(), Mock(spec=Messages))  # type: ignore[arg-type]
    presenter.follow()
    presenter.follow()
    presenter.follow()
    qtbot.waitUntil(lambda: len(runner.work) == 1)
    presenter.follow()
    runner.event_arrived.emit(summed := summarise([]))
    view.show_summary.assert_called_once_with(summed, by_reader=False)
    assert len(runner.work) == 1
    runner.is_running = False
    qtbot.waitUntil(lambda: len(runner.work) == 2)


@pytest.mark.parametrize("module", [summary, threshold])
def test_that_kept_results_are_summed_up_when_all_are_there(
    module: ModuleType, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sum over a part would be work in Python beside the window, for as long as they come in."""
    monkeypatch.setattr(module, "PAUSE_MS", 0)
    state, runner, totals = WorkspaceState(), FakeRunner(), []
    cases, messages = UseCases(), Mock(spec=Messages)
    if module is summary:
        view = create_autospec(SummaryView, instance=True)
        presenter = SummaryPresenter(state, view, runner, cases, messages)  # type: ignore[arg-type]
        state.run_restored.connect(presenter.complete)
    else:
        plots, reviews = create_autospec(ThresholdView, instance=True), ReviewState(state)
        presenter = ThresholdPresenter(state, reviews, plots, runner, cases, messages)  # type: ignore[arg-type]
    state.results_added.connect(presenter.follow)
    monkeypatch.setattr(runner, "start", lambda work: totals.append(len(state.results)))
    results = tuple(ImageResult(ImageRecord(Path(f"/{n}.bmp"), f"{n}"), Outcome.SKIPPED) for n in range(3 * AT_ONCE))
    state.restore_results(results)
    qtbot.waitUntil(lambda: bool(totals))
    assert set(totals) == {len(results)}


def test_that_results_that_come_at_once_reach_the_table_at_once(qapp: object) -> None:
    state, runner, batches = WorkspaceState(), FakeRunner(), []
    state.records = [ImageRecord(PATH, f"{number}.bmp") for number in range(50)]
    state.results_added.connect(lambda results: batches.append(len(results)))
    view = create_autospec(RunView, instance=True)
    presenter = ClassifyPresenter(state, view, runner, UseCases(), Mock(spec=Messages))  # type: ignore[arg-type]
    presenter.start("")
    for number, record in enumerate(state.records, 1):
        progress = Progress(number, 50, 1.0, 1.0, 1.0)
        runner.event_arrived.emit(ImageDone(ImageResult(record, Outcome.CLASSIFIED), progress))
    assert batches == []
    runner.finished.emit()
    assert batches == [50]


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(37, 132, 4.6, 8.04, 11.8), "37 of 132 · 8.0 images/s · 5 s elapsed · 12 s left"),
        (Progress(0, 132, 0.0, 0.0, None), "0 of 132 · 0.0 images/s · 0 s elapsed"),
        (Progress(1, 9000, 1.0, 1.0, 8999.0), "1 of 9,000 · 1.0 images/s · 1 s elapsed · 2 h 29 min left"),
    ],
)
def test_that_progress_is_said_with_count_rate_and_time_left(progress: Progress, text: str) -> None:
    assert progress_text(progress) == text


def test_that_a_pause_counts_neither_in_the_rate_nor_what_was_kept_from_before() -> None:
    resumed = Progress(80, 100, 10.0, 2.0, 10.0)  # 60 of them were kept
    assert without_pauses(resumed, 5.0) == Progress(80, 100, 5.0, 4.0, 5.0)


def test_that_the_ending_counts_what_was_skipped() -> None:
    record = ImageRecord(PATH, "cell.bmp")
    results = [ImageResult(record, Outcome.CLASSIFIED), ImageResult(record, Outcome.SKIPPED, reason="empty")]
    assert ending_text(results, 61) == "Finished: 2 images in 1 min 1 s, 1 skipped"
    assert ending_text(results[:1], 1) == "Finished: 1 image in 1 s"


def test_that_what_was_understood_of_a_folder_is_said() -> None:
    folder = Path("/data")
    assert understood(FolderListed(folder, 1130, 9, 1130, 0.1, "file names", "folders")) == (
        "1,130 images, 9 patients from file names, reference labels from folders"
    )
    assert understood(FolderListed(folder, 1, 0, 0, 0.1)) == "1 image, no patients known, no reference labels"
    assert understood(FolderListed(folder, 3, 1, 2, 0.1, "folders", "the label file")) == (
        "3 images, 1 patient from folders, reference labels from the label file for 2 of them"
    )
