"""One pane of the comparison: a rendering with all that is said about it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from alldetect_gui.gui.language import tr
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.histogram_view import HistogramView
from alldetect_gui.gui.widgets.image_view import ImageView
from alldetect_gui.gui.widgets.verdict import Verdict

if TYPE_CHECKING:
    from alldetect_gui.gui.widgets.viewport import Viewport


class Pane(QWidget):
    """Title, parameters, image, what the model says, histogram, and a widget to adjust it with."""

    def __init__(
        self, title: str, viewport: "Viewport", controls: QWidget | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        heading = QLabel(title)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        self.title = title
        self.subtitle = ElidedLabel()
        self.view = ImageView(viewport)
        self.view.setAccessibleName(tr("{title}, rendering of the selected image", title=title))
        heading.setBuddy(self.view)
        self.verdict = Verdict(title)
        self.histogram = HistogramView(title)
        self.controls = QWidget()
        self.controls.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        room = QVBoxLayout(self.controls)
        room.setContentsMargins(0, 0, 0, 0)
        if controls is not None:
            room.addWidget(controls)
        room.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading)
        layout.addWidget(self.subtitle)
        layout.addWidget(self.view, 1)
        for widget in (self.verdict, self.histogram, self.controls):
            layout.addWidget(widget)
