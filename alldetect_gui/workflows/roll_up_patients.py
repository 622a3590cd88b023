"""Use case: what the cells of each patient amount to. A share of cells, never a diagnosis."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.core.reviews import UNREAD, Reading, Review, SignOff
from alldetect_gui.evaluation.proportions import clopper_pearson
from alldetect_gui.workflows.filter_results import is_overruled
from alldetect_gui.workflows.review_cells import Reviews

FEW_CELLS = (100, 200)  # below the first a share means little; below the second the usual differential is not reached
MOST_BLAST_LIKE = 12


@dataclass(frozen=True)
class PatientCells:
    """The cells of one patient. A reader's class stands before the model's suggestion.

    blasts + others + undecided + unclassified = cells; `counted` is blasts + others.
    """

    subject: str  # empty: images without a patient
    cells: int  # that can be read; skipped images are not among them
    skipped: int
    read: int  # given a class by a person, UNSURE included
    blasts: int
    others: int
    undecided: int  # UNSURE or UNCERTAIN: neither class
    overruled: tuple[ImageRecord, ...]
    most_blast_like: tuple[ImageRecord, ...]  # highest P(ALL) first
    sign_off: SignOff | None = None

    @property
    def counted(self) -> int:
        """The cells that have a class."""
        return self.blasts + self.others

    @property
    def open_cells(self) -> int:
        """The cells that nobody has read."""
        return self.cells - self.read

    @property
    def interval(self) -> tuple[float, float] | None:
        """The exact 95 % interval of `share` (Clopper & Pearson 1934); None without a counted cell."""
        return _interval(self.blasts, self.counted) if self.counted else None

    @property
    def share(self) -> float | None:
        """Blasts among the cells counted; None without any."""
        return self.blasts / self.counted if self.counted else None


@lru_cache(maxsize=4096)
def _interval(blasts: int, counted: int) -> tuple[float, float]:
    return clopper_pearson(blasts, counted)


def roll_up(
    records: Iterable[ImageRecord],
    results: Mapping[Path, ImageResult],
    reviews: Reviews,
    sign_offs: Mapping[str, SignOff],
) -> list[PatientCells]:
    """One entry a patient, in the order in which they are first listed."""
    groups: dict[str, list[ImageRecord]] = {}
    for record in records:
        groups.setdefault(record.subject, []).append(record)
    return [_count(subject, cells, results, reviews, sign_offs.get(subject)) for subject, cells in groups.items()]


def _count(
    subject: str,
    records: Sequence[ImageRecord],
    results: Mapping[Path, ImageResult],
    reviews: Reviews,
    sign_off: SignOff | None,
) -> PatientCells:
    skipped = sum(_is_skipped(results.get(record.path)) for record in records)
    known = [(record, results.get(record.path), reviews.get(record.path, UNREAD)) for record in records]
    classes = [current_class(result, review) for _, result, review in known if not _is_skipped(result)]
    probabilities = [
        (result.prediction.probability_all, record)
        for record, result, _ in known
        if result is not None and result.prediction is not None and math.isfinite(result.prediction.probability_all)
    ]
    probabilities.sort(key=lambda item: -item[0])
    return PatientCells(
        subject=subject,
        cells=len(records) - skipped,
        skipped=skipped,
        read=sum(review.is_read for _, result, review in known if not _is_skipped(result)),
        blasts=classes.count(Reading.ALL),
        others=classes.count(Reading.HEM),
        undecided=classes.count(Reading.UNSURE),
        overruled=tuple(
            record for record, result, review in known if result is not None and is_overruled(result, review)
        ),
        most_blast_like=tuple(record for _, record in probabilities[:MOST_BLAST_LIKE]),
        sign_off=sign_off,
    )


def current_class(result: ImageResult | None, review: Review) -> Reading | None:
    """What a cell counts as: the reader's class; else the suggestion, where UNCERTAIN is UNSURE; None without both."""
    if review.reading is not None:
        return review.reading
    if result is None or result.prediction is None:
        return None
    suggestion = result.prediction.suggestion
    return Reading.UNSURE if suggestion is Suggestion.UNCERTAIN else Reading(suggestion.value)


def _is_skipped(result: ImageResult | None) -> bool:
    return result is not None and result.outcome is Outcome.SKIPPED
