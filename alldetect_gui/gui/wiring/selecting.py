"""One selection for list, gallery, table and comparison: whoever changes it, all of them show it."""

from PySide6.QtCore import QObject

from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.wiring.review import Common
from alldetect_gui.gui.workspace import Workspace


class Selecting(QObject):
    """The image in view and those selected with it, and what is said of them above the comparison."""

    def __init__(self, common: Common, page: Workspace, reviews: ReviewState) -> None:
        super().__init__(common.window)
        self._state, self._page, self._reviews = common.state, page, reviews
        state = common.state
        for panel in (page.folder, page.results):
            state.selection_changed.connect(panel.select)
            state.chosen_changed.connect(panel.show_selected)
            panel.record_chosen.connect(state.view)
            panel.records_chosen.connect(state.choose)
        state.results_added.connect(self._mark)
        for signal in (state.selection_changed, state.chosen_changed, state.results_cleared, state.results_added):
            signal.connect(self._tell)
        for signal in (reviews.reviews_changed, reviews.blind_changed, reviews.restored):
            signal.connect(self._tell)

    def _mark(self) -> None:
        """Rows have come in, perhaps those of the selection."""
        if self._state.selected is not None:
            self._page.results.select(self._state.selected)
            self._page.results.show_selected(self._state.chosen)

    def _tell(self) -> None:
        record = self._state.selected
        if record is None:
            return
        hidden = self._reviews.hides(record)
        self._page.compare.hide_verdicts(hidden)
        parts = [caption(record, None if hidden else self._state.outcomes.get(record.path), hidden=hidden)]
        if reading := self._reviews.review(record).reading:
            parts.append(tr("read as {reading}", reading=wording.reading(reading)))
        if (number := len(self._state.meant)) > 1:
            parts.append(tr("one of {number} selected", number=number))
        self._page.compare.show_caption(" · ".join(parts))


def caption(record: ImageRecord, result: ImageResult | None, *, hidden: bool = False) -> str:
    """What is said above the comparison: the file, and what was suggested for it; `hidden` in a blind read."""
    if hidden:
        return tr("Blind read")
    parts = [record.relative.rpartition("/")[2]]
    if record.subject:
        parts.append(tr("patient {subject}", subject=record.subject))
    if record.reference:
        parts.append(tr("reference {reference}", reference=record.reference))
    if result is not None and result.prediction is not None:
        probability = wording.decimal(result.prediction.probability_all)
        parts.append(
            tr(
                "suggestion {suggestion}, P(ALL) {probability}",
                suggestion=wording.suggestion(result.prediction.suggestion),
                probability=probability,
            )
        )
    elif result is not None:
        parts.append(wording.outcome(result))
    return "  ·  ".join(parts)
