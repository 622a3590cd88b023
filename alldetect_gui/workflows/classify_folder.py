"""Use case: classify a batch of images with one model."""

import hashlib
import time
from collections.abc import Iterator, Sequence

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.core.events import ImageDone, Progress, RunFinished, RunStarted
from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.imaging.decode import decode, read_bytes
from alldetect_gui.inference.catalogue import DEFAULT_MODEL, load_classifier
from alldetect_gui.inference.classifier import Classifier


def classify_images(
    records: Sequence[ImageRecord], *, model: str = DEFAULT_MODEL, engine: str = "litert"
) -> Iterator[RunStarted | ImageDone | RunFinished]:
    """Yield RunStarted, one ImageDone an image in the order given, RunFinished.

    An image that cannot be used is skipped with its reason and the batch goes on. To cancel, close the generator
    between events. Raises WrongUse (no such model or engine) and ModelDamaged before the first image.
    """
    began = time.monotonic()
    classifier = load_classifier(model, engine=engine)
    yield RunStarted(len(records), classifier.identity)
    results: list[ImageResult] = []
    first = time.monotonic()
    for record in records:
        results.append(_classify(record, classifier))
        yield ImageDone(results[-1], _progress(len(results), len(records), time.monotonic() - first))
    yield RunFinished(classifier.identity, tuple(results), time.monotonic() - began)


def _classify(record: ImageRecord, classifier: Classifier) -> ImageResult:
    sha256 = ""
    try:
        data = read_bytes(record.path)
        sha256 = hashlib.sha256(data).hexdigest()
        pixels = decode(data)
    except ImageRefused as refusal:
        return ImageResult(record, Outcome.SKIPPED, sha256, reason=refusal.reason)
    prediction = classifier.classify(pixels)
    return ImageResult(record, Outcome.CLASSIFIED, sha256, prediction, prediction.reason)


def _progress(done: int, total: int, elapsed: float) -> Progress:
    rate = done / elapsed if elapsed > 0 else 0.0
    return Progress(done, total, elapsed, rate, (total - done) / rate if rate else None)
