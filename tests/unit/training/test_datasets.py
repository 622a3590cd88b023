from pathlib import Path

import pytest

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.training.datasets import read_data_set, with_groups
from alldetect_gui.training.samples import write_samples


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """Four subjects; H2 and h4 share an image, and one file is empty."""
    shared = png_bytes(draw_cell(CellClass.HEM, 1))
    contents = {
        "UID_11_1_1_all": png_bytes(draw_cell(CellClass.ALL, 1)),
        "UID_H2_1_1_hem": shared,
        "UID_h4_1_1_hem": shared,
        "UID_h4_1_2_hem": png_bytes(draw_cell(CellClass.HEM, 2)),
        "UID_H9_1_1_hem": png_bytes(draw_cell(CellClass.HEM, 3)),
        "UID_H9_1_2_hem": b"",
    }
    for name, data in contents.items():
        (tmp_path / f"{name}.png").write_bytes(data)
    return tmp_path


def test_that_subjects_who_share_an_image_become_one_group(cells: Path) -> None:
    data = read_data_set(cells)
    assert {image.subject: image.group for image in data.images} == {
        "11": "11",
        "H2": "H2+H4",
        "H4": "H2+H4",
        "H9": "H9",
    }
    assert (len(data.images), data.duplicates, data.refused) == (4, 1, 1)


def test_that_a_manifest_links_subjects_beside_what_links_them_already(cells: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "groups.csv"
    manifest.write_text("subject,group\nh9,together\n11,together\nh2,alone\nH4,apart\n")
    groups = {image.subject: image.group for image in with_groups(read_data_set(cells), manifest).images}
    assert groups == {"11": "11+H9", "H9": "11+H9", "H2": "H2+H4", "H4": "H2+H4"}


def test_that_a_manifest_that_names_no_subject_is_wrong_use(cells: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "groups.csv"
    manifest.write_text("subject,group\nP01,together\n")
    with pytest.raises(WrongUse, match="none of the subjects"):
        with_groups(read_data_set(cells), manifest)


def test_that_subjects_known_to_share_cells_are_linked_by_their_names(tmp_path: Path) -> None:
    for number, name in enumerate(("UID_H14_1_1_hem", "UID_H24_1_1_hem", "UID_H22_1_1_hem")):
        (tmp_path / f"{name}.png").write_bytes(png_bytes(draw_cell(CellClass.HEM, number)))
    groups = {image.subject: image.group for image in read_data_set(tmp_path).images}
    assert groups == {"H14": "H14+H24", "H24": "H14+H24", "H22": "H22"}


def test_that_files_that_cannot_be_read_are_said_and_not_trained_on(tmp_path: Path) -> None:
    (tmp_path / "UID_H14_1_1_hem.png").write_bytes(b"")
    with pytest.raises(WrongUse, match="none of the images can be read"):
        read_data_set(tmp_path)


def test_that_an_image_without_a_subject_is_wrong_use(tmp_path: Path) -> None:
    write_samples(tmp_path)
    with pytest.raises(WrongUse, match="subject"):
        read_data_set(tmp_path)
