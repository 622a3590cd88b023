"""Opening a folder: what was understood is said, and the user corrects it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from alldetect_gui.core.labels import CellClass, LabelCoding
from alldetect_gui.gui.dialogs.understanding import UnderstandingDialog
from alldetect_gui.workflows.understand_names import LabelsFrom, PatientsFrom
from tests.ui.gui.window_driver import Driver, FakeClassifier, write_cells

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


def click(user: Driver, button: object) -> None:
    user.bot.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[arg-type]


def correcting(user: Driver) -> UnderstandingDialog:
    click(user, user.window.workspace.confirm.correct)
    (dialog,) = user.window.findChildren(UnderstandingDialog)
    return dialog


def apply(user: Driver, dialog: UnderstandingDialog) -> None:
    with user.bot.waitSignal(user.window.state.folder_listed):
        click(user, dialog.apply)
    user.wait_idle()


def test_that_what_was_understood_is_said_until_the_user_agrees(drive: Drive, cells: Path) -> None:
    user = drive()
    strip = user.window.workspace.confirm
    assert not user.window.actions_.correct_names.isEnabled()
    user.open(cells)
    assert strip.isVisible()
    assert strip.text == (
        "Understood: 20 images, 4 patients from file names, reference labels from file names. Is that right?"
    )
    click(user, strip.agree)
    assert not strip.isVisible()
    assert user.window.actions_.correct_names.isEnabled()


def test_that_labels_can_be_taken_away_and_come_back(drive: Drive, cells: Path) -> None:
    user = drive()
    user.open(cells)
    dialog = correcting(user)
    dialog.labels[LabelsFrom.NONE].click()
    apply(user, dialog)
    assert "no reference labels" in user.window.workspace.confirm.text
    assert {record.reference for record in user.window.state.records} == {None}
    dialog = correcting(user)
    assert dialog.labels[LabelsFrom.NONE].isChecked()
    dialog.labels[LabelsFrom.FOUND].click()
    apply(user, dialog)
    assert {record.reference for record in user.window.state.records} == set(CellClass)


@pytest.mark.parametrize(("coding", "label"), [(LabelCoding.THESIS, "HEM"), (LabelCoding.CHALLENGE, "ALL")])
def test_that_labels_come_from_a_csv_with_its_coding(
    drive: Drive, tmp_path: Path, coding: LabelCoding, label: str
) -> None:
    user = drive()
    folder = write_cells(tmp_path / "plain", 4, labels=False)
    (tmp_path / "labels.csv").write_text("image,label\n" + "".join(f"cell_{n}.png,1\n" for n in range(4)))
    user.open(folder)
    dialog = correcting(user)
    dialog.labels[LabelsFrom.FILE].click()
    assert not dialog.apply.isEnabled()
    user.chosen.append(tmp_path / "labels.csv")
    click(user, dialog.file)
    dialog.coding.setCurrentIndex(dialog.coding.findData(coding))
    apply(user, dialog)
    assert user.window.workspace.confirm.text.startswith(
        "Understood: 4 images, no patients known, reference labels from the label file."
    )
    assert {record.reference for record in user.window.state.records} == {CellClass[label]}


def test_that_a_csv_with_numbers_and_no_coding_is_refused_in_words_and_the_folder_stays(
    drive: Drive, cells: Path, tmp_path: Path
) -> None:
    (tmp_path / "labels.csv").write_text("image,label\nx,1\n")
    user = drive()
    user.open(cells)
    dialog = correcting(user)
    user.chosen.append(tmp_path / "labels.csv")
    click(user, dialog.file)
    click(user, dialog.apply)
    user.bot.waitUntil(lambda: bool(user.messages.told))
    assert "which coding" in user.messages.told[0]
    assert user.window.images.rowCount() == 20


def test_that_patients_come_from_a_pattern_that_is_tried_while_it_is_typed(drive: Drive, tmp_path: Path) -> None:
    user = drive()
    user.open(write_cells(tmp_path / "plain", 4, labels=False))
    dialog = correcting(user)
    dialog.patients[PatientsFrom.PATTERN].click()
    dialog.pattern.clear()
    user.bot.keyClicks(dialog.pattern, "{patient}")
    assert dialog.preview.text() == "4 patients. For instance cell_0.png: patient cell_0"
    dialog.pattern.clear()
    user.bot.keyClicks(dialog.pattern, "slide_{patient}")
    assert "No name among 4 images" in dialog.preview.text()
    assert not dialog.apply.isEnabled()
    dialog.pattern.clear()
    user.bot.keyClicks(dialog.pattern, "cell_{patient}")
    apply(user, dialog)
    assert [record.subject for record in user.window.state.records] == ["0", "1", "2", "3"]
    assert "4 patients from the pattern cell_{patient}" in user.window.workspace.confirm.text


def test_that_results_in_view_are_not_thrown_away_without_asking(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = drive(classifier)
    user.open(cells)
    user.classify()
    user.messages.answer = False
    dialog = correcting(user)
    dialog.patients[PatientsFrom.FOLDER].click()
    click(user, dialog.apply)
    assert len(user.messages.questions) == 1
    assert user.window.results.rowCount() == 20
    assert "P" not in {record.subject for record in user.window.state.records}
