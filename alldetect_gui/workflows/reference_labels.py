"""What file names, folders and label files tell about an image: its patient and its reference label."""

import csv
import io
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.labels import CellClass, LabelCoding
from alldetect_gui.core.whole_file import read_whole

_CNMC = re.compile(r"^UID_(?P<subject>H?\d+)(?:_\d+_\d+_(?P<label>all|hem)$|_|$)", re.IGNORECASE)


def from_name(relative: str) -> tuple[str, CellClass | None]:
    """Subject and reference label that a path (relative, forward slashes) tells; empty and None where it does not.

    C-NMC names: UID_<subject>_<image>_<cell>_<all|hem>, normal subjects H<n>, also in lower case (UID_h3).
    A label in the name comes before one from the nearest folder called all or hem.
    """
    folder, _, name = relative.rpartition("/")
    subject, label = in_name(name)
    return subject, label or in_folder(folder)


def in_name(name: str) -> tuple[str, CellClass | None]:
    """What a file's own name tells, its folders not asked."""
    match = _CNMC.match(_stem(name))
    if match is None:
        return "", None
    subject, label = match.groups()
    return subject.upper(), CellClass[label.upper()] if label else None


@lru_cache(maxsize=1024)  # many images lie in one folder
def in_folder(folder: str) -> CellClass | None:
    """The label of the nearest folder called all or hem in a path of folders."""
    names = (part.upper() for part in reversed(folder.split("/")))
    return next((CellClass[name] for name in names if name in CellClass.__members__), None)


def _stem(name: str) -> str:
    """As pathlib's, for a name without slashes: ten times as fast, and a folder may hold 100,000."""
    dot = name.rfind(".")
    return name[:dot] if 0 < dot < len(name) - 1 else name


@dataclass(frozen=True)
class LabelFile:
    """Reference labels (and patients, where the file has them) read from a CSV."""

    labels: dict[str, CellClass] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)

    def find(self, relative: str) -> tuple[str, CellClass | None]:
        """Subject and label of an image by its relative path, else by file name, with or without its suffix."""
        path = PurePosixPath(relative)
        for key in (relative, path.name, path.stem):
            if key in self.labels:
                return self.subjects.get(key, ""), self.labels[key]
        return "", None


_NAME_COLUMNS = ("path", "image id", "image_id", "new_names", "image", "file", "filename", "name")
_LABEL_COLUMNS = ("label", "labels", "reference", "class")
_SUBJECT_COLUMNS = ("subject", "patient", "patient_id")


def read_label_file(path: Path, coding: LabelCoding | None) -> LabelFile:
    """Read a CSV with a name column and a label column; images are joined by name, never by order.

    Labels may be words (all / hem) or 0 and 1. The two public codings of the numbers are opposite, so numbers
    without a `coding` raise WrongUse: nothing is guessed.
    """
    try:
        text = read_whole(path).decode("utf-8-sig")
        return _labels_of(path, text, coding)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WrongUse(f"the label file {path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _labels_of(path: Path, text: str, coding: LabelCoding | None) -> LabelFile:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    name_column = next((columns[name] for name in _NAME_COLUMNS if name in columns), None)
    label_column = next((columns[name] for name in _LABEL_COLUMNS if name in columns), None)
    if name_column is None or label_column is None:
        raise WrongUse(
            f"{path}: needs a column with the image (one of {', '.join(_NAME_COLUMNS)}) "
            f"and one with the label (one of {', '.join(_LABEL_COLUMNS)})"
        )
    subject_column = next((columns[name] for name in _SUBJECT_COLUMNS if name in columns), None)
    result = LabelFile()
    for row in rows:
        name = (row[name_column] or "").strip().replace("\\", "/").removeprefix("./")
        label = (row[label_column] or "").strip()
        if not name or not label:
            continue
        if coding is None and label in ("0", "1"):
            raise WrongUse(
                f"{path}: the labels are numbers; say which coding they follow: "
                "“thesis” (0 = ALL, 1 = HEM) or “challenge” (1 = ALL, 0 = HEM)"
            )
        try:
            meaning = (coding or LabelCoding.THESIS).parse(label)
        except WrongUse as error:
            raise WrongUse(f"{path}, line {rows.line_num}: {error}") from error
        if result.labels.setdefault(name, meaning) is not meaning:
            raise WrongUse(f"{path}, line {rows.line_num}: “{name}” has two different labels")
        if subject_column:
            stated = (row[subject_column] or "").strip()
            result.subjects[name] = from_name(stated)[0] or stated  # the challenge's Patient_ID is a C-NMC name
    return result
