"""By what the images of a folder can be grouped, and what the groups are called."""

from collections.abc import Iterable
from enum import StrEnum

from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import marked, tr
from alldetect_gui.imaging.listing import natural_key

HIDDEN = marked("Hidden in the blind read")
NOT_RUN = marked("Not classified yet")
_OUTCOMES = {Outcome.CLASSIFIED: marked("Classified"), Outcome.SKIPPED: marked("Skipped")}


class Grouping(StrEnum):
    """What puts two images into one group."""

    NONE = marked("No groups")
    SUGGESTION = marked("Suggestion")
    PATIENT = marked("Patient")
    REFERENCE = marked("Reference label")
    OUTCOME = marked("Outcome")
    FIT = marked("Fit")
    AGREEMENT = marked("Agreement with reference")
    RECIPES = marked("Agreement over recipes")


def group_of(record: ImageRecord, result: ImageResult | None, grouping: Grouping, hidden: bool = False) -> str:
    """The name of the group of one image; empty for Grouping.NONE. Nothing is told of what is `hidden`."""
    if grouping is Grouping.NONE:
        return ""
    if hidden:
        return tr(HIDDEN)
    if grouping is Grouping.PATIENT:
        return tr("Patient {subject}", subject=record.subject) if record.subject else tr("No patient known")
    if grouping is Grouping.REFERENCE:
        return tr("Reference {reference}", reference=record.reference) if record.reference else tr("No reference label")
    return tr(NOT_RUN) if result is None else _by_result(record, result, grouping)


def _by_result(record: ImageRecord, result: ImageResult, grouping: Grouping) -> str:
    if grouping is Grouping.OUTCOME:
        return tr(_OUTCOMES[result.outcome])
    if result.prediction is None:
        return tr("Skipped")
    if grouping is Grouping.FIT:
        fit = result.prediction.fit
        if fit is None:
            return tr("Fit unknown")
        return tr("Unlike the known cells") if fit > 1 else tr("Like the known cells")
    if grouping is Grouping.RECIPES:
        return tr("Agreement {agreement}", agreement=wording.agreement(result)) if result.votes else tr("Not asked yet")
    suggestion = result.prediction.suggestion
    if grouping is Grouping.SUGGESTION:
        return wording.suggestion(suggestion)
    if suggestion is Suggestion.UNCERTAIN or record.reference is None:
        return tr("Uncertain") if record.reference else tr("No reference label")
    if suggestion.value == record.reference.value:
        return tr("As the reference label")
    return tr("Unlike the reference label")


def in_order(groups: Iterable[str]) -> list[str]:
    """Each group once, in natural order."""
    return sorted(set(groups), key=natural_key)
