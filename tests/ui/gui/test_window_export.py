"""The Export menu: each format from the window, another name after a failure, rows on the clipboard."""

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from alldetect_gui.core.events import ExportProgress, SheetWritten
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.reviews import Reading
from alldetect_gui.core.words import Words
from alldetect_gui.gui.language import Language, said, speak
from alldetect_gui.workflows.exports.embedded import read_past_run
from alldetect_gui.workflows.exports.run import Decimals, Format
from tests.ui.gui.window_driver import Driver, FakeClassifier, write_cells

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


@pytest.fixture
def user(drive: Drive, tmp_path: Path, classifier: FakeClassifier) -> Driver:
    """Someone who has classified 20 cells in a folder with a patient's name."""
    user = drive(classifier)
    (tmp_path / "scans").mkdir()
    write_cells(tmp_path / "scans" / "Jane Doe", 20)
    user.open(tmp_path / "scans")
    user.classify()
    return user


def export(user: Driver, kind: Format, out: Path, decimals: Decimals = Decimals.DOT) -> None:
    """Choose a format in the menu and a file in its dialog; wait for what is said."""
    user.messages.told.clear()
    user.chosen.append(out)
    user.window.exporting.files[kind, decimals].trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told or user.messages.crashes))
    assert user.messages.crashes == []


def test_that_each_format_is_written_and_remembers_the_run(user: Driver, tmp_path: Path) -> None:
    for kind in Format:
        out = tmp_path / f"my results.{kind}"
        export(user, kind, out)
        assert user.messages.told == [f"20 results written to {out}"]
        past = read_past_run(out)
        assert [image.name for image in past.images] == [record.path.name for record in user.window.state.records]
        assert past.model.name == "fake"
        assert past.found == 20
        assert b"Jane Doe" not in out.read_bytes()


def test_that_a_german_window_writes_german_reports_and_english_tables(
    drive: Drive, cells: Path, tmp_path: Path
) -> None:
    speak(Language.GERMAN)
    try:
        user = drive(FakeClassifier())
        user.open(cells)
        user.classify()
        for kind in (Format.HTML, Format.CSV, Format.JSON):
            export(user, kind, tmp_path / f"r.{kind}")
        html = (tmp_path / "r.html").read_text(encoding="utf-8")
        assert '<html lang="de">' in html and "20 gefunden = 18 klassifiziert + 2 übersprungen" in html
        assert said(INTENDED_USE) in html and ">0,5100<" in html and "Datei ist unvollständig" in html
        assert INTENDED_USE not in html.partition("<pre")[0]
        rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text(encoding="utf-8-sig"))))
        assert {row["outcome"] for row in rows} == {"classified", "skipped"}
        assert json.loads((tmp_path / "r.json").read_text())["intended_use"] == INTENDED_USE
    finally:
        speak(Language.ENGLISH)


def test_that_a_german_window_writes_a_german_sheet(drive: Drive, cells: Path, tmp_path: Path) -> None:
    spoken: list[Words] = []

    def write(out: Path, _: object, words: Words) -> Iterator[object]:
        spoken.append(words)
        yield SheetWritten(out)

    speak(Language.GERMAN)
    try:
        user = drive(FakeClassifier(), write_sheet=write)
        user.open(cells)
        user.wait_compared()
        user.chosen.append(tmp_path / "sheet.png")
        user.window.actions_.save_sheet.trigger()
        user.bot.waitUntil(lambda: bool(user.messages.told))
        (words,) = spoken
        told = (words("no parameters"), words.said("clip limit"), words.number(0.5))
        assert (words.language, *told) == ("de", "ohne Parameter", "Begrenzung", "0,50")
    finally:
        speak(Language.ENGLISH)


