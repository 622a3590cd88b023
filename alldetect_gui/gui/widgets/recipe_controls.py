"""Spin boxes for the parameters of one recipe, made from its limits: a new recipe needs no new widget."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QFormLayout, QHBoxLayout, QLabel, QSlider, QSpinBox, QStyle, QWidget

from alldetect_gui.gui import wording
from alldetect_gui.gui.language import said, tr

if TYPE_CHECKING:
    from alldetect_gui.imaging.recipe import Limits, Recipe

EVERY_MS = 40  # while a value is being turned the rendering follows it, but not each of its steps


class OddSpinBox(QSpinBox):
    """Odd whole numbers, for kernel sizes: a kernel has a middle."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if text.strip().isdigit() and int(text) % 2 == 0:
            return QValidator.State.Intermediate, text, position
        return super().validate(text, position)

    def fixup(self, text: str) -> str:
        return str(min(int(text) + 1, self.maximum())) if text.strip().isdigit() else text


def _slider(limits: "Limits", box: QSpinBox | QDoubleSpinBox) -> QSlider:
    """A slider over the steps of `box`; each follows the other. The box keeps values between two steps."""
    step = box.singleStep()
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, round((limits.high - limits.low) / step))
    slider.setPageStep(max(1, slider.maximum() // 10))
    slider.setMinimumWidth(slider.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, None, slider) + 2)

    def follow() -> None:
        slider.blockSignals(True)
        slider.setValue(round((box.value() - limits.low) / step))
        slider.blockSignals(False)

    def lead(position: int) -> None:
        value = limits.low + position * step
        if isinstance(box, QSpinBox):
            box.setValue(round(value))
        else:
            box.setValue(value)

    follow()
    box.valueChanged.connect(follow)
    slider.valueChanged.connect(lead)
    return slider


class RecipeControls(QWidget):
    """Tells the parameters while they are turned, and what they are in the end."""

    parameters_changed = Signal(object)  # dict of name and value

    def __init__(self, recipe: "Recipe", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(2)
        self.boxes: dict[str, QSpinBox | QDoubleSpinBox] = {}
        self.sliders: dict[str, QSlider] = {}
        self._soon = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._soon.timeout.connect(self._tell)
        for name, value in recipe.parameters.items():
            box = self._box(recipe.limits[name], value)
            title, name_of = wording.parameter(name), said(recipe.title)
            box.setAccessibleName(f"{name_of}: {title}")
            box.setToolTip(f"{title.capitalize()}: {said(str(recipe.limits[name]))}")
            box.lineEdit().setAcceptDrops(False)  # a folder dropped here is meant for the window
            self.boxes[name] = box
            self.sliders[name] = _slider(recipe.limits[name], box)
            self.sliders[name].setAccessibleName(tr("{title}: {parameter}, slider", title=name_of, parameter=title))
            line = QHBoxLayout()
            line.setSpacing(4)
            line.addWidget(self.sliders[name], 1)
            line.addWidget(box)
            label = QLabel(title.capitalize())
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(box)
            form.addRow(label, line)

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

    def in_order(self) -> tuple[QWidget, ...]:
        """Every control, as the Tab key visits them."""
        return tuple(widget for name, box in self.boxes.items() for widget in (self.sliders[name], box))

    def set_values(self, recipe: "Recipe") -> None:
        """Show the parameters of `recipe` without telling anyone."""
        for name, value in recipe.parameters.items():
            box = self.boxes[name]
            if isinstance(box, QSpinBox):
                box.setValue(int(value))
            else:
                box.setValue(value)
        self._soon.stop()

    def _tell_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _tell(self) -> None:
        self.parameters_changed.emit({name: box.value() for name, box in self.boxes.items()})
