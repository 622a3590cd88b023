"""A threshold and a review band that can be moved: counts follow at once, intervals when the hand is at rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.workflows.evaluate_run import MEASURES
from alldetect_gui.workflows.try_threshold import Operating, Truth, best_truth, with_truth

REST_MS = 350
PAUSE_MS = 700  # between two looks at a run in progress
_HALF_BAND = 0.1  # where the model that made the run is not here to say its own


@dataclass(frozen=True)
class WhatIf:
    """What a threshold and a band would give."""

    threshold: float
    low: float
    high: float
    total: int
    workload: int  # images in the band
    confusion: ConfusionMatrix  # of the labelled images
    outside: ConfusionMatrix  # of those that no reader would see
    measures: Mapping[str, float | None]


class ThresholdView(Protocol):
    """What the presenter needs of the threshold panel."""

    def show_hidden(self) -> None: ...
    def show_operating(self, operating: Operating | None, truth: Truth) -> None: ...
    def show_marks(self, threshold: float, low: float, high: float) -> None: ...
    def show_what_if(self, what_if: WhatIf) -> None: ...
    def show_intervals(self, intervals: Mapping[str, tuple[float, float]]) -> None: ...


class ThresholdPresenter(QObject):
    """Nothing here changes the run: its suggestions, and what is exported, stay as they were made."""

    def __init__(
        self,
        state: WorkspaceState,
        reviews: ReviewState,
        view: ThresholdView,
        runner: TaskRunner,
        use_cases: UseCases,
        messages: Messages,
    ) -> None:
        super().__init__(state)
        self._state, self._reviews, self._view = state, reviews, view
        self._runner, self._use_cases = runner, use_cases
        self._operating: Operating | None = None
        self._chosen: Truth | None = None
        self.truth = Truth.REFERENCE
        self.threshold, self.low, self.high = 0.5, 0.5 - _HALF_BAND, 0.5 + _HALF_BAND
        self._bands: Mapping[str, tuple[float, float]] = {}
        self._moved = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._prepare)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._find_intervals)
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(messages.report)

    def know_bands(self, bands: Mapping[str, tuple[float, float]]) -> None:
        """Between which P(ALL) each model, by its hash, says UNCERTAIN: a trial begins where the run was made."""
        self._bands = bands
        if self._operating is not None and not self._moved:
            self._begin()

    def clear(self) -> None:
        """A run begins or another folder was opened."""
        self._runner.abandon()
        self._pause.stop()
        self._rest.stop()
        self._operating, self._moved = None, False
        self._view.show_operating(None, self.truth)

    def follow(self) -> None:
        """Results came in or cells were read, or a blind read ended: look again soon."""
        if self._state.results and not self._pause.isActive() and not self._state.is_coming:
            self._pause.start()

    def follow_blind(self) -> None:
        """A blind read begins or ends: what it hides must not stay in sight for a moment."""
        self._prepare()

    def choose_truth(self, truth: Truth) -> None:
        """Compare with the reference labels or with the reader."""
        self._chosen = truth
        self._prepare()

    def move(self, threshold: float, low: float, high: float) -> None:
        """Try these; a band always holds its threshold."""
        self._moved = True
        self._set(threshold, min(low, threshold), max(high, threshold))

    def reset(self) -> None:
        """Back to the threshold and the band of the model."""
        self._moved = False
        self._begin()

    def _prepare(self) -> None:
        if not self._state.results:
            return
        if self._reviews.hidden(self._state.results):
            self._runner.abandon()
            self._rest.stop()
            self._operating = None
            self._view.show_hidden()
            return
        results = list(self._state.results)
        self.truth = self._chosen or best_truth(results)
        labelled = with_truth(results, self.truth, self._reviews.reviews)
        self._runner.start(lambda: self._use_cases.try_threshold(labelled))

    def _receive(self, event: object) -> None:
        if isinstance(event, Operating):
            self._operating = event
            self._view.show_operating(event, self.truth)
            if self._moved:
                self._set(self.threshold, self.low, self.high)
            else:
                self._begin()
        elif isinstance(event, dict):
            self._view.show_intervals(event)

    def _begin(self) -> None:
        model = self._state.model
        threshold = model.threshold if model is not None else 0.5
        around = (max(0.0, threshold - _HALF_BAND), min(1.0, threshold + _HALF_BAND))
        self._set(threshold, *(self._bands.get(model.sha256, around) if model is not None else around))

    def _set(self, threshold: float, low: float, high: float) -> None:
        self.threshold, self.low, self.high = threshold, low, high
        self._view.show_marks(threshold, low, high)
        if self._operating is None:
            return
        curve = self._operating.curve
        matrix = curve.confusion(threshold)
        measures = {name: measure(matrix) for name, measure in MEASURES.items()}
        measures["roc_auc"] = self._operating.auc
        outside = curve.outside(threshold, low, high)
        self._view.show_what_if(
            WhatIf(threshold, low, high, curve.total, curve.workload(low, high), matrix, outside, measures)
        )
        self._rest.start()

    def _find_intervals(self) -> None:
        operating, threshold = self._operating, self.threshold
        if operating is not None and operating.curve.labelled:
            self._runner.start(lambda: self._use_cases.intervals_at(operating, threshold))
