"""Use case: list the images of a folder and what is known of each before it is read."""

import time
from collections.abc import Iterator
from pathlib import Path

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.events import FolderListed, ImagesListed
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.imaging.listing import display_name, list_images
from alldetect_gui.workflows.reference_labels import LabelFile, from_name, label_in_name
from alldetect_gui.workflows.understand_names import AS_FOUND, Understanding

_BATCH = 500


def open_folder(
    folder: Path, labels: LabelFile | None = None, names: Understanding = AS_FOUND
) -> Iterator[ImagesListed | FolderListed]:
    """Yield the images of `folder` a few hundred at a time, then one FolderListed.

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
    in_names = 0
    subjects: set[str] = set()
    found = with_reference = 0
    try:
        for path in list_images(folder):
            record = names.correct(describe(path, folder, labels), folder)
            found += 1
            with_reference += record.reference is not None
            in_names += record.reference is not None and label_in_name(record.relative)
            if record.subject:
                subjects.add(record.subject)
            batch.append(record)
            if len(batch) == _BATCH:
                yield ImagesListed(tuple(batch))
                batch = []
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


def describe(path: Path, folder: Path, labels: LabelFile | None = None) -> ImageRecord:
    """The record of one listed file of `folder`."""
    relative = display_name(str(path.relative_to(folder)))
    subject, reference = from_name(f"{folder.absolute().name}/{relative}")
    if labels is not None:
        stated_subject, reference = labels.find(relative)
        subject = stated_subject or subject
    return ImageRecord(path, relative, subject, reference)


def image_records(folder: Path, labels: LabelFile | None = None) -> tuple[ImageRecord, ...]:
    """All images of `folder` at once. Raises WrongUse when there is no such folder or no image in it."""
    records = [
        record for event in open_folder(folder, labels) if isinstance(event, ImagesListed) for record in event.records
    ]
    if not records:
        raise WrongUse(f"no image found in {display_name(str(folder))} (BMP, PNG, JPEG or TIFF)")
    return tuple(records)
