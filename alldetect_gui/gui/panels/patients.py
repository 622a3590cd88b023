"""One card a patient, and for the chosen one the cells to look at."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.language import marked, tr
from alldetect_gui.gui.models.patients import PatientsModel, few_text, read_text, share_text, sign_text, title
from alldetect_gui.gui.models.review_page import ReviewPageModel
from alldetect_gui.gui.widgets.cell_tile import CellTileDelegate, picture_side, tile_size
from alldetect_gui.gui.widgets.patient_card import PatientCardDelegate
from alldetect_gui.gui.widgets.upright_scroll import UprightScroll
from alldetect_gui.gui.wording import count
from alldetect_gui.workflows.roll_up_patients import PatientCells

_NO_DIAGNOSIS = marked(
    "A share of the cells in this folder, classed by a reader or suggested by the model. It is no diagnosis: that "
    "rests on the whole sample and the patient, and on a trained person."
)


class PatientsPanel(QWidget):
    """Layout and signals; what the cards say is in the model."""

    cell_chosen = Signal(object)  # ImageRecord
    review_wanted = Signal(str)  # subject
    sign_wanted = Signal(str)
    overruled_wanted = Signal(str)
    shown = Signal()
    pictures_wanted = Signal(object, int)

    def __init__(
        self, patients: PatientsModel, blasts: ReviewPageModel, others: ReviewPageModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._rows = patients, (blasts, others)
        self._subject = ""
        self.cards = QListView()
        self.cards.setModel(patients)
        self.cards.setItemDelegate(PatientCardDelegate(self.cards))
        self.cards.setUniformItemSizes(True)
        self.cards.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.cards.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cards.setAccessibleName(tr("Patients"))
        self.cards.setAcceptDrops(False)
        self.cards.viewport().setAcceptDrops(False)
        self.cards.selectionModel().currentChanged.connect(self._choose)
        patients.modelReset.connect(self._choose_first)
        patients.dataChanged.connect(self._choose)
        self._title, self._share = _label(bold=True), _label()
        self._read, self._few, self._signed = _label(), _label(bold=True), _label()
        self._review = QPushButton(tr("Review These Cells"))
        self._review.clicked.connect(lambda: self.review_wanted.emit(self._subject))
        self._sign = QPushButton(tr("Sign Off…"))
        self._sign.clicked.connect(lambda: self.sign_wanted.emit(self._subject))
        self._overruled = QPushButton(tr("Show in Table"))
        self._overruled.setToolTip(tr("The cells that were read otherwise than suggested, in the table"))
        self._overruled.clicked.connect(lambda: self.overruled_wanted.emit(self._subject))
        self._titles = (_label(tr("Most blast-like cells")), _label(tr("Read otherwise than suggested")))
        self.strips = tuple(self._make_strip(model) for model in self._rows)
        self.hidden = _label()
        self.hidden.hide()
        left = QVBoxLayout()
        left.addWidget(self.hidden)
        left.addWidget(self.cards, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(left, 2)
        layout.addWidget(UprightScroll(self._make_details()), 3)
        self._show(None)

    def _make_strip(self, model: ReviewPageModel) -> QListView:
        strip = QListView()
        strip.setModel(model)
        strip.setItemDelegate(CellTileDelegate(strip))
        strip.setFlow(QListView.Flow.LeftToRight)
        strip.setWrapping(False)
        strip.setUniformItemSizes(True)
        strip.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        strip.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        strip.setFixedHeight(tile_size(self.fontMetrics().height()).height() + self.fontMetrics().height())
        strip.setAcceptDrops(False)
        strip.viewport().setAcceptDrops(False)
        strip.clicked.connect(self._open)
        strip.activated.connect(self._open)
        return strip

    def _make_details(self) -> QWidget:
        details = QWidget()
        column = QVBoxLayout(details)
        column.setContentsMargins(8, 0, 4, 0)
        for label in (self._title, self._share, self._read, self._few, self._signed):
            column.addWidget(label)
        buttons = QHBoxLayout()
        for button in (self._review, self._sign, self._overruled):
            buttons.addWidget(button)
        buttons.addStretch()
        column.addLayout(buttons)
        for label, strip in zip(self._titles, self.strips, strict=True):
            strip.setAccessibleName(label.text())
            column.addWidget(label)
            column.addWidget(strip)
        column.addStretch()
        column.addWidget(_label(tr(_NO_DIAGNOSIS)))
        return details

    def tell_hidden(self, patients: int) -> None:
        """Of how many patients a blind read shows no card."""
        self.hidden.setVisible(bool(patients))
        self.hidden.setText(
            tr("{patients} with unread cells: hidden in the blind read", patients=count(patients, "patient"))
        )

    def select(self, subject: str) -> None:
        """Mark the card of the patient in view."""
        row = self._model.row_of(subject)
        if row >= 0 and row != self.cards.currentIndex().row():
            self.cards.setCurrentIndex(self._model.index(row))

    @property
    def text(self) -> str:
        """What is said of the chosen patient."""
        labels = (self._title, self._share, self._read, self._few, self._signed)
        return "\n".join(label.text() for label in labels if not label.isHidden())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()
        self._want_pictures()

    def _choose_first(self) -> None:
        if self._model.rowCount():
            self.cards.setCurrentIndex(self._model.index(0))
        else:
            self._show(None)

    def _choose(self) -> None:
        index = self.cards.currentIndex()
        self._show(self._model.patient(index.row()) if index.isValid() else None)

    def _show(self, patient: PatientCells | None) -> None:
        known = patient is not None
        for button in (self._review, self._sign):
            button.setEnabled(known)
        if patient is None:
            self._title.setText(tr("After a run, the cells of each patient are counted here."))
        self._subject = patient.subject if patient is not None else ""
        if patient is not None:
            self._title.setText(title(patient))
            self._share.setText(share_text(patient))
            self._read.setText(read_text(patient))
            self._few.setText(few_text(patient))
            self._signed.setText(sign_text(patient))
        for label in (self._share, self._read, self._few, self._signed):
            label.setVisible(known and bool(label.text()))
        cells: tuple[Sequence[ImageRecord], Sequence[ImageRecord]] = ((), ())
        if patient is not None:
            cells = (patient.most_blast_like, patient.overruled[:50])
        for model, label, strip, records in zip(self._rows, self._titles, self.strips, cells, strict=True):
            model.set_cells(records)
            label.setVisible(bool(records))
            strip.setVisible(bool(records))
        self._overruled.setVisible(bool(cells[1]))
        self._want_pictures()

    def _want_pictures(self) -> None:
        if self.isVisible():
            side = round(picture_side(self.fontMetrics().height()) * self.devicePixelRatioF())
            self.pictures_wanted.emit([*self._rows[0].cells, *self._rows[1].cells], side)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.cell_chosen.emit(index.data(ReviewPageModel.RecordRole))


def _label(text: str = "", *, bold: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    font = label.font()
    font.setBold(bold)
    label.setFont(font)
    return label
