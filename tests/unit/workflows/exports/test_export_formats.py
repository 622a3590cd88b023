"""CSV, XLSX, HTML and JSON with hostile names, planted patient strings, and the same accounting everywhere."""

import json
import math
import re
import zipfile
from pathlib import Path

import pytest

from alldetect_gui.core.errors import RunFailed, WrongUse
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import CellClass, Suggestion
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.core.reviews import Reading, Review, SignOff
from alldetect_gui.workflows.export_results import read_results, summary_dict
from alldetect_gui.workflows.exports import report
from alldetect_gui.workflows.exports.content import Content
from alldetect_gui.workflows.exports.export import export_bytes, export_run
from alldetect_gui.workflows.exports.report import POLICY, report_html
from alldetect_gui.workflows.exports.run import Decimals, ExportOptions, ExportRun, Format, read_run
from alldetect_gui.workflows.exports.table import clipboard_text
from alldetect_gui.workflows.exports.workbook import CUT, LONGEST_CELL, sheet_text
from tests.unit.workflows.exports.samples import (
    HOSTILE,
    MODEL,
    Page,
    hostile_run,
    members,
    read_book,
    read_csv,
    row,
)

FULL = ExportOptions(full_names=True)
FORMULA = re.compile(r"^['\"]*[\s\u00a0]*[=+\-@＝＋－＠]")
TEXT_FORMATS = [Format.CSV, Format.XLSX, Format.HTML, Format.JSON]


def whole_text(data: bytes, kind: Format) -> str:
    """Everything in an export that can be read."""
    return " ".join(members(data).values()) if kind is Format.XLSX else data.decode()


def test_that_there_are_enough_hostile_names() -> None:
    assert len(set(HOSTILE)) >= 40


@pytest.mark.parametrize("decimals", list(Decimals))
def test_that_no_cell_of_the_csv_is_a_formula_and_names_come_back(decimals: Decimals, tmp_path: Path) -> None:
    run, options = hostile_run(), ExportOptions(decimals, full_names=True)
    data = export_bytes(Content(run, options), Format.CSV)
    rows = read_csv(data, ";" if decimals is Decimals.COMMA else ",")
    assert len(rows) == 2 * len(HOSTILE)
    for cells in rows:
        for cell in cells.values():
            for line in re.split("[\r\n]", cell):
                assert not (FORMULA.match(line) and not cell.startswith("'")), cell
                assert not line.startswith(("\t", "=", "+", "-", "@")) or cell.startswith("'")
    (tmp_path / "out.csv").write_bytes(data)
    again, model = read_results(tmp_path / "out.csv")
    assert model == MODEL
    assert [result.record.relative for result in again] == [result.record.relative for result in run.results]
    assert [result.prediction for result in again] == [result.prediction for result in run.results]


def test_that_decimal_commas_are_written_for_the_numbers_alone() -> None:
    options = ExportOptions(Decimals.COMMA)
    (cells,) = read_csv(export_bytes(Content(ExportRun((row("1.5.bmp", 0.25),), MODEL), options), Format.CSV), ";")
    assert (cells["path"], cells["probability_all"], cells["threshold"]) == ("1.5.bmp", "0,25", "0,4")


def test_that_no_cell_of_the_workbook_is_a_formula_a_link_or_a_number_by_mistake() -> None:
    data = export_bytes(Content(hostile_run(), FULL), Format.XLSX)
    book = read_book(data)
    assert book.sheetnames == ["results", "summary", "patients", "skipped", "manifest"]
    for sheet in book:
        assert [cell.value for line in sheet for cell in line if cell.data_type == "f" or cell.hyperlink] == []
    parts = members(data)
    assert not any("<f>" in text or "<hyperlink" in text for text in parts.values())
    assert not any("externalLink" in name or "TargetMode" in text for name, text in parts.items())
    names = [line[0].value for line in book["results"].iter_rows(min_row=2)]
    # a spreadsheet's text cannot end a line with \r alone: XML readers make \n of it, so it travels as an escape
    expected = [result.record.relative for result in hostile_run().results]
    assert [name.replace("_x000D_", "\r") for name in names] == expected
    assert all(line[0].data_type == "s" for line in book["results"].iter_rows(min_row=2))
    column = [cell.value for cell in book["results"][1]].index("probability_all")
    assert book["results"].cell(2, column + 1).value == 0.5


