"""What another threshold and a review band would give: plots, boxes for the keyboard, figures and the workload."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from alldetect_gui.gui import wording
from alldetect_gui.gui.language import marked, tr
from alldetect_gui.gui.presenters.threshold import WhatIf
from alldetect_gui.gui.widgets.upright_scroll import UprightScroll
from alldetect_gui.workflows.try_threshold import Operating, Truth

if TYPE_CHECKING:
    from alldetect_gui.gui.widgets.threshold_plots import ThresholdPlots

TRUTHS = {Truth.REFERENCE: marked("Reference labels"), Truth.READER: marked("Reader's classes")}
_HAVE = {
    Truth.REFERENCE: marked("{labelled} of {images} have a reference label."),
    Truth.READER: marked("{labelled} of {images} have been read as ALL or HEM."),
}


class ThresholdPanel(QWidget):
    """Layout and signals. The plots are made when there is first something to see in them."""

    moved = Signal(float, float, float)  # threshold, low, high
    truth_chosen = Signal(object)  # Truth
    reset_wanted = Signal()
    band_wanted = Signal(float, float)  # show these images

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plots: ThresholdPlots | None = None
        self._made: ThresholdPlots | None = None  # and not yet filled
        self._stale = True  # what the plots show, if anything
        self._operating: Operating | None = None
        self._marks = (0.5, 0.4, 0.6)
        self._what_if: WhatIf | None = None
        self._setting = False
        self._note = _label(wrap=True)
        self.workload = _label(wrap=True)
        self.workload.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # as wide as the figures
        self.threshold = self._make_box(tr("Threshold"))
        self.low, self.high = self._make_box(tr("Band from")), self._make_box(tr("Band to"))
        self.truth = QComboBox()
        self.truth.setAccessibleName(tr("What suggestions are compared with"))
        for truth, name in TRUTHS.items():
            self.truth.addItem(tr(name), truth)
        self.truth.activated.connect(lambda row: self.truth_chosen.emit(Truth(self.truth.itemData(row))))
        self.values: dict[str, QLabel] = {}
        self.intervals: dict[str, QLabel] = {}
        self._room = QVBoxLayout()
        self._body = QWidget()
        body = QHBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.addLayout(self._room, 1)
        side = QWidget()
        side.setLayout(self._make_side())
        body.addWidget(UprightScroll(side))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self._note)
        layout.addWidget(self._body, 1)
        self.show_operating(None, Truth.REFERENCE)

    def _make_box(self, name: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(0, 1)
        box.setDecimals(3)
        box.setSingleStep(0.01)
        box.setKeyboardTracking(False)
        box.setAccessibleName(name)
        box.valueChanged.connect(self._tell_boxes)
        return box

    def _make_side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setContentsMargins(0, 0, 4, 0)
        top = QGridLayout()
        top.addWidget(_label(tr("Compared with")), 0, 0)
        top.addWidget(self.truth, 0, 1, 1, 3)
        top.addWidget(_label(tr("Threshold")), 1, 0)
        top.addWidget(self.threshold, 1, 1)
        reset = QPushButton(tr("Reset"))
        reset.setToolTip(tr("Back to the threshold and the band of the model"))
        reset.clicked.connect(self.reset_wanted)
        top.addWidget(reset, 1, 3)
        top.addWidget(_label(tr("Band")), 2, 0)
        top.addWidget(self.low, 2, 1)
        top.addWidget(_label(tr("to")), 2, 2)
        top.addWidget(self.high, 2, 3)
        side.addLayout(top)
        side.addWidget(self.workload)
        show = QPushButton(tr("Show These Images"))
        show.setToolTip(tr("Filter the results to the images in the band"))
        show.clicked.connect(lambda: self.band_wanted.emit(self.low.value(), self.high.value()))
        side.addWidget(show, 0, Qt.AlignmentFlag.AlignLeft)
        side.addLayout(self._make_figures())
        side.addStretch()
        return side

    def _make_figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        # Room for the widest figures from the start: if they came and went, the plots would move under a dragging hand.
        widest, bold = (
            wording.interval("sensitivity", (1.0, 1.0)),
            _label(wording.measure("sensitivity", 1.0), bold=True),
        )
        grid.setColumnMinimumWidth(1, bold.sizeHint().width())
        grid.setColumnMinimumWidth(2, self.fontMetrics().horizontalAdvance(widest))
        for number, (name, title) in enumerate(wording.measure_names()):
            self.values[name], self.intervals[name] = _label(bold=True), _label()
            self.values[name].setAlignment(Qt.AlignmentFlag.AlignRight)
            self.values[name].setAccessibleName(tr("{title} at this threshold", title=title))
            for column, label in enumerate((_label(title), self.values[name], self.intervals[name])):
                label.setToolTip(tr(wording.MEASURE_MEANINGS[name]))
                grid.addWidget(label, number, column)
        return grid

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            QTimer.singleShot(0, self, self._fill_plots)  # the tab is painted first

    def show_hidden(self) -> None:
        """A blind read is on: curves and counts of suggestions would tell of the unread cells."""
        self.show_operating(None, Truth.REFERENCE)
        self._note.setText(tr("Hidden in the blind read until every cell is read."))

    def show_operating(self, operating: Operating | None, truth: Truth) -> None:
        """Another run, or another truth; None: there is no run."""
        self._operating = operating
        self._body.setVisible(operating is not None)
        for label in self.intervals.values():
            label.setText("")
        if operating is None:
            self._note.setText(tr("After a run, other thresholds and a band for review can be tried here."))
            return
        self.truth.setCurrentIndex(list(TRUTHS).index(truth))
        labelled, total = operating.curve.labelled, operating.curve.total
        trial = tr(
            "Drag the line (threshold) and the grey band (for review). This is a trial: the suggestions stay as made."
        )
        have = tr(_HAVE[truth], labelled=labelled, images=wording.count(total, "image"))
        self._note.setText(f"{trial} {have}")
        self._fill_plots()

    def show_marks(self, threshold: float, low: float, high: float) -> None:
        """Where threshold and band stand."""
        self._marks = (threshold, low, high)
        self._setting = True
        for box, value in zip((self.threshold, self.low, self.high), self._marks, strict=True):
            box.setValue(value)
        self._setting = False
        if self.plots is not None:
            self.plots.show_marks(*self._marks)

    def show_what_if(self, what_if: WhatIf) -> None:
        """The figures and the workload."""
        self._what_if = what_if
        for name, label in self.values.items():
            label.setText(wording.measure(name, what_if.measures[name]))
            self.intervals[name].setText("")
        self.workload.setText(workload_text(what_if))
        if self.plots is not None:
            self.plots.show_point(what_if.confusion.sensitivity, what_if.confusion.specificity)

    def show_intervals(self, intervals: Mapping[str, tuple[float, float]]) -> None:
        """95 % by patient."""
        for name, label in self.intervals.items():
            label.setText(wording.interval(name, intervals.get(name)))

    def _fill_plots(self) -> None:
        """Plots that are out of sight wait: a run brings new figures more than once a second."""
        self._stale = not self.isVisible()
        if self._stale or self._operating is None:
            return
        if self.plots is None:
            if self._made is None:
                from alldetect_gui.gui.widgets.threshold_plots import ThresholdPlots

                self._made = ThresholdPlots(self)
                QTimer.singleShot(0, self, self._fill_plots)  # to make them is enough for one step
                return
            self.plots = self._made
            self.plots.moved.connect(self.moved)
            self._room.addWidget(self.plots)
        self.plots.show_distribution(self._operating.curve)
        self.plots.show_roc(self._operating.roc)
        self.plots.show_calibration(self._operating.calibration)
        self.plots.show_marks(*self._marks)
        if self._what_if is not None:
            self.plots.show_point(self._what_if.confusion.sensitivity, self._what_if.confusion.specificity)

    def _tell_boxes(self) -> None:
        if not self._setting:
            self.moved.emit(self.threshold.value(), self.low.value(), self.high.value())


def workload_text(what_if: WhatIf) -> str:
    """“27 of 112 images (24.1 %) go to a reader; of the 85 others with a label, 82 are called as it says.”"""
    share = what_if.workload / what_if.total if what_if.total else 0.0
    text = tr(
        "{workload} of {images} ({share}) go to a reader",
        workload=what_if.workload, images=wording.count(what_if.total, "image"), share=wording.percent(share),
    )  # fmt: skip
    outside = what_if.outside
    if not outside.total:
        return f"{text}."
    right = outside.tp + outside.tn
    return tr(
        "{text}; of the {others} others with a label, {right} ({share}) are called as it says.",
        text=text, others=outside.total, right=right, share=wording.percent(right / outside.total),
    )  # fmt: skip


def _label(text: str = "", *, wrap: bool = False, bold: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    font = label.font()
    font.setBold(bold)
    label.setFont(font)
    return label
