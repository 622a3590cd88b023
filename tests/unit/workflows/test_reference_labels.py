"""What names, folders and label files tell: patient and reference label."""

from pathlib import Path

import pytest

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.labels import CellClass, LabelCoding
from alldetect_gui.workflows.reference_labels import from_name, read_label_file

ALL, HEM = CellClass.ALL, CellClass.HEM


@pytest.mark.parametrize(
    ("relative", "subject", "reference"),
    [
        ("UID_11_10_1_all.bmp", "11", ALL),
        ("UID_H10_1_2_hem.bmp", "H10", HEM),
        ("UID_h3_5_1_hem.bmp", "H3", HEM),
        ("uid_h3_5_1_HEM.BMP", "H3", HEM),
        ("fold_0/all/UID_11_10_1_all.bmp", "11", ALL),
        ("hem/UID_11_10_1_all.bmp", "11", ALL),
        ("all/UID_H10_1_2_hem.bmp", "H10", HEM),
        ("ALL/1.bmp", "", ALL),
        ("Hem/1.bmp", "", HEM),
        ("all/hem/1.bmp", "", HEM),
        ("hem/deep/er/1.bmp", "", HEM),
        ("all/UID_57_cell.bmp", "57", ALL),
        ("UID_57.bmp", "57", None),
        ("1.bmp", "", None),
        ("all.bmp", "", None),
        ("wall/1.bmp", "", None),
        ("small/hemato/1.bmp", "", None),
        ("UID_11_10_1_all_copy.bmp", "11", None),
        ("UID_X11_10_1_all.bmp", "", None),
        ("UID_all.bmp", "", None),
        ("", "", None),
    ],
)
def test_that_names_and_folders_tell_patient_and_label(
    relative: str, subject: str, reference: CellClass | None
) -> None:
    assert from_name(relative) == (subject, reference)


def label_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """A CSV on disk."""
    path = folder / "labels.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_that_the_thesis_table_is_joined_by_name_and_coded_as_it_says(tmp_path: Path) -> None:
    path = label_file(tmp_path, "Image ID,label\nUID_2_1_1_all.bmp,0\nUID_H1_1_1_hem.bmp,1\n")
    labels = read_label_file(path, LabelCoding.THESIS)
    assert labels.find("somewhere/UID_H1_1_1_hem.bmp") == ("", HEM)
    assert labels.find("UID_2_1_1_all.bmp") == ("", ALL)
    assert labels.find("UID_2_1_1_all.png") == ("", None)


def test_that_the_challenge_table_is_joined_by_its_new_names_and_coded_the_other_way(tmp_path: Path) -> None:
    text = "Patient_ID,new_names,labels\nUID_57_29_1_all.bmp,1.bmp,1\nUID_H49_31_1_hem.bmp,2.bmp,0\n"
    labels = read_label_file(label_file(tmp_path, text), LabelCoding.CHALLENGE)
    assert labels.find("1.bmp")[1] is ALL
    assert labels.find("phase2/2.bmp")[1] is HEM
    assert labels.find("3.bmp") == ("", None)


def test_that_rows_are_never_joined_by_their_order(tmp_path: Path) -> None:
    path = label_file(tmp_path, "new_names,labels\n2.bmp,1\n1.bmp,0\n10.bmp,1\n")
    labels = read_label_file(path, LabelCoding.CHALLENGE)
    assert [labels.find(name)[1] for name in ("1.bmp", "2.bmp", "10.bmp")] == [HEM, ALL, ALL]


@pytest.mark.parametrize(("coding", "expected"), [(LabelCoding.THESIS, HEM), (LabelCoding.CHALLENGE, ALL)])
def test_that_the_same_file_means_the_opposite_under_the_other_coding(
    tmp_path: Path, coding: LabelCoding, expected: CellClass
) -> None:
    assert read_label_file(label_file(tmp_path, "image,label\na.bmp,1\n"), coding).find("a.bmp")[1] is expected


@pytest.mark.parametrize("number", ["0", "1"])
def test_that_numbers_without_a_coding_are_refused_and_both_are_named(tmp_path: Path, number: str) -> None:
    with pytest.raises(WrongUse) as caught:
        read_label_file(label_file(tmp_path, f"image,label\na.bmp,{number}\n"), None)
    assert "“thesis” (0 = ALL, 1 = HEM)" in str(caught.value)
    assert "“challenge” (1 = ALL, 0 = HEM)" in str(caught.value)


def test_that_words_need_no_coding(tmp_path: Path) -> None:
    labels = read_label_file(label_file(tmp_path, "file,class\na.bmp,all\nb.bmp,HEM\n"), None)
    assert (labels.find("a.bmp")[1], labels.find("b.bmp")[1]) == (ALL, HEM)


