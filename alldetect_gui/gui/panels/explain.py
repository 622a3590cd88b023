"""Where in the selected cell the model found what it says: two maps beside the rendering that it looked at."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from alldetect_gui.core.events import ExplanationReady
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import marked, tr
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.evidence_legend import EvidenceLegend
from alldetect_gui.gui.widgets.image_view import ImageView
from alldetect_gui.gui.widgets.pixels import to_qimage
from alldetect_gui.gui.widgets.viewport import Viewport

_TITLES = {"seen": marked("What the model looked at"), "grad-cam": "Grad-CAM", "occlusion": marked("Occlusion")}
_MEANINGS = {
    "seen": marked("The selected image, prepared by the recipe of the model"),
    "grad-cam": marked(
        "Each place of the network's feature maps times the derivative of the model's logit there "
        "(HiResCAM), for all views and blocks together"
    ),
    "occlusion": marked(
        "How much the model's logit falls when a part of the cell is painted over with the cell's mean colour"
    ),
}


class ExplainPanel(QWidget):
    """Three linked views; they are filled only while the panel is in sight, because maps are dear."""

    sight_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        viewport = Viewport(self)
        self._viewport = viewport
        self.status = ElidedLabel()
        self.views: dict[str, ImageView] = {}
        self.notes: dict[str, ElidedLabel] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setRowStretch(1, 1)
        for column, (name, words) in enumerate(_TITLES.items()):
            title, meaning = tr(words), tr(_MEANINGS[name])
            heading = QLabel(title)
            heading.setTextFormat(Qt.TextFormat.PlainText)
            heading.setToolTip(meaning)
            view = ImageView(viewport)
            view.setAccessibleName(f"{title}: {meaning}")
            heading.setBuddy(view)
            self.views[name], self.notes[name] = view, ElidedLabel()
            for row, widget in enumerate((heading, view, self.notes[name])):
                grid.addWidget(widget, row, column)
            grid.setColumnStretch(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.status)
        layout.addLayout(grid, 1)
        layout.addWidget(EvidenceLegend(), 0, Qt.AlignmentFlag.AlignHCenter)

    def show_words(self, text: str) -> None:
        """There is no explanation: say why."""
        self.status.set_text(text)
        for name, view in self.views.items():
            view.show_text("")
            self.notes[name].set_text("")

    def show_explanation(self, ready: ExplanationReady) -> None:
        """One map, finished or growing."""
        self.status.set_text(
            tr(
                "Model {model}: logit {logit} before calibration; above 0 speaks for ALL. A map "
                "shows what the model used, not what is right.",
                model=ready.model,
                logit=wording.decimal(ready.logit),
            )
        )
        self._viewport.set_size(to_qimage(ready.pixels).size())
        self.views["seen"].show_image(to_qimage(ready.pixels))
        self.views[ready.method].show_image(to_qimage(ready.overlay))
        if ready.outside is not None:
            self.notes[ready.method].set_text(
                tr("{outside} of the map lies outside the cell", outside=wording.percent(ready.outside))
            )
        elif ready.done < ready.total:
            self.notes[ready.method].set_text(tr("{done} of {total} parts tried…", done=ready.done, total=ready.total))
        else:
            self.notes[ready.method].set_text(tr("{total} parts of the cell tried", total=ready.total))

    def showEvent(self, event: QShowEvent) -> None:
        self.sight_changed.emit(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.sight_changed.emit(False)
        super().hideEvent(event)
