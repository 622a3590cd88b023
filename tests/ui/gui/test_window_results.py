"""The table, the summary and the export, after a run with a classifier whose answers are known."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence

from alldetect_gui.core.events import ImageDone, Progress, RunFinished, RunStarted
from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.gui import wording
from alldetect_gui.gui.models.results_columns import Column
from alldetect_gui.gui.models.results_filter import Show
from alldetect_gui.gui.models.results_table import ResultsTableModel
from alldetect_gui.workflows.evaluate_run import summarise
from tests.ui.gui.window_driver import MODEL, Driver, FakeClassifier, write_cells

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


@pytest.fixture
def user(drive: Drive, cells: Path, classifier: FakeClassifier) -> Driver:
    """Someone who has classified 20 cells."""
    user = drive(classifier)
    user.open(cells)
    user.classify()
    user.wait_compared()
    return user


def cells_of(user: Driver, column: Column) -> list[str]:
    proxy = user.window.workspace.results.model
    return [proxy.index(row, column).data() for row in range(proxy.rowCount())]


def click(user: Driver, row: int) -> None:
    table = user.window.workspace.results.table
    place = table.visualRect(user.window.workspace.results.model.index(row, 0)).center()
    user.bot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def test_that_a_row_opens_its_image_in_the_comparison_and_the_list(user: Driver) -> None:
    click(user, 3)
    record = user.window.state.records[3]
    assert user.window.state.selected == record
    user.wait_idle()
    assert user.window.workspace.compare.caption.startswith(record.relative)
    assert "suggestion UNCERTAIN, P(ALL) 0.51" in user.window.workspace.compare.caption
    assert user.window.workspace.folder.list.currentIndex().row() == 3


def test_that_an_image_of_the_list_is_marked_in_the_table(user: Driver) -> None:
    user.window.actions_.next_image.trigger()
    user.window.actions_.next_image.trigger()
    assert user.window.workspace.results.table.currentIndex().row() == 2


def test_that_a_click_on_a_header_sorts(user: Driver) -> None:
    header = user.window.workspace.results.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(Column.PROBABILITY) + 10, header.height() // 2)
    user.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    shown = [text for text in cells_of(user, Column.PROBABILITY) if text != "–"]
    assert shown in (sorted(shown), sorted(shown, reverse=True))
    assert cells_of(user, Column.FILE) != [record.relative for record in user.window.state.records]


def test_that_the_filters_narrow_the_table_and_say_how_many_are_shown(user: Driver) -> None:
    panel = user.window.workspace.results
    panel.show_box.setCurrentText(Show.SKIPPED)
    assert cells_of(user, Column.OUTCOME) == ["Skipped: file is incomplete"] * 2
    assert panel.count_text == "2 of 20"
    panel.show_box.setCurrentText(Show.EVERYTHING)
    user.bot.keyClicks(panel.filter, "_h1_")
    assert panel.model.rowCount() == 5
    assert all("UID_H1_" in name for name in cells_of(user, Column.FILE))
    panel.filter.clear()
    assert panel.count_text == "20 results"


def test_that_results_that_come_in_are_counted_where_the_filter_shows_none_of_them(user: Driver) -> None:
    """The number of a moment in mid-run stood there after its end."""
    panel = user.window.workspace.results
    panel.show_only("patient:nobody")
    assert panel.count_text == "0 of 20"
    user.classify()
    assert panel.count_text == "0 of 20"


def test_that_filtering_does_not_change_the_image_in_view(user: Driver) -> None:
    click(user, 3)
    selected = user.window.state.selected
    user.bot.keyClicks(user.window.workspace.results.filter, "skipped")
    assert user.window.state.selected == selected


def test_that_find_goes_to_the_filter(user: Driver) -> None:
    user.window.activateWindow()
    user.window.actions_.find.trigger()
    assert user.window.workspace.results.filter.hasFocus()


def test_that_a_skipped_row_shows_its_reason_and_nothing_that_looks_like_a_result(user: Driver) -> None:
    proxy = user.window.workspace.results.model
    row = [proxy.index(6, column).data() for column in Column]
    assert row[Column.SUGGESTION] == row[Column.PROBABILITY] == "–"
    assert row[Column.OUTCOME] == "Skipped: file is incomplete"


def test_that_the_summary_shows_what_summarise_computes(user: Driver) -> None:
    expected = summarise(user.window.state.results, seconds=2.0, model=MODEL)
    evaluation = expected.evaluation
    assert evaluation is not None
    panel = user.window.workspace.confusion
    table = [[panel.model.index(r, c).data().split("\n")[0] for c in range(2)] for r in range(2)]
    matrix = evaluation.confusion
    assert table == [[str(matrix.tp), str(matrix.fn)], [str(matrix.fp), str(matrix.tn)]]
    assert {name: label.text() for name, label in panel.values.items()} == {
        name: wording.measure(name, evaluation.measures[name]) for name in wording.MEASURE_NAMES
    }
    assert panel.table.isVisible()
    assert f"{expected.suggested_all} suggested ALL" in panel.note.text()
    assert "2 skipped" in panel.note.text()


def test_that_intervals_by_patient_are_shown_where_they_are_defined(
    drive: Drive, tmp_path: Path, classifier: FakeClassifier
) -> None:
    folder = tmp_path / "patients"
    write_cells(folder, 0)
    source = write_cells(tmp_path / "source", 1, labels=False)
    data = next(source.iterdir()).read_bytes()
    for number in range(24):
        kind = "all" if number % 2 else "hem"
        (folder / f"UID_{number % 12}_{number}_1_{kind}.png").write_bytes(data)
    user = drive(classifier)
    user.open(folder)
    user.classify()
    expected = summarise(user.window.state.results, seconds=2.0, model=MODEL).evaluation
    assert expected is not None
    low, high = expected.intervals["accuracy"]
    text = f"{wording.measure('accuracy', low)} to {wording.measure('accuracy', high)}"
    user.bot.waitUntil(lambda: user.window.workspace.confusion.intervals["accuracy"].text() == text)
    assert "95 % intervals over 12 patients" in user.window.workspace.confusion.footnote.text()


def test_that_without_reference_labels_a_plain_sentence_stands_in_place_of_figures(
    drive: Drive, tmp_path: Path, classifier: FakeClassifier
) -> None:
    user = drive(classifier)
    user.open(write_cells(tmp_path / "plain", 6, labels=False))
    user.classify()
    panel = user.window.workspace.confusion
    assert not panel.table.isVisible()
    assert "no reference labels" in panel.footnote.text()


def test_that_a_run_of_skipped_images_alone_does_not_claim_that_labels_are_missing(drive: Drive, cells: Path) -> None:
    def skip(records: Sequence[ImageRecord], **_: object) -> Iterator[object]:
        yield RunStarted(len(records), MODEL)
        results = tuple(ImageResult(record, Outcome.SKIPPED, reason="file is incomplete") for record in records)
        for number, result in enumerate(results, 1):
            yield ImageDone(result, Progress(number, len(records), 1.0, 1.0, 1.0))
        yield RunFinished(MODEL, results, 1.0)

    user = drive(skip)
    user.open(cells)
    user.classify()
    panel = user.window.workspace.confusion
    user.bot.waitUntil(lambda: "20 skipped" in panel.note.text())
    assert panel.footnote.text() == "No image has a suggestion, so there is nothing to compare."


def test_that_export_writes_both_files_and_says_where(user: Driver, tmp_path: Path) -> None:
    out = tmp_path / "out, ä"
    user.chosen.append(out)
    user.window.actions_.export.trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told))
    assert user.messages.told == [f"20 results written to {out / 'results.csv'} and {out / 'summary.json'}"]
    with (out / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows] == [record.relative for record in user.window.state.records]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["found"], summary["skipped"], summary["seconds"]) == (20, 2, 2.0)
    assert summary["model"]["name"] == "fake"


def test_that_export_asks_before_it_replaces_a_file(user: Driver, tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text("mine")
    user.messages.answer = False
    user.chosen.append(tmp_path)
    user.window.actions_.export.trigger()
    user.wait_idle()
    assert "already holds results.csv" in user.messages.questions[0]
    assert (tmp_path / "results.csv").read_text() == "mine"
    user.messages.answer = True
    user.chosen.append(tmp_path)
    user.window.actions_.export.trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told))
    assert (tmp_path / "results.csv").read_text().startswith("path,sha256")


def test_that_a_folder_that_cannot_be_written_is_said(user: Driver, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    user.chosen.append(tmp_path / "file" / "out")
    user.window.actions_.export.trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told))
    assert "cannot be written" in user.messages.told[0]
    assert user.messages.crashes == []


def test_that_the_documented_keys_are_bound(user: Driver) -> None:
    actions = user.window.actions_
    keys = {
        "Ctrl+O": actions.open_folder,
        "Ctrl+R": actions.classify,
        "Ctrl+E": actions.export,
        "Ctrl+F": actions.find,
        "Ctrl+.": actions.cancel,
        "Ctrl+0": actions.fit,
    }
    for key, action in keys.items():
        assert action.shortcut() == QKeySequence(key)


def test_that_after_filtering_no_row_is_marked_but_that_of_the_image_in_view(user: Driver) -> None:
    panel, state = user.window.workspace.results, user.window.state
    viewed = next(result.record for result in state.results if result.outcome is Outcome.CLASSIFIED)
    state.select(viewed)
    panel.show_box.setCurrentText(Show.SKIPPED)
    assert panel.model.rowCount() > 0
    assert state.selected == viewed
    assert not panel.table.currentIndex().isValid()
    panel.show_box.setCurrentText(Show.EVERYTHING)
    assert panel.table.currentIndex().data(ResultsTableModel.ResultRole).record == viewed


def test_that_a_click_on_the_current_row_opens_its_image(user: Driver) -> None:
    table, state = user.window.workspace.results.table, user.window.state
    index = table.model().index(3, 0)
    table.setCurrentIndex(index)
    shown, state.selected = state.selected, None
    user.bot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    assert state.selected == shown


def test_that_another_folder_starts_with_every_result_shown(user: Driver, tmp_path: Path) -> None:
    panel = user.window.workspace.results
    panel.filter.setText("nothing is called this")
    panel.show_box.setCurrentText(Show.SKIPPED)
    user.open(write_cells(tmp_path / "other", 2))
    assert panel.filter.text() == ""
    assert panel.show_box.currentText() == Show.EVERYTHING


def header_click(user: Driver, column: Column, modifier: Qt.KeyboardModifier) -> None:
    header = user.window.workspace.results.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
    user.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifier, pos=place)


def test_that_shift_adds_a_column_to_sort_by_and_a_third_click_takes_it_away(user: Driver) -> None:
    plain, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    model = user.window.workspace.results.model
    header_click(user, Column.PATIENT, plain)
    header_click(user, Column.SUGGESTION, shift)
    header_click(user, Column.SUGGESTION, shift)
    assert list(model.keys) == [(Column.PATIENT, False), (Column.SUGGESTION, True)]
    rows = list(zip(cells_of(user, Column.PATIENT), cells_of(user, Column.SUGGESTION), strict=True))
    assert [patient for patient, _ in rows] == sorted(patient for patient, _ in rows)
    for patient in {patient for patient, _ in rows}:
        said = [suggestion for name, suggestion in rows if name == patient]
        assert said == sorted(said, reverse=True)
    header_click(user, Column.SUGGESTION, shift)
    assert list(model.keys) == [(Column.PATIENT, False)]


def test_that_a_query_narrows_the_table_and_a_mistake_is_told(user: Driver) -> None:
    panel = user.window.workspace.results
    user.bot.keyClicks(panel.filter, "p>0.4 p<0.6 -skipped")
    assert set(cells_of(user, Column.SUGGESTION)) == {"UNCERTAIN"}
    assert panel.count_text == "2 of 20"
    user.bot.waitUntil(lambda: panel.status == "2 shown · U 2")
    panel.filter.setText("patient:h1 p>")
    assert panel.count_text == "“p>” needs a number"
    assert set(cells_of(user, Column.PATIENT)) == {"H1"}


def test_that_selected_rows_are_copied_as_a_spreadsheet_takes_them_with_the_columns_in_sight(user: Driver) -> None:
    panel = user.window.workspace.results
    (note,) = [action for action in panel.columns.actions() if action.text() == "Note"]
    note.trigger()
    assert panel.table.isColumnHidden(Column.NOTE)
    click(user, 1)
    user.bot.keyClick(panel.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    user.window.activateWindow()
    panel.table.setFocus()
    user.bot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    heads = ["File", "Patient", "Reference", "Suggestion", "P(ALL)", "Agree", "Fit", "Read as", "Outcome"]
    assert lines[0].split("\t") == heads
    assert [line.split("\t")[0] for line in lines[1:]] == [r.relative for r in user.window.state.records[1:3]]


def test_that_the_rows_in_sight_get_their_picture(user: Driver) -> None:
    first = user.window.workspace.results.model.result(0).record
    user.bot.waitUntil(lambda: isinstance(user.window.cells.image(first), QImage))


def test_that_a_cell_read_by_key_is_read_in_its_row(user: Driver) -> None:
    click(user, 2)
    user.window.activateWindow()
    user.bot.keyClick(user.window.workspace.results.table, Qt.Key.Key_A)
    assert cells_of(user, Column.READING)[2] == "ALL"
    user.window.workspace.results.show_box.setCurrentText(Show.READ)
    assert user.window.workspace.results.count_text == "1 of 20"
