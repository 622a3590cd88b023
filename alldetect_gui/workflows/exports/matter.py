"""Which cells a report shows: those whose class a reader should look at first."""

import math
from collections.abc import Mapping

from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageResult
from alldetect_gui.core.words import marked
from alldetect_gui.workflows.exports.run import ExportRun
from alldetect_gui.workflows.filter_results import is_overruled
from alldetect_gui.workflows.review_cells import doubt

MOST = 12

MATTER_TITLES: Mapping[str, str] = {
    "doubtful": marked("Most doubtful"),
    "blast_like": marked("Most blast-like (highest P(ALL))"),
    "against_reference": marked("Suggestion against the reference label, the surest first"),
    "overruled": marked("Overruled by a reader"),
}


def cells_that_matter(run: ExportRun) -> dict[str, list[ImageResult]]:
    """At most MOST images of each kind, by the keys of MATTER_TITLES; an image may be in several."""
    threshold = run.model.threshold if run.model else 0.5
    classified = [result for result in run.results if result.outcome is Outcome.CLASSIFIED]
    return {
        "doubtful": sorted(classified, key=lambda result: -doubt(result.prediction, threshold))[:MOST],
        "blast_like": sorted(filter(_is_finite, classified), key=lambda result: -_probability(result))[:MOST],
        "against_reference": sorted(
            filter(_is_against, classified), key=lambda result: -abs(_probability(result) - threshold)
        )[:MOST],
        "overruled": [result for result in classified if is_overruled(result, run.review(result.record))][:MOST],
    }


def _probability(result: ImageResult) -> float:
    return result.prediction.probability_all if result.prediction else math.nan


def _is_finite(result: ImageResult) -> bool:
    return math.isfinite(_probability(result))


def _is_against(result: ImageResult) -> bool:
    """A class was suggested, and it is not that of the reference label."""
    reference, prediction = result.record.reference, result.prediction
    if reference is None or prediction is None or prediction.suggestion is Suggestion.UNCERTAIN:
        return False
    return prediction.suggestion.value != reference.value
