"""What single levers of the default model's path give here, each against the path without it, by turns.

python -m benchmarks.levers
"""

# ruff: noqa: E402 - numpy's library reads the number of its threads when it is loaded

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy: as the program does
    os.environ.setdefault(_name, "1")

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from alldetect_gui import paths
from alldetect_gui.core.events import RunFinished
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.inference.engine import BLOCKS, open_engine
from alldetect_gui.inference.lanes import Lanes
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows import classify_folder
from alldetect_gui.workflows.keep_work import KeptOutcome, RunRecorder
from alldetect_gui.workflows.open_folder import image_records
from benchmarks.images import write_cells
from benchmarks.spread import spread

_ROUNDS, _CELLS = 5, 96
_BASE = "vgg16-base/vgg16.tflite"
_load, _aside, _keep = load_classifier, Lanes.aside, RunRecorder.keep
_GATHER = classify_folder.GATHER
_SLOW = 0.02  # seconds that a slow disk takes longer for each transaction


def main() -> int:
    """Print a row a lever: milliseconds an image with and without it."""
    with TemporaryDirectory() as folder:
        cells = Path(folder) / "cells"
        print(f"{_CELLS} images: {write_cells(cells, _CELLS)}; {_ROUNDS} rounds, median (least to most)")
        for name, without in (
            ("blocks that are not read are not computed", _all_blocks),
            ("the disk is waited for beside the next images", _at_once),
            ("the disk is asked ten times a second at most", _as_soon_as_free),
            ("results that are done meanwhile go to the disk together", _one_by_one),
            (f"the same, where the disk takes {_SLOW * 1000:.0f} ms longer", partial(_one_by_one, slow=_SLOW)),
        ):
            with_it, without_it = [], []
            without(False)
            for _ in range(_ROUNDS):
                with_it.append(_milliseconds(cells))
                without(True)
                without_it.append(_milliseconds(cells))
                without(False)
            RunRecorder.keep = _keep  # type: ignore[method-assign]
            both = [spread(values, 1) for values in (without_it, with_it)]
            print(
                f"{name}: " + " to ".join(f"{row['median']} ({row['least']} to {row['most']})" for row in both) + " ms"
            )
    return 0


def _milliseconds(cells: Path) -> float:
    """Of the whole path for an image."""
    with TemporaryDirectory() as place, open_workspace(Path(place) / "w.alldetect") as workspace:
        records = image_records(cells)
        events = classify_folder.classify_images(records, folder=cells, workspace=workspace, resume=False)
        next(events)
        began = time.perf_counter()
        *_, last = events
        assert isinstance(last, RunFinished)
        return (time.perf_counter() - began) / len(records) * 1000


def _all_blocks(on: bool) -> None:
    """The base up to block 5, as for a model that reads it."""

    def load(*values: object, **options: object) -> object:
        classifier = _load(*values, **options)  # type: ignore[arg-type]
        needed = {*classifier.extractor.blocks, *BLOCKS}
        engine = open_engine("litert", (paths.models() / _BASE).read_bytes(), 1, needed=needed)
        return replace(classifier, extractor=replace(classifier.extractor, engine=engine))

    vars(classify_folder)["load_classifier"] = load if on else _load


def _one_by_one(on: bool, slow: float = 0.0) -> None:
    """A transaction for each result."""

    def keep(self: RunRecorder, outcomes: Sequence[KeptOutcome]) -> None:
        for group in [[outcome] for outcome in outcomes] if on else [outcomes]:
            time.sleep(slow)
            _keep(self, group)

    RunRecorder.keep = keep  # type: ignore[method-assign]


def _as_soon_as_free(on: bool) -> None:
    """What is done goes to the disk as soon as that is free; to a quick one each result alone."""
    classify_folder.GATHER = 0.0 if on else _GATHER


def _at_once(on: bool) -> None:
    """Each result is waited for before the next image is begun."""

    def aside(self: Lanes, work: Callable[[], None]) -> Future[None]:
        done = Future[None]()
        work()
        done.set_result(None)
        return done

    Lanes.aside = aside if on else _aside  # type: ignore[method-assign]


if __name__ == "__main__":
    raise SystemExit(main())