def test_that_the_workbook_has_pictures_and_readers_classes(user: Driver, tmp_path: Path) -> None:
    record = user.window.state.records[1]
    user.window.reviews.read([(record, Reading.HEM)])
    export(user, Format.XLSX, tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["results"]
    heads = [cell.value for cell in sheet[1]]
    assert sheet.cell(3, heads.index("reader_class") + 1).value == "HEM"
    assert heads[-1] == INTENDED_USE


def test_that_the_menu_holds_every_format_and_waits_for_results(drive: Drive, cells: Path) -> None:
    user = drive(FakeClassifier())
    bar = user.window.menuBar()
    (menu,) = (menu for menu in bar.findChildren(QMenu) if menu.title() == "E&xport")
    desk = user.window.exporting
    assert {*desk.files.values(), desk.copy, user.window.actions_.export} <= set(menu.actions())
    assert {kind for kind, _ in desk.files} == set(Format)
    user.open(cells)
    assert not any(action.isEnabled() for action in (*desk.files.values(), desk.copy))
    user.classify()
    assert all(action.isEnabled() for action in (*desk.files.values(), desk.copy))


def test_that_nothing_is_exported_while_a_run_adds_results(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(hold_at=5)
    user = drive(classifier)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(lambda: len(user.window.state.results) == 5)
    assert not user.window.exporting.copy.isEnabled()
    classifier.go.set()
    user.bot.waitUntil(user.window.exporting.copy.isEnabled)


def test_that_after_a_failure_another_name_is_offered(user: Driver, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    user.messages.told.clear()
    user.chosen += [tmp_path / "second.csv", tmp_path / "folder.csv"]  # the last is taken first
    user.window.exporting.files[Format.CSV, Decimals.DOT].trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told))
    assert len(user.messages.questions) == 1
    assert "folder.csv cannot be written: not a regular file. Nothing was lost" in user.messages.questions[0]
    assert user.messages.told == [f"20 results written to {tmp_path / 'second.csv'}"]
    assert (tmp_path / "folder.csv").is_dir()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".alldetect")] == []


def test_that_a_fault_of_the_program_is_not_taken_for_a_full_disk(drive: Drive, cells: Path, tmp_path: Path) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError

    user = drive(FakeClassifier(), export_file=broken)
    user.open(cells)
    user.classify()
    user.chosen.append(tmp_path / "x.csv")
    user.window.exporting.files[Format.CSV, Decimals.DOT].trigger()
    user.bot.waitUntil(lambda: bool(user.messages.crashes))
    assert user.messages.questions == []


def test_that_the_rows_are_copied_for_a_spreadsheet(user: Driver) -> None:
    user.messages.told.clear()
    user.window.exporting.copy.trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told))
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert [row["path"] for row in rows] == [record.path.name for record in user.window.state.records]
    assert {row["intended_use"] for row in rows} == {INTENDED_USE}


def test_that_decimal_commas_and_folder_names_are_choices(user: Driver, tmp_path: Path) -> None:
    export(user, Format.CSV, tmp_path / "c.csv", Decimals.COMMA)
    assert "0,9" in (tmp_path / "c.csv").read_text("utf-8-sig")
    names = tmp_path / "names.json"
    export(user, Format.JSON, names)
    assert "Jane Doe" not in names.read_text()
    user.window.exporting.full_names.trigger()
    export(user, Format.JSON, names)
    assert json.loads(names.read_text())["results"][0]["path"] == user.window.state.records[0].relative
    assert "Jane Doe" in names.read_text()
    html = tmp_path / "r.html"
    export(user, Format.HTML, html)
    assert html.read_text().count("data:image/png") == 0  # the fake's hash is not that of any file


def test_that_a_long_export_shows_how_far_it_is_and_can_be_cancelled(
    drive: Drive, cells: Path, classifier: FakeClassifier, tmp_path: Path
) -> None:
    go = threading.Event()

    def slow(run: object, kind: Format, out: Path, options: object) -> Iterator[object]:
        yield ExportProgress(40, 100)
        assert go.wait(60)
        yield ExportProgress(100, 100)
        out.write_bytes(b"written")
        yield out

    user = drive(classifier, export_file=slow)
    user.open(cells)
    user.classify()
    waiting = user.window.exporting.waiting
    assert waiting.isHidden()
    user.chosen.append(tmp_path / "r.xlsx")
    user.messages.told.clear()
    user.window.exporting.files[Format.XLSX, Decimals.DOT].trigger()
    user.bot.waitUntil(lambda: (waiting.value(), waiting.maximum()) == (40, 100))
    assert "40 of 100 images" in waiting.labelText()
    waiting.canceled.emit()
    go.set()
    user.bot.waitUntil(lambda: user.messages.told == ["The export was cancelled"])
    assert not (tmp_path / "r.xlsx").exists() and waiting.isHidden()
