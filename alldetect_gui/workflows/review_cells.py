"""Use case: which cells wait for a reader, the doubtful ones first, and what may be accepted in one go."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, Prediction
from alldetect_gui.core.reviews import UNREAD, Reading, Review

Reviews = Mapping[Path, Review]


def doubt(prediction: Prediction | None, threshold: float = 0.5) -> float:
    """How much a suggestion needs a reader: 0 none to 3.

    From 2 on: there is no probability, or the image is unlike those that the model knows. From 1 on: the model calls
    itself uncertain. Within each the distance of P(ALL) from the threshold counts, as a share of the room on its side.
    """
    if prediction is None or not math.isfinite(prediction.probability_all):
        return 3.0
    distance = prediction.probability_all - threshold
    room = (1 - threshold) if distance > 0 else threshold
    closeness = 1 - min(1.0, abs(distance) / room) if room > 0 else 1.0
    if prediction.fit is not None and prediction.fit > 1:
        return 2 + closeness
    return closeness + (prediction.suggestion is Suggestion.UNCERTAIN)


def queue(
    records: Iterable[ImageRecord], results: Mapping[Path, ImageResult], threshold: float = 0.5
) -> list[ImageRecord]:
    """The cells that can be read, the most doubtful first; equally doubtful ones in the order given.

    Skipped images are left out: there is nothing to see. Images that no model has seen come last, in their order.
    """
    if not results:  # no path need be looked up, and so none hashed
        return list(records)
    order: list[tuple[float, ImageRecord]] = []
    for record in records:
        result = results.get(record.path)
        if result is None:
            order.append((-1.0, record))
        elif result.outcome is Outcome.CLASSIFIED:
            order.append((doubt(result.prediction, threshold), record))
    order.sort(key=lambda item: -item[0])
    return [record for _, record in order]


def next_open(cells: Sequence[ImageRecord], reviews: Reviews, after: ImageRecord | None) -> ImageRecord | None:
    """The first cell behind `after` that nobody has read, from the beginning again at the end; None when all are."""
    begin = next((place + 1 for place, cell in enumerate(cells) if cell == after), 0)
    for cell in (*cells[begin:], *cells[:begin]):
        if cell != after and not reviews.get(cell.path, UNREAD).is_read:
            return cell
    return None


def acceptable(
    cells: Iterable[ImageRecord], results: Mapping[Path, ImageResult], reviews: Reviews
) -> list[tuple[ImageRecord, Reading]]:
    """What accepting these cells would write: only unread ones, and only where a class was suggested."""
    found = []
    for cell in cells:
        result = results.get(cell.path)
        prediction = result.prediction if result is not None else None
        if prediction is None or prediction.suggestion is Suggestion.UNCERTAIN:
            continue
        if not reviews.get(cell.path, UNREAD).is_read:
            found.append((cell, Reading(prediction.suggestion.value)))
    return found


def cells_per_minute(times: Sequence[float], now: float, window: float = 120.0) -> float | None:
    """The pace of the last `window` seconds; `times` are when cells were read, in seconds, ascending.

    None below three readings, which say nothing about a pace.
    """
    recent = [time for time in times if now - time <= window]
    if len(recent) < 3:
        return None
    return 60 * len(recent) / max(now - recent[0], 1.0)
