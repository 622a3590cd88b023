"""An export to be run again may be anybody's file: each is read in one pass, or refused in a sentence."""

import io
import json
import zipfile
import zlib
from pathlib import Path

import pytest

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.workflows.exports import embedded
from alldetect_gui.workflows.exports.embedded import read_past_run

HEADER = "path,reference,suggestion,probability_all,outcome,threshold,model"


def workbook(texts: bytes, name: str = "xl/sharedStrings.xml") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(name, texts)
    return data.getvalue()


FILES = {
    "a PDF of streams without end": (b"%PDF-1.7\n" + b"stream\n" * 600_000, "no manifest"),
    "a PDF of streams in each other": (b"%PDF-1.7\n" + b"stream\n" * 600_000 + b"endstream", "no manifest"),
    "a PDF with other streams": (b"%PDF-1.7\nstream\n" + zlib.compress(b"x" * 99) + b"\nendstream", "no manifest"),
    "a workbook of tags without end": (workbook(b"<t" * 2_000_000), "no manifest"),
    "a workbook without texts": (workbook(b"<x/>", "xl/other.xml"), "no manifest"),
    "a workbook that lacks a part": (workbook(b"<t>manifest:00002/00002:{}</t>"), "not all of it"),
    "an archive that is none": (b"PK\3\4 and nothing more", "damaged"),
    "a page without it": (b"<html><pre>{}</pre></html>", "no manifest"),
    "an empty object": (b"{}", "damaged"),
    "a table that does not name its model": (f"{HEADER}\nx.bmp,,ALL,0.9,classified,0.5,\n".encode(), "which model"),
    "a table with a threshold beyond 1": (f"{HEADER}\nx.bmp,,ALL,0.9,classified,7,m\n".encode(), "threshold is 7"),
    "a table that is no text": (b"path,\xff\xfe", "damaged"),
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("what", FILES)
def test_that_a_file_that_holds_no_run_is_refused_at_once(what: str, tmp_path: Path) -> None:
    content, words = FILES[what]
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(WrongUse, match=words):
        read_past_run(tmp_path / "x")


def test_that_texts_larger_than_any_export_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "MOST_BYTES", 1000)
    (tmp_path / "x").write_bytes(workbook(bytes(5000)))
    with pytest.raises(WrongUse, match="too large"):
        read_past_run(tmp_path / "x")


@pytest.mark.parametrize("packed", [True, False])
def test_that_the_manifest_of_a_pdf_is_found_behind_other_streams(packed: bool, tmp_path: Path) -> None:
    manifest = {
        "alldetect_manifest": 1, "created_utc": "", "found": 0, "images": [], "engine": "litert", "threshold": 0.5,
        "model": {"name": "m", "sha256": "0"}, "recipe": {"name": "original", "parameters": {}},
    }  # fmt: skip
    text = json.dumps(manifest, separators=(",", ":")).encode()
    streams = (
        zlib.compress(b"another stream\n" * 9),
        b"text with the word stream\nin it",
        zlib.compress(text) if packed else text,
    )
    data = b"%PDF-1.7\n" + b"".join(b"1 0 obj stream\r\n" + stream + b"\nendstream\n" for stream in streams)
    (tmp_path / "x.pdf").write_bytes(data)
    assert read_past_run(tmp_path / "x.pdf").model.name == "m"
