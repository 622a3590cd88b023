"""The columns of the results table: what each says of an image, and by what it is sorted."""

import math
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from pathlib import Path

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageResult, Prediction
from alldetect_gui.core.reviews import UNREAD, Review
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import marked, tr
from alldetect_gui.imaging.listing import natural_key

_HIDDEN = marked("hidden")


class Column(IntEnum):
    """The columns, from the left."""

    PICTURE = 0
    FILE = 1
    PATIENT = 2
    REFERENCE = 3
    SUGGESTION = 4
    PROBABILITY = 5
    AGREEMENT = 6
    FIT = 7
    READING = 8
    NOTE = 9
    OUTCOME = 10


HEADERS = {
    Column.PICTURE: (marked("Cell"), marked("The image in small")),
    Column.FILE: (marked("File"), marked("Path below the opened folder")),
    Column.PATIENT: (marked("Patient"), marked("As the file name tells")),
    Column.REFERENCE: (marked("Reference"), marked("The reference label: from the file name or the folder")),
    Column.SUGGESTION: (marked("Suggestion"), marked("A = ALL, H = HEM, U = uncertain: a suggestion, to be reviewed")),
    Column.PROBABILITY: (marked("P(ALL)"), marked("Calibrated probability of ALL, from 0 to 1")),
    Column.AGREEMENT: (
        marked("Agree"),
        marked("How many of the models made for the renderings suggest the same; Classify › Agreement over Recipes"),
    ),
    Column.FIT: (marked("Fit"), marked("Distance from the cells that the model knows; above 1 the image is outside")),
    Column.READING: (marked("Read as"), marked("The class that a reader gave: A = ALL, H = HEM, U = unsure")),
    Column.NOTE: (marked("Note"), marked("The reader's note")),
    Column.OUTCOME: (marked("Outcome"), marked("Classified, or skipped with the reason")),
}

BLIND_COLUMNS = frozenset(
    {
        Column.PATIENT,
        Column.REFERENCE,
        Column.SUGGESTION,
        Column.PROBABILITY,
        Column.AGREEMENT,
        Column.FIT,
        Column.OUTCOME,
    }
)
"""What a blind read does not show of an unread cell; file names are replaced by a number, many hold the label."""


def text(result: ImageResult, review: Review, column: Column) -> str:
    """What a cell of the table says; a dash where there is nothing to say."""
    prediction = result.prediction
    if column is Column.FILE:
        return result.record.relative
    if column is Column.PATIENT:
        return result.record.subject or "–"
    if column is Column.REFERENCE:
        return wording.reference(result.record.reference)
    if column is Column.SUGGESTION:
        return wording.suggestion(prediction.suggestion) if prediction else "–"
    if column is Column.PROBABILITY:
        return wording.decimal(prediction.probability_all) if prediction else "–"
    if column is Column.AGREEMENT:
        return wording.agreement(result)
    if column is Column.FIT:
        return wording.fit(prediction.fit if prediction else None)
    if column is Column.READING:
        return wording.reading(review.reading)
    if column is Column.NOTE:
        return review.note
    return wording.outcome(result) if column is Column.OUTCOME else ""


def hidden_text(number: int | None, column: Column) -> str | None:
    """What stands in place of `text` in a blind read; None where nothing has to be hidden."""
    if column is Column.FILE and number is not None:
        return tr("Cell {number}", number=number)
    return tr(_HIDDEN) if column in BLIND_COLUMNS or column is Column.FILE else None


def sort_values(column: Column, results: Sequence[ImageResult], reviews: Mapping[Path, Review]) -> list[str | float]:
    """One value a result. Names as people count; what has no probability, fit or votes comes first, no label last.

    Each column in one go: a table may have 100,000 rows, and asking row by row and column by column costs the most.
    """
    if column is Column.FILE:
        return [natural_key(result.record.relative) for result in results]
    if column is Column.PATIENT:
        subjects = {result.record.subject for result in results if result.record.subject}
        known = {subject: _digits_first(natural_key(subject)) for subject in subjects}
        return [known.get(result.record.subject, _LAST) for result in results]
    if column is Column.REFERENCE:
        return [_place_of(result.record.reference, CellClass.ALL, CellClass.HEM) for result in results]
    if column in (Column.READING, Column.NOTE):
        return _by_reader(column, results, reviews)
    if column is Column.OUTCOME:
        return _by_outcome(results)
    if column in _BY_PREDICTION:
        value = _BY_PREDICTION[column]
        return [-1.0 if (said := result.prediction) is None else value(said) for result in results]
    if column is Column.AGREEMENT:
        return [-1.0 if (votes := result.agreeing) is None else votes / len(result.votes) for result in results]
    if column is Column.SUGGESTION:
        return [3.0 if (said := result.prediction) is None else _suggested(said) for result in results]
    return [0.0] * len(results)


_LAST = "\U0010ffff"


def _digits_first(key: str) -> str:
    """Of patients, 12 stands before H3."""
    return f"{'10'[int(key[0])]}{key[1:]}"


def _place_of(label: object, first: object, second: object) -> float:
    return 0.0 if label is first else 1.0 if label is second else 2.0


def _suggested(prediction: Prediction) -> float:
    return _place_of(prediction.suggestion, Suggestion.ALL, Suggestion.HEM)


def _probability(prediction: Prediction) -> float:
    value = prediction.probability_all
    return value if math.isfinite(value) else -1.0


def _fit(prediction: Prediction) -> float:
    return -1.0 if prediction.fit is None else prediction.fit


_BY_PREDICTION: Mapping[Column, Callable[[Prediction], float]] = {Column.PROBABILITY: _probability, Column.FIT: _fit}


def _by_reader(column: Column, results: Sequence[ImageResult], reviews: Mapping[Path, Review]) -> list[str | float]:
    if not reviews:
        return [""] * len(results)
    read = [reviews.get(result.record.path, UNREAD) for result in results]
    if column is Column.READING:
        return [review.reading or "" for review in read]
    return [natural_key(review.note) if review.note else "" for review in read]


def _by_outcome(results: Sequence[ImageResult]) -> list[str | float]:
    """By the words, which are few: classified, uncertain or skipped, and each reason."""
    words: dict[tuple[bool, bool, str, str], str] = {}
    values: list[str | float] = []
    for result in results:
        said, skipped = result.prediction, result.outcome is Outcome.SKIPPED
        uncertain = said is not None and said.suggestion is Suggestion.UNCERTAIN
        kind = (skipped, uncertain, result.reason, said.reason if said is not None else "")
        if kind not in words:
            words[kind] = f"{skipped:d}{wording.outcome(result)}"
        values.append(words[kind])
    return values
