"""The empty state: what the program does and how to begin."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from alldetect_gui.gui.actions import Actions, follow_icon
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.widgets.primary_button import PrimaryButton

_SHOWN = 5


class WelcomePanel(QWidget):
    """Shown until a folder is open."""

    folder_chosen = Signal(object)  # Path

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width = self.fontMetrics().averageCharWidth() * 66
        self._open = PrimaryButton(tr("Open Folder…"))
        follow_icon(self._open, actions.open_folder)
        self._open.clicked.connect(actions.open_folder.trigger)
        self._samples = QPushButton(tr("Open Sample Cells"))
        self._samples.setToolTip(tr("24 drawn cells, no patient's: to see how the program works"))
        follow_icon(self._samples, actions.open_samples)
        self._samples.clicked.connect(actions.open_samples.trigger)
        self._recent_title = _text(tr("Opened before"), 1.0, bold=True)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        self._recent.setAlignment(Qt.AlignmentFlag.AlignLeft)

        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(_text("AllDetect", 2.2, bold=True))
        column.addWidget(
            _text(tr("Compare how preprocessing shows a blood cell,\nand get a suggestion for each: ALL or HEM."), 1.15)
        )
        column.addSpacing(12)
        column.addWidget(self._open)
        column.addWidget(self._samples)
        column.addWidget(_text(tr("or drop a folder anywhere on this window."), 1.0))
        column.addSpacing(12)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        middle = QWidget()
        middle.setLayout(column)
        middle.setMinimumWidth(self._width)
        outer = QVBoxLayout(self)
        outer.addStretch()
        outer.addWidget(middle, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch()
        self.set_recent([])

    def set_recent(self, folders: Sequence[Path]) -> None:
        """Offer the folders opened last."""
        while (item := self._recent.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for folder in folders[:_SHOWN]:
            button = QToolButton()
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            text = self.fontMetrics().elidedText(str(folder), Qt.TextElideMode.ElideMiddle, self._width)
            button.setText(text.replace("&", "&&"))
            button.setAccessibleName(tr("Open {folder}", folder=folder))
            button.clicked.connect(lambda _=False, folder=folder: self.folder_chosen.emit(folder))
            self._recent.addWidget(button)
        self._recent_title.setVisible(bool(folders))


def _text(text: str, scale: float, *, bold: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    font = QFont(label.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setBold(bold)
    label.setFont(font)
    return label
