"""The labelled images of a training run: who they are of, and which subjects are linked."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from alldetect_gui.core.errors import ImageRefused, WrongUse
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.cell_region import find_cell
from alldetect_gui.imaging.decoded import DecodedImage
from alldetect_gui.imaging.reader import read_images
from alldetect_gui.training import same_cells
from alldetect_gui.workflows.open_folder import image_records
from alldetect_gui.workflows.reference_labels import LabelFile, in_name


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
    and 78; H2, H4, H5 and H6; H3 and H10), because a split between them would leak; so does the same cell in files
    that are not identical (training.same_cells), where the images carry C-NMC's names.
    """
    first: dict[str, LabelledImage] = {}
    links = _Links()
    named: set[str] = set()
    duplicates = refused = 0
    records = image_records(folder, labels)
    for record in records:
        if record.reference is None or not record.subject:
            raise WrongUse(f"{record.relative}: training needs a reference label and a subject for every image")
    for record, image in zip(records, read_images(record.path for record in records), strict=True):
        reason = _refusal(image)
        if reason or record.reference is None:
            print(f"{record.relative}: left out, {reason}", flush=True)
            refused += 1
            continue
        digest = image.sha256
        links.add(record.subject)
        if in_name(Path(record.relative).name)[0]:
            named.add(record.subject)
        if digest in first:
            duplicates += 1
            links.join(first[digest].subject, record.subject)
            continue
        name = Path(record.relative).stem
        first[digest] = LabelledImage(record.path, name, record.subject, "", record.reference, digest)
    if not first:
        raise WrongUse(f"{folder}: none of the images can be read ({refused} refused)")
    for linked in same_cells.sets():
        present = sorted(linked & named)
        for other in present[1:]:
            links.join(present[0], other)
    return DataSet(_grouped(first.values(), links), duplicates, refused)


def _refusal(image: DecodedImage | ImageRefused) -> str:
    """Why an image cannot be trained on; empty when it can."""
    if isinstance(image, ImageRefused):
        return image.reason
    return "" if find_cell(image.pixels) else "the image is black"


def with_groups(data: DataSet, manifest: Path) -> DataSet:
    """The same images; subjects of one group in a CSV with columns `subject` and `group` are linked as well.

    What links subjects otherwise still does. Raises WrongUse for another file, and for one that names no subject.
    """
    try:
        with manifest.open(newline="", encoding="utf-8") as file:
            stated = {row["subject"].casefold(): row["group"] for row in csv.DictReader(file)}
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise WrongUse(f"{manifest} is no CSV with columns subject and group ({error})") from error
    links, first = _Links(), dict[tuple[str, str], str]()
    for image in data.images:
        links.add(image.subject)
    for image in data.images:
        by_csv = stated.get(image.subject.casefold())
        for key in [("found", image.group), *([("stated", by_csv)] if by_csv else [])]:
            links.join(first.setdefault(key, image.subject), image.subject)
    if not any(kind == "stated" for kind, _ in first):
        raise WrongUse(f"{manifest} names none of the subjects of these images")
    return DataSet(_grouped(data.images, links), data.duplicates, data.refused)


def _grouped(images: Iterable[LabelledImage], links: "_Links") -> tuple[LabelledImage, ...]:
    return tuple(replace(item, group=links.group(item.subject)) for item in images)


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
