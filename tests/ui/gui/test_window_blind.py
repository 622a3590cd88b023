"""A blind first read: nothing in the window tells what the model says of a cell before the reader has chosen."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from alldetect_gui.core.reviews import Reading
from alldetect_gui.gui.dialogs.understanding import UnderstandingDialog
from alldetect_gui.gui.models.grouping import Grouping
from alldetect_gui.gui.models.results_columns import Column
from alldetect_gui.imaging import sheet
from tests.ui.gui.walk import said_by
from tests.ui.gui.window_driver import Driver, FakeClassifier, fake_result

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


@pytest.fixture
def user(drive: Drive, cells: Path, classifier: FakeClassifier) -> Driver:
    """Someone who has classified 20 cells and sees matrix and threshold."""
    user = drive(classifier)
    user.open(cells)
    user.classify()
    user.wait_compared()
    user.bot.waitUntil(user.window.workspace.confusion.table.isVisible)
    return user


def go_blind(user: Driver) -> None:
    user.window.desk.actions.blind.trigger()


def rows(user: Driver) -> list[str]:
    return [result.record.relative for result in user.window.results.shown()]


def listed(user: Driver) -> list[str]:
    return [user.window.images.record(row).relative for row in range(user.window.images.rowCount())]


@pytest.mark.parametrize("column", [Column.FILE, Column.REFERENCE, Column.SUGGESTION, Column.PROBABILITY])
def test_that_no_order_of_the_table_tells_anything_whether_it_was_sorted_before_or_after(
    user: Driver, column: Column
) -> None:
    table, in_order = user.window.workspace.results.table, rows(user)
    table.sort_by(column, add=False)
    sorted_before = rows(user)
    go_blind(user)
    blind = rows(user)
    assert blind != in_order, "the order of the files tells something, too"
    assert blind != sorted_before
    table.sort_by(column, add=False)
    assert rows(user) == blind
    user.window.reviews.read([(user.window.results.result(3).record, Reading.ALL)])
    table.sort_by(column, add=False)
    unread = [name for name in rows(user) if name != blind[3]]
    assert unread == [name for name in blind if name != blind[3]]
    go_blind(user)
    assert rows(user) == in_order


@pytest.mark.parametrize(
    "query", ["p>0.4", "suggestion:all", "reference:hem", "wrong", "right", "uncertain", "_all", "file:hem"]
)
def test_that_a_filter_by_what_is_hidden_finds_only_cells_that_were_read(user: Driver, query: str) -> None:
    results = user.window.workspace.results
    results.filter.setText(query)
    found = rows(user)
    go_blind(user)
    assert rows(user) == listed(user) == []
    assert "what is hidden finds no cell" in results.count_text
    results.filter.setText(f"-{query}")
    assert len(rows(user)) == 20
    results.filter.clear()
    user.window.reviews.read([(result.record, Reading.ALL) for result in user.window.state.results])
    results.filter.setText(query)
    assert set(rows(user)) == set(found)


def test_that_gallery_and_groups_stand_in_an_order_that_tells_nothing(user: Driver) -> None:
    bar, in_order = user.window.workspace.folder.bar, listed(user)
    bar.grouping.setCurrentText(Grouping.SUGGESTION.value)
    bar.group.setCurrentIndex(bar.group.findData("ALL"))
    bar.group.activated.emit(bar.group.currentIndex())
    assert len(listed(user)) < 20
    chosen = user.window.state.selected
    go_blind(user)
    assert [bar.group.itemText(number) for number in range(bar.group.count())] == [
        "All 1 group",
        "Hidden in the blind read (20)",
    ]
    assert len(listed(user)) == 20
    assert listed(user) != in_order
    assert user.window.state.selected == chosen
    assert str(user.window.images.index(0).data()) == "Cell 1"
    go_blind(user)
    bar.grouping.setCurrentText(Grouping.NONE.value)
    assert listed(user) == in_order


def test_that_the_queue_of_a_blind_read_is_neither_by_doubt_nor_by_file(user: Driver) -> None:
    user.window.desk.presenter.resize_page(20)
    by_doubt = [cell.relative for cell in user.window.desk.page.cells]
    go_blind(user)
    blind = [cell.relative for cell in user.window.desk.page.cells]
    assert sorted(blind) == sorted(by_doubt)
    assert blind not in (by_doubt, sorted(blind), [name for name in listed(user) if name in blind][::-1])


def test_that_matrix_and_threshold_are_hidden_until_every_cell_is_read(user: Driver) -> None:
    panel, threshold = user.window.workspace.confusion, user.window.assessing.panel
    go_blind(user)
    assert not panel.table.isVisible()
    assert panel.note.text() == "Hidden in the blind read until every cell is read: 18 unread cells left."
    assert "suggested" not in panel.note.text() + panel.footnote.text()
    user.window.workspace.tabs.setCurrentWidget(threshold)
    assert not threshold.threshold.isVisible()
    assert "Hidden in the blind read" in threshold._note.text()
    user.wait_idle()
    assert not panel.table.isVisibleTo(panel)
    user.window.reviews.read([(result.record, Reading.HEM) for result in user.window.state.results])
    user.bot.waitUntil(lambda: panel.table.isVisibleTo(panel) and threshold.threshold.isVisible())


def test_that_nothing_is_exported_or_copied_and_names_are_not_corrected(user: Driver, tmp_path: Path) -> None:
    go_blind(user)
    QGuiApplication.clipboard().setText("before")
    for action in (*user.window.exporting.files.values(), user.window.exporting.copy, user.window.actions_.export):
        user.messages.told.clear()
        action.trigger()
        assert "an export would show what is hidden of 18 unread cells" in user.messages.told[0]
    table = user.window.workspace.results.table
    table.selectAll()
    table.copy_rows()
    copied = QGuiApplication.clipboard().text()
    assert copied.count("\n") == 21
    assert not any(told in copied for told in ("UID", "0.", "HEM", "UNCERTAIN"))
    user.window.actions_.correct_names.trigger()
    assert "Names and labels are hidden" in user.messages.told[-1]
    assert not user.window.findChildren(UnderstandingDialog)
    user.window.reviews.read([(result.record, Reading.ALL) for result in user.window.state.results])
    user.chosen.append(tmp_path / "out")
    user.window.actions_.export.trigger()
    user.bot.waitUntil(lambda: (tmp_path / "out" / "results.csv").exists())


def test_that_a_saved_comparison_does_not_name_its_cell(
    user: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    draw = sheet.ImageDraw.ImageDraw.text
    monkeypatch.setattr(
        sheet.ImageDraw.ImageDraw, "text", lambda pen, place, text, *rest, **more: (
            written.append(text), draw(pen, place, text, *rest, **more),
        )[1],
    )  # fmt: skip
    go_blind(user)
    user.chosen.append(tmp_path / "blind.png")
    user.window.actions_.save_sheet.trigger()
    user.bot.waitUntil(lambda: (tmp_path / "blind.png").exists())
    assert "Cell of a blind read" in written
    assert not any("UID" in text or "P(ALL)" in text for text in written)


def test_that_a_reading_after_the_suggestion_was_seen_is_no_blind_one(user: Driver) -> None:
    go_blind(user)
    record = user.window.desk.page.cells[0]
    user.window.state.select(record)
    present, reviews = user.window.desk.presenter, user.window.reviews
    present.read(Reading.HEM)
    assert reviews.review(record).blind
    present.read(None)
    present.read(Reading.ALL)
    assert not reviews.review(record).blind


def test_that_the_image_in_view_is_marked_in_the_matrix_unless_it_is_hidden(user: Driver) -> None:
    table, state = user.window.workspace.confusion.table, user.window.state
    filtered = len(rows(user))
    for result in state.results:
        state.select(result.record)
        index, prediction = table.currentIndex(), result.prediction
        if prediction is None:
            assert not index.isValid()
            continue
        assert result.record.reference is not None
        assert index.row() == ("ALL", "HEM").index(result.record.reference)
        assert index.column() == (0 if prediction.probability_all >= 0.5 else 1)
    assert len(rows(user)) == filtered, "marking filters nothing"
    go_blind(user)
    assert not table.currentIndex().isValid()


def test_that_a_cell_has_one_number_in_list_table_and_page_however_far_a_run_is(
    drive: Drive, cells: Path, classifier: FakeClassifier
) -> None:
    user = drive(classifier)
    user.open(cells)
    go_blind(user)
    window, page = user.window, user.window.desk.page
    window.desk.presenter.resize_page(20)
    numbers: dict[str, str] = {name: str(window.images.index(row).data()) for row, name in enumerate(listed(user))}
    assert list(numbers.values()) == [f"Cell {number}" for number in range(1, 21)]
    for done in range(0, 20, 5):
        window.state.add_results([fake_result(record, 0) for record in window.state.records[done : done + 5]])
        table = [str(window.results.index(row, Column.FILE).data()) for row in range(window.results.rowCount())]
        assert table == [numbers[name] for name in rows(user)]
        assert len(table) == done + 5
        read = [str(page.index(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(page.rowCount())]
        assert read == [f"{numbers[cell.relative]}, not read" for cell in page.cells]
    window.images.narrow({cell.relative for cell in page.cells[5:9]})
    assert [str(window.images.index(row).data()) for row in range(4)] == [numbers[name] for name in listed(user)]


def told_of(user: Driver) -> set[str]:
    """Which file names and patients of unread cells are said anywhere: seen, heard, or under the mouse."""
    unread = [result.record for result in user.window.state.results if user.window.reviews.hides(result.record)]
    unread = [record for record in unread if user.window.state.outcomes[record.path].prediction is not None]
    names = {record.relative for record in unread} | {record.relative.rpartition(".")[0] for record in unread}
    images = user.window.images
    texts = [text for _, text in said_by(user.window)]
    texts += [images.describe(images.record(row)) for row in range(images.rowCount())]  # painted, the second line
    found = {name for name in names if any(name in text for text in texts)}
    return found | {text for text in texts if re.search(r"\bH[13]\b|[Pp]atient \d|reference (ALL|HEM)", text)}


@pytest.mark.parametrize("tab", range(6))
def test_that_neither_name_nor_patient_nor_label_is_said_anywhere_in_the_window(user: Driver, tab: int) -> None:
    user.window.workspace.tabs.setCurrentIndex(tab)
    user.bot.waitUntil(lambda: not user.window.runners.patients.is_running)
    assert told_of(user)
    go_blind(user)
    user.bot.waitUntil(lambda: not user.window.runners.patients.is_running and not user.window.runners.cells.is_running)
    user.bot.wait(350)  # cards and counts follow a little later
    user.bot.waitUntil(lambda: not user.window.runners.patients.is_running)
    assert told_of(user) == set()


def test_that_patients_are_numbers_to_choose_from_and_no_group_filter_or_order_finds_them(user: Driver) -> None:
    box = user.window.desk.panel.patients
    assert "Patient H1" in [box.itemText(row) for row in range(box.count())]
    go_blind(user)
    assert [box.itemText(row) for row in range(box.count())] == ["All patients"] + [
        f"Patient no. {number}" for number in range(1, 5)
    ]
    numbers = {str(box.itemData(row)): number for number, row in enumerate(range(1, 5), 1)}
    assert [numbers[subject] for subject in sorted(numbers)] != [1, 2, 3, 4]
    user.window.workspace.results.filter.setText("patient:H1")
    assert rows(user) == []
    user.window.workspace.results.filter.setText("")
    before = rows(user)
    user.window.workspace.results.table.sort_by(Column.PATIENT, add=False)
    assert rows(user) == before
    bar = user.window.workspace.folder.bar
    bar.grouping.setCurrentIndex(bar.grouping.findData(Grouping.PATIENT))
    assert [name for name, _ in user.window.images.groups()] == ["Hidden in the blind read"]


def test_that_a_patient_has_a_card_and_is_signed_once_every_cell_is_read(user: Driver) -> None:
    panel = user.window.patients.panel
    user.window.workspace.tabs.setCurrentWidget(panel)
    go_blind(user)
    user.bot.waitUntil(lambda: "4 patients with unread cells" in panel.hidden.text())
    assert user.window.patients.model.rowCount() == 0
    user.window.desk.actions.sign_off.trigger()
    assert "signed when every cell is read" in user.messages.told[-1]
    records = [result.record for result in user.window.state.results if result.prediction is not None]
    user.window.reviews.read([(record, Reading.HEM) for record in records if record.subject == "H1"])
    user.bot.waitUntil(lambda: user.window.patients.model.rowCount() == 1)
    assert user.window.patients.model.patient(0).subject == "H1"
