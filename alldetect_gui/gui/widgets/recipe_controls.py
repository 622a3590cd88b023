"""Spin boxes for the parameters of one recipe, made from its limits: a new recipe needs no new widget."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QFormLayout, QSpinBox, QWidget

from alldetect_gui.gui import wording

if TYPE_CHECKING:
    from alldetect_gui.imaging.recipe import Limits, Recipe

SETTLE_MS = 80  # while a value is being turned, only the last one is rendered


class OddSpinBox(QSpinBox):
    """Odd whole numbers, for kernel sizes: a kernel has a middle."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if text.strip().isdigit() and int(text) % 2 == 0:
            return QValidator.State.Intermediate, text, position
        return super().validate(text, position)

    def fixup(self, text: str) -> str:
        return str(min(int(text) + 1, self.maximum())) if text.strip().isdigit() else text


class RecipeControls(QWidget):
    """Tells the parameters when they have come to rest."""

    parameters_changed = Signal(object)  # dict of name and value

    def __init__(self, recipe: "Recipe", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(2)
        self.boxes: dict[str, QSpinBox | QDoubleSpinBox] = {}
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        for name, value in recipe.parameters.items():
            box = self._box(recipe.limits[name], value)
            title = wording.parameter(name)
            box.setAccessibleName(f"{recipe.title}: {title}")
            box.setToolTip(f"{title.capitalize()}: {recipe.limits[name]}")
            box.lineEdit().setAcceptDrops(False)  # a folder dropped here is meant for the window
            form.addRow(title.capitalize(), box)
            self.boxes[name] = box

    def _box(self, limits: "Limits", value: float) -> QSpinBox | QDoubleSpinBox:
        if limits.whole:
            box = OddSpinBox() if limits.odd else QSpinBox()
            box.setRange(int(limits.low), int(limits.high))
            box.setSingleStep(2 if limits.odd else 1)
            box.setValue(int(value))
            box.valueChanged.connect(self._tell_soon)
            return box
        real = QDoubleSpinBox()
        real.setRange(limits.low, limits.high)
        real.setSingleStep(0.5)
        real.setDecimals(1)
        real.setValue(value)
        real.valueChanged.connect(self._tell_soon)
        return real

    def set_values(self, recipe: "Recipe") -> None:
        """Show the parameters of `recipe` without telling anyone."""
        for name, value in recipe.parameters.items():
            box = self.boxes[name]
            box.blockSignals(True)
            if isinstance(box, QSpinBox):
                box.setValue(int(value))
            else:
                box.setValue(value)
            box.blockSignals(False)
        self._settle.stop()

    def _tell_soon(self) -> None:
        self._settle.start()  # not connected directly: the value would be taken for milliseconds

    def _tell(self) -> None:
        self.parameters_changed.emit({name: box.value() for name, box in self.boxes.items()})
