"""The page of an open folder: where each panel stands. They meet here and nowhere else."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from alldetect_gui.gui.actions import Actions
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.models.results_table import ResultsTableModel
from alldetect_gui.gui.panels.compare import ComparePanel
from alldetect_gui.gui.panels.confirm import ConfirmPanel
from alldetect_gui.gui.panels.confusion import ConfusionPanel
from alldetect_gui.gui.panels.folder import FolderPanel
from alldetect_gui.gui.panels.results import ResultsPanel
from alldetect_gui.gui.panels.run import RunPanel
from alldetect_gui.gui.presenters.cell_images import CellImages
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.widgets.tall_tabs import TallTabs


class Workspace(QWidget):
    """Images at the left; at the right the comparison above, the run and its results below."""

    def __init__(
        self,
        actions: Actions,
        images: ImageListModel,
        results: ResultsTableModel,
        reviews: ReviewState,
        cells: CellImages,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._judge, self._agreement = actions.judge, actions.agreement
        self.confirm = ConfirmPanel()
        self.folder = FolderPanel(images)
        self.compare = ComparePanel(actions)
        self.run = RunPanel(actions)
        self.results = ResultsPanel(results, reviews, cells)
        self.confusion = ConfusionPanel()
        lower = QSplitter(Qt.Orientation.Horizontal)
        lower.addWidget(self.results)
        lower.addWidget(self.confusion)
        lower.setStretchFactor(0, 1)
        self.tabs = TallTabs(tr("Results and review"))
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(lower, tr("Results"))
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.run)
        column.addWidget(self.tabs, 1)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.compare)
        right.addWidget(below)
        right.setStretchFactor(0, 3)
        right.setStretchFactor(1, 2)
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.addWidget(self.folder)
        whole.addWidget(right)
        whole.setStretchFactor(1, 1)
        character = self.fontMetrics().averageCharWidth()
        whole.setSizes([44 * character, 170 * character])
        lower.setSizes([80 * character, 62 * character])
        right.setSizes([62 * character, 48 * character])
        right.setChildrenCollapsible(False)
        self._splitters = {"whole": whole, "right": right, "lower": lower}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 4)
        layout.addWidget(self.confirm)
        layout.addWidget(whole, 1)
        actions.show_list.toggled.connect(self.folder.setVisible)
        actions.show_summary.toggled.connect(self.confusion.setVisible)

    def restore(self, settings: WindowSettings) -> None:
        """The proportions of last time."""
        for name, splitter in self._splitters.items():
            splitter.restoreState(settings.layout(name))
        bar, arrangement = self.folder.bar, self.compare.arrangement
        bar.size_slider.setValue(settings.number("thumbnail", bar.size_slider.value()))
        bar.gallery.setChecked(bool(settings.number("gallery", 0)))
        self._judge.setChecked(bool(settings.number("judge", 1)))
        self._agreement.setChecked(bool(settings.number("agreement", 0)))
        arrangement.setCurrentIndex(min(max(settings.number("arrangement", 0), 0), arrangement.count() - 1))

    def save(self, settings: WindowSettings) -> None:
        """Remember the proportions."""
        for name, splitter in self._splitters.items():
            settings.save_layout(name, splitter.saveState())
        settings.save_number("thumbnail", self.folder.bar.size_slider.value())
        settings.save_number("gallery", int(self.folder.bar.gallery.isChecked()))
        settings.save_number("judge", int(self._judge.isChecked()))
        settings.save_number("agreement", int(self._agreement.isChecked()))
        settings.save_number("arrangement", self.compare.arrangement.currentIndex())
