"""The strip from which a run is started, watched and stopped."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from alldetect_gui.gui.actions import Actions, follow_icon, follow_tip
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.widgets.elided_box import ElidedBox
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.primary_button import PrimaryButton


class RunPanel(QWidget):
    """Model, progress and its words. The chooser is there only when there is something to choose."""

    model_chosen = Signal()
    folder_wanted = Signal(object)  # Path: the folder of the run, which is not the one in view

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._classify = PrimaryButton(tr("Classify"))
        follow_tip(self._classify, actions.classify)
        follow_icon(self._classify, actions.classify)
        self._classify.clicked.connect(actions.classify.trigger)
        self._pause = QPushButton(tr("Pause"))
        follow_tip(self._pause, actions.pause)
        follow_icon(self._pause, actions.pause)
        self._pause.clicked.connect(actions.pause.trigger)
        actions.pause.toggled.connect(lambda on: self._pause.setText(tr("Resume") if on else tr("Pause")))
        actions.pause.enabledChanged.connect(self._pause.setEnabled)
        self._cancel = QPushButton(tr("Cancel"))
        follow_tip(self._cancel, actions.cancel)
        follow_icon(self._cancel, actions.cancel)
        self._cancel.clicked.connect(actions.cancel.trigger)
        actions.classify.enabledChanged.connect(self._classify.setEnabled)
        actions.cancel.enabledChanged.connect(self._cancel.setEnabled)
        self._classify.setEnabled(actions.classify.isEnabled())
        self._cancel.setEnabled(actions.cancel.isEnabled())
        self._model_label = QLabel(tr("&Model"))
        self._model_label.setTextFormat(Qt.TextFormat.PlainText)
        self._models = ElidedBox()
        self._models.setAccessibleName(tr("Model"))
        self._models.currentIndexChanged.connect(self.model_chosen)
        self._models.currentTextChanged.connect(self._models.setToolTip)  # a long title is cut short in the box
        self._models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._models.setMinimumContentsLength(26)
        self._model_label.setBuddy(self._models)
        self._elsewhere: Path | None = None
        self.back = QPushButton()
        self.back.clicked.connect(lambda: self.folder_wanted.emit(self._elsewhere))
        self._bar = self._make_bar()
        self._text = ElidedLabel()
        self._progress = (0, 0)  # done, of so many
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show_progress)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._classify, self._model_label, self._models):
            layout.addWidget(widget)
        layout.addWidget(self._bar, 2)
        layout.addWidget(self._text, 5)
        layout.addWidget(self.back)
        layout.addWidget(self._pause)
        layout.addWidget(self._cancel)
        self.set_models([])
        self.show_ended("")
        self.show_elsewhere(None)

    def _make_bar(self) -> QProgressBar:
        bar = QProgressBar()
        bar.setAccessibleName(tr("Progress of the run"))
        bar.setTextVisible(False)
        bar.setMaximumHeight(self.fontMetrics().height())
        return bar

    def set_models(self, models: Sequence[tuple[str, str]]) -> None:
        """Name and title of each model, the default first."""
        self._models.clear()
        for name, title in models:
            self._models.addItem(title, name)
            self._models.setItemData(self._models.count() - 1, title, Qt.ItemDataRole.ToolTipRole)
        for widget in (self._model_label, self._models):
            widget.setVisible(len(models) > 1)

    def choose_model(self, name: str) -> bool:
        """Choose the model of that name; False when there is none."""
        row = self._models.findData(name)
        if row >= 0 and self._models.isEnabled():
            self._models.setCurrentIndex(row)
        return row >= 0

    @property
    def model(self) -> str:
        """The name of the chosen model; empty when none is known."""
        return str(self._models.currentData() or "")

    @property
    def text(self) -> str:
        """What is said about the run."""
        return self._text.text

    def show_running(self, text: str, done: int, total: int) -> None:
        """A run is on; its begin is painted at once, because loading a model may hold everything up for a second."""
        self._text.set_text(text)
        self._progress = (done, total)
        if self._actions.cancel.isEnabled():
            self._soon.start()  # a bar paints at once, and with it all that waits for paint: not amid new results
            return
        self._switch(running=True)
        self._show_progress()
        self.repaint()

    def _show_progress(self) -> None:
        done, total = self._progress
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def show_paused(self, text: str) -> None:
        """The run is held."""
        if self._soon.isActive():
            self._soon.stop()
            self._show_progress()
        self._actions.pause.setChecked(True)
        self._text.set_text(text)

    def show_cancelling(self, text: str) -> None:
        """The wish is heard."""
        self._soon.stop()
        self._actions.cancel.setEnabled(False)
        self._actions.pause.setEnabled(False)
        self._text.set_text(text)

    def show_ended(self, text: str) -> None:
        """No run is on."""
        self._soon.stop()
        self._switch(running=False)
        self._text.set_text(text)

    def show_elsewhere(self, folder: Path | None) -> None:
        """Offer the folder of the run, where that is not the one in view."""
        self._elsewhere = folder
        self.back.setVisible(folder is not None)
        if folder is not None:
            metrics = self.fontMetrics()
            shown = metrics.elidedText(folder.name, Qt.TextElideMode.ElideMiddle, 24 * metrics.averageCharWidth())
            self.back.setText(tr("Show {folder}", folder=shown.replace("&", "&&")))
            self.back.setAccessibleName(tr("Show {folder}", folder=folder.name))
            self.back.setToolTip(tr("Go back to the folder of the run and its results"))

    def _switch(self, *, running: bool) -> None:
        self._bar.setVisible(running)
        self._pause.setVisible(running)
        self._cancel.setVisible(running)
        self._models.setEnabled(not running)
        self._actions.pause.setChecked(False)
        self._actions.pause.setEnabled(running)
        self._actions.cancel.setEnabled(running)
