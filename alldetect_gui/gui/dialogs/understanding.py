"""Correct what was understood of a folder: reference labels and patients."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.labels import LabelCoding
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.dialogs.choose_file import ChooseFile
from alldetect_gui.gui.language import marked, tr
from alldetect_gui.gui.widgets.plain_buttons import plain
from alldetect_gui.gui.wording import count, sentence
from alldetect_gui.workflows.understand_names import LabelsFrom, PatientsFrom, Understanding

_CODINGS = (
    (marked("Words: all and hem"), None),
    (marked("Numbers: 0 = ALL, 1 = HEM (the thesis)"), LabelCoding.THESIS),
    (marked("Numbers: 1 = ALL, 0 = HEM (the C-NMC challenge)"), LabelCoding.CHALLENGE),
)
_LABELS = (
    (LabelsFrom.FOUND, marked("From &file names (…_all, …_hem) or folders named all and hem")),
    (LabelsFrom.NONE, marked("&None: these images have no reference labels")),
    (LabelsFrom.FILE, marked("From a &CSV file")),
)
_PATIENTS = (
    (PatientsFrom.NAME, marked("From C-NMC file &names (UID_<patient>_…)")),
    (PatientsFrom.FOLDER, marked("From the f&older in which an image lies")),
    (PatientsFrom.PATTERN, marked("By a &pattern of the file name: {patient} for the patient, * for anything")),
)
_Choice = TypeVar("_Choice", LabelsFrom, PatientsFrom)
_PREVIEWED = 2000  # images: enough to see whether a pattern fits, and done at once


class UnderstandingDialog(QDialog):
    """Begins with `current`; tells the new understanding when it is applied."""

    applied = Signal(object)  # Understanding

    def __init__(
        self,
        records: Sequence[ImageRecord],
        folder: Path,
        current: Understanding,
        choose_file: ChooseFile,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Names and Labels"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._records, self._folder, self._choose_file = records[:_PREVIEWED], folder, choose_file
        self._label_file = current.label_file
        labels, self.labels = _choices(tr("Reference labels"), _LABELS, current.labels_from)
        self.file = QPushButton(tr("C&hoose File…"))
        self.file.clicked.connect(self._ask_file)
        self.coding = QComboBox()
        self.coding.setAccessibleName(tr("What the labels of the file mean"))
        for text, coding in _CODINGS:
            self.coding.addItem(tr(text), coding)
        self.coding.setCurrentIndex([coding for _, coding in _CODINGS].index(current.coding))
        self._file_name = _text()
        _add_row(labels, self.file, self.coding, self._file_name)
        patients, self.patients = _choices(tr("Patients"), _PATIENTS, current.patients_from)
        self.pattern = QLineEdit(current.pattern or "{patient}_*")
        self.pattern.setAccessibleName(tr("Pattern of the file name"))
        self.preview = _text()
        _add_row(patients, self.pattern)
        _add_row(patients, self.preview)
        self._buttons = QDialogButtonBox()
        self.apply = self._buttons.addButton(tr("Apply"), QDialogButtonBox.ButtonRole.AcceptRole)
        plain(self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel))
        self._buttons.accepted.connect(self._apply)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (labels, patients, self._buttons):
            layout.addWidget(widget)
        for signal in (self.pattern.textChanged, self.coding.currentIndexChanged):
            signal.connect(self._refresh)
        for button in (*self.labels.values(), *self.patients.values()):
            button.toggled.connect(self._refresh)
        self._refresh()

    def understanding(self) -> Understanding:
        """What is chosen now."""
        return Understanding(
            next(choice for choice, button in self.labels.items() if button.isChecked()),
            self._label_file,
            self.coding.currentData(),
            next(choice for choice, button in self.patients.items() if button.isChecked()),
            self.pattern.text().strip(),
        )

    def _ask_file(self) -> None:
        def take(file: Path) -> None:
            self._label_file = file
            self.labels[LabelsFrom.FILE].setChecked(True)
            self._refresh()

        self._choose_file(self, tr("Label File"), self._folder, tr("CSV file (*.csv);;All files (*)"), take)

    def _refresh(self) -> None:
        chosen = self.understanding()
        self.coding.setEnabled(chosen.labels_from is LabelsFrom.FILE)
        self.pattern.setEnabled(chosen.patients_from is PatientsFrom.PATTERN)
        self._file_name.setText(self._label_file.name if self._label_file else tr("No file chosen"))
        text, possible = self._example(chosen)
        self.preview.setText(text)
        missing = chosen.labels_from is LabelsFrom.FILE and self._label_file is None
        self.apply.setEnabled(possible and not missing)

    def _example(self, chosen: Understanding) -> tuple[str, bool]:
        """What the choice of patients gives for the images in view, and whether it can be applied."""
        if chosen.patients_from is PatientsFrom.NAME:
            return "", True
        try:
            subjects = [chosen.correct(record, self._folder).subject for record in self._records]
        except WrongUse as error:
            return sentence(str(error)), False
        named = [(record, subject) for record, subject in zip(self._records, subjects, strict=True) if subject]
        if not named:
            return tr("No name among {images} follows this pattern.", images=count(len(subjects), "image")), False
        record, subject = named[0]
        patients = count(len({name for _, name in named}), "patient")
        if len(named) < len(subjects):
            without = count(len(subjects) - len(named), "image")
            patients = tr("{patients}; {images} without", patients=patients, images=without)
        example = tr("For instance {name}: patient {subject}", name=record.path.name, subject=subject)
        return f"{patients}. {example}", True

    def _apply(self) -> None:
        self.applied.emit(self.understanding())
        self.accept()


def _choices(
    title: str, choices: Sequence[tuple[_Choice, str]], current: _Choice
) -> tuple[QGroupBox, dict[_Choice, QRadioButton]]:
    box = QGroupBox(title)
    group, column = QButtonGroup(box), QVBoxLayout(box)
    buttons = {}
    for choice, text in choices:
        button = QRadioButton(tr(text))
        button.setChecked(choice == current)
        group.addButton(button)
        column.addWidget(button)
        buttons[choice] = button
    return box, buttons


def _add_row(box: QGroupBox, *widgets: QWidget) -> None:
    row = QHBoxLayout()
    row.setContentsMargins(24, 0, 0, 0)
    for widget in widgets:
        row.addWidget(widget)
    layout = box.layout()
    if isinstance(layout, QVBoxLayout):
        layout.addLayout(row)


def _text() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