def test_that_what_a_sheet_cannot_hold_is_left_out_or_cut_with_a_mark() -> None:
    assert sheet_text("a\x00\x01\x0b\x1fb\ud800\uffff") == "ab"
    assert sheet_text("a\tb\nc") == "a\tb\nc"
    cut = sheet_text("n" * 40_000)
    assert len(cut) == LONGEST_CELL
    assert cut.endswith(CUT)
    assert sheet_text("n" * LONGEST_CELL) == "n" * LONGEST_CELL
    run = ExportRun((row("n" * 40_000 + ".bmp"), row("ctrl\x01.bmp")), MODEL)
    sheet = read_book(export_bytes(Content(run, FULL), Format.XLSX))["results"]
    assert sheet.cell(2, 1).value == cut
    assert sheet.cell(3, 1).value == "ctrl.bmp"


def test_that_a_run_too_long_for_a_sheet_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alldetect_gui.workflows.exports.workbook.MOST_ROWS", 1)
    with pytest.raises(RunFailed, match="the run has 2; use CSV or JSON"):
        export_bytes(Content(ExportRun((row("1"), row("2"))), ExportOptions()), Format.XLSX)


@pytest.mark.parametrize("paged", [False, True])
def test_that_the_html_holds_our_tags_alone_and_loads_nothing(paged: bool) -> None:
    harmless = ExportRun(tuple(row(f"{n}.bmp", subject=f"{n}", reason=f"{n}") for n in range(3)), MODEL)
    known = {tag for tag, _ in Page(report_html(Content(harmless, FULL), paged=paged)).elements} | {"img", "br"}
    page = Page(report_html(Content(hostile_run(), FULL), paged=paged))
    assert {tag for tag, _ in page.elements} <= known
    for _, attributes in page.elements:
        assert set(attributes) <= {
            "lang", "charset", "http-equiv", "content", "class", "id", "border", "cellspacing", "cellpadding", "src",
            "width", "height", "alt",
        }  # fmt: skip
        assert (attributes.get("src") or "data:image/").startswith("data:image/")
    if not paged:
        assert ("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}) in page.elements
        assert page.manifest_content()["images"][0]["name"] == HOSTILE[0]
        assert [image["name"] for image in page.manifest_content()["images"]][: len(HOSTILE)] == list(HOSTILE)


def test_that_a_name_is_literal_text_and_what_turns_the_line_round_is_shown() -> None:
    texts = Page(report_html(Content(hostile_run(), FULL))).texts
    shown = {name.replace("\r", "\\r").replace("\u202e", "\\u202e") for name in HOSTILE if name != "\r=1.bmp"}
    assert shown <= set(texts)


def test_that_json_holds_the_names_as_they_are() -> None:
    content = json.loads(export_bytes(Content(hostile_run(), FULL), Format.JSON))
    assert [item["path"] for item in content["results"]] == [result.record.relative for result in hostile_run().results]
    assert content["manifest"]["images"][1]["name"] == HOSTILE[1]


def mixed_run() -> ExportRun:
    return ExportRun(
        (
            row("Jane_Doe_1970/UID_1_1_1_all.bmp", 0.9, CellClass.ALL, "1"),
            row("Jane_Doe_1970/UID_1_2_1_all.bmp", 0.2, CellClass.ALL, "1"),
            row("Jane_Doe_1970/UID_H2_1_1_hem.bmp", 0.1, CellClass.HEM, "H2"),
            row("Jane_Doe_1970/UID_H2_2_1_hem.bmp", 0.5, CellClass.HEM, "H2", Suggestion.UNCERTAIN, "in the band"),
            row("Jane_Doe_1970/black.bmp", math.nan, None, "", Suggestion.UNCERTAIN, "black"),
            row("Jane_Doe_1970/cut.bmp", None),
        ),
        MODEL,
        2.0,
    )


@pytest.mark.parametrize("kind", TEXT_FORMATS)
def test_that_folder_names_come_along_only_when_asked_for(kind: Format) -> None:
    assert "Jane_Doe" not in whole_text(export_bytes(Content(mixed_run(), ExportOptions()), kind), kind)
    assert "Jane_Doe" in whole_text(export_bytes(Content(mixed_run(), FULL), kind), kind)


@pytest.mark.parametrize("kind", TEXT_FORMATS)
def test_that_found_is_classified_plus_skipped_and_every_image_is_there(kind: Format) -> None:
    data = export_bytes(Content(mixed_run(), ExportOptions()), kind)
    if kind is Format.HTML:
        page = Page(data.decode())
        assert "6 found = 5 classified + 1 skipped" in page.texts
        manifest = page.manifest_content()
    elif kind is Format.JSON:
        content = json.loads(data)
        manifest = content["manifest"]
        assert content["summary"] == {
            **json.loads(json.dumps(summary_dict(Content(mixed_run(), FULL).summary))),
            "pending": 0,
        }
        assert len(content["results"]) == 6
    elif kind is Format.CSV:
        rows = read_csv(data)
        manifest = json.loads(rows[0]["manifest"])
        assert [item["outcome"] for item in rows].count("skipped") == 1
        assert len(rows) == 6
    else:
        book = read_book(data)
        assert book["results"].max_row == 7
        assert book["skipped"].max_row == 2
        pairs = {line[0].value: line[1].value for line in book["summary"].iter_rows(min_row=2)}
        manifest = {key: pairs[key] for key in ("found", "classified", "skipped")}
    assert (manifest["found"], manifest["classified"], manifest["skipped"]) == (6, 5, 1)


def test_that_images_a_stopped_run_did_not_reach_are_pending() -> None:
    run = mixed_run()
    stopped = ExportRun(run.results, MODEL, pending=3, audit_head=(7, "ab"))
    content = json.loads(export_bytes(Content(stopped, FULL), Format.JSON))
    for place in (content["manifest"], content["summary"]):
        assert (place["found"], place["classified"], place["skipped"], place["pending"]) == (9, 5, 1, 3)
    assert content["manifest"]["audit"] == {"entry": 7, "sha256": "ab"}
    html = export_bytes(Content(stopped, FULL), Format.HTML).decode()
    assert "9 found = 5 classified + 1 skipped + 3 not reached by the run" in html


def test_that_the_intended_use_is_on_every_sheet_and_in_every_row() -> None:
    content = Content(mixed_run(), ExportOptions())
    for sheet in read_book(export_bytes(content, Format.XLSX)):
        assert INTENDED_USE in [cell.value for cell in sheet[1]]
        assert INTENDED_USE in sheet.oddFooter.left.text
    assert {item["intended_use"] for item in read_csv(export_bytes(content, Format.CSV))} == {INTENDED_USE}
    assert export_bytes(content, Format.HTML).decode().count(INTENDED_USE) >= 3
    assert json.loads(export_bytes(content, Format.JSON))["intended_use"] == INTENDED_USE
    assert all(line.endswith(INTENDED_USE) for line in clipboard_text(content).splitlines()[1:])


def test_that_patients_have_exact_intervals_and_a_warning_and_readers_come_first() -> None:
    run = mixed_run()
    overruled = ExportRun(run.results, MODEL, reviews={run.results[1].record.path: Review(Reading.ALL, "=1+1")})
    content = json.loads(export_bytes(Content(overruled, FULL), Format.JSON))
    first = content["patients"][0]
    assert (first["patient"], first["blasts"], first["other"], first["cells"]) == ("1", 2, 0, 2)
    assert first["low_95"] == pytest.approx(0.158114, abs=1e-6)  # (0.05 / 2) ** (1 / 2)
    assert first["warning"] == "fewer than 100 cells"
    assert [item["reader_class"] for item in content["results"]] == ["", "ALL", "", "", "", ""]
    assert "Overruled by a reader" in export_bytes(Content(overruled, FULL), Format.HTML).decode()
    assert read_csv(export_bytes(Content(overruled, FULL), Format.CSV))[1]["note"] == "'=1+1"


def test_that_a_signature_and_its_reason_stand_with_the_patient() -> None:
    run = mixed_run()
    signed = ExportRun(
        run.results, MODEL, sign_offs={"1": SignOff("1", 2, 1, "=slide <dried>"), "H2": SignOff("H2", 2)}
    )  # fmt: skip
    content = Content(signed, FULL)
    rows = {row["patient"]: row for row in json.loads(export_bytes(content, Format.JSON))["patients"]}
    assert (rows["1"]["read"], rows["1"]["signed"]) == (0, "with 1 open cell")
    assert rows["1"]["sign_off_reason"] == "=slide <dried>"
    assert (rows["H2"]["signed"], rows["H2"]["sign_off_reason"]) == ("every cell read", "")
    assert "with 1 open cell: =slide &lt;dried&gt;" in export_bytes(content, Format.HTML).decode()
    sheet = read_book(export_bytes(content, Format.XLSX))["patients"]
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value == "=slide <dried>"]
    assert [cell.data_type for cell in cells] == ["s"]
    assert "no</td>" in export_bytes(Content(run, FULL), Format.HTML).decode()


