"""alldetect export and alldetect rerun, from the files of a real classification with a small model."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from alldetect_gui import paths
from alldetect_gui.__main__ import main
from alldetect_gui.core.labels import CellClass
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.core.reviews import Reading, Review, SignOff
from alldetect_gui.store.said import keep_reviews
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.open_folder import image_records
from tests.unit.imaging import files
from tests.unit.inference.small_model import cell, write_model
from tests.unit.workflows.exports.samples import Page

Captured = pytest.CaptureFixture[str]
ROOT = Path(__file__).resolve().parents[3]
FORMATS = ("csv", "xlsx", "html", "pdf", "json")
PATIENT = "Jane Doe 1970-01-01"


@pytest.fixture(scope="module")
def run_folder(cells: Path, small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the 13 files of `cells`, of which 3 are skipped."""
    out = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "models", lambda: small_models)
        assert main(["classify", str(cells), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def exported(
    run_folder: Path, cells: Path, small_models: Path, qapp: object, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The run in every format."""
    out = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "models", lambda: small_models)
        for kind in FORMATS:
            assert main(["export", str(run_folder), "--folder", str(cells), "--out", str(out / f"r.{kind}")]) == 0
    return out


def rerun(capsys: Captured, *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main(["rerun", *arguments, "--json"])
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, content


def sha256_of(record: ImageRecord) -> str:
    return hashlib.sha256(record.path.read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", FORMATS)
def test_that_each_format_repeats_the_run_without_a_change(
    kind: str, exported: Path, cells: Path, models_folder: Path, capsys: Captured
) -> None:
    capsys.readouterr()
    assert main(["rerun", str(exported / f"r.{kind}"), "--folder", str(cells)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "0 of 13 changed"
    assert "Largest difference of P(ALL): 0.000000" in out


def test_that_a_results_file_repeats_its_run_and_its_own_folder_is_the_default(
    run_folder: Path, cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    shutil.copytree(cells, tmp_path / "c", symlinks=True)
    shutil.copy(run_folder / "results.csv", tmp_path / "c" / "results.csv")
    code, content = rerun(capsys, str(tmp_path / "c" / "results.csv"))
    assert (code, content["images"], content["changed"], content["missing"]) == (0, 13, [], [])


def test_that_images_are_found_by_content_and_missing_ones_are_named(
    exported: Path, cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    names = sorted(path.name for path in cells.iterdir() if path.name.startswith("UID"))
    for number, name in enumerate(names[1:]):
        shutil.copy(cells / name, tmp_path / "deep" / "er" / f"renamed {number}.bmp")
    shutil.copy(cells / names[1], tmp_path / names[0])  # another image by the name of the missing one
    code, content = rerun(capsys, str(exported / "r.json"), "--folder", str(tmp_path))
    assert code == 4
    assert content["changed"] == []
    assert names[0] in content["missing"]
    assert not set(names[1:]) & set(content["missing"])
    assert main(["rerun", str(exported / "r.json"), "--folder", str(tmp_path)]) == 4
    assert capsys.readouterr().out.splitlines()[0] == "0 of 10 changed; 3 of 13 images not found"


def test_that_what_came_out_otherwise_is_listed_with_before_and_after(
    exported: Path, cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    content = json.loads((exported / "r.json").read_text())
    images = content["manifest"]["images"]
    classified = [image for image in images if image["outcome"] == "classified"]
    classified[0]["probability_all"] = abs(classified[0]["probability_all"] - 0.01)
    classified[1]["suggestion"] = "HEM" if classified[1]["suggestion"] != "HEM" else "ALL"
    classified[2]["probability_all"] = None
    skipped = next(image for image in images if image["outcome"] == "skipped" and image["sha256"])
    skipped.update(outcome="classified", suggestion="ALL", probability_all=0.75)
    (tmp_path / "edited.json").write_text(json.dumps(content))
    code, report = rerun(capsys, str(tmp_path / "edited.json"), "--folder", str(cells))
    assert code == 4
    expected = {*(image["name"] for image in classified[:3]), skipped["name"]}
    assert {change["name"] for change in report["changed"]} == expected
    change = next(change for change in report["changed"] if change["name"] == skipped["name"])
    assert change["before"] == "ALL, P(ALL) 0.7500"
    assert change["after"].startswith("skipped: ")
    assert report["largest_difference"] == pytest.approx(0.01, abs=1e-6)


def test_that_rows_taken_out_of_a_table_are_told(
    exported: Path, cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    lines = (exported / "r.csv").read_bytes().splitlines(keepends=True)
    (tmp_path / "short.csv").write_bytes(b"".join(lines[:2] + lines[4:]))
    assert main(["rerun", str(tmp_path / "short.csv"), "--folder", str(cells)]) == 0
    assert "The run had 13 images; the file lists only 11 of them" in capsys.readouterr().out


def test_that_the_threshold_and_the_band_of_then_count(
    exported: Path, cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    content = json.loads((exported / "r.json").read_text())
    for threshold, band, suggestion in ((1.0, [1.0, 1.0], "HEM"), (0.5, [0.0, 1.0], "UNCERTAIN")):
        content["manifest"]["threshold"], content["manifest"]["uncertain_band"] = threshold, band
        for image in content["manifest"]["images"]:
            if image["outcome"] == "classified":
                image["suggestion"] = suggestion
        (tmp_path / "edited.json").write_text(json.dumps(content))
        code, report = rerun(capsys, str(tmp_path / "edited.json"), "--folder", str(cells))
        assert (code, report["changed"]) == (0, [])


def test_that_another_model_is_never_put_in_its_place(
    exported: Path, cells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    write_model(tmp_path, "default", change={"title": "Another small model"})
    monkeypatch.setattr(paths, "models", lambda: tmp_path)
    capsys.readouterr()
    assert main(["rerun", str(exported / "r.html"), "--folder", str(cells)]) == 2
    assert "is not installed here; no other is put in its place" in capsys.readouterr().err


@pytest.mark.parametrize("change", [{"recipe": {"name": "original", "parameters": {}}}, {"engine": "abacus"}])
def test_that_another_recipe_or_engine_is_refused(
    change: dict[str, Any], exported: Path, cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    content = json.loads((exported / "r.json").read_text())
    content["manifest"].update(change)
    (tmp_path / "edited.json").write_text(json.dumps(content))
    capsys.readouterr()
    assert main(["rerun", str(tmp_path / "edited.json"), "--folder", str(cells)]) == 2
    assert capsys.readouterr().err.startswith("alldetect: ")


HARMFUL = {
    "empty.csv": b"",
    "other.html": b"<html><pre>no</pre></html>",
    "other.pdf": b"%PDF-1.4\nstream\nx\nendstream",
    "zip.xlsx": b"PK\x03\x04 not a zip",
    "list.json": b"[1, 2]",
    "deep.json": b'{"manifest":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "half.json": b'{"manifest": {"alldetect_manifest": 1, "model": {',
    "future.json": b'{"manifest": {"alldetect_manifest": 99}}',
    "bytes.csv": bytes(range(256)),
}


@pytest.mark.parametrize("name", [*HARMFUL, "gone.json", "."])
def test_that_a_file_without_a_whole_manifest_is_one_sentence(
    name: str, tmp_path: Path, models_folder: Path, capsys: Captured
) -> None:
    if name in HARMFUL:
        (tmp_path / name).write_bytes(HARMFUL[name])
    assert main(["rerun", str(tmp_path / name), "--folder", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert err.startswith("alldetect: ")
    assert "Traceback" not in err


def test_that_the_format_follows_from_the_ending_or_is_asked_for(
    run_folder: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert main(["export", str(run_folder), "--out", str(tmp_path / "x.XLSX")]) == 0
    assert openpyxl.load_workbook(tmp_path / "x.XLSX").sheetnames[0] == "results"
    assert main(["export", str(run_folder / "results.csv"), "--format", "json", "--out", str(tmp_path / "x.txt")]) == 0
    assert json.loads((tmp_path / "x.txt").read_text())["manifest"]["found"] == 13
    assert "13 results written to" in capsys.readouterr().out
    assert main(["export", str(run_folder), "--out", str(tmp_path / "x.doc")]) == 2
    assert "give --format (csv, xlsx, html, pdf, json)" in capsys.readouterr().err


def test_that_an_export_that_cannot_be_written_is_a_failed_run_in_words(
    run_folder: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    capsys.readouterr()
    assert main(["export", str(run_folder), "--out", str(tmp_path / "no" / "x.csv")]) == 3
    assert "x.csv cannot be written: No such file or directory" in capsys.readouterr().err


def test_that_a_stored_run_is_exported_with_what_readers_said(
    cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    file, out = tmp_path / "w.alldetect", tmp_path / "r.json"
    for name in ("one", "two"):
        shutil.copytree(cells, tmp_path / name, symlinks=True)
        (tmp_path / name / "notes.bmp").write_text(name)
        arguments = ["classify", str(tmp_path / name), "--workspace", str(file), "--out", str(tmp_path / "o")]
        assert main(arguments) == 0
    records = {record.relative: record for record in image_records(tmp_path / "one")}
    same, other = [records[name] for name in sorted(records) if name.startswith("UID_H")][:2]
    with open_workspace(file) as workspace:
        read = [(same, sha256_of(same), Review(Reading.ALL, "seen")), (other, "ff" * 32, Review(Reading.ALL))]
        keep_reviews(workspace, tmp_path / "one", read, [("H1", SignOff("H1", 2))])
    assert main(["export", "--workspace", str(file), "--run", "1", "--out", str(out)]) == 0
    content = json.loads(out.read_text())
    rows = {item["path"]: item for item in content["results"]}
    assert (rows[same.relative]["reader_class"], rows[same.relative]["note"]) == ("ALL", "seen")
    assert rows[other.relative]["reader_class"] == ""  # said of other bytes
    assert content["manifest"]["audit"]["entry"] > 0
    assert main(["rerun", str(out), "--folder", str(tmp_path / "one")]) == 0
    assert main(["export", "--workspace", str(file), "--out", str(out)]) == 0  # the newest
    notes = next(item for item in json.loads(out.read_text())["results"] if item["path"] == "notes.bmp")
    assert notes["sha256"] == hashlib.sha256(b"two").hexdigest()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--workspace", "w.alldetect"], "there is no workspace file"),
        (["results.csv", "--run", "1"], "not both"),
        ([], "there is no workspace file"),
    ],
)
def test_that_what_is_to_be_exported_must_be_there(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(paths, "workspace", lambda: tmp_path / "none.alldetect")
    monkeypatch.chdir(tmp_path)
    assert main(["export", *arguments, "--out", "x.csv"]) == 2
    assert words in capsys.readouterr().err


def test_that_a_run_that_is_not_there_is_named(tmp_path: Path, capsys: Captured) -> None:
    open_workspace(tmp_path / "w.alldetect").close()
    for number in ([], ["--run", "7"]):
        arguments = ["export", "--workspace", str(tmp_path / "w.alldetect"), *number, "--out", str(tmp_path / "x.csv")]
        assert main(arguments) == 2
        assert "(there are: none)" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of file size here")
def test_that_a_disk_that_takes_only_a_part_keeps_every_old_file(run_folder: Path, tmp_path: Path) -> None:
    """Drill 4 with a real refusal by the system: no file may grow beyond 512 bytes, which every export does."""
    kinds = [kind for kind in FORMATS if kind != "pdf"]
    for kind in kinds:
        (tmp_path / f"old.{kind}").write_bytes(b"old")
    code = (
        "import resource, sys\nfrom alldetect_gui.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))\n"
        f"for kind in {kinds!r}:\n"
        f"    out = {str(tmp_path)!r} + '/old.' + kind\n"
        f"    print(main(['export', {str(run_folder)!r}, '--out', out]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    lines = done.stderr.splitlines()
    assert lines.count("3") == len(kinds), done.stderr
    for kind in kinds:
        assert f"alldetect: {tmp_path}/old.{kind} cannot be written: File too large" in lines
        assert (tmp_path / f"old.{kind}").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == len(kinds)


def with_exif(jpeg: bytes, text: bytes) -> bytes:
    """`jpeg` with an EXIF block that names its artist, and a comment."""
    entry = b"\x01\x00" + b"\x3b\x01\x02\x00" + len(text + b"\0").to_bytes(4, "little") + b"\x1a\0\0\0"
    tiff = b"II*\0\x08\0\0\0" + entry + b"\0\0\0\0" + text + b"\0"
    exif = b"Exif\0\0" + tiff
    block = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    comment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
    return jpeg[:2] + block + comment + jpeg[2:]


def test_that_planted_patient_strings_are_in_no_export(
    models_folder: Path, tmp_path: Path, qapp: object, capsys: Captured
) -> None:
    """G18 and drill 32: the folder and the image's EXIF name a patient; the pictures are made anew from pixels."""
    folder = tmp_path / "in" / PATIENT
    folder.mkdir(parents=True)
    (folder / "1.jpg").write_bytes(with_exif(files.jpeg(cell(CellClass.ALL, 1)), PATIENT.encode()))
    (folder / "2.jpg").write_bytes(with_exif(files.jpeg(cell(CellClass.HEM, 1)), PATIENT.encode())[:300])
    assert main(["classify", str(tmp_path / "in"), "--out", str(tmp_path / "run")]) == 0
    for kind in FORMATS:
        out = tmp_path / f"r.{kind}"
        assert main(["export", str(tmp_path / "run"), "--folder", str(tmp_path / "in"), "--out", str(out)]) == 0
        for needle in (PATIENT, "Jane"):
            assert needle.encode() not in unpacked(out), kind
        out = tmp_path / f"full.{kind}"
        assert main(["export", str(tmp_path / "run"), "--full-names", "--out", str(out)]) == 0
        assert PATIENT.encode() in unpacked(out), kind
    assert "data:image/png" in (tmp_path / "r.html").read_text()


def unpacked(path: Path) -> bytes:
    """What an export holds with its compressed parts unpacked, and the embedded pictures decoded."""
    import base64
    import re
    import zipfile
    import zlib

    data = path.read_bytes()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(path) as book:
            return b"".join(book.read(name) for name in book.namelist())
    for found in re.findall(rb"base64,([A-Za-z0-9+/=]+)", data):
        data += base64.b64decode(found)
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            data += zlib.decompressobj().decompress(stream)
        except zlib.error:
            continue
    return data


def test_that_html_of_a_hostile_folder_opens_as_literal_text(
    models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    name = "<img src=x onerror=alert(1)>.bmp"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(files.bmp(cell(CellClass.ALL, 1)))
    assert main(["classify", str(tmp_path / "in"), "--out", str(tmp_path)]) == 0
    assert main(["export", str(tmp_path), "--folder", str(tmp_path / "in"), "--out", str(tmp_path / "r.html")]) == 0
    page = Page((tmp_path / "r.html").read_text())
    assert all((attributes.get("src") or "").startswith("data:") for tag, attributes in page.elements if tag == "img")
    assert name in page.texts
    with (tmp_path / "results.csv").open(newline="") as file:
        assert next(csv.DictReader(file))["path"] == name


@pytest.mark.timeout(20)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize(
    "command",
    [
        ["rerun", "PIPE"],
        ["evaluate", "PIPE"],
        ["export", "PIPE", "--out", "x.csv"],
        ["classify", ".", "--labels", "PIPE"],
        ["preprocess", "PIPE", "--recipe", "clahe", "--out", "x.png"],
        ["models", "--import", "PIPE"],
        ["audit", "verify", "--workspace", "PIPE"],
    ],
    ids=lambda command: command[0],
)
def test_that_no_command_waits_for_a_pipe(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("PIPE")
    assert main(command) in (2, 3)
    assert capsys.readouterr().err.startswith("alldetect: ")
