"""The commands as people and scripts meet them: files, standard output, standard error, exit codes."""

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alldetect_gui import __version__, paths
from alldetect_gui.__main__ import main
from alldetect_gui.cli.render import results_table
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import CellClass, Outcome
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.imaging.decode import decode, read_image
from alldetect_gui.imaging.recipe import recipe_named
from tests.unit.imaging import files
from tests.unit.inference.small_model import cell, write_model

ROOT = Path(__file__).resolve().parents[3]
FIGURES = (
    "confusion", "called_only", "accuracy", "sensitivity", "specificity", "ppv", "npv", "f1_weighted", "f1_all",
    "f1_hem", "balanced_accuracy", "roc_auc", "threshold", "subjects", "intervals_95_by_subject", "found",
    "classified", "skipped", "uncertain", "suggested_all", "suggested_hem", "skip_reasons", "recipe",
)  # fmt: skip

Captured = pytest.CaptureFixture[str]


def wrong_use(arguments: list[str]) -> None:
    """argparse ends the program by itself: with 2."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def one_sentence(captured: Captured) -> str:
    """What was said on standard error: one line, no traceback, and nothing on standard output."""
    out, err = captured.readouterr()
    assert out == ""
    assert err.startswith("alldetect: ")
    assert len(err.strip().splitlines()) == 1
    return err.strip()


def run(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "alldetect_gui", *arguments],
        capture_output=True,
        check=False,
        cwd=cwd or ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=120,
    )


@pytest.fixture(scope="session")
def classified(cells: Path, small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """One classification of the folder, for all that look at its results: where, standard output, standard error."""
    import contextlib
    import io

    out = tmp_path_factory.mktemp("results")
    stdout, stderr = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        patch.setattr(paths, "models", lambda: small_models)
        assert main(["classify", str(cells), "--out", str(out), "--json"]) == 0
    return out, stdout.getvalue(), stderr.getvalue()


def results(out: Path) -> list[dict[str, str]]:
    """The rows of results.csv."""
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summary(out: Path) -> dict[str, Any]:
    """The content of summary.json."""
    content: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return content


def test_that_json_is_all_that_is_printed_and_equals_the_file(classified: tuple[Path, str, str]) -> None:
    out, stdout, stderr = classified
    assert json.loads(stdout) == summary(out)
    assert stderr == ""


def test_that_every_image_has_a_row_and_bad_files_have_reasons(classified: tuple[Path, str, str], cells: Path) -> None:
    rows = results(classified[0])
    assert len(rows) == len(list(cells.iterdir())) == 13
    skipped = {item["path"]: item["reason"] for item in rows if item["outcome"] == "skipped"}
    assert len(skipped) == 3
    assert "content is text" in skipped["notes.bmp"]
    assert skipped["UID_1_9_1_all.bmp"] == "file is incomplete"
    assert any(path.startswith("bad") and reason == "the file is empty" for path, reason in skipped.items())
    for item in rows:
        if item["outcome"] == "classified":
            assert item["suggestion"] in {"ALL", "HEM", "UNCERTAIN"}
            assert 0 <= float(item["probability_all"]) <= 1
            assert item["reference"] == ("ALL" if item["path"].endswith("_all.bmp") else "HEM")
            assert re.fullmatch(r"H?\d+", item["subject"])
            assert len(item["sha256"]) == 64


def test_that_counts_add_up_and_the_model_is_named(classified: tuple[Path, str, str], small_models: Path) -> None:
    content = summary(classified[0])
    assert content["found"] == 13 == content["classified"] + content["skipped"]
    assert content["skipped"] == 3
    assert content["classified"] == content["suggested_all"] + content["suggested_hem"] + content["uncertain"]
    assert content["model"]["name"] == "default"
    assert len(content["model"]["sha256"]) == 64
    assert content["recipe"] == {"name": "clahe", "parameters": {"clip_limit": 3.0, "tile_grid": 4}}
    assert sum(content["confusion"].values()) == 10
    assert content["seconds"] > 0
    assert content["images_per_second"] > 0
    assert content["intended_use"] == INTENDED_USE


def test_that_the_figures_follow_from_the_rows(classified: tuple[Path, str, str]) -> None:
    """Counted here again from results.csv alone, as a stranger would."""
    content = summary(classified[0])
    pairs = [
        (item["reference"] == "ALL", float(item["probability_all"]) >= float(item["threshold"]))
        for item in results(classified[0])
        if item["outcome"] == "classified"
    ]
    counts = {"tp": (True, True), "fn": (True, False), "fp": (False, True), "tn": (False, False)}
    assert content["confusion"] == {name: pairs.count(pair) for name, pair in counts.items()}
    assert content["accuracy"] == sum(truth == called for truth, called in pairs) / 10


def test_that_evaluating_the_results_gives_the_same_figures(
    classified: tuple[Path, str, str], capsys: Captured
) -> None:
    assert main(["evaluate", str(classified[0] / "results.csv"), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    written = summary(classified[0])
    for name in FIGURES:
        assert again[name] == written[name], name
    assert again["model"] == written["model"]


def test_that_the_text_of_a_run_holds_table_confusion_places_and_intended_use(
    cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "out"
    assert main(["classify", str(cells), "--out", str(out), "--model", "second"]) == 0
    text = capsys.readouterr().out
    for name in ("UID_H1_3_1_hem.bmp", "notes.bmp", "bad"):
        assert name in text
    assert "13 found = 10 classified + 3 skipped" in text
    assert "rows true, columns predicted" in text
    assert "Sensitivity (recall of ALL)" in text
    assert "Model second on clahe images" in text
    assert str(out / "results.csv") in text
    assert str(out / "summary.json") in text
    assert INTENDED_USE in text
    matrix = summary(out)["confusion"]
    assert re.search(rf"true ALL\s+{matrix['tp']}\s+{matrix['fn']}\n", text)
    assert re.search(rf"true HEM\s+{matrix['fp']}\s+{matrix['tn']}\n", text)


def test_that_a_black_image_is_uncertain_without_a_number(
    tmp_path: Path, models_folder: Path, capsys: Captured
) -> None:
    (tmp_path / "UID_1_1_1_all.png").write_bytes(files.png(np.zeros((9, 9, 3), np.uint8)))
    assert main(["classify", str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    (item,) = results(tmp_path / "out")
    assert (item["suggestion"], item["probability_all"], item["outcome"]) == ("UNCERTAIN", "", "classified")
    assert "black" in item["reason"]
    assert "nan" not in capsys.readouterr().out.lower()
    assert "confusion" not in summary(tmp_path / "out")


def write_labels(folder: Path, cells: Path, all_is: str) -> Path:
    """A label file that calls every ALL cell `all_is`, and every HEM cell the other number."""
    other = {"0": "1", "1": "0"}[all_is]
    lines = [
        f"{path.name},{all_is if path.name.endswith('_all.bmp') else other}"
        for path in sorted(cells.glob("UID_*.bmp"), reverse=True)
    ]
    target = folder / f"labels-{all_is}.csv"
    target.write_text("\n".join(["new_names,labels", *lines]), encoding="utf-8")
    return target


@pytest.mark.parametrize(("coding", "all_is"), [("thesis", "0"), ("challenge", "1")])
def test_that_evaluate_with_labels_follows_the_coding_that_was_named(
    classified: tuple[Path, str, str], cells: Path, tmp_path: Path, capsys: Captured, coding: str, all_is: str
) -> None:
    table, written = str(classified[0] / "results.csv"), summary(classified[0])["confusion"]
    right, wrong = (str(write_labels(tmp_path, cells, number)) for number in (all_is, str(1 - int(all_is))))
    assert main(["evaluate", table, "--labels", right, "--coding", coding, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["confusion"] == written
    assert main(["evaluate", table, "--labels", wrong, "--coding", coding, "--json"]) == 0
    turned = json.loads(capsys.readouterr().out)["confusion"]
    assert turned == {"tp": written["fp"], "fn": written["tn"], "fp": written["tp"], "tn": written["fn"]}


def test_that_numbers_without_a_coding_are_wrong_use_everywhere(
    classified: tuple[Path, str, str], cells: Path, tmp_path: Path, models_folder: Path, capsys: Captured
) -> None:
    labels = str(write_labels(tmp_path, cells, "0"))
    assert main(["evaluate", str(classified[0] / "results.csv"), "--labels", labels]) == 2
    assert "say which coding" in one_sentence(capsys)
    assert main(["classify", str(cells), "--labels", labels, "--out", str(tmp_path / "out")]) == 2
    assert "say which coding" in one_sentence(capsys)
    assert not (tmp_path / "out").exists()


def test_that_classify_takes_labels_too(cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("image,label,subject\nUID_H1_3_1_hem.bmp,all,P1\n")
    assert main(["classify", str(cells), "--labels", str(labels), "--out", str(tmp_path), "--json"]) == 0
    assert sum(json.loads(capsys.readouterr().out)["confusion"].values()) == 1
    labelled = [item for item in results(tmp_path) if item["reference"]]
    assert [(item["path"], item["reference"], item["subject"]) for item in labelled] == [
        ("UID_H1_3_1_hem.bmp", "ALL", "P1")
    ]


def test_that_an_unknown_coding_is_answered_with_both(capsys: Captured) -> None:
    wrong_use(["evaluate", "results.csv", "--labels", "labels.csv", "--coding", "keras"])
    message = capsys.readouterr().err
    assert "thesis or challenge" in message


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["classify", "gone"], "there is no folder gone"),
        (["classify", "n" * 300], "there is no folder nnn"),
        (["classify", "empty"], "no image found in empty"),
        (["classify", "cell.png"], "there is no folder cell.png"),
        (["classify", "one", "--model", "other"], "there is no model “other” (there are: default, second)"),
        (["classify", "one", "--engine", "onnx"], "there is no engine “onnx” (there are: litert, tensorflow)"),
        (["classify", "one", "--labels", "gone.csv", "--coding", "thesis"], "gone.csv cannot be read"),
        (["evaluate", "gone.csv"], "gone.csv cannot be read"),
        (["evaluate", "cell.png"], "cell.png cannot be read"),
        (["evaluate", "note.csv"], "note.csv is not a results file"),
        (["models", "--card", "other"], "there is no model “other”"),
        (["preprocess", "gone.png", "--recipe", "clahe", "--out", "o.png"], "there is no image gone.png"),
        (["preprocess", "n" * 300, "--recipe", "clahe", "--out", "o.png"], "there is no image nnn"),
        (["preprocess", "cell.png", "--recipe", "median", "--out", "o.png"], "original, gaussian, clahe"),
        (["preprocess", "cell.png", "--recipe", "clahe", "--out", "o.jpg"], "does not end in .png"),
        (["preprocess", "cell.png", "--recipe", "clahe", "--out", "cell.png"], "the image itself"),
        (["preprocess", "cell.png", "--recipe", "clahe", "--out", "one/../cell.png"], "the image itself"),
        (["preprocess", "cell.png", "--recipe", "clahe", "--set", "clip=3", "--out", "o.png"], "clip_limit, tile_grid"),
        (["preprocess", "cell.png", "--recipe", "clahe", "--set", "clip_limit=99", "--out", "o.png"], "0.5 to 40"),
        (["preprocess", "cell.png", "--recipe", "clahe", "--set", "clip_limit=nan", "--out", "o.png"], "0.5 to 40"),
        (["preprocess", "cell.png", "--recipe", "clahe", "--set", "clip_limit", "--out", "o.png"], "PARAMETER=NUMBER"),
        (["preprocess", "cell.png", "--recipe", "clahe", "--set", "tile_grid=a", "--out", "o.png"], "“tile_grid=a”"),
        (["preprocess", "cell.png", "--recipe", "gaussian", "--set", "kernel_size=4", "--out", "o.png"], "odd whole"),
    ],
)
def test_that_wrong_use_ends_with_2_and_one_helpful_sentence(
    tmp_path: Path,
    models_folder: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    image = files.png(files.speckled())
    (tmp_path / "empty").mkdir()
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "cell.png").write_bytes(image)
    (tmp_path / "cell.png").write_bytes(image)
    (tmp_path / "note.csv").write_text("a note\n")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main(arguments) == 2
    assert words in one_sentence(capsys)
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "cell.png").read_bytes() == image


@pytest.mark.parametrize(
    "arguments", [[], ["recognise"], ["classify"], ["preprocess", "a.png"], ["classify", "a", "--nonsense"]]
)
def test_that_a_command_that_is_not_understood_ends_with_2(arguments: list[str], capsys: Captured) -> None:
    wrong_use(arguments)
    assert "usage: alldetect" in capsys.readouterr().err


def test_that_results_without_reference_labels_cannot_be_evaluated(
    cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "a.png").write_bytes(files.png(files.speckled()))
    assert main(["classify", str(tmp_path), "--out", str(tmp_path)]) == 0
    assert "No reference labels" in capsys.readouterr().out
    assert main(["evaluate", str(tmp_path / "results.csv")]) == 2
    assert "--labels" in one_sentence(capsys)


@pytest.mark.parametrize("file", ["vgg16-base/vgg16.tflite", "default/head.npz", "default/MODEL_CARD.md"])
def test_that_a_damaged_model_ends_with_3_and_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, file: str
) -> None:
    models, image = tmp_path / "models", tmp_path / "cell.png"
    write_model(models, base=b"stands for the base: it is checked before it is run")
    data = bytearray((models / file).read_bytes())
    data[len(data) // 2] ^= 1
    (models / file).write_bytes(data)
    image.write_bytes(files.png(files.speckled()))
    monkeypatch.setattr(paths, "models", lambda: models)
    assert main(["classify", str(tmp_path), "--out", str(tmp_path / "out")]) == 3
    message = one_sentence(capsys)
    assert f"the file {file} has changed" in message
    assert "classification is blocked" in message
    assert not (tmp_path / "out").exists()
    assert main(["preprocess", str(image), "--recipe", "clahe", "--out", str(tmp_path / "o.png")]) == 0


def test_that_a_broken_manifest_ends_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    folder = write_model(tmp_path / "models", base=b"base", change={"recipe": {"name": "median", "parameters": {}}})
    monkeypatch.setattr(paths, "models", lambda: tmp_path / "models")
    (tmp_path / "a.png").write_bytes(files.png(files.speckled()))
    for arguments in (["classify", str(tmp_path)], ["models"], ["models", "--json"]):
        assert main(arguments) == 3
        assert "manifest.json is damaged" in one_sentence(capsys)
    (folder / "manifest.json").write_text("{")
    assert main(["models"]) == 3
    assert "manifest.json is damaged" in one_sentence(capsys)


def test_that_an_output_folder_that_cannot_be_written_is_told_before_the_first_image(
    cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> object:
        raise AssertionError("an image was read")

    (tmp_path / "file").touch()
    monkeypatch.setattr("alldetect_gui.workflows.classify_folder.read_unless_known", never)
    assert main(["classify", str(cells), "--out", str(tmp_path / "file")]) == 3
    assert f"the results cannot be written to {tmp_path / 'file'}" in one_sentence(capsys)


def test_that_an_interrupted_run_says_so_and_writes_nothing(
    cells: Path, models_folder: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: object) -> Iterator[object]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr("alldetect_gui.workflows.classify_folder.read_unless_known", interrupt)
    assert main(["classify", str(cells), "--out", str(tmp_path)]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["original", "gaussian", "clahe", "grayscale", "clahe-grayscale"])
def test_that_preprocess_writes_the_pixels_of_the_recipe(tmp_path: Path, capsys: Captured, name: str) -> None:
    image, out = tmp_path / "細胞.bmp", tmp_path / "out.png"
    image.write_bytes(files.bmp(cell(CellClass.ALL, 1), header=124))
    assert main(["preprocess", str(image), "--recipe", name, "--out", str(out)]) == 0
    np.testing.assert_array_equal(read_image(out).pixels, recipe_named(name).apply(cell(CellClass.ALL, 1)))
    assert str(out) in capsys.readouterr().out


def test_that_preprocess_honours_its_parameters(tmp_path: Path, capsys: Captured) -> None:
    image, out = tmp_path / "cell.png", tmp_path / "out.PNG"
    image.write_bytes(files.png(cell(CellClass.HEM, 1)))
    settings = ["--set", "clip_limit=5", "--set", "tile_grid=4"]
    assert main(["preprocess", str(image), "--recipe", "clahe", *settings, "--out", str(out)]) == 0
    wanted = recipe_named("clahe", {"clip_limit": 5, "tile_grid": 4}).apply(cell(CellClass.HEM, 1))
    np.testing.assert_array_equal(decode(out.read_bytes()), wanted)
    assert "clip_limit 5, tile_grid 4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "word"), [(b"a note", "content is text"), (files.png(files.speckled())[:-1], "incomplete")]
)
def test_that_preprocess_names_the_file_that_it_cannot_use(
    tmp_path: Path, capsys: Captured, content: bytes, word: str
) -> None:
    image, out = tmp_path / "cell.png", tmp_path / "out.png"
    image.write_bytes(content)
    assert main(["preprocess", str(image), "--recipe", "clahe", "--out", str(out)]) == 3
    message = one_sentence(capsys)
    assert str(image) in message
    assert word in message
    assert not out.exists()


def test_that_preprocess_says_where_it_cannot_write(tmp_path: Path, capsys: Captured) -> None:
    image, out = tmp_path / "cell.png", tmp_path / "gone" / "out.png"
    image.write_bytes(files.png(files.speckled()))
    assert main(["preprocess", str(image), "--recipe", "clahe", "--out", str(out)]) == 3
    assert f"{out} cannot be written" in one_sentence(capsys)


def test_that_models_are_listed_with_their_figures(models_folder: Path, capsys: Captured) -> None:
    assert main(["models"]) == 0
    text = capsys.readouterr().out
    assert text.index("default:") < text.index("second:")
    for words in (
        "Small model for tests",
        "recipe clahe",
        "drawn cells, for tests",
        "f1_weighted",
        "0.750 (0.500 to 1.000)",
    ):
        assert words in text
    assert re.search(r"npv\s+not defined", text)


def test_that_models_as_json_are_the_manifests(models_folder: Path, capsys: Captured) -> None:
    assert main(["models", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    manifest = json.loads((models_folder / "default" / "manifest.json").read_text())
    assert {name: first[name] for name in manifest} == manifest
    assert second["name"] == "second"
    assert len(first["manifest_sha256"]) == 64


def test_that_a_model_card_is_printed(models_folder: Path, capsys: Captured) -> None:
    assert main(["models", "--card", "default"]) == 0
    assert capsys.readouterr().out.strip() == "# Small model\n\nResearch use only."


def test_that_the_version_is_that_of_the_project(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"alldetect {__version__}\n"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__


def test_that_help_says_what_the_program_is_for(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert INTENDED_USE in text
    for command in ("classify", "evaluate", "preprocess", "models"):
        assert command in text


def test_that_the_program_runs_as_a_process_with_its_exit_codes(tmp_path: Path) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.decode().strip(), done.stderr) == (0, f"alldetect {__version__}", b"")
    done = run("classify", str(tmp_path / "gone"))
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr
    assert b"there is no folder" in done.stderr
    assert run("recognise").returncode == 2


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are not UTF-8 exist on Linux alone")
def test_that_a_console_without_utf8_and_a_name_without_it_do_not_stop_the_program(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/f\xff"))
    folder.mkdir()
    image = folder / "cell.png"
    image.write_bytes(files.png(files.speckled()))
    done = run("preprocess", str(image), "--recipe", "clahe", "--out", str(folder / "o.png"), PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert decode((folder / "o.png").read_bytes()).shape == (23, 31, 3)
    done = run("classify", str(folder / "gone"), PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_that_neither_tensorflow_nor_qt_is_loaded_by_the_commands(
    small_models: Path, cells: Path, tmp_path: Path
) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom alldetect_gui import paths\n"
        f"paths.models = lambda: Path({str(small_models)!r})\n"
        "from alldetect_gui.__main__ import main\n"
        f"code = main(['classify', {str(cells)!r}, '--out', {str(tmp_path)!r}, '--json'])\n"
        "sys.stderr.write(str(sorted({'tensorflow', 'keras', 'PySide6'} & set(sys.modules))))\nsys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["found"] == 13  # nothing but JSON on standard output, whatever the libraries say
    assert done.stderr.endswith(b"[]")  # LiteRT has a line of its own before


def test_that_a_label_file_which_names_no_image_is_wrong_use(
    models_folder: Path, cells: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("image,label\nsomebody else.bmp,all\n")
    assert main(["classify", str(cells), "--labels", str(labels), "--out", str(tmp_path / "out")]) == 2
    assert "names none of the" in capsys.readouterr().err


def test_that_a_coding_without_a_label_file_is_wrong_use(cells: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", str(cells), "--coding", "thesis"]) == 2
    assert "--labels" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_that_a_full_disk_under_standard_output_is_a_failed_run() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "alldetect_gui", "models"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 3
    assert "Traceback" not in ended.stderr


def test_that_a_path_a_thousand_folders_deep_is_shown_by_its_end() -> None:
    record = ImageRecord(Path("cell.bmp"), "d/" * 1_000 + "cell.bmp")
    shown = results_table([ImageResult(record, Outcome.SKIPPED, reason="the file is empty")])
    assert "/d/d/cell.bmp" in shown
    assert max(map(len, shown.splitlines())) < 160


def _half_loaded() -> None:
    raise ImportError("initialization failed") from KeyboardInterrupt()


def _missing() -> None:
    raise ImportError("no such library")


def test_that_an_interruption_while_modules_are_loaded_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    for stop in (interrupted, lambda _: _half_loaded()):
        monkeypatch.setattr("alldetect_gui.__main__._one_thread_for_products", stop)
        assert main(["models"]) == 130
        assert capsys.readouterr().err == "alldetect: interrupted; no file was written\n"
    monkeypatch.setattr("alldetect_gui.__main__._one_thread_for_products", lambda _: _missing())
    with pytest.raises(ImportError, match="no such library"):
        main(["models"])


def test_that_an_empty_name_is_not_the_folder_where_one_is(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(["classify", ""])
    assert "a folder without a name" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="closes streams as a shell does")
@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)], ids=str)
def test_that_closed_streams_do_not_stop_a_run(
    closed: tuple[int, ...], cells: Path, small_models: Path, tmp_path: Path
) -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from alldetect_gui import paths\n"
        f"paths.models = lambda: Path({str(small_models)!r})\n"
        "from alldetect_gui.__main__ import main\n"
        "raise SystemExit(main(sys.argv[1:]))"
    )

    def close() -> None:
        for number in closed:
            os.close(number)

    command = [sys.executable, "-c", code, "classify", str(cells), "--out", str(tmp_path / "out"), "--workspace",
               str(tmp_path / "w")]  # fmt: skip
    ended = subprocess.run(command, preexec_fn=close, capture_output=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "out" / "results.csv").is_file()
