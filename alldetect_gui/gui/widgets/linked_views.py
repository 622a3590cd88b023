"""Panes side by side, each with a title, the parameters in force and what it shows; zoom and pan are one."""

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QWidget

from alldetect_gui.gui.language import marked
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.image_view import ImageView
from alldetect_gui.gui.widgets.pane import Pane
from alldetect_gui.gui.widgets.pixels import Picture
from alldetect_gui.gui.widgets.two_views import TwoViews
from alldetect_gui.gui.widgets.upright_scroll import UprightScroll
from alldetect_gui.gui.widgets.viewport import Viewport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STEP = 1.25
_GRID_COLUMNS = 3
_LOW = 16  # lines of text


class Arrangement(StrEnum):
    """How the renderings stand to each other."""

    ROW = marked("One row")
    GRID = marked("Grid")
    WIPE = marked("A | B wipe")
    BLINK = marked("A / B blink")


class LinkedViews(QWidget):
    """All panes in a row or a grid, or two of them in one place."""

    zoom_changed = Signal(float)  # screen pixels per image pixel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = Viewport(self)
        self._viewport.changed.connect(self._tell_zoom)
        self._all = QWidget()
        self._grid = QGridLayout(self._all)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.two = TwoViews(self._viewport)
        self._stack = QStackedLayout(self)
        self._scroll = UprightScroll(self._all)  # a grid on a low screen
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.two)
        self.arrangement = Arrangement.ROW
        self.panes: dict[str, Pane] = {}

    @property
    def views(self) -> dict[str, ImageView]:
        """The image of each pane."""
        return {name: pane.view for name, pane in self.panes.items()}

    @property
    def subtitles(self) -> dict[str, ElidedLabel]:
        """The line with the parameters of each pane."""
        return {name: pane.subtitle for name, pane in self.panes.items()}

    def add_pane(self, name: str, title: str, controls: QWidget | None) -> None:
        """Add a pane at the end; it is seen after `arrange`."""
        self.panes[name] = Pane(title, self._viewport, controls)
        self.two.add_choice(name, title)

    def arrange(self, arrangement: Arrangement) -> None:
        """Put the panes where `arrangement` wants them."""
        self.arrangement = arrangement
        columns = _GRID_COLUMNS if arrangement is Arrangement.GRID else max(len(self.panes), 1)
        for number in range(max(len(self.panes), _GRID_COLUMNS)):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)
        for number, pane in enumerate(self.panes.values()):
            self._grid.addWidget(pane, number // columns, number % columns)
        tallest = max((pane.controls.sizeHint().height() for pane in self.panes.values()), default=0)
        for pane in self.panes.values():  # images of one row have one height, with or without parameters below
            pane.controls.setFixedHeight(tallest)
        together = arrangement in (Arrangement.WIPE, Arrangement.BLINK)
        one = max((pane.minimumSizeHint().height() for pane in self.panes.values()), default=0)
        self._scroll.setMinimumHeight(one)
        self._stack.setCurrentWidget(self.two if together else self._scroll)
        self.two.set_blinking(arrangement is Arrangement.BLINK)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little height, it is the image's: histograms come back with room for them."""
        super().resizeEvent(event)
        low = event.size().height() < _LOW * self.fontMetrics().height()
        for pane in self.panes.values():
            pane.histogram.setVisible(not low)

    def show_image(self, name: str, image: Picture, subtitle: str) -> None:
        """Show a rendering; all panes keep their zoom while images keep their size."""
        self._viewport.set_size(image.size)
        self.panes[name].view.show_image(image)
        self.panes[name].subtitle.set_text(subtitle)
        self.two.show_image(name, image)
        self._tell_zoom()

    def show_histogram(self, name: str, counts: "NDArray[np.int64]") -> None:
        """Show the histogram of a rendering."""
        self.panes[name].histogram.show_counts(counts)

    def hide_verdicts(self, hidden: bool) -> None:
        """What the models say is hidden in a blind read."""
        for pane in self.panes.values():
            pane.verdict.hide_verdict(hidden)

    def show_verdicts(self, shown: bool) -> None:
        """With or without the lines in which the models speak."""
        for pane in self.panes.values():
            pane.verdict.setVisible(shown)

    def show_text(self, text: str) -> None:
        """Words in the first pane, nothing in the others."""
        for number, pane in enumerate(self.panes.values()):
            pane.view.show_text(text if number == 0 else "")
            pane.histogram.show_counts(None)
        self.two.show_text(text)

    def zoom_in(self) -> None:
        """Enlarge all panes around their middle."""
        self._zoom_by(_STEP)

    def zoom_out(self) -> None:
        """Shrink all panes."""
        self._zoom_by(1 / _STEP)

    def fit(self) -> None:
        """Show the whole image in all panes."""
        self._viewport.fit()

    def actual_size(self) -> None:
        """One image pixel is one screen pixel."""
        if self.panes:
            self._viewport.set_zoom(1.0, self._any().zoom)

    def _any(self) -> ImageView:
        """A view that is on screen: what the zoom of a fitted image is, depends on its size."""
        return self.two.view if self._stack.currentWidget() is self.two else next(iter(self.panes.values())).view

    def _zoom_by(self, factor: float) -> None:
        if self.panes:  # there are none before the first folder
            view = self._any()
            view.zoom_by(factor, QPointF(view.width() / 2, view.height() / 2))

    def _tell_zoom(self) -> None:
        if self.panes:
            self.zoom_changed.emit(self._any().zoom)
