"""The selected image under every recipe, side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from alldetect_gui.gui import wording
from alldetect_gui.gui.actions import Actions
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.linked_views import LinkedViews
from alldetect_gui.gui.widgets.pixels import to_qimage
from alldetect_gui.gui.widgets.recipe_controls import RecipeControls

if TYPE_CHECKING:
    from alldetect_gui.imaging.recipe import Recipe
    from alldetect_gui.imaging.steps import RgbImage

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
        self._zoom.setAccessibleName("Zoom")
        header = QHBoxLayout()
        header.addWidget(self._caption, 1)
        header.addWidget(self._zoom)
        for action in (actions.fit, actions.actual_size, actions.reset_recipes):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(action.text().replace("&", ""))
            header.addWidget(button)
        self._last_button = button
        self.panes = LinkedViews()
        self.panes.zoom_changed.connect(lambda zoom: self._zoom.setText(f"Zoom {round(100 * zoom)} %"))
        self._waiting = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._waiting.timeout.connect(lambda: self.panes.show_text("Reading the image…"))
        self.controls: dict[str, RecipeControls] = {}
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
            self.panes.add_pane(recipe.name, recipe.title, controls)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Panes are made late; the Tab key still visits them after the header: each image, then its parameters."""
        before: QWidget = self._last_button
        for name, view in self.panes.views.items():
            boxes = self.controls[name].boxes.values() if name in self.controls else ()
            for widget in (view, *boxes):
                QWidget.setTabOrder(before, widget)
                before = widget

    def show_caption(self, text: str) -> None:
        """Which image this is, and what was suggested for it."""
        self._caption.set_text(text)

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

    def show_rendering(self, recipe: "Recipe", pixels: "RgbImage") -> None:
        """Fill one pane."""
        self._waiting.stop()
        self.panes.show_image(recipe.name, to_qimage(pixels), wording.parameters(recipe.parameters))

    def show_unreadable(self, reason: str) -> None:
        """Say why there is nothing to compare."""
        self._waiting.stop()
        self.panes.show_text(f"This image cannot be shown: {reason}")
