"""The columns of the results table: what each says of an image, and by what it is sorted."""

import math
import re
from enum import IntEnum

from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageResult
from alldetect_gui.core.reviews import Review
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import marked, tr

_DIGITS = re.compile(r"\d+")
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
    {Column.REFERENCE, Column.SUGGESTION, Column.PROBABILITY, Column.AGREEMENT, Column.FIT, Column.OUTCOME}
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


def hidden_text(row: int, column: Column) -> str | None:
    """What stands in place of `text` in a blind read; None where nothing has to be hidden."""
    if column is Column.FILE:
        return tr("Cell {number}", number=row + 1)
    return tr(_HIDDEN) if column in BLIND_COLUMNS else None


def sort_value(result: ImageResult, review: Review, column: Column) -> str | float:
    """Text with padded digits, so that cell_2 comes before cell_10; what has no probability or fit comes first."""
    prediction = result.prediction
    if column is Column.PROBABILITY:
        value = prediction.probability_all if prediction else math.nan
        return value if math.isfinite(value) else -1.0
    if column is Column.FIT:
        return prediction.fit if prediction and prediction.fit is not None else -1.0
    if column is Column.AGREEMENT:
        return result.agreeing / len(result.votes) if result.agreeing is not None else -1.0
    if column is Column.READING:
        return review.reading or ""
    if column is Column.OUTCOME:
        return f"{result.outcome is Outcome.SKIPPED:d}{text(result, review, column)}"
    said = text(result, review, column).casefold()
    return _DIGITS.sub(_pad, said) if column in (Column.FILE, Column.PATIENT, Column.NOTE) else said


def _pad(digits: re.Match[str]) -> str:
    return digits[0].zfill(12)
