"""What is said of a run's rate and of its end."""

from pathlib import Path

import pytest

from alldetect_gui.core.events import ImageDone, Progress, RunStarted
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.open_folder import image_records
from alldetect_gui.workflows.pace import Pace
from tests.drills import kill


def test_that_without_anything_kept_the_rate_is_of_all_images() -> None:
    pace = Pace(10, 0, now=100.0)
    for done in range(1, 5):
        progress = pace.told(done, kept=False, now=100.0 + done / 4)
    assert (progress.done, progress.total, progress.elapsed) == (4, 10, 1.0)
    assert progress.images_per_second == pytest.approx(4.0)
    assert progress.remaining == pytest.approx(1.5)


def test_that_a_run_that_goes_on_does_not_promise_the_rate_of_what_was_kept() -> None:
    """The images that were kept counted too, and a run that went on at 10 images/s promised 100."""
    pace = Pace(200, 100, now=0.0)
    for done in range(1, 101):
        before = pace.told(done, kept=True, now=done / 1000)
    assert before.remaining is None
    for done in range(101, 111):
        progress = pace.told(done, kept=False, now=0.1 + (done - 100) / 10)
    assert progress.images_per_second == pytest.approx(10.0)
    assert progress.remaining == pytest.approx(9.0)


def test_that_a_run_in_which_nearly_all_is_kept_is_soon_over() -> None:
    """Two new ones among a thousand were taken for its rate: 1 min 40 s left of a run that took one second."""
    pace = Pace(1002, 1000, now=0.0)
    for done in range(1, 502):
        progress = pace.told(done, kept=done != 3, now=done / 1000)
    assert progress.images_per_second == pytest.approx(1000.0)
    assert progress.remaining == pytest.approx(0.501)


def test_that_the_last_image_leaves_nothing_and_the_rate_stands() -> None:
    pace = Pace(2, 0, now=0.0)
    pace.told(1, kept=False, now=0.5)
    last = pace.told(2, kept=False, now=1.0)
    assert (last.remaining, last.images_per_second) == (0.0, pytest.approx(2.0))
    alone = Pace(1, 0, now=0.0).told(1, kept=False, now=0.25)
    assert (alone.remaining, alone.images_per_second) == (0.0, pytest.approx(4.0))


@pytest.fixture
def thought_kept(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each image that is told: whether its run thought that it needs no inference."""
    told, really = list[bool](), Pace.told

    def listen(pace: Pace, done: int, *, kept: bool, now: float) -> Progress:
        told.append(kept)
        return really(pace, done, kept=kept, now=now)

    monkeypatch.setattr(Pace, "told", listen)
    return told


@pytest.mark.usefixtures("models_folder")
def test_that_a_second_run_over_a_folder_knows_that_its_images_are_kept(
    tmp_path: Path, thought_kept: list[bool]
) -> None:
    folder = kill.images(tmp_path / "many", 12)
    with open_workspace(tmp_path / "w.alldetect") as workspace:
        for _ in range(2):
            events = classify_images(image_records(folder), folder=folder, workspace=workspace)
            done = [event for event in events if isinstance(event, ImageDone)]
    used_again = [event.reused for event in done]
    assert thought_kept[:12] == [False] * 12
    assert thought_kept[12:] == used_again
    assert sum(used_again) > 6
    assert [event.progress.done for event in done] == list(range(1, 13))


@pytest.mark.usefixtures("models_folder")
def test_that_the_rate_of_a_run_that_goes_on_is_of_the_images_that_were_not_kept(
    tmp_path: Path, thought_kept: list[bool]
) -> None:
    folder = kill.images(tmp_path / "many", 40)
    records = image_records(folder)
    with open_workspace(tmp_path / "w.alldetect") as workspace:
        events = classify_images(records, folder=folder, workspace=workspace)
        for _ in range(20):
            next(events)
        events.close()
        before = workspace.results(workspace.runs(folder)[0])
        kept = {result.record.path for result in before if result.prediction}
        thought_kept.clear()
        started, *_ = classify_images(records, folder=folder, workspace=workspace)
    assert isinstance(started, RunStarted)
    assert started.resumed == len(before)
    assert 10 < len(kept) <= len(before)
    assert thought_kept == [record.path in kept for record in records]
