"""Use case: list the images of a folder and what is known of each before it is read."""

import time
from collections.abc import Iterator
from pathlib import Path

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.events import FolderListed, ImagesListed
from alldetect_gui.core.labels import CellClass
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.imaging.listing import display_name, list_with_names
from alldetect_gui.workflows.reference_labels import LabelFile, in_folder, in_name
from alldetect_gui.workflows.understand_names import AS_FOUND, Understanding

_FIRST, _BATCH = 200, 2000  # the first images at once, then fewer and larger steps


def open_folder(
    folder: Path, labels: LabelFile | None = None, names: Understanding = AS_FOUND
) -> Iterator[ImagesListed | FolderListed]:
    """Yield the images of `folder` some at a time, then one FolderListed.

    With `labels`, only that file says what the reference is; `names` corrects what names are taken to tell. Raises
    WrongUse when the folder or the label file of `names` cannot be read; a folder without images is told by
    FolderListed(found=0).
    """
    began = time.monotonic()
    try:
        there = folder.is_dir()
    except OSError:  # a name longer than the disk allows, or behind a closed folder
        there = False
    if not there:
        raise WrongUse(f"there is no folder {display_name(str(folder))}")
    labels = labels or names.labels()
    batch: list[ImageRecord] = []
    size, whole = _FIRST, folder.absolute().name
    subjects: set[str] = set()
    found = in_names = with_reference = 0
    try:
        for path, relative in list_with_names(folder):
            subject, label = in_name(relative.rpartition("/")[2])
            record = names.correct(_record(path, relative, subject, label, whole, labels), folder)
            found += 1
            with_reference += record.reference is not None
            in_names += record.reference is not None and label is not None
            if record.subject:
                subjects.add(record.subject)
            batch.append(record)
            if len(batch) == size:
                yield ImagesListed(tuple(batch))
                batch, size = [], _BATCH
    except OSError as error:
        raise WrongUse(f"{display_name(str(folder))} cannot be listed: {error.strerror or error}") from error
    if batch:
        yield ImagesListed(tuple(batch))
    yield FolderListed(
        folder,
        found,
        len(subjects),
        with_reference,
        time.monotonic() - began,
        names.patients_words if labels is None else f"{names.patients_words} and the label file",
        "the label file" if labels is not None else _sources(in_names, with_reference - in_names),
    )


def _sources(in_names: int, in_folders: int) -> str:
    return " and ".join(word for word, number in (("file names", in_names), ("folders", in_folders)) if number)


def _record(
    path: Path, relative: str, subject: str, label: CellClass | None, whole: str, labels: LabelFile | None
) -> ImageRecord:
    """Of one listed file; `subject` and `label` are what its own name tells, `whole` is the opened folder's name."""
    if labels is not None:
        stated, label = labels.find(relative)
        subject = stated or subject
    elif label is None:
        label = in_folder(f"{whole}/{relative}".rpartition("/")[0])
    hash(path)  # kept by the path: the window, which looks results up by it, need not do it
    return ImageRecord(path, relative, subject, label)


def image_records(folder: Path, labels: LabelFile | None = None) -> tuple[ImageRecord, ...]:
    """All images of `folder` at once. Raises WrongUse when there is no such folder or no image in it."""
    records = [
        record for event in open_folder(folder, labels) if isinstance(event, ImagesListed) for record in event.records
    ]
    if not records:
        raise WrongUse(f"no image found in {display_name(str(folder))} (BMP, PNG, JPEG or TIFF)")
    return tuple(records)
