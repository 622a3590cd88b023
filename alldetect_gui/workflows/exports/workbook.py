"""The XLSX export: results, summary, patients, skipped and manifest. Every text is a text, never a formula."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alldetect_gui.core.errors import RunFailed
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.workflows.exports.content import CLEANING, COLUMNS, PATIENT_COLUMNS, Cell, Content, patient_row
from alldetect_gui.workflows.exports.manifest import manifest_json
from alldetect_gui.workflows.exports.pictures import XLSX_SIDE

LONGEST_CELL = 32_767
CUT = " […cut]"
MOST_ROWS = 1_048_575
CHUNK = 30_000

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xlsx_bytes(content: Content) -> bytes:
    """The workbook, with the pictures gathered before. Raises RunFailed for more rows than a sheet can hold."""
    if len(content.run.results) > MOST_ROWS:
        raise RunFailed(f"a sheet holds {MOST_ROWS:,} rows, the run has {len(content.run.results):,}; use CSV or JSON")
    from xlsxwriter import Workbook

    data = io.BytesIO()
    literal = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = Workbook(data, literal)
    book.set_properties({"title": "AllDetect results", "comments": INTENDED_USE})
    sheets = _Sheets(book)
    sheets.results(content)
    sheets.mapping("summary", {**_flat(content.summary_dict), "note": CLEANING})
    sheets.rows("patients", PATIENT_COLUMNS, map(patient_row, content.patients))
    sheets.rows("skipped", ("path", "sha256", "reason"), map(content.row, content.skipped))
    sheets.mapping("manifest", _manifest_cells(content))
    book.close()
    return data.getvalue()


def sheet_text(text: str) -> str:
    """`text` without what a workbook may not hold, and cut with a mark where a cell could not hold it."""
    clean = _ILLEGAL.sub("", text)
    return clean if len(clean) <= LONGEST_CELL else clean[: LONGEST_CELL - len(CUT)] + CUT


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Cell]:
    """Nested names joined by a dot."""
    flat: dict[str, Cell] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{name}."))
        elif isinstance(value, list | tuple):
            flat[prefix + name] = " to ".join(f"{item:.4g}" for item in value)
        else:
            flat[prefix + name] = value
    return flat


def _manifest_cells(content: Content) -> dict[str, Cell]:
    """The manifest to read, then the whole of it in as many cells as it needs."""
    short = {key: value for key, value in content.manifest.items() if key != "images"}
    text = manifest_json(content.manifest)
    pieces = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]
    numbered = {
        f"manifest part {number}": f"manifest:{number:05}/{len(pieces):05}:{piece}"
        for number, piece in enumerate(pieces, 1)
    }
    return {**_flat(short), **numbered}


class _Sheets:
    """Writes sheets with a heading each; the last heading, and every printed page, is the intended use."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._middle = book.add_format({"valign": "vcenter"})

    def _start(self, name: str, headings: Sequence[str], widths: Sequence[float]) -> Any:
        sheet = self._book.add_worksheet(name)
        for column, heading in enumerate((*headings, INTENDED_USE)):
            sheet.write_string(0, column, heading, self._bold)
            sheet.set_column(column, column, widths[column] if column < len(widths) else 16)
        sheet.set_column(len(headings), len(headings), 40)
        sheet.freeze_panes(1, 0)
        sheet.set_footer(f"&L{INTENDED_USE}&RPage &P of &N")
        sheet.set_landscape()
        return sheet

    def _write(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        if isinstance(value, bool) or value is None:
            value = "" if value is None else str(value)
        if isinstance(value, int | float):
            sheet.write_number(row, column, value, self._middle)
        else:
            sheet.write_string(row, column, sheet_text(value), self._middle)

    def rows(self, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> None:
        """A sheet with a row each."""
        sheet = self._start(name, columns, [28])
        for number, row in enumerate(rows, 1):
            for column, key in enumerate(columns):
                self._write(sheet, number, column, row[key])

    def mapping(self, name: str, values: Mapping[str, Cell]) -> None:
        """A sheet of names and values."""
        sheet = self._start(name, ("name", "value"), [28, 60])
        for number, (key, value) in enumerate(values.items(), 1):
            self._write(sheet, number, 0, key)
            self._write(sheet, number, 1, value)

    def results(self, content: Content) -> None:
        """A row an image, its picture at the end where the image is still there."""
        sheet = self._start("results", (*COLUMNS, "picture"), [34, 12, 10, 10, 12, 14, 11, 30])
        place = len(COLUMNS)
        for number, result in enumerate(content.run.results, 1):
            row = content.row(result)
            for column, key in enumerate(COLUMNS):
                self._write(sheet, number, column, row[key])
            data = content.pictures.get(result.record.path)
            if data is not None:
                sheet.set_row_pixels(number, XLSX_SIDE + 4)
                sheet.insert_image(
                    number, place, "cell.png",
                    {"image_data": io.BytesIO(data), "x_offset": 2, "y_offset": 2, "decorative": True},
                )  # fmt: skip
        sheet.autofilter(0, 0, max(1, len(content.run.results)), len(COLUMNS) - 1)
