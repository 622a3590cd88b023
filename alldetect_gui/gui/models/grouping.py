"""By what the images of a folder can be grouped, and what the groups are called."""

from collections.abc import Iterable
from enum import StrEnum

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.imaging.listing import natural_key

HIDDEN = "Hidden in the blind read"
NOT_RUN = "Not classified yet"


class Grouping(StrEnum):
    """What puts two images into one group."""

    NONE = "No groups"
    SUGGESTION = "Suggestion"
    PATIENT = "Patient"
    REFERENCE = "Reference label"
    OUTCOME = "Outcome"
    FIT = "Fit"
    AGREEMENT = "Agreement with reference"


def group_of(record: ImageRecord, result: ImageResult | None, grouping: Grouping, hidden: bool = False) -> str:
    """The name of the group of one image; empty for Grouping.NONE. Nothing is told of what is `hidden`."""
    if grouping is Grouping.NONE:
        return ""
    if grouping is Grouping.PATIENT:
        return f"Patient {record.subject}" if record.subject else "No patient known"
    if hidden:
        return HIDDEN
    if grouping is Grouping.REFERENCE:
        return f"Reference {record.reference}" if record.reference else "No reference label"
    return NOT_RUN if result is None else _by_result(record, result, grouping)


def _by_result(record: ImageRecord, result: ImageResult, grouping: Grouping) -> str:
    if grouping is Grouping.OUTCOME:
        return result.outcome.value.capitalize()
    if result.prediction is None:
        return "Skipped"
    if grouping is Grouping.FIT:
        fit = result.prediction.fit
        return "Fit unknown" if fit is None else "Unlike the known cells" if fit > 1 else "Like the known cells"
    suggestion = result.prediction.suggestion
    if grouping is Grouping.SUGGESTION:
        return str(suggestion)
    if suggestion is Suggestion.UNCERTAIN or record.reference is None:
        return "Uncertain" if record.reference else "No reference label"
    return "As the reference label" if suggestion.value == record.reference.value else "Unlike the reference label"


def in_order(groups: Iterable[str]) -> list[str]:
    """Each group once, in natural order."""
    return sorted(set(groups), key=natural_key)
