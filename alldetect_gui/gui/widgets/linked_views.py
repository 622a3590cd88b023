"""Panes side by side, each with a title, the parameters in force and what it shows; zoom and pan are one."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.image_view import ImageView
from alldetect_gui.gui.widgets.viewport import Viewport

_STEP = 1.25


class LinkedViews(QWidget):
    """One column a pane: title, parameters, image, and a widget to adjust it with."""

    zoom_changed = Signal(float)  # screen pixels per image pixel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = Viewport(self)
        self._viewport.changed.connect(self._tell_zoom)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setRowStretch(2, 1)
        self.views: dict[str, ImageView] = {}
        self.subtitles: dict[str, ElidedLabel] = {}

    def add_pane(self, name: str, title: str, controls: QWidget | None) -> None:
        """Add a column at the right."""
        column = len(self.views)
        heading = QLabel(title)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        self.subtitles[name] = ElidedLabel()
        self.views[name] = ImageView(self._viewport)
        self.views[name].setAccessibleName(f"{title}, rendering of the selected image")
        heading.setBuddy(self.views[name])
        self._grid.addWidget(heading, 0, column)
        self._grid.addWidget(self.subtitles[name], 1, column)
        self._grid.addWidget(self.views[name], 2, column)
        if controls is not None:
            self._grid.addWidget(controls, 3, column, Qt.AlignmentFlag.AlignTop)
        self._grid.setColumnStretch(column, 1)

    def show_image(self, name: str, image: QImage, subtitle: str) -> None:
        """Show a rendering; all panes keep their zoom while images keep their size."""
        self._viewport.set_size(image.size())
        self.views[name].show_image(image)
        self.subtitles[name].set_text(subtitle)
        self._tell_zoom()

    def show_text(self, text: str) -> None:
        """Words in the first pane, nothing in the others."""
        for number, view in enumerate(self.views.values()):
            view.show_text(text if number == 0 else "")

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
        if self.views:
            self._viewport.set_zoom(1.0, self._any().zoom)

    def _any(self) -> ImageView:
        return next(iter(self.views.values()))

    def _zoom_by(self, factor: float) -> None:
        if self.views:  # there are none before the first folder
            view = self._any()
            view.zoom_by(factor, QPointF(view.width() / 2, view.height() / 2))

    def _tell_zoom(self) -> None:
        if self.views:
            self.zoom_changed.emit(self._any().zoom)
