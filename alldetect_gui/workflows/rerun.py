"""Use case: repeat the run that an export remembers, and say what changed."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alldetect_gui.core.errors import ImageRefused, WrongUse
from alldetect_gui.core.events import ImageDone, RunFinished, RunStarted
from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.imaging.decode import read_bytes
from alldetect_gui.imaging.listing import display_name, list_images
from alldetect_gui.inference.artifact import Artifact
from alldetect_gui.inference.catalogue import known_artifacts
from alldetect_gui.inference.classifier import decide
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.exports.manifest import PastImage, PastRun

SAME = 0.0005  # P(ALL) may move by this much, half of the third decimal, and count as unchanged


@dataclass(frozen=True, slots=True)
class Change:
    """One image that came out otherwise than before, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RerunFinished:
    """How the repetition compares: unchanged + changed + missing = the images of the manifest."""

    images: int
    found_then: int  # images of the run; more than `images` where rows were taken out of the file
    changed: tuple[Change, ...]
    missing: tuple[str, ...]  # no file with the same content below the folder
    largest_difference: float  # of P(ALL), over all images that have one then and now


def rerun(past: PastRun, folder: Path) -> Iterator[RunStarted | ImageDone | RerunFinished]:
    """Find each image of `past` below `folder` by its content, classify it with the very model, compare.

    Raises WrongUse when that model (by its hash), its recipe or the folder is not here: nothing is substituted.
    """
    artifact = _same_model(past)
    places = _find(past, folder)
    records = [ImageRecord(path, display_name(str(path.name))) for path in dict.fromkeys(places.values())]
    now: dict[Path, ImageResult] = {}
    for event in classify_images(records, model=artifact.name, engine=past.model.engine):
        if isinstance(event, RunFinished):
            now = {result.record.path: result for result in event.results}
        elif isinstance(event, RunStarted | ImageDone):
            yield event
    yield _compare(past, artifact, places, now)


def _same_model(past: PastRun) -> Artifact:
    """The artefact whose manifest has the hash of the past run."""
    model = past.model
    artifact = next((item for item in known_artifacts() if item.sha256 == model.sha256), None)
    if artifact is None:
        raise WrongUse(
            f"the model of that run, “{model.name}” with SHA-256 {model.sha256[:16]}…, is not installed here; "
            "no other is put in its place"
        )
    if model.recipe != artifact.recipe.name or dict(model.parameters) != dict(artifact.recipe.parameters):
        raise WrongUse(f"the run is said to have used the recipe {model.recipe}, which is not that of its model")
    return artifact


def _find(past: PastRun, folder: Path) -> dict[int, Path]:
    """Number of the image in `past` -> file with its content; by name only where no content could be read then."""
    by_hash: dict[str, Path] = {}
    by_name: dict[str, Path] = {}
    try:
        for path in list_images(folder):
            relative = display_name(str(path.relative_to(folder)))
            by_name.setdefault(relative, path)
            by_name.setdefault(relative.rpartition("/")[2], path)
            try:
                by_hash.setdefault(hashlib.sha256(read_bytes(path)).hexdigest(), path)
            except ImageRefused:
                continue
    except OSError as error:
        raise WrongUse(f"{display_name(str(folder))} cannot be listed: {error.strerror or error}") from error
    places = {}
    for number, image in enumerate(past.images):
        place = by_hash.get(image.sha256) if image.sha256 else by_name.get(image.name)
        if place is not None:
            places[number] = place
    return places


def _compare(past: PastRun, artifact: Artifact, places: dict[int, Path], now: dict[Path, ImageResult]) -> RerunFinished:
    changed, missing, largest = [], [], 0.0
    for number, image in enumerate(past.images):
        result = now.get(places[number]) if number in places else None
        if result is None or (image.sha256 and result.sha256 != image.sha256):
            missing.append(image.name)
            continue
        suggestion, probability = _outcome(past, artifact, result)
        before = image.probability_all
        difference = abs(probability - before) if before is not None and probability is not None else 0.0
        largest = max(largest, difference)
        alike = image.suggestion is suggestion and (before is None) == (probability is None)
        if not alike or difference > SAME:
            changed.append(Change(image.name, _words(image), _words_now(result, suggestion, probability)))
    return RerunFinished(len(past.images), past.found, tuple(changed), tuple(missing), largest)


def _outcome(past: PastRun, artifact: Artifact, result: ImageResult) -> tuple[Suggestion | None, float | None]:
    """Suggestion and P(ALL) now, by the threshold and the band of then."""
    prediction = result.prediction
    if prediction is None:
        return None, None
    if not math.isfinite(prediction.probability_all):
        return prediction.suggestion, None
    band = past.band or artifact.band
    again = decide(prediction.probability_all, past.model.threshold, band, prediction.fit)
    return again.suggestion, prediction.probability_all


def _words(image: PastImage) -> str:
    return _say(image.outcome, image.suggestion, image.probability_all, image.reason)


def _words_now(result: ImageResult, suggestion: Suggestion | None, probability: float | None) -> str:
    return _say(result.outcome, suggestion, probability, result.reason)


def _say(outcome: Outcome, suggestion: Suggestion | None, probability: float | None, reason: str) -> str:
    """“ALL, P(ALL) 0.9123” or “skipped: file is incomplete”."""
    if outcome is Outcome.SKIPPED:
        return f"skipped: {reason}"
    return f"{suggestion}, P(ALL) {'–' if probability is None else f'{probability:.4f}'}"
