"""Where the time for one cell goes, on one thread and without the pipe, the disk and the other lane.

python -m benchmarks.parts
"""

# ruff: noqa: E402 - numpy's library reads the number of its threads when it is loaded

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy: as the program does
    os.environ.setdefault(_name, "1")

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import cv2
import numpy as np

from alldetect_gui.core.machine import settle_heaps
from alldetect_gui.imaging.cell_region import cell_measures, find_cell
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.engine import FeatureMap
from alldetect_gui.inference.features import seen_by, to_model_input
from alldetect_gui.inference.pooling import Pooling
from alldetect_gui.inference.turns import turned
from benchmarks.images import write_cells
from benchmarks.spread import spread
from benchmarks.throughput import MODELS

_ROUNDS, _CELLS = 5, 96
_READ, _FIND, _CUT, _TURN = "read, hash and decode", "find the cell", "cut out", "turn and normalise"
_RECIPE, _MEASURE = "recipe", "size, colour, texture"
_PREPARING = (_READ, _FIND, _RECIPE, _CUT, _TURN, _MEASURE)
_Found = TypeVar("_Found")


class _Clock:
    """Milliseconds by part."""

    def __init__(self) -> None:
        self.spent = defaultdict[str, float](float)

    def of(self, part: str, work: Callable[[], _Found]) -> _Found:
        began = time.perf_counter()
        found = work()
        self.spent[part] += (time.perf_counter() - began) * 1000
        return found


def _one_cell(classifier: Classifier, path: Path, clock: _Clock) -> None:
    """What `Classifier.classify` does, part by part."""
    extractor, pooled = classifier.extractor, 0.0
    image = clock.of(_READ, lambda: read_image(path).pixels)
    region = clock.of(_FIND, lambda: find_cell(image))
    if region is None:
        return
    rendered = clock.of(_RECIPE, lambda: extractor.recipe.apply(image))
    features = []
    for view in extractor.views:
        square, cover = clock.of(_CUT, partial(seen_by, view, rendered, region))
        given = clock.of(_TURN, partial(to_model_input, square))
        pooling = Pooling(cover, extractor.blocks, extractor.statistics, view.turns)

        def add(maps: Mapping[int, FeatureMap], pooling: Pooling = pooling) -> None:
            nonlocal pooled
            began = time.perf_counter()
            pooling.add(maps)
            pooled += (time.perf_counter() - began) * 1000

        for number in range(view.turns):
            look = clock.of(_TURN, partial(turned, given, number))
            clock.of("network", partial(extractor.engine.read, look, add))
        features.append(clock.of("pooling", pooling.features))
    clock.spent["network"] -= pooled  # it is called from in there
    clock.spent["pooling"] += pooled
    row = np.concatenate(features)[np.newaxis]
    clock.of("head", lambda: classifier.head.probability_all(row))
    measures = clock.of(_MEASURE, lambda: cell_measures(image, region))
    if (known := classifier.known) is not None:
        clock.of("fit", lambda: known.score(row, measures[np.newaxis]))


def main() -> int:
    """Print a table a model, and the share of reading and preparing."""
    settle_heaps()
    cv2.setNumThreads(1)
    with TemporaryDirectory() as folder:
        cells = Path(folder) / "cells"
        print(f"{_CELLS} images: {write_cells(cells, _CELLS)}; {_ROUNDS} rounds, ms a cell, median (least to most)")
        for name, model in MODELS.items():
            classifier = load_classifier(model, threads=1)
            rounds = [_round(classifier, cells) for _ in range(_ROUNDS + 1)][1:]  # the first fills the caches
            print(f"{name.replace('_', ' ')} ({model})")
            for part in rounds[0]:
                _tell(part, [spent[part] for spent in rounds])
            _tell("all", [sum(spent.values()) for spent in rounds])
            shares = [100 * sum(spent[part] for part in _PREPARING) / sum(spent.values()) for spent in rounds]
            _tell("reading and preparing, per cent of it", shares, 0)
    return 0


def _round(classifier: Classifier, cells: Path) -> dict[str, float]:
    clock = _Clock()
    paths = sorted(cells.iterdir())
    for path in paths:
        _one_cell(classifier, path, clock)
    return {part: spent / len(paths) for part, spent in clock.spent.items()}


def _tell(name: str, values: list[float], digits: int = 2) -> None:
    row = spread(values, digits)
    print(f"  {name}: {row['median']} ({row['least']} to {row['most']})")


if __name__ == "__main__":
    raise SystemExit(main())
