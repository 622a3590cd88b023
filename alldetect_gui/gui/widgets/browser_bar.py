"""How the images are shown: list or gallery, how large, in which groups."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QSlider, QToolButton, QWidget

from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.grouping import Grouping
from alldetect_gui.gui.widgets.image_browser import LARGEST, SMALLEST, USUAL
from alldetect_gui.gui.wording import count, whole


class BrowserBar(QWidget):
    """Two lines: grouping above, look below."""

    look_changed = Signal(bool, int)  # gallery, side of a thumbnail in points
    grouping_changed = Signal(object, str)  # Grouping, name of the group to show; empty for all

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grouping, self.group = QComboBox(), QComboBox()
        self.grouping.setAccessibleName(tr("Group images by"))
        for grouping in Grouping:
            self.grouping.addItem(tr(grouping), grouping)
        self.group.setAccessibleName(tr("Group to show"))
        for box, letters in ((self.grouping, 10), (self.group, 6)):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(letters)
        self.gallery = QToolButton()
        self.gallery.setText(tr("Gallery"))
        self.gallery.setToolTip(tr("Show thumbnails side by side instead of a list"))
        self.gallery.setCheckable(True)
        self.gallery.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(SMALLEST, LARGEST)
        self.size_slider.setValue(USUAL)
        self.size_slider.setPageStep(32)
        self.size_slider.setAccessibleName(tr("Size of the thumbnails"))
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.grouping, 0, 0)
        layout.addWidget(self.group, 0, 1)
        layout.addWidget(self.gallery, 1, 0)
        layout.addWidget(self.size_slider, 1, 1)
        layout.setColumnStretch(1, 1)
        self.gallery.toggled.connect(self._tell_look)
        self.size_slider.valueChanged.connect(self._tell_look)
        self.grouping.currentIndexChanged.connect(self._tell_grouping)
        self.group.activated.connect(self._tell_group)
        self.size_slider.setEnabled(False)
        self.set_groups([])

    def set_groups(self, groups: Sequence[tuple[str, int]]) -> None:
        """Name and size of each group; the one chosen stays chosen while it exists."""
        chosen = self.chosen_group
        self.group.clear()
        self.group.addItem(tr("All {groups}", groups=count(len(groups), "group")) if groups else tr("All images"), "")
        for name, size in groups:
            self.group.addItem(f"{name} ({whole(size)})", name)
        self.group.setCurrentIndex(max(self.group.findData(chosen), 0))
        self.group.setEnabled(bool(groups))

    @property
    def chosen_grouping(self) -> Grouping:
        """What images are grouped by."""
        return Grouping(self.grouping.currentData())

    @property
    def chosen_group(self) -> str:
        """The one group to show; empty for all."""
        return str(self.group.currentData() or "")

    def reset(self) -> None:
        """Another folder: no groups. How images look stays."""
        self.grouping.blockSignals(True)
        self.grouping.setCurrentIndex(0)
        self.grouping.blockSignals(False)
        self.group.setCurrentIndex(0)
        self.set_groups([])

    def _tell_look(self) -> None:
        self.size_slider.setEnabled(self.gallery.isChecked())
        self.look_changed.emit(self.gallery.isChecked(), self.size_slider.value())

    def _tell_grouping(self) -> None:
        self.group.setCurrentIndex(0)
        self.grouping_changed.emit(self.chosen_grouping, "")

    def _tell_group(self) -> None:
        self.grouping_changed.emit(self.chosen_grouping, self.chosen_group)
