"""Signing the review of one patient. Open cells block it unless a reason is stated."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import said, tr
from alldetect_gui.gui.widgets.plain_buttons import plain


class SignOffDialog(QDialog):
    """Opened, never waited for; `then` gets the reason, which is empty where no cell is open."""

    def __init__(
        self, subject: str, cells: int, open_cells: int, then: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Sign Off"))
        self._then, self._open = then, open_cells
        name = wording.patient(subject)
        read = tr(
            "{read} of {cells} of {name} read.", read=cells - open_cells, cells=wording.count(cells, "cell"), name=name
        )
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(_label(tr("Sign off the review of {name}?", name=name), bold=True))
        layout.addWidget(_label(read))
        self.reason = QLineEdit()
        self.reason.setAccessibleName(tr("Reason for signing with open cells"))
        self.reason.setPlaceholderText(tr("Reason for signing with open cells"))
        self.reason.setMaxLength(300)
        if open_cells:
            layout.addWidget(
                _label(
                    tr(
                        "{cells} nobody has read. Read them first, or state why the review ends here; the "
                        "reason is kept with the signature.",
                        cells=wording.count(open_cells, "cell"),
                    )
                )
            )
            layout.addWidget(self.reason)
        layout.addWidget(_label(said(INTENDED_USE)))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        plain(buttons.button(QDialogButtonBox.StandardButton.Cancel))
        self.sign = buttons.addButton(tr("Sign Off"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.reason.textChanged.connect(self._update)
        width = self.fontMetrics().averageCharWidth() * 64
        self.setMinimumWidth(width)
        self.resize(width, layout.heightForWidth(width))  # as high as its words, which Qt does not ask for by itself
        self._update()

    def _update(self) -> None:
        self.sign.setEnabled(not self._open or bool(self.reason.text().strip()))

    def _accept(self) -> None:
        self._then(self.reason.text().strip() if self._open else "")
        self.accept()


def _label(text: str, *, bold: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    font = label.font()
    font.setBold(bold)
    label.setFont(font)
    return label
