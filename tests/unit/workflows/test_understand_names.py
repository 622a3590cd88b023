"""The user may know better than file names: labels from nowhere or a CSV, patients from folders or a pattern."""

from pathlib import Path

import pytest

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.events import FolderListed, ImagesListed
from alldetect_gui.core.labels import CellClass, LabelCoding
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.workflows.open_folder import open_folder
from alldetect_gui.workflows.understand_names import LabelsFrom, PatientsFrom, Understanding, patient_by


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "lab"
    for name in ("p7/all/UID_1_1_1_hem.png", "p7/all/x.png", "p8/y.png", "case-12-a.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    return root


def listed(folder: Path, names: Understanding) -> tuple[dict[str, ImageRecord], FolderListed]:
    records: dict[str, ImageRecord] = {}
    for event in open_folder(folder, names=names):
        if isinstance(event, ImagesListed):
            records |= {record.relative: record for record in event.records}
        else:
            end = event
    return records, end


def test_that_a_listing_says_where_patients_and_labels_come_from(folder: Path) -> None:
    records, end = listed(folder, Understanding())
    assert records["p7/all/UID_1_1_1_hem.png"].reference is CellClass.HEM
    assert (end.with_reference, end.subjects) == (2, 1)
    assert (end.subjects_from, end.labels_from) == ("file names", "file names and folders")


def test_that_labels_can_be_left_out(folder: Path) -> None:
    records, end = listed(folder, Understanding(LabelsFrom.NONE))
    assert {record.reference for record in records.values()} == {None}
    assert (end.with_reference, end.labels_from) == (0, "")


@pytest.mark.parametrize(("coding", "label"), [(LabelCoding.THESIS, "HEM"), (LabelCoding.CHALLENGE, "ALL")])
def test_that_labels_of_a_csv_follow_their_coding_and_replace_all_others(
    folder: Path, tmp_path: Path, coding: LabelCoding, label: str
) -> None:
    (tmp_path / "labels.csv").write_text("image,label,patient\np8/y.png,1,P8\n")
    records, end = listed(folder, Understanding(LabelsFrom.FILE, tmp_path / "labels.csv", coding))
    assert records["p8/y.png"].reference == CellClass[label]
    assert records["p8/y.png"].subject == "P8"
    assert (end.with_reference, end.labels_from) == (1, "the label file")


def test_that_numbers_without_a_coding_are_not_guessed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("image,label\ny.png,1\n")
    with pytest.raises(WrongUse, match="which coding"):
        listed(folder, Understanding(LabelsFrom.FILE, tmp_path / "labels.csv"))
    with pytest.raises(WrongUse, match="no label file"):
        listed(folder, Understanding(LabelsFrom.FILE))


def test_that_the_patient_may_be_the_folder_of_the_image(folder: Path) -> None:
    records, end = listed(folder, Understanding(patients_from=PatientsFrom.FOLDER))
    assert {name: record.subject for name, record in records.items()} == {
        "case-12-a.png": "lab",
        "p7/all/UID_1_1_1_hem.png": "all",
        "p7/all/x.png": "all",
        "p8/y.png": "p8",
    }
    assert (end.subjects, end.subjects_from) == (3, "folders")


def test_that_the_patient_may_follow_a_pattern_of_the_name(folder: Path) -> None:
    names = Understanding(patients_from=PatientsFrom.PATTERN, pattern="case-{patient}-*")
    records, end = listed(folder, names)
    assert records["case-12-a.png"].subject == "12"
    assert records["p8/y.png"].subject == ""
    assert end.subjects_from == "the pattern case-{patient}-*"


@pytest.mark.parametrize(
    ("pattern", "name", "patient"),
    [
        ("{patient}", "a b", "a b"),
        ("{patient}_*", "P1_cell_2", "P1"),
        ("*_{patient}", "cell_P1", "P1"),
        ("case-{patient}-*", "case-12-x-y", "12"),
        ("case-{patient}-*", "Case-12-x", ""),
        ("a.b{patient}", "aXbP", ""),  # a full stop is a full stop
        ("UID_{patient}_*_*_*", "UID_H12_3_4_hem", "H12"),
    ],
)
def test_that_a_pattern_finds_the_patient(pattern: str, name: str, patient: str) -> None:
    assert patient_by(pattern, f"some/{name}.bmp") == patient


@pytest.mark.parametrize("pattern", ["", "case-*", "{patient}-{patient}"])
def test_that_a_pattern_names_the_place_of_the_patient_once(pattern: str) -> None:
    with pytest.raises(WrongUse, match="the place of the patient once"):
        patient_by(pattern, "x.png")
