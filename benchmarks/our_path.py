"""AllDetect's path, files on disk to results.csv, and the network alone for comparison.

python -m benchmarks.our_path (started by benchmarks/server.py)
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.events import RunFinished
from alldetect_gui.core.machine import usable_cores
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.inference.engine import Engine, FeatureMap, computed_side
from alldetect_gui.inference.lanes import split
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows import classify_folder
from alldetect_gui.workflows.evaluate_run import summarise
from alldetect_gui.workflows.export_results import write_run
from alldetect_gui.workflows.open_folder import image_records
from benchmarks.process_tree import processor_seconds
from benchmarks.server import Answer, serve


def classify(folder: str, out: str, model: str, threads: int | None = None) -> Answer:
    """What `alldetect classify` does, into a new workspace file; as in Keras' loop, the model was loaded before."""
    where = Path(folder)
    with TemporaryDirectory() as place, open_workspace(Path(place) / "w.alldetect") as workspace:
        began = time.perf_counter()
        records = image_records(where)
        listed = time.perf_counter() - began
        events = classify_folder.classify_images(
            records, model=model, folder=where, workspace=workspace, resume=False, threads=threads
        )
        next(events)
        began, processor = time.perf_counter(), processor_seconds(os.getpid())
        *_, last = events
        assert isinstance(last, RunFinished)
        write_run(Path(out), last.results, summarise(last.results, seconds=last.seconds, model=last.model))
        seconds = listed + time.perf_counter() - began
        processor = processor_seconds(os.getpid()) - processor  # the reader's included
    return {"seconds": seconds, "images": len(records), "processor": processor}


class _Recording(Engine):
    """An engine that remembers what it is given."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.seen = engine, list[NDArray[np.float32]]()

    def feature_maps(self, model_input: NDArray[np.float32]) -> dict[int, FeatureMap]:
        """See Engine."""
        self.seen.append(model_input)
        return self.engine.feature_maps(model_input)


_inputs: dict[tuple[str, str], list[NDArray[np.float32]]] = {}


def network(folder: str, model: str, threads: int | None = None, lanes: int | None = None) -> Answer:
    """The network alone on what it is shown of the same images, its inputs ready in memory.

    `lanes`: how many images side by side; without it as many as a batch has.
    """
    count, each = split(threads or usable_cores())
    if lanes:
        count, each = lanes, max(1, count * each // lanes)
    classifier = load_classifier(model, threads=each)
    key = (folder, model)
    if key not in _inputs:
        recording = _Recording(classifier.extractor.engine)
        known = replace(classifier, extractor=replace(classifier.extractor, engine=recording))
        for path in sorted(Path(folder).iterdir()):
            known.classify(read_image(path).pixels)
        _inputs.clear()
        _inputs[key] = recording.seen
    with _pool(count) as pool:
        engine = classifier.extractor.engine
        list(pool.map(lambda values: engine.read(values, len), _inputs[key][: 2 * count]))  # every lane has its own now
        began = time.perf_counter()
        list(pool.map(lambda values: engine.read(values, len), _inputs[key]))
        seconds = time.perf_counter() - began
    sides = [(values.shape[0], computed_side(values)) for values in _inputs[key]]
    return {"seconds": seconds, "images": len(list(Path(folder).iterdir())), "sides": sides}


@contextmanager
def _pool(count: int) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(count) as pool:
        yield pool


if __name__ == "__main__":
    vars(classify_folder)["load_classifier"] = cache(load_classifier)
    serve({}, {"classify": classify, "network": network})
