"""The CSV export: opens in a spreadsheet as it is, and no cell of it is a formula."""

import csv
import io

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.workflows.export_results import NUMBERS, text_cell
from alldetect_gui.workflows.exports.content import COLUMNS, Cell, Content
from alldetect_gui.workflows.exports.manifest import manifest_json
from alldetect_gui.workflows.exports.run import Decimals

MANIFEST_COLUMN = "manifest"


def csv_bytes(content: Content) -> bytes:
    """UTF-8 with a byte order mark, so that Excel does not take it for something older; one row an image.

    The manifest stands in the first row; its images are the rows themselves.
    """
    comma = content.options.decimals is Decimals.COMMA
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if comma else ",", lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    quoting = csv.writer(text, delimiter=";" if comma else ",", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow((*COLUMNS, "intended_use", MANIFEST_COLUMN))
    manifest = manifest_json(content.manifest, images=False)
    for result in content.run.results:
        row = content.row(result)
        cells = [_cell(name, row[name], comma) for name in COLUMNS]
        line = (*cells, INTENDED_USE, manifest)
        (quoting if any("\r" in cell for cell in cells) else writer).writerow(line)
        manifest = ""
    return text.getvalue().encode("utf-8-sig")


def _cell(name: str, value: Cell, comma: bool) -> str:
    if name not in NUMBERS:
        return "" if value is None else text_cell(str(value))
    number = "" if value is None else repr(float(value))
    return number.replace(".", ",") if comma else number


def clipboard_text(content: Content) -> str:
    """The rows for pasting into a spreadsheet: tabs between cells, a line each, local decimals as chosen."""
    comma = content.options.decimals is Decimals.COMMA
    lines = ["\t".join((*COLUMNS, "intended_use"))]
    for result in content.run.results:
        row = content.row(result)
        cells = (_cell(name, row[name], comma) for name in COLUMNS)
        lines.append("\t".join((*(" ".join(cell.split()) for cell in cells), INTENDED_USE)))
    return "\n".join(lines) + "\n"
