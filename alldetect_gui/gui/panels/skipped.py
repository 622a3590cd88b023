"""The images that were skipped, each with its reason, and the way to try them again."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTableView, QVBoxLayout, QWidget

from alldetect_gui.gui import wording
from alldetect_gui.gui.actions import Actions, follow_icon, follow_tip
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.skipped import SkippedModel
from alldetect_gui.gui.widgets.path_delegate import PathDelegate


class SkippedPanel(QWidget):
    """A list with reasons; a row shows its image's name and what was tried."""

    record_chosen = Signal(object)  # ImageRecord

    def __init__(self, model: SkippedModel, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._retry = QPushButton(tr("Retry Skipped"))
        follow_tip(self._retry, actions.retry)
        follow_icon(self._retry, actions.retry)
        self._retry.clicked.connect(actions.retry.trigger)
        actions.retry.enabledChanged.connect(self._retry.setEnabled)
        self._retry.setEnabled(actions.retry.isEnabled())
        self.table = QTableView()
        self.table.setModel(model)
        self.table.setAccessibleName(tr("Skipped images"))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setItemDelegateForColumn(0, PathDelegate(self.table))
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setColumnWidth(0, 50 * self.fontMetrics().averageCharWidth())
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        for signal in (model.rowsInserted, model.modelReset):
            signal.connect(self._tell)
        bar = QHBoxLayout()
        bar.addWidget(self._text, 1)
        bar.addWidget(self._retry)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(bar)
        layout.addWidget(self.table, 1)
        self._tell()

    def _tell(self) -> None:
        number = self._model.rowCount()
        skipped = tr("{images} skipped: not classified, and in no figure.", images=wording.count(number, "image"))
        self._text.setText(skipped if number else tr("No image was skipped."))

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid():
            self.record_chosen.emit(self._model.results[current.row()].record)