def test_that_an_exported_table_is_a_run_again(tmp_path: Path) -> None:
    for decimals in Decimals:
        out = export_run(mixed_run(), Format.CSV, tmp_path / "table.csv", ExportOptions(decimals, full_names=True))
        again = read_run(out)
        assert Content(again, FULL).summary.evaluation == Content(mixed_run(), FULL).summary.evaluation
        assert Content(again, FULL).manifest["images"] == Content(mixed_run(), FULL).manifest["images"]
        assert again.model == MODEL


def test_that_a_file_without_results_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text("path,reference,suggestion,probability_all,outcome\n")
    with pytest.raises(WrongUse, match="holds no results"):
        read_run(tmp_path)
    with pytest.raises(WrongUse, match="cannot be read"):
        read_run(tmp_path / "gone.csv")


def test_that_a_pdf_without_the_window_is_refused_in_words() -> None:
    with pytest.raises(RunFailed, match="choose HTML instead"):
        export_bytes(Content(mixed_run(), FULL), Format.PDF)


@pytest.mark.parametrize("kind", list(Format))
def test_that_a_full_disk_keeps_the_old_file_leaves_nothing_and_names_the_file(
    kind: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / f"report.{kind}"
    for step in ("write", "fsync", "replace"):
        out.write_bytes(b"old")
        with monkeypatch.context() as patch:

            def full(*_: object) -> int:
                raise OSError(28, "No space left on device")

            patch.setattr(f"alldetect_gui.core.whole_file.os.{step}", full)
            with pytest.raises(RunFailed, match=rf"report\.{kind} cannot be written: No space left on device"):
                export_run(mixed_run(), kind, out, make_pdf=lambda *_: b"%PDF-")
        assert out.read_bytes() == b"old"
        assert list(tmp_path.iterdir()) == [out]


def test_that_names_are_made_short_by_the_last_part_of_the_path() -> None:
    record = ImageRecord(Path("x"), "a/b/c.bmp")
    assert (ExportOptions().name(record), FULL.name(record)) == ("c.bmp", "a/b/c.bmp")


def test_that_workbooks_hold_pictures_of_unchanged_images_alone(tmp_path: Path) -> None:
    import hashlib

    from tests.unit.imaging import files
    from tests.unit.inference.small_model import cell

    for name in ("same.bmp", "changed.bmp", "gone.bmp"):
        (tmp_path / name).write_bytes(files.bmp(cell(CellClass.ALL, 1)))
    digest = hashlib.sha256((tmp_path / "same.bmp").read_bytes()).hexdigest()
    results = [row(name, sha256=digest) for name in ("same.bmp", "changed.bmp", "gone.bmp", "../same.bmp")]
    export_run(ExportRun(tuple(results), MODEL), Format.CSV, tmp_path / "t.csv", FULL)
    (tmp_path / "changed.bmp").write_bytes(files.bmp(cell(CellClass.HEM, 2)))
    (tmp_path / "gone.bmp").unlink()
    run = read_run(tmp_path / "t.csv", tmp_path)
    for options, expected in ((ExportOptions(), 1), (ExportOptions(thumbnails=False), 0)):
        with zipfile.ZipFile(export_run(run, Format.XLSX, tmp_path / "t.xlsx", options)) as book:
            assert sum(name.startswith("xl/media/") for name in book.namelist()) == expected
        page = Page(export_bytes(Content(run, options), Format.HTML).decode())
        assert sum(tag == "img" for tag, _ in page.elements) == 2 * expected  # most doubtful, most blast-like


def test_that_pages_list_the_first_skipped_images_and_say_how_many_more_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(report, "MOST_ON_PAGES", 2)
    run = ExportRun(tuple(row(f"gone-{number}.bmp", None, reason="cut off") for number in range(5)), MODEL)
    pages = report_html(Content(run, ExportOptions()), paged=True)
    assert [f"gone-{number}.bmp" in pages for number in range(5)] == [True, True, False, False, False]
    assert "Skipped images (5)" in pages and "and 3 more" in pages
    screen = report_html(Content(run, ExportOptions()))
    assert "gone-4.bmp" in screen and " more: CSV" not in screen
