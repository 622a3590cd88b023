"""What is done in the window while the probe looks."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QTabWidget

from alldetect_gui.core.events import ImageDone, Progress, RunFinished, RunStarted
from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.gui.models.results_columns import Column
from alldetect_gui.gui.use_cases import UseCases
from benchmarks.window.folders import cells, large
from benchmarks.window.stage import Script, Stage, Until

MANY, SOME = 100_000, 10_000
_MODEL = ModelIdentity("replayed", "0" * 64, "original", {}, 0.5)


def idle(stage: Stage) -> Iterator[Until]:
    """Nothing at all: what the machine itself lets the loop wait."""
    yield from stage.open(cells(stage.folder, SOME))
    yield from stage.quiet()
    stage.probe.begin()
    yield from stage.rest(5)
    stage.take("nothing is done")


def listing(stage: Stage) -> Iterator[Until]:
    """100,000 files are listed, and the first thumbnails come."""
    folder, window = cells(stage.folder, MANY), stage.window
    first: list[float] = []
    window.runners.thumbnails.event_arrived.connect(lambda _: first.append(time.perf_counter()))
    began = time.perf_counter()
    stage.probe.begin()
    yield from stage.open(folder)
    stage.numbers["listed_s"] = time.perf_counter() - began
    yield lambda: bool(first)
    stage.numbers["first_thumbnail_s"] = first[0] - began
    yield from stage.rest(3)
    stage.take("a folder of 100,000 files is listed")


def batch(stage: Stage, number: int = SOME) -> Iterator[Until]:
    """The default model runs, while each tab is in sight for a while; the table is sorted and filtered."""
    yield from stage.open(cells(stage.folder, number))
    yield from stage.quiet()
    arrived: list[int] = []
    stage.window.state.results_added.connect(lambda results: arrived.append(len(results)))
    results = stage.window.workspace.results
    results.table.sort_by(Column.PROBABILITY, add=False)
    results.show_only("p>0.01")
    stage.window.actions_.classify.trigger()
    yield lambda: bool(arrived)
    stage.probe.begin()
    began = time.perf_counter()
    arrived.clear()
    yield from _through_tabs(stage, 4)
    stage.numbers[f"images_per_s_{number}"] = sum(arrived) / (time.perf_counter() - began)
    stage.take(f"a batch runs ({number:,} images open)")
    yield from _cancel(stage)


def replay(stage: Stage) -> Iterator[Until]:
    """Results that were kept from before come in as fast as they can: 100,000 of them."""
    yield from stage.open(cells(stage.folder, MANY))
    yield from stage.quiet()
    stage.window.workspace.results.table.sort_by(Column.PROBABILITY, add=False)
    stage.window.workspace.results.show_only("p>0.01")
    stage.probe.begin()
    began = time.perf_counter()
    stage.window.actions_.classify.trigger()
    yield from _through_tabs(stage, 3)
    yield lambda: not stage.window.runners.batch.is_running
    stage.numbers["replayed_s"] = time.perf_counter() - began
    yield from stage.quiet()
    stage.take("100,000 kept results come in")


def rows(stage: Stage) -> Iterator[Until]:
    """Sorting and filtering a table of 100,000 rows, each until the loop is free again."""
    yield from stage.open(cells(stage.folder, MANY))
    yield from stage.quiet()
    results, state = stage.window.workspace.results, stage.window.state
    state.model = _MODEL
    outcomes = tuple(map(_result, state.records, range(MANY)))
    if hasattr(state, "restore_results"):  # an older checkout shows them in one step
        stage.probe.begin()
        state.restore_results(outcomes)
        yield lambda: not state.is_coming
        yield from stage.quiet()
        stage.take("100,000 results of an earlier run are shown")
    else:
        state.add_results(outcomes)
        yield from stage.quiet()
    stage.probe.begin()
    for column in (column for column in Column if column is not Column.PICTURE):
        yield from _timed(stage, f"sort_{column.name.lower()}", partial(results.table.sort_by, column, add=False))
    for name, query in (
        ("p", "p>0.4 p<0.6"),
        ("word", "uid_h12"),
        ("no_word", "incomplete"),
        ("wrong", "wrong"),
        ("patient", "patient:H12"),
        ("all", ""),
    ):
        yield from _timed(stage, f"filter_{name}", partial(results.show_only, query))
    stage.take("100,000 rows are sorted and filtered")


def slider(stage: Stage, folder: Callable[[Path], Path], what: str) -> Iterator[Until]:
    """A parameter is dragged to and fro, with the renderings following."""
    yield from stage.open(folder(stage.folder))
    yield from stage.quiet()
    compare = stage.window.workspace.compare
    views = compare.panes.views  # to ask for their images would have each copied whole
    yield lambda: len(compare.controls) > 0 and not any(view._picture.is_null for view in views.values())
    yield from stage.rest(1)
    shown: list[None] = []  # not the events: each has the pixels of a rendering
    stage.window.runners.compare.event_arrived.connect(lambda _: shown.append(None))
    stage.probe.begin()
    for recipe, parameter in (("gaussian", "kernel_size"), ("clahe", "clip_limit"), ("clahe-grayscale", "tile_grid")):
        handle = compare.controls[recipe].sliders[parameter]

        def drag(share: float, handle: Any = handle) -> None:
            handle.setSliderPosition(round(handle.maximum() * (1 - math.cos(4 * math.pi * share)) / 2))

        handle.setSliderDown(True)
        yield from stage.steps(drag, 4)
        handle.setSliderDown(False)
    stage.numbers[f"renderings_per_s_{what}"] = len(shown) / 12
    yield lambda: not stage.window.runners.compare.is_running
    yield from stage.rest(1)
    stage.take(f"a slider is dragged over {what}")


def scroll(stage: Stage) -> Iterator[Until]:
    """10,000 thumbnails go by in the gallery, fast and then slowly, with stops in which they are made."""
    yield from _to_gallery(stage)
    bar = stage.window.workspace.folder.list.verticalScrollBar()
    stage.probe.begin()
    for _ in range(3):
        yield from stage.steps(lambda share: bar.setValue(round(bar.maximum() * share)), 2)
        yield from stage.rest(0.5)
    yield from stage.steps(lambda share: bar.setValue(round(bar.maximum() * share * 0.05)), 8)
    stage.take("10,000 thumbnails scroll")


def memory(stage: Stage) -> Iterator[Until]:
    """10,000 images open: all of the gallery is seen, and the default model is at work. Its peak is read outside."""
    yield from _to_gallery(stage)
    window = stage.window
    window.actions_.classify.trigger()
    bar = window.workspace.folder.list.verticalScrollBar()
    for stop in range(40):
        bar.setValue(bar.maximum() * stop // 39)
        yield from stage.rest(0.25)
    yield from _through_tabs(stage, 2)
    yield from _cancel(stage)


def _to_gallery(stage: Stage) -> Iterator[Until]:
    yield from stage.open(cells(stage.folder, SOME))
    stage.window.workspace.folder.bar.gallery.setChecked(True)
    yield from stage.quiet()


def _through_tabs(stage: Stage, seconds: float) -> Iterator[Until]:
    tabs: QTabWidget = stage.window.workspace.tabs
    for number in range(tabs.count()):
        tabs.setCurrentIndex(number)
        yield from stage.rest(seconds)
    tabs.setCurrentIndex(0)


def _cancel(stage: Stage) -> Iterator[Until]:
    stage.window.actions_.cancel.trigger()
    yield lambda: not stage.window.runners.batch.is_running
    yield from stage.quiet()


def _timed(stage: Stage, name: str, act: Callable[[], None]) -> Iterator[Until]:
    """How long `act` and everything that follows from it at once keep the loop: painting comes before the next look."""
    yield from stage.rest(0.7)
    began, used = time.perf_counter(), time.thread_time()
    act()
    yield lambda: True
    stage.numbers[f"{name}_s"] = time.perf_counter() - began
    stage.numbers[f"{name}_own_s"] = time.thread_time() - used


def _result(record: ImageRecord, number: int) -> ImageResult:
    """Something plausible: every 50th image is skipped, probabilities are spread over 0 to 1."""
    if number % 50 == 7:
        return ImageResult(record, Outcome.SKIPPED, reason="file is incomplete")
    probability = (number * 0.618034) % 1.0
    said = Suggestion.UNCERTAIN if 0.4 < probability < 0.6 else Suggestion.ALL if probability > 0.5 else Suggestion.HEM
    return ImageResult(record, Outcome.CLASSIFIED, "ab", Prediction(probability, said, fit=probability * 1.1))


def _replayed(records: Sequence[ImageRecord], *, model: str, **_: object) -> Iterator[object]:
    """Stands in for a run whose every result is kept from before."""
    yield RunStarted(len(records), _MODEL)
    results = []
    for number, record in enumerate(records):
        results.append(_result(record, number))
        yield ImageDone(results[-1], Progress(number + 1, len(records), 1.0, 1.0, 1.0), reused=True)
    yield RunFinished(_MODEL, tuple(results), 1.0, len(records))


SCENES: Mapping[str, Script] = {
    "idle": idle,
    "listing": listing,
    "batch": batch,
    "batch_many": partial(batch, number=MANY),
    "replay": replay,
    "rows": rows,
    "slider": partial(slider, folder=partial(cells, number=200), what="450 px"),
    "slider_large": partial(slider, folder=large, what="20 megapixels"),
    "scroll": scroll,
    "memory": memory,
}
USE_CASES: Mapping[str, Callable[[], UseCases]] = {"replay": lambda: UseCases(classify=_replayed)}
