"""Reports speak the language they are handed, all of them; what programs read stays English."""

import base64
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from alldetect_gui import paths
from alldetect_gui.core.events import RenderingJudged, RenderingReady
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import CellClass, Suggestion
from alldetect_gui.core.records import Prediction
from alldetect_gui.core.reviews import Reading, Review, SignOff
from alldetect_gui.core.words import ENGLISH, Words
from alldetect_gui.imaging import sheet
from alldetect_gui.workflows.compare_sheet import Comparison, write_sheet
from alldetect_gui.workflows.exports import report
from alldetect_gui.workflows.exports.content import Content
from alldetect_gui.workflows.exports.export import export_bytes
from alldetect_gui.workflows.exports.report import report_html
from alldetect_gui.workflows.exports.run import ExportOptions, ExportRun, Format
from tests.unit.workflows.exports.samples import MODEL, Page, row

BRACKETS = Words("xx", lambda text: f"⟦{text}⟧", lambda text: f"⟦{text}⟧", ",")
SAME = {"ALL", "HEM", "default", "SHA", "bmp", "Smith", "dried", "slide"}
"""Classes, names of files and patients, what a reader wrote."""


def read_run() -> ExportRun:
    """Something of everything that a report has words for."""
    results = (
        row("1.bmp", 0.9, CellClass.ALL, "Smith"),
        row("2.bmp", 0.2, CellClass.ALL, "Smith"),
        row("3.bmp", 0.1, CellClass.HEM, "H2"),
        row("4.bmp", 0.5, CellClass.HEM, "H2", Suggestion.UNCERTAIN, "in the band"),
        row("5.bmp", math.nan, None, "", Suggestion.UNCERTAIN, "black"),
        row("6.bmp", None),
    )
    reviews = {results[0].record.path: Review(Reading.UNSURE), results[1].record.path: Review(Reading.ALL)}
    signed = {"Smith": SignOff("Smith", 2, 1, "slide dried"), "H2": SignOff("H2", 2)}
    return ExportRun(results, MODEL, reviews=reviews, sign_offs=signed, pending=3)


def untranslated(text: str) -> str:
    """What is left of a text without what stands in ⟦brackets⟧, which may stand in each other."""
    while (shorter := re.sub("⟦[^⟦⟧]*⟧", "", text)) != text:
        text = shorter
    return text


def english_in(html: str) -> set[str]:
    page = Page(re.sub('<pre id="alldetect-manifest">.*?</pre>|<style>.*?</style>', "", html, flags=re.DOTALL))
    alternatives = [attributes.get("alt") or "" for tag, attributes in page.elements if tag == "img"]
    found = {word for text in (*page.texts, *alternatives) for word in re.findall("[A-Za-z]{3,}", untranslated(text))}
    return {word for word in found if word not in SAME and not set(word) <= set("abcdef")}


@pytest.mark.parametrize("paged", [False, True])
@pytest.mark.parametrize("run", [read_run(), ExportRun(read_run().results[-1:])], ids=["read", "skipped"])
def test_that_no_word_of_a_report_stays_english(run: ExportRun, paged: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MOST_ON_PAGES", 0)
    html = report_html(Content(run, ExportOptions(words=BRACKETS)), paged=paged)
    assert english_in(html) == set()
    assert f"⟦{INTENDED_USE}⟧" in html
    assert paged or '<html lang="xx">' in html


def test_that_a_planted_english_word_is_found() -> None:
    assert english_in("<p>⟦a ⟦nested⟧ text⟧ and planted</p>") == {"and", "planted"}


def test_that_the_figures_and_the_plots_have_the_decimal_sign_of_the_language() -> None:
    page = Page(report_html(Content(read_run(), ExportOptions(words=BRACKETS))))
    assert {"0,9000", "0,2000"} <= set(page.texts) and "⟦ALL from P(ALL) 0,4⟧" in " ".join(page.texts)
    plots = [attributes["src"] or "" for tag, attributes in page.elements if tag == "img"]
    drawn = [base64.b64decode(source.partition("base64,")[2]).decode() for source in plots if "svg" in source]
    assert len(drawn) == 2
    for svg in drawn:
        shown = re.findall(">([^<>]+)</text>", svg)
        assert "0,2" in shown and not any(re.search(r"\d\.\d", text) for text in shown)


@pytest.mark.parametrize("kind", [Format.CSV, Format.XLSX, Format.JSON])
def test_that_what_programs_read_is_english_in_every_language(kind: Format) -> None:
    content = Content(read_run(), ExportOptions(words=BRACKETS))
    assert "⟦".encode() not in export_bytes(content, kind)


def test_that_the_manifest_of_a_report_is_the_same_in_every_language() -> None:
    found = []
    for words in (ENGLISH, BRACKETS):
        manifest = Page(report_html(Content(read_run(), ExportOptions(words=words)))).manifest_content()
        found.append({name: value for name, value in manifest.items() if name != "created_utc"})
    assert found[0] == found[1]


def test_that_no_word_of_a_comparison_sheet_stays_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(sheet.ImageDraw.ImageDraw, "text", lambda pen, place, text, *_: drawn.append(text))

    def mask(text: str, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        drawn.append(text)
        return np.zeros((size, 9 * len(text)), np.uint8)

    pixels = np.full((60, 60, 3), 90, np.uint8)
    ready = RenderingReady(Path("/d/1.bmp"), "clahe", (("clip_limit", 2.5),), pixels, np.ones((3, 256), np.int64))
    said = RenderingJudged(
        ready.path, "clahe", ready.parameters, "own", (("clip_limit", 2.0),), Prediction(0.25, Suggestion.HEM), 0.75,
        "outside",
    )  # fmt: skip
    comparison = Comparison(ready.path, (ready,), {"clahe": said}, named=False)
    list(write_sheet(tmp_path / "s.png", comparison, mask, BRACKETS))
    whole = " ".join(drawn)
    assert set(re.findall("[A-Za-z]{3,}", untranslated(whole))) == set()
    assert "0,25" in whole and "-0,50" in whole and "2,5" in whole
    assert f"⟦{INTENDED_USE}⟧" in whole, "all of it, however narrow the sheet"


def test_that_the_german_statement_is_that_of_the_window() -> None:
    german = json.loads((paths.resources() / "languages" / "de.json").read_text(encoding="utf-8"))
    assert "Nur für Forschungszwecke" in german["said"][INTENDED_USE]
