"""How good the suggestions are: the matrix that filters, the threshold to try, the next misclassified cell."""

import math
from collections.abc import Sequence
from operator import attrgetter

from PySide6.QtCore import QObject, QTimer

from alldetect_gui.core.labels import CellClass
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.panels.threshold import ThresholdPanel
from alldetect_gui.gui.presenters.summary import SummaryPresenter
from alldetect_gui.gui.presenters.threshold import ThresholdPresenter
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.wiring.review import Common
from alldetect_gui.gui.workspace import Workspace
from alldetect_gui.workflows.try_threshold import best_truth, is_misclassified, query_of, with_truth

_MARKED = 2000  # of a larger selection, these mark the matrix: it has four parts


class Assessing(QObject):
    """The concern of comparing suggestions with labels or with the reader."""

    def __init__(
        self, common: Common, page: Workspace, reviews: ReviewState, images: ImageListModel, summary: SummaryPresenter
    ) -> None:
        super().__init__(common.window)
        self._state, self._page, self._reviews, self._images = common.state, page, reviews, images
        self._messages = common.messages
        self.panel = ThresholdPanel()
        self.presenter = ThresholdPresenter(
            common.state, reviews, self.panel, common.runners.bounds, common.use_cases, common.messages
        )
        page.tabs.addTab(self.panel, tr("Threshold"))
        summary.reviews = lambda: reviews.reviews
        summary.hidden = lambda: reviews.hidden(common.state.results)
        for follow in (self.presenter.follow_blind, summary.follow_blind, self._mark):
            reviews.blind_changed.connect(follow)
        state, present, batch = common.state, self.presenter, common.runners.batch
        state.results_cleared.connect(present.clear)
        state.results_added.connect(present.follow)
        for ending in (batch.finished, batch.cancelled, batch.failed):
            ending.connect(present.follow)
            ending.connect(self._narrow_soon)
        reviews.reviews_changed.connect(present.follow)
        reviews.reviews_changed.connect(summary.follow_reviews)
        for signal in (
            state.selection_changed,
            state.chosen_changed,
            state.results_added,
            state.results_cleared,
            reviews.reviews_changed,
        ):
            signal.connect(self._mark)
        self.panel.moved.connect(present.move)
        self.panel.truth_chosen.connect(present.choose_truth)
        self.panel.reset_wanted.connect(present.reset)
        self.panel.band_wanted.connect(lambda low, high: self.show_only(f"p>={low!r} p<={high!r}"))
        page.confusion.part_chosen.connect(self._show_part)
        page.results.narrowed.connect(self._narrow_list)

    def _mark(self) -> None:
        """The image in view is marked in the matrix, too, where it is counted there."""
        state = self._state
        viewed = [state.selected] if state.selected is not None else []
        in_view = next(iter(self._parts(viewed)), (-1, -1))
        self._page.confusion.mark(*in_view, self._parts(state.meant[:_MARKED]) if len(state.meant) > 1 else ())

    def _parts(self, records: Sequence[ImageRecord]) -> set[tuple[int, int]]:
        """In which parts of the matrix these images are counted."""
        state, parts = self._state, set()
        known = [
            result
            for record in records
            if (result := state.outcomes.get(record.path)) is not None and not self._reviews.hides(record)
        ]
        for labelled in with_truth(known, best_truth(state.results), self._reviews.reviews) if known else ():
            prediction, label = labelled.prediction, labelled.record.reference
            if prediction is not None and label is not None and math.isfinite(prediction.probability_all):
                called_all = prediction.probability_all >= self._threshold()
                parts.add((0 if label is CellClass.ALL else 1, 0 if called_all else 1))
        return parts

    def show_only(self, query: str) -> None:
        """Filter table and list, and show the table."""
        self._page.tabs.setCurrentIndex(0)
        self._page.results.show_only(query)

    def next_misclassified(self) -> None:
        """Go to the next row, in the order of the table, on the wrong side of the threshold."""
        shown, truth = self._page.results.model.shown(), best_truth(self._state.results)
        threshold, reviews = self._threshold(), self._reviews.reviews
        wrong = [
            result.record
            for result in shown
            if is_misclassified(result, truth, reviews, threshold) and not self._reviews.hides(result.record)
        ]
        if not wrong:
            self._messages.tell(
                tr("Among the rows shown, no image lies on the other side of the threshold than its label")
            )
            return
        self._state.select(self._after_selected([result.record for result in shown], wrong))

    def _after_selected(self, order: list[ImageRecord], wrong: list[ImageRecord]) -> ImageRecord:
        place = {record.path: number for number, record in enumerate(order)}
        here = place.get(self._state.selected.path, -1) if self._state.selected is not None else -1
        return next((record for record in wrong if place[record.path] > here), wrong[0])

    def _threshold(self) -> float:
        return self._state.model.threshold if self._state.model is not None else 0.5

    def _show_part(self, label: str, predicted: str) -> None:
        self.show_only(query_of(best_truth(self._state.results), label, self._threshold(), predicted))

    def _narrow_soon(self) -> None:
        """A run's end is work for many: the window answers before this is done."""
        QTimer.singleShot(0, self, self._narrow_list)

    def _narrow_list(self) -> None:
        """The list shows the images of the table's rows, as long as a filter is on."""
        results = self._page.results
        shown = results.model.shown() if results.is_filtered else None
        self._images.narrow(None if shown is None else set(map(attrgetter("record.relative"), shown)))
        self._page.folder.tell_narrowed()
        if self._state.selected is not None:
            self._page.folder.select(self._state.selected)
            self._page.folder.show_selected(self._state.chosen)