def test_that_contradictory_labels_are_refused_with_name_and_line(tmp_path: Path) -> None:
    path = label_file(tmp_path, "image,label\na.bmp,all\nb.bmp,hem\na.bmp,hem\n")
    with pytest.raises(WrongUse, match=r"line 4: “a\.bmp” has two different labels"):
        read_label_file(path, None)


def test_that_a_repeated_label_is_no_contradiction(tmp_path: Path) -> None:
    path = label_file(tmp_path, "image,label\na.bmp,all\na.bmp,ALL\n")
    assert read_label_file(path, None).find("a.bmp")[1] is ALL


def test_that_an_unknown_label_is_refused_with_its_line(tmp_path: Path) -> None:
    path = label_file(tmp_path, "image,label\na.bmp,0\nb.bmp,2\n")
    with pytest.raises(WrongUse, match=r"line 3: “2” is not a label"):
        read_label_file(path, LabelCoding.THESIS)


def test_that_the_relative_path_comes_before_the_bare_name(tmp_path: Path) -> None:
    labels = read_label_file(label_file(tmp_path, "path,label\na/1.bmp,all\nb/1.bmp,hem\n1.bmp,hem\n"), None)
    assert labels.find("a/1.bmp")[1] is ALL
    assert labels.find("b/1.bmp")[1] is HEM
    assert labels.find("c/1.bmp")[1] is HEM


def test_that_names_without_suffix_are_found(tmp_path: Path) -> None:
    assert read_label_file(label_file(tmp_path, "image,label\ncell_1,all\n"), None).find("x/cell_1.bmp")[1] is ALL


def test_that_patients_of_the_file_are_read(tmp_path: Path) -> None:
    labels = read_label_file(label_file(tmp_path, "image,label,subject\na.bmp,all,P7\nb.bmp,hem,\n"), None)
    assert labels.find("a.bmp") == ("P7", ALL)
    assert labels.find("b.bmp") == ("", HEM)


def test_that_rows_without_name_or_label_are_passed_over(tmp_path: Path) -> None:
    labels = read_label_file(label_file(tmp_path, "image,label\n,all\na.bmp,\n\nb.bmp\nc.bmp,all\n"), None)
    assert labels.labels == {"c.bmp": ALL}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_that_a_byte_order_mark_and_names_beyond_ascii_are_read(tmp_path: Path, encoding: str) -> None:
    text = "Image,Label\r\n細胞.bmp,all\r\nZelle ä\u2028b.bmp,hem\r\n"
    labels = read_label_file(label_file(tmp_path, text, encoding), None)
    assert labels.find("細胞.bmp")[1] is ALL
    assert labels.find("Zelle ä\u2028b.bmp")[1] is HEM


def test_that_a_quoted_name_may_hold_commas_and_line_breaks(tmp_path: Path) -> None:
    labels = read_label_file(label_file(tmp_path, 'image,label\n"a,b.bmp",all\n"two\nlines.bmp",hem\n'), None)
    assert labels.find("a,b.bmp")[1] is ALL
    assert labels.find("two\nlines.bmp")[1] is HEM


@pytest.mark.parametrize(
    "text", ["", "\n", "image;label\na.bmp;all\n", "picture,label\na,all\n", "image,truth\na,all\n", "a.bmp,all\n"]
)
def test_that_a_file_without_the_columns_is_answered_with_those_it_needs(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongUse, match=r"needs a column with the image .* and one with the label"):
        read_label_file(label_file(tmp_path, text), None)


def test_that_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    with pytest.raises(WrongUse, match=r"labels\.csv cannot be read"):
        read_label_file(path, None)
    path.write_bytes(b"image,label\n\xff\xfe,all\n")
    with pytest.raises(WrongUse, match=r"labels\.csv cannot be read"):
        read_label_file(path, None)
    path.write_text("image,label\n" + "x" * 200_000 + ",all\n")
    with pytest.raises(WrongUse, match=r"labels\.csv cannot be read"):
        read_label_file(path, None)


def test_that_the_challenges_patient_column_gives_patients_not_cells(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("Patient_ID,new_names,labels\nUID_57_29_1_all.bmp,1.bmp,1\nUID_h3_2_1_hem.bmp,2.bmp,0\n")
    labels = read_label_file(file, LabelCoding.CHALLENGE)
    assert labels.find("deep/1.bmp") == ("57", CellClass.ALL)
    assert labels.find("2.bmp") == ("H3", CellClass.HEM)
