"""The PDF of a report: names are literal, nothing is loaded, every page says what it is for."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtGui import QTextDocument

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.gui.pdf import ReportDocument, pdf_bytes
from alldetect_gui.workflows.exports.content import Content
from alldetect_gui.workflows.exports.embedded import read_past_run
from alldetect_gui.workflows.exports.export import export_run
from alldetect_gui.workflows.exports.report import report_html
from alldetect_gui.workflows.exports.run import ExportOptions, Format
from tests.unit.workflows.exports.samples import HOSTILE, MODEL, hostile_run

pytestmark = pytest.mark.usefixtures("qapp")

FULL = ExportOptions(full_names=True)


@pytest.fixture(scope="module")
def paged() -> str:
    return report_html(Content(hostile_run(), FULL), paged=True)


def test_that_names_are_literal_text_in_the_pdf_and_no_address_is_asked_for(paged: str) -> None:
    document = ReportDocument(paged)
    text = document.toPlainText()
    for name in HOSTILE:
        shown = name.replace("\r", "\\r").replace("\u202e", "\\u202e")
        assert " ".join(shown.split()) in " ".join(text.replace("\u00a0", " ").split()) or "\u00a0" in shown, name
    assert document.asked == []


def test_that_no_address_gives_anything_whatever_it_names(tmp_path: Path) -> None:
    svg = tmp_path / "a.svg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>')
    document = ReportDocument(f'<img src="{svg.as_uri()}"/><img src="{svg}"/><img src="http://x.example/a.png"/>')
    document.pageCount()  # lays out, which is when pictures are asked for
    for address in (svg.as_uri(), str(svg), "http://x.example/a.png"):
        assert document.resource(QTextDocument.ResourceType.ImageResource, address) is None
    assert len(document.asked) >= 3


def test_that_every_page_says_what_it_is_for_and_the_manifest_is_attached(tmp_path: Path) -> None:
    pages = "".join(f"<p>{number}</p>" for number in range(200))
    data = pdf_bytes(pages, b'{"alldetect_manifest": 1}')
    assert data.startswith(b"%PDF-")
    number = len(re.findall(rb"/Type\s*/Page\b[^s]", data))
    assert number >= 3
    if tool := shutil.which("pdfdetach"):
        (tmp_path / "p.pdf").write_bytes(data)
        subprocess.run([tool, "-saveall", "-o", str(tmp_path), str(tmp_path / "p.pdf")], check=True)
        assert (tmp_path / "alldetect-manifest.json").read_bytes() == b'{"alldetect_manifest": 1}'
    if tool := shutil.which("pdftotext"):
        shown = subprocess.run([tool, "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
        assert " ".join(shown.split()).count(INTENDED_USE.split(".")[0]) == number


def test_that_the_attached_manifest_is_read_again(tmp_path: Path) -> None:
    out = export_run(hostile_run(), Format.PDF, tmp_path / "report.pdf", FULL, pdf_bytes)
    past = read_past_run(out)
    assert past.model == MODEL
    assert [image.name for image in past.images] == [result.record.relative for result in hostile_run().results]
    assert past.found == len(past.images)
