"""How names and folders are to be read, where the user knows better than the program."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.labels import LabelCoding
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.workflows.reference_labels import LabelFile, read_label_file

_PLACE = "{patient}"


class LabelsFrom(StrEnum):
    """Where reference labels come from."""

    FOUND = "found"  # C-NMC file names, else folders called all and hem
    NONE = "none"
    FILE = "file"


class PatientsFrom(StrEnum):
    """Where the patient of an image comes from."""

    NAME = "name"  # C-NMC file names
    FOLDER = "folder"  # the folder in which the image lies
    PATTERN = "pattern"


@dataclass(frozen=True)
class Understanding:
    """What to take from names, folders and a label file."""

    labels_from: LabelsFrom = LabelsFrom.FOUND
    label_file: Path | None = None
    coding: LabelCoding | None = None
    patients_from: PatientsFrom = PatientsFrom.NAME
    pattern: str = ""  # of the file name without its ending, for instance “case-{patient}-*”

    def labels(self) -> LabelFile | None:
        """The label file, read; None when labels come from elsewhere. Raises WrongUse when it cannot be read."""
        if self.labels_from is not LabelsFrom.FILE:
            return None
        if self.label_file is None:
            raise WrongUse("no label file was chosen")
        return read_label_file(self.label_file, self.coding)

    def correct(self, record: ImageRecord, folder: Path) -> ImageRecord:
        """`record` of an image of `folder` as this understanding has it. Raises WrongUse for an impossible pattern."""
        if self.labels_from is LabelsFrom.NONE:
            record = replace(record, reference=None)
        if self.patients_from is PatientsFrom.FOLDER:
            parent = PurePosixPath(record.relative).parent.name
            return replace(record, subject=parent or folder.absolute().name)
        if self.patients_from is PatientsFrom.PATTERN:
            return replace(record, subject=patient_by(self.pattern, record.relative))
        return record

    @property
    def patients_words(self) -> str:
        """Where patients come from, in words."""
        if self.patients_from is PatientsFrom.PATTERN:
            return f"the pattern {self.pattern}"
        return "folders" if self.patients_from is PatientsFrom.FOLDER else "file names"


AS_FOUND = Understanding()


def patient_by(pattern: str, relative: str) -> str:
    """The patient that `pattern` finds in a file's name; empty where the name does not follow it.

    {patient} stands for the patient, * for anything; the rest is taken literally and the whole name, without its
    ending, must follow. Raises WrongUse for a pattern without {patient} or with two of them.
    """
    if pattern.count(_PLACE) != 1:
        raise WrongUse(f"“{pattern}” is not a pattern: it names the place of the patient once, as in case-{_PLACE}-*")
    before, after = (_expression(part) for part in pattern.split(_PLACE))
    match = re.fullmatch(f"{before}(?P<patient>.+?){after}", PurePosixPath(relative).stem)
    return match["patient"] if match else ""


def _expression(text: str) -> str:
    return ".*?".join(re.escape(part) for part in text.split("*"))
