"""The patients of the folder as a list model: one card each."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from alldetect_gui.gui import wording
from alldetect_gui.gui.language import tr
from alldetect_gui.workflows.roll_up_patients import FEW_CELLS, PatientCells

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class PatientsModel(QAbstractListModel):
    """Grows and changes with the run and the review; a card stays where it is."""

    CellsRole = int(_Role.UserRole) + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._patients: list[PatientCells] = []

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._patients)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        patient = self._patients[index.row()]
        if role == self.CellsRole:
            return patient
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return " · ".join([title(patient), *lines(patient)])
        return None

    def set_patients(self, patients: Sequence[PatientCells]) -> None:
        """Show these; the selection is kept as long as the patients are the same."""
        if [item.subject for item in patients] == [item.subject for item in self._patients]:
            self._patients = list(patients)
            if patients:
                self.dataChanged.emit(self.index(0), self.index(len(patients) - 1))
            return
        self.beginResetModel()
        self._patients = list(patients)
        self.endResetModel()

    def patient(self, row: int) -> PatientCells:
        """The patient of a row."""
        return self._patients[row]

    def row_of(self, subject: str) -> int:
        """Where a patient stands; -1 when there is no such."""
        return next((row for row, item in enumerate(self._patients) if item.subject == subject), -1)


def title(patient: PatientCells) -> str:
    """“Patient H12”."""
    return tr("Patient {subject}", subject=patient.subject) if patient.subject else tr("Images without a patient")


def lines(patient: PatientCells) -> list[str]:
    """What a card says below its title, the share of blasts first."""
    return [line for line in (share_text(patient), read_text(patient), few_text(patient), sign_text(patient)) if line]


def share_text(patient: PatientCells) -> str:
    """“Blasts: 34 of 56 cells, 60.7 % (95 %: 46.8 % to 73.5 %)”: a share of cells."""
    if patient.share is None:
        return tr("No cell has a class yet.")
    low, high = patient.interval or (0.0, 1.0)
    return tr(
        "Blasts: {blasts} of {cells}, {share} (95 %: {low} to {high})",
        blasts=patient.blasts, cells=wording.count(patient.counted, "cell"), share=wording.percent(patient.share),
        low=wording.percent(low), high=wording.percent(high),
    )  # fmt: skip


def read_text(patient: PatientCells) -> str:
    """Who gave the classes, and what was left out of the share."""
    overruled = len(patient.overruled)
    parts = [tr("{read} of {cells} read", read=patient.read, cells=wording.count(patient.cells, "cell"))]
    parts += [tr("{number} undecided", number=patient.undecided)] if patient.undecided else []
    parts += [tr("{number} skipped", number=patient.skipped)] if patient.skipped else []
    parts += [tr("{number} read otherwise than suggested", number=overruled)] if overruled else []
    return ", ".join(parts)


def few_text(patient: PatientCells) -> str:
    """The warning under 100 and under 200 cells; empty from 200 on, and where there is no share to doubt."""
    for limit in FEW_CELLS:
        if 0 < patient.counted < limit:
            return tr("Fewer than {limit} cells counted: the share is uncertain.", limit=limit)
    return ""


def sign_text(patient: PatientCells) -> str:
    """Whether the review is signed, and over how many open cells."""
    signed = patient.sign_off
    if signed is None:
        return ""
    if signed.open_cells:
        return tr(
            "Signed with {cells}: {reason}",
            cells=wording.count(signed.open_cells, "open cell"),
            reason=signed.reason,
        )
    return tr("Signed, every cell read.")
