"""The plots of the threshold tab. Importing pyqtgraph takes long: a worker does it before there is anything to plot."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.evaluation.curves import CalibrationBin
from alldetect_gui.evaluation.operating import OperatingCurve
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.theme import class_colours
from alldetect_gui.gui.wording import decimal

_BINS = 40
_STEP = 0.001  # what a drag is rounded to
_LOW = 12  # lines of text; in less height an axis and its name would leave no room for the curve


class ThresholdPlots(QWidget):
    """The distribution of P(ALL) with its marks; the ROC curve with the point in force; the calibration."""

    moved = Signal(float, float, float)  # threshold, low, high

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting = False
        self._curve: OperatingCurve | None = None
        self._points: Sequence[tuple[float, float]] | None = None
        self._bins: Sequence[CalibrationBin] | None = None
        pg.setConfigOptions(antialias=True)
        self.distribution = self._make(
            "P(ALL)", tr("Images"), tr("Distribution of P(ALL), with the threshold and the band")
        )
        self.roc = self._make(tr("1 − specificity"), tr("Sensitivity"), tr("ROC curve"))
        self.calibration = self._make(tr("Mean P(ALL)"), tr("Share of ALL"), tr("Calibration"))
        ticks = [[(0, "0"), (0.5, decimal(0.5, 1)), (1, "1")], [(0.25, ""), (0.75, "")]]
        self.distribution.getAxis("bottom").setTicks(ticks)
        for plot in (self.roc, self.calibration):
            plot.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.07)
            plot.setAspectLocked(False)
            for side in ("bottom", "left"):  # few numbers, that never run into each other
                plot.getAxis(side).setTicks(ticks)
        self.band = pg.LinearRegionItem((0.4, 0.6), bounds=(0, 1), brush=(128, 128, 128, 60))
        self.line = pg.InfiniteLine(0.5, movable=True, bounds=(0, 1), label=decimal(0.5, 3))
        self.line.setZValue(20)
        self.line.sigPositionChanged.connect(lambda: self.line.label.setFormat(decimal(self.line.value(), 3)))
        self.line.sigPositionChanged.connect(self._tell)
        self.band.sigRegionChanged.connect(self._tell)
        self._point = pg.ScatterPlotItem(size=11)
        self.legend = QLabel()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(2)
        layout.setRowStretch(1, 1)
        captions = (self.legend, QLabel(tr("ROC curve")), QLabel(tr("Calibration")))  # theirs would widen a plot
        plots = (self.distribution, self.roc, self.calibration)
        for column, (caption, plot, share) in enumerate(zip(captions, plots, (5, 3, 3), strict=True)):
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            caption.setWordWrap(True)
            layout.addWidget(caption, 0, column)
            layout.addWidget(plot, 1, column)
            layout.setColumnStretch(column, share)
        self._colour()

    def _make(self, below: str, left: str, name: str) -> pg.PlotWidget:
        plot = pg.PlotWidget(enableMenu=False)  # which nobody could open, and takes as long as the plot
        plot.setMouseEnabled(False, False)
        plot.hideButtons()
        plot.setLabel("bottom", below)
        plot.setLabel("left", left)
        plot.setAccessibleName(name)
        plot.setToolTip(tr("{name}. Across: {below}; upwards: {left}", name=name, below=below, left=left))
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the boxes beside it do the same by key
        plot.setAcceptDrops(False)
        plot.viewport().setAcceptDrops(False)
        return plot

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little height the names of the axes make room for the curves; the tool tips have them too."""
        super().resizeEvent(event)
        enough = self.height() >= _LOW * self.fontMetrics().height()
        for plot in (self.distribution, self.roc, self.calibration):
            for side in ("bottom", "left"):
                plot.getAxis(side).showLabel(enough)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme while the plots are in sight: pens and brushes do not follow the palette by themselves."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "line"):
            self._colour()
            if self._curve is not None:
                self.show_distribution(self._curve)
            if self._points is not None:
                self.show_roc(self._points)
            if self._bins is not None:
                self.show_calibration(self._bins)

    def _colour(self) -> None:
        """Axes and ground as the theme has them."""
        ground, ink = self.palette().color(QPalette.ColorRole.Base), self.palette().color(QPalette.ColorRole.Text)
        for plot in (self.distribution, self.roc, self.calibration):
            plot.setBackground(ground)
            for side in ("left", "bottom"):
                plot.getAxis(side).setPen(ink)
                plot.getAxis(side).setTextPen(ink)
        self.line.setPen(pg.mkPen(ink, width=2))
        self.line.setHoverPen(pg.mkPen(ink, width=4))
        self.line.label.setColor(ink)
        for edge in self.band.lines:
            edge.setPen(pg.mkPen(ink, width=1, style=Qt.PenStyle.DashLine))
            edge.setHoverPen(pg.mkPen(ink, width=3))

    def show_distribution(self, curve: OperatingCurve) -> None:
        """Bars on top of each other: HEM, ALL, and what has no label."""
        self._curve = curve
        self.distribution.clear()
        edges = np.linspace(0, 1, _BINS + 1)
        floor: NDArray[np.float64] = np.zeros(_BINS)
        grey = self.palette().color(QPalette.ColorRole.Mid)
        colours = (class_colours(Suggestion.HEM)[0], class_colours(Suggestion.ALL)[0], grey)
        words = ("H HEM", "A ALL", tr("no label"))
        for values, colour in zip((curve.hem, curve.all, curve.unknown), colours, strict=True):
            counts = np.histogram(values, edges)[0].astype(np.float64)
            bars = pg.BarGraphItem(x0=edges[:-1], x1=edges[1:], y0=floor, height=counts, brush=colour, pen=None)
            self.distribution.addItem(bars)
            floor = floor + counts
        self.distribution.setRange(xRange=(0, 1), yRange=(0, max(1.0, float(floor.max()))), padding=0.05)
        marks = (
            f'<span style="color:{colour.name()}">■</span>&nbsp;{word}'
            for word, colour, values in zip(words, colours, (curve.hem, curve.all, curve.unknown), strict=True)
            if len(values)
        )
        self.legend.setText(" &nbsp; ".join(marks))
        self.distribution.addItem(self.band)
        self.distribution.addItem(self.line)
        self._colour()

    def show_roc(self, points: Sequence[tuple[float, float]]) -> None:
        """The curve; the diagonal is guessing."""
        self._points = points
        self.roc.clear()
        self._diagonal(self.roc)
        if points:
            x, y = zip(*points, strict=True)
            self.roc.plot(x, y, pen=pg.mkPen(self.palette().color(QPalette.ColorRole.Link), width=2))
        self.roc.addItem(self._point)
        self._point.setBrush(class_colours(Suggestion.ALL)[0])

    def show_point(self, sensitivity: float | None, specificity: float | None) -> None:
        """Where on the curve the threshold stands."""
        known = sensitivity is not None and specificity is not None
        self._point.setData(
            [1 - specificity] if known and specificity is not None else [], [sensitivity] if known else []
        )

    def show_calibration(self, bins: Sequence[CalibrationBin]) -> None:
        """One point a bin, larger with more images; on the diagonal the probability says what it means."""
        self._bins = bins
        self.calibration.clear()
        self._diagonal(self.calibration)
        if bins:
            largest = max(item.images for item in bins)
            sizes = [6 + 12 * (item.images / largest) ** 0.5 for item in bins]
            x, y = [item.mean_probability for item in bins], [item.observed for item in bins]
            pen = pg.mkPen(self.palette().color(QPalette.ColorRole.Link), width=1)
            brush = self.palette().color(QPalette.ColorRole.Link)
            self.calibration.plot(x, y, pen=pen, symbol="o", symbolSize=sizes, symbolBrush=brush, symbolPen=None)

    def _diagonal(self, plot: pg.PlotWidget) -> None:
        grey = QColor(self.palette().color(QPalette.ColorRole.PlaceholderText))
        plot.plot([0, 1], [0, 1], pen=pg.mkPen(grey, style=Qt.PenStyle.DashLine))

    def show_marks(self, threshold: float, low: float, high: float) -> None:
        """Put the line and the band where they are said to be."""
        self._setting = True
        self.line.setValue(threshold)
        self.band.setRegion((low, high))
        self._setting = False

    def _tell(self) -> None:
        if not self._setting:
            low, high = self.band.getRegion()
            threshold, low, high = (round(round(value / _STEP) * _STEP, 3) for value in (self.line.value(), low, high))
            self.moved.emit(threshold, low, high)
