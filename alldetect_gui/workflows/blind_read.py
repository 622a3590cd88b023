"""What a blind first read keeps back: what the model says of a cell, its label, and whatever tells one of them.

The patient tells it, too: the healthy persons of C-NMC have an H in their names.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.core.reviews import UNREAD, Review


def kept_back(result: ImageResult) -> ImageResult:
    """What may be known of a cell before it is read: whether there is anything to read.

    A filter or an order that is asked of this instead of the result itself can give nothing away. File names and
    patients go, too: many hold the label.
    """
    return ImageResult(replace(result.record, relative="", subject="", reference=None), result.outcome)


def all_kept_back(results: Iterable[ImageResult], read: Container[Path]) -> list[ImageResult]:
    """`kept_back` for all that are not `read`: they differ in nothing that a filter asks, so one stands for many."""
    made: dict[Outcome, ImageResult] = {}
    kept = []
    for result in results:
        if result.record.path not in read:
            result = made.get(result.outcome) or made.setdefault(result.outcome, kept_back(result))
        kept.append(result)
    return kept


def blind_rank(record: ImageRecord) -> bytes:
    """Sorted by this, images stand in an order that is always the same and tells nothing.

    The order of the files may tell: in many folders all blasts come before all other cells.
    """
    return hashlib.sha256(_bytes(record.relative)).digest()


def blind_numbers(subjects: Iterable[str]) -> Mapping[str, int]:
    """A number for each patient, always the same among the same patients, by which to choose whom to read."""
    in_order = sorted(set(subjects), key=lambda subject: hashlib.sha256(_bytes(subject)).digest())
    return {subject: number for number, subject in enumerate(in_order, 1)}


def open_subjects(
    records: Iterable[ImageRecord], outcomes: Mapping[Path, ImageResult], reviews: Mapping[Path, Review]
) -> set[str]:
    """The patients of whom a blind read hides cells: those with a cell that can be read and is not."""
    return {
        record.subject
        for record in records
        if not reviews.get(record.path, UNREAD).is_read
        and ((result := outcomes.get(record.path)) is None or result.outcome is not Outcome.SKIPPED)
    }


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
