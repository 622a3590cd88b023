"""The selected image under every recipe, side by side."""

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from alldetect_gui.core.events import RenderingJudged, RenderingReady
from alldetect_gui.gui import wording
from alldetect_gui.gui.actions import Actions
from alldetect_gui.gui.language import said, tr
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.linked_views import Arrangement, LinkedViews
from alldetect_gui.gui.widgets.pixels import Picture
from alldetect_gui.gui.widgets.recipe_controls import RecipeControls

if TYPE_CHECKING:
    from alldetect_gui.imaging.recipe import Recipe

WAIT_MS = 150  # most images are read faster than this, and then nothing flickers


class ComparePanel(QWidget):
    """A header with the file and the zoom; below it one pane a recipe, made when the recipes are known."""

    parameters_changed = Signal(str, object)  # recipe name, dict of parameters

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = ElidedLabel()
        font = self._caption.font()
        font.setBold(True)
        self._caption.setFont(font)
        self._zoom = QLabel()
        self._zoom.setTextFormat(Qt.TextFormat.PlainText)
        self._zoom.setAccessibleName(tr("Zoom"))
        self.panes = LinkedViews()
        self.arrangement = QComboBox()
        self.arrangement.setAccessibleName(tr("Arrangement of the renderings"))
        self.arrangement.addItems([tr(arrangement) for arrangement in Arrangement])
        self.arrangement.currentIndexChanged.connect(lambda row: self.panes.arrange(list(Arrangement)[row]))
        header = QHBoxLayout()
        header.addWidget(self._caption, 1)
        header.addWidget(self._zoom)
        header.addWidget(self.arrangement)
        for action in (actions.difference, actions.fit, actions.actual_size, actions.reset_recipes, actions.save_sheet):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(action.text().replace("&", ""))
            header.addWidget(button)
        self._last_button = button
        self.panes.zoom_changed.connect(
            lambda zoom: self._zoom.setText(tr("Zoom {percent} %", percent=round(100 * zoom)))
        )
        self._waiting = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._waiting.timeout.connect(lambda: self.panes.show_text(tr("Reading the image…")))
        self.controls: dict[str, RecipeControls] = {}
        self.hidden = False  # what the models say; see hide_verdicts
        self._judged = True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(header)
        layout.addWidget(self.panes, 1)

    def set_recipes(self, recipes: "Sequence[Recipe]") -> None:
        """Make one pane a recipe."""
        for recipe in recipes:
            controls = None
            if recipe.parameters:
                controls = RecipeControls(recipe)
                controls.parameters_changed.connect(
                    lambda values, name=recipe.name: self.parameters_changed.emit(name, values)
                )
                self.controls[recipe.name] = controls
            self.panes.add_pane(recipe.name, said(recipe.title), controls)
        self.panes.arrange(self.panes.arrangement)
        self.panes.hide_verdicts(self.hidden)
        self.panes.show_verdicts(self._judged)
        self._order_tabs()

    def _tell_zoom(self, zoom: float) -> None:
        self._zoom.setText(tr("Zoom {percent} %", percent=round(100 * zoom)))

    def _order_tabs(self) -> None:
        """Panes are made late; the Tab key still visits them after the header: each image, then its parameters."""
        before: QWidget = self._last_button
        for name, view in self.panes.views.items():
            for widget in (view, *(self.controls[name].in_order() if name in self.controls else ())):
                QWidget.setTabOrder(before, widget)
                before = widget

    def show_caption(self, text: str) -> None:
        """Which image this is, and what was suggested for it."""
        self._caption.set_text(text)

    def hide_verdicts(self, hidden: bool) -> None:
        """In a blind read, P(ALL) is hidden until the cell is read."""
        self.hidden = hidden
        self.panes.hide_verdicts(hidden)

    def show_verdicts(self, shown: bool) -> None:
        """Whether the models are asked about the renderings at all."""
        self._judged = shown
        self.panes.show_verdicts(shown)

    @property
    def caption(self) -> str:
        """What is said about the image."""
        return self._caption.text

    def show_parameters(self, recipe: "Recipe") -> None:
        """Put the recipe's parameters into its boxes."""
        if recipe.name in self.controls:
            self.controls[recipe.name].set_values(recipe)

    def show_waiting(self) -> None:
        """Another image is being read. Where that is not done at once, the old one must not stand under its name."""
        self._waiting.start()

    def show_rendering(self, recipe: "Recipe", ready: RenderingReady) -> None:
        """Fill one pane, with the rendering or with how it differs from the original."""
        self._waiting.stop()
        subtitle, shown = wording.parameters(recipe.parameters), ready.pixels
        if ready.difference is not None and ready.recipe == "original":
            subtitle = tr("orange brighter, blue darker")  # from itself it does not differ
        elif ready.difference is not None:
            subtitle = " · ".join(part for part in (tr("difference"), subtitle) if part)
            shown = ready.difference
        self.panes.show_image(recipe.name, Picture(shown, ready.reduced), subtitle)
        self.panes.show_histogram(recipe.name, ready.histogram)

    def show_judging(self, recipes: Iterable[str]) -> None:
        """The models are at work on these panes."""
        for name in recipes:
            self.panes.panes[name].verdict.show_words("P(ALL) …")

    def show_judgement(self, judged: RenderingJudged) -> None:
        """What the model says about one pane."""
        verdict, prediction = self.panes.panes[judged.recipe].verdict, judged.prediction
        if prediction is None or not isfinite(prediction.probability_all):
            verdict.show_words(wording.sentence(judged.reason))
            return
        head, note = judgement_text(judged, prediction.probability_all)
        verdict.show_probability(prediction.suggestion, prediction.probability_all, head, note)

    def show_not_judged(self, reason: str) -> None:
        """There is no P(ALL) under any pane."""
        for pane in self.panes.panes.values():
            pane.verdict.show_words(wording.sentence(reason) if reason else "")

    def show_unreadable(self, reason: str) -> None:
        """Say why there is nothing to compare."""
        self._waiting.stop()
        self.panes.show_text(tr("This image cannot be shown: {reason}", reason=said(reason)))


def judgement_text(judged: RenderingJudged, probability: float) -> tuple[str, str]:
    """The probability with its change against the default, and by which model it is."""
    head = f"P(ALL) {wording.decimal(probability)}"
    if judged.change is not None:
        head += f" ({wording.signed(judged.change)})"
    note = tr("model {model}", model=judged.model)
    if judged.exploratory:
        trained = wording.parameters(dict(judged.trained_with))
        note = tr("exploratory: {model} was trained with {parameters}", model=note, parameters=trained)
    return head, f"{note}; {said(judged.reason)}" if judged.reason else note
