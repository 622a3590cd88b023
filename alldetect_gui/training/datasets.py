"""The labelled images of a training run: who they are of, and which subjects are linked."""

import csv
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from alldetect_gui.core.errors import ImageRefused, WrongUse
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.decode import read_bytes
from alldetect_gui.workflows.open_folder import image_records
from alldetect_gui.workflows.reference_labels import LabelFile


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One image with its reference label; `group` joins subjects that share an image."""

    path: Path
    name: str
    subject: str
    group: str
    label: CellClass
    sha256: str


@dataclass(frozen=True, slots=True)
class DataSet:
    """Distinct labelled images, and what was left out."""

    images: tuple[LabelledImage, ...]
    duplicates: int
    refused: int


def read_data_set(folder: Path, labels: LabelFile | None = None) -> DataSet:
    """All labelled images below `folder`, each distinct file once. Raises WrongUse without labels or subjects.

    Byte-identical images of different subjects link those subjects into one group (in C-NMC: 20 and 21; 51, 75
    and 78; H2, H4, H5 and H6; H3 and H10), because a split between them would leak.
    """
    first: dict[str, LabelledImage] = {}
    links = _Links()
    duplicates = refused = 0
    for record in image_records(folder, labels):
        if record.reference is None or not record.subject:
            raise WrongUse(f"{record.relative}: training needs a reference label and a subject for every image")
        try:
            digest = sha256(read_bytes(record.path)).hexdigest()
        except ImageRefused:
            refused += 1
            continue
        links.add(record.subject)
        if digest in first:
            duplicates += 1
            links.join(first[digest].subject, record.subject)
            continue
        name = Path(record.relative).stem
        first[digest] = LabelledImage(record.path, name, record.subject, "", record.reference, digest)
    images = tuple(
        LabelledImage(item.path, item.name, item.subject, links.group(item.subject), item.label, item.sha256)
        for item in first.values()
    )
    return DataSet(images, duplicates, refused)


def with_groups(data: DataSet, manifest: Path) -> DataSet:
    """The same images, with the groups that a manifest with columns `subject` and `group` states."""
    try:
        with manifest.open(newline="", encoding="utf-8") as file:
            stated = {row["subject"].upper(): row["group"] for row in csv.DictReader(file)}
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise WrongUse(f"{manifest} is no CSV with columns subject and group ({error})") from error
    images = tuple(
        LabelledImage(item.path, item.name, item.subject, stated.get(item.subject, item.group), item.label, item.sha256)
        for item in data.images
    )
    return DataSet(images, data.duplicates, data.refused)


class _Links:
    """Disjoint sets of subjects; a group is named by its members in order."""

    def __init__(self) -> None:
        self._members: dict[str, set[str]] = {}

    def add(self, subject: str) -> None:
        self._members.setdefault(subject, {subject})

    def join(self, one: str, other: str) -> None:
        united = self._members[one] | self._members[other]
        for subject in united:
            self._members[subject] = united

    def group(self, subject: str) -> str:
        return "+".join(sorted(self._members[subject]))
