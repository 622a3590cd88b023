"""Runs with hostile names, and each export read by another library than the one that wrote it."""

import csv
import io
import json
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.workflows.exports.run import ExportRun

MODEL = ModelIdentity("default", "ab" * 32, "clahe", {"clip_limit": 3.0, "tile_grid": 8}, 0.4)

HOSTILE = (
    "=cmd|' -C calc'!A0.bmp", "=1+1.bmp", "+1.bmp", "-1.bmp", "@SUM(A1).bmp", "\t=1.bmp", "\r=1.bmp", "\n=1.bmp",
    " =1.bmp", "\u00a0=1.bmp", "＝1.bmp", "＋1.bmp", "－1.bmp", "＠1.bmp", "{=1+1}.bmp", "'=1.bmp", "''=1.bmp",
    'a"b.bmp', "a,b;c.bmp", "a\n=1.bmp", "a\r\n=1.bmp", "<b>bold</b>.bmp", "<img src=x onerror=alert(1)>.bmp",
    "</td></tr></table><h1>x.bmp", "<script>alert(1)</script>.bmp", "&lt;b&gt;.bmp", "&#60;i&#62;.bmp",
    "<!-- c.bmp", "]]>.bmp", '" onload="x.bmp', "http://x.example/a.bmp", "file:///etc/passwd.bmp",
    "internal:Sheet1!A1.bmp", "mailto:a@b.bmp", "_x0041_.bmp", "𝔘𝔫𝔦 😀 細胞.bmp", "\u202eexe.bmp",
    "cell\\xff.bmp", "CON.bmp", "trailing .bmp ", "%s%n${x}.bmp", "1e5", "007", "TRUE",
    "picture:1", 'src="data:image/png;base64,AAAA"', "n" * 251 + ".bmp",
)  # fmt: skip


def row(
    name: str,
    probability: float | None = 0.7,
    reference: CellClass | None = None,
    subject: str = "",
    suggestion: Suggestion | None = None,
    reason: str = "",
    sha256: str = "cd" * 32,
) -> ImageResult:
    """A classified image, or a skipped one where `probability` is None. Each path differs."""
    record = ImageRecord(Path(name), name, subject, reference)
    if probability is None:
        return ImageResult(record, Outcome.SKIPPED, reason=reason or "file is incomplete")
    said = suggestion or (Suggestion.ALL if probability >= MODEL.threshold else Suggestion.HEM)
    return ImageResult(record, Outcome.CLASSIFIED, sha256, Prediction(probability, said, reason), reason)


def hostile_run() -> ExportRun:
    """Every hostile name once classified and once skipped, as subject and as reason, too."""
    results = [row(name, 0.5 + number / 1000, subject=name, reason=name) for number, name in enumerate(HOSTILE)]
    return ExportRun((*results, *(row(f"two{name}", None, reason=name) for name in HOSTILE)), MODEL, 1.0)


def read_csv(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows as Python's own reader sees them."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def read_book(data: bytes) -> Any:
    """The workbook as openpyxl sees it, formulas as formulas."""
    return openpyxl.load_workbook(io.BytesIO(data))


def members(data: bytes) -> dict[str, str]:
    """Every part of a workbook as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name).decode("utf-8", "replace") for name in book.namelist()}


class Page(HTMLParser):
    """What a browser would make of the HTML: elements with their attributes, and the text of table cells."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.manifest = ""
        self._in_manifest = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_manifest = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._in_manifest = False

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._in_manifest:
            self.manifest += data

    def manifest_content(self) -> dict[str, Any]:
        """The manifest in the page."""
        content: dict[str, Any] = json.loads(self.manifest)
        return content
