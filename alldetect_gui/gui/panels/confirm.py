"""What was understood of the folder, with a way to correct it before anything is built on it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from alldetect_gui.gui.language import tr


class ConfirmPanel(QFrame):
    """A strip above the workspace; it goes when the user has agreed."""

    correct_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Midlight)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.agree, self.correct = QPushButton(tr("&That Is Right")), QPushButton(tr("C&orrect…"))
        self.agree.setToolTip(tr("Close this strip; File › Correct Names and Labels… opens the dialog at any time"))
        self.correct.setToolTip(tr("Say where reference labels and patients come from"))
        self.agree.clicked.connect(self.hide)
        self.correct.clicked.connect(self.correct_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.correct)
        layout.addWidget(self.agree)
        self.hide()

    @property
    def text(self) -> str:
        """What is said."""
        return self._text.text()

    def ask(self, text: str) -> None:
        """Say what was understood."""
        self._text.setText(tr("Understood: {text}. Is that right?", text=text))
        self.setAccessibleName(self._text.text())
        self.show()
