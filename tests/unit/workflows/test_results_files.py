"""results.csv and summary.json: the contract column by column, written whole or not at all, and read again."""

import csv
import io
import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alldetect_gui.core.errors import RunFailed, WrongUse
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.workflows.evaluate_run import RunSummary, summarise
from alldetect_gui.workflows.export_results import (
    read_results,
    results_csv,
    summary_dict,
    text_cell,
    try_folder,
    write_run,
)

MODEL = ModelIdentity("default", "ab" * 32, "clahe", {"clip_limit": 3.0, "tile_grid": 8}, 0.4)


def row(
    name: str,
    probability: float | None,
    reference: CellClass | None = None,
    subject: str = "",
    suggestion: Suggestion | None = None,
    reason: str = "",
) -> ImageResult:
    """A classified image, or a skipped one where `probability` is None."""
    record = ImageRecord(Path(name), name, subject, reference)
    if probability is None:
        return ImageResult(record, Outcome.SKIPPED, reason=reason or "file is incomplete")
    said = suggestion or (Suggestion.ALL if probability >= MODEL.threshold else Suggestion.HEM)
    return ImageResult(record, Outcome.CLASSIFIED, "cd" * 32, Prediction(probability, said, reason), reason)


ROWS = [
    row("all/1.bmp", 0.9, CellClass.ALL, "11"),
    row("all/2.bmp", 0.3, CellClass.ALL, "11"),
    row("all/3.bmp", 0.45, CellClass.ALL, "12", Suggestion.UNCERTAIN, "in the band"),
    row("hem/1.bmp", 0.2, CellClass.HEM, "H1"),
    row("hem/2.bmp", 0.41, CellClass.HEM, "H1"),
    row("hem/3.bmp", 0.1, CellClass.HEM, "H2"),
    row("hem/4.bmp", None, CellClass.HEM, "H2"),
    row("5.bmp", 0.7),
    row("black.bmp", math.nan, CellClass.HEM, "H2", Suggestion.UNCERTAIN, "no cell found: the image is black"),
]
SUMMARY = summarise(ROWS, seconds=4.5, model=MODEL)


def table(text: str) -> list[dict[str, str]]:
    """The rows as any program reads them."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to be written over and over."""
    return tmp_path_factory.mktemp("scratch") / "results.csv"


def test_that_results_have_the_columns_of_the_contract_and_a_row_an_image() -> None:
    rows = table(results_csv(ROWS, SUMMARY))
    assert len(rows) == len(ROWS)
    contract = {"path", "sha256", "subject", "reference", "suggestion", "probability_all", "outcome", "reason"}
    assert contract <= set(rows[0])
    assert [item["path"] for item in rows] == [result.record.relative for result in ROWS]
    assert [item["subject"] for item in rows] == ["11", "11", "12", "H1", "H1", "H2", "H2", "", "H2"]
    assert [item["reference"] for item in rows] == [*["ALL"] * 3, *["HEM"] * 4, "", "HEM"]
    assert [item["suggestion"] for item in rows] == [
        "ALL", "HEM", "UNCERTAIN", "HEM", "ALL", "HEM", "", "ALL", "UNCERTAIN",
    ]  # fmt: skip
    assert [item["outcome"] for item in rows] == [*["classified"] * 6, "skipped", *["classified"] * 2]
    assert [bool(item["reason"]) for item in rows] == [False, False, True, False, False, False, True, False, True]
    assert [item["probability_all"] for item in rows[-3:]] == ["", "0.7", ""]
    assert {item["sha256"] for item in rows} == {"cd" * 32, ""}
    assert {(item["model"], item["model_sha256"], item["recipe"]) for item in rows} == {("default", "ab" * 32, "clahe")}
    assert "clip_limit=3" in rows[0]["recipe_parameters"]


def test_that_the_summary_has_the_keys_of_the_contract_and_the_right_figures() -> None:
    content = json.loads(json.dumps(summary_dict(SUMMARY), allow_nan=False))
    assert (content["found"], content["classified"], content["skipped"], content["uncertain"]) == (9, 8, 1, 2)
    assert (content["suggested_all"], content["suggested_hem"]) == (3, 3)
    assert content["model"]["name"] == "default"
    assert content["model"]["sha256"] == "ab" * 32
    assert content["recipe"] == {"name": "clahe", "parameters": {"clip_limit": 3.0, "tile_grid": 8}}
    assert content["seconds"] == 4.5
    assert content["images_per_second"] == 2.0
    assert content["positive_class"] == "ALL"
    assert content["threshold"] == 0.4
    assert content["confusion"] == {"tp": 2, "fn": 1, "fp": 1, "tn": 2}
    assert content["called_only"] == {"tp": 1, "fn": 1, "fp": 1, "tn": 2}
    wanted = {"accuracy": 4 / 6, "sensitivity": 2 / 3, "specificity": 2 / 3, "ppv": 2 / 3, "npv": 2 / 3}
    for name, value in {**wanted, "f1_weighted": 2 / 3, "roc_auc": 8 / 9}.items():
        assert content[name] == pytest.approx(value), name
    assert content["subjects"] == 4
    assert content["intended_use"] == INTENDED_USE
    assert content["skip_reasons"] == {"file is incomplete": 1}


def test_that_without_reference_labels_there_are_no_figures_and_no_zeros() -> None:
    content = summary_dict(summarise([row("1.bmp", 0.7), row("2.bmp", None)], model=MODEL))
    assert content["found"] == 2
    for name in ("confusion", "accuracy", "sensitivity", "roc_auc", "f1_weighted"):
        assert name not in content


def test_that_a_figure_that_is_not_defined_is_null() -> None:
    content = summary_dict(summarise([row("1.bmp", 0.7, CellClass.ALL)], model=MODEL))
    assert (content["sensitivity"], content["specificity"], content["roc_auc"]) == (1.0, None, None)


def test_that_the_threshold_itself_counts_as_all_as_it_does_for_the_suggestion() -> None:
    on_it, below = row("1.bmp", 0.4, CellClass.ALL), row("2.bmp", math.nextafter(0.4, 0), CellClass.ALL)
    content = summary_dict(summarise([on_it, below], model=MODEL))
    assert content["confusion"] == {"tp": 1, "fn": 1, "fp": 0, "tn": 0}


def test_that_intervals_need_five_subjects_and_a_subject_for_every_image() -> None:
    many = [row(f"{n}.bmp", 0.2 + n % 5 / 7, [CellClass.ALL, CellClass.HEM][n % 2], f"S{n % 6}") for n in range(60)]
    with_all = summarise(many, model=MODEL).evaluation
    assert with_all is not None
    low, high = with_all.intervals["accuracy"]
    accuracy = with_all.measures["accuracy"]
    assert accuracy is not None
    assert low <= accuracy <= high
    one_nameless = [*many, row("x.bmp", 0.5, CellClass.ALL)]
    without = summarise(one_nameless, model=MODEL).evaluation
    assert without is not None
    assert dict(without.intervals) == {}
    four = [result for result in many if result.record.subject < "S4"]
    few = summarise(four, model=MODEL).evaluation
    assert few is not None
    assert dict(few.intervals) == {}


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' -C calc'!A0.bmp", "+1.bmp", "-1.bmp", "@SUM(A1).bmp", "\tx.bmp", "\rx.bmp", "\nx.bmp", " =1.bmp",
        "\u00a0=1.bmp", "＝1.bmp", "＋1.bmp", "－1.bmp", "＠1.bmp", "two\n=1.bmp", "two\r=1.bmp", "'=1.bmp",
        "\u3000=1.bmp", "\x0b=1.bmp", "\x0c@1.bmp", "\x01+1.bmp", "\u200b=1.bmp", "\u200f=1.bmp", "\ufeff=1.bmp",
        "two\u2028=1.bmp",
    ],
)  # fmt: skip
def test_that_no_name_is_taken_for_a_formula(name: str) -> None:
    assert text_cell(name) == "'" + name
    (read,) = table(results_csv([row(name, 0.5)], SUMMARY))
    assert read["path"] == "'" + name


@pytest.mark.parametrize("name", ["cell.bmp", "all/-1.bmp", "1-2.bmp", "a=b.bmp", "'quoted'.bmp", "細胞.bmp", ""])
def test_that_ordinary_names_are_written_as_they_are(name: str) -> None:
    assert text_cell(name) == name


@settings(max_examples=150, deadline=None)
@given(
    name=st.text(st.sampled_from("'=+-@\t\r\n \u00a0＝a1,\";é\u2028"), max_size=8),
    probability=st.floats(0, 1),
    subject=st.text(max_size=8),
)
def test_that_what_is_written_is_read_again(scratch: Path, name: str, probability: float, subject: str) -> None:
    subject = subject.encode("utf-8", "replace").decode()
    content = results_csv([row(name, probability, CellClass.HEM, subject), row(name, None)], SUMMARY)
    scratch.write_bytes(content.encode())
    (first, second), model = read_results(scratch)
    assert (first.record.relative, first.record.subject, first.record.reference) == (name, subject, CellClass.HEM)
    assert first.prediction is not None
    assert first.prediction.probability_all == probability
    assert (second.outcome, second.prediction) == (Outcome.SKIPPED, None)
    assert model == replace(MODEL, parameters={"clip_limit": 3.0, "tile_grid": 8.0})


def test_that_a_file_that_was_read_gives_the_same_summary(tmp_path: Path) -> None:
    path, report = write_run(tmp_path, ROWS, SUMMARY)
    results, model = read_results(path)
    again = summary_dict(summarise(results, model=model))
    written = json.loads(report.read_text())
    for name in set(written) - {"seconds", "images_per_second"}:
        assert again[name] == written[name], name


@settings(max_examples=60, deadline=None)
@given(
    threshold=st.floats(0, 1), near=st.floats(0, 1), probabilities=st.lists(st.floats(0, 1), min_size=2, max_size=12)
)
def test_that_no_image_changes_sides_by_being_written(
    scratch: Path, threshold: float, near: float, probabilities: list[float]
) -> None:
    model = replace(MODEL, threshold=threshold)
    values = [*probabilities, threshold, math.nextafter(threshold, 0), min(1.0, threshold + near * 1e-7)]
    results = [
        row(f"{n}.bmp", value, [CellClass.ALL, CellClass.HEM][n % 2], suggestion=Suggestion.UNCERTAIN)
        for n, value in enumerate(values)
    ]
    summary = summarise(results, model=model)
    scratch.write_bytes(results_csv(results, summary).encode())
    again, read_model = read_results(scratch)
    assert summarise(again, model=read_model).evaluation == summary.evaluation


def test_that_both_files_are_made_with_their_folder_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "er"
    paths = write_run(out, ROWS, SUMMARY)
    assert [path.name for path in paths] == ["results.csv", "summary.json"]
    assert sorted(path.name for path in out.iterdir()) == ["results.csv", "summary.json"]


def test_that_written_files_can_be_read_by_others_as_the_umask_allows(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        path, _ = write_run(tmp_path, ROWS, SUMMARY)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644


def test_that_a_folder_that_is_a_file_fails_in_words(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    for attempt in (lambda: write_run(tmp_path / "out", ROWS, SUMMARY), lambda: try_folder(tmp_path / "out")):
        with pytest.raises(RunFailed, match=r"the results cannot be written to .*out: "):
            attempt()


def test_that_an_old_file_stays_whole_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path, ROWS[:1], SUMMARY)
    old = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("alldetect_gui.core.whole_file.os.fsync", full)
    with pytest.raises(RunFailed, match="No space left on device"):
        write_run(tmp_path, ROWS, SUMMARY)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == old


def test_that_an_interrupted_writing_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("alldetect_gui.core.whole_file.os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_run(tmp_path, ROWS, SUMMARY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX permissions")
def test_that_a_read_only_folder_fails_in_words_and_keeps_the_old_file(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    path = tmp_path / "results.csv"
    path.write_text("old")
    code = (
        "import os\nfrom pathlib import Path\nfrom alldetect_gui.workflows.evaluate_run import summarise\n"
        "from alldetect_gui.workflows.export_results import try_folder, write_run\n"
        "os.geteuid() or (os.setgroups([]), os.setgid(65534), os.setuid(65534))\n"
        f"os.access({str(tmp_path)!r}, os.W_OK) and os.chmod({str(tmp_path)!r}, 0o555)\n"
        f"for attempt in (lambda: try_folder(Path({str(tmp_path)!r})),\n"
        f"                lambda: write_run(Path({str(tmp_path)!r}), [], summarise([]))):\n"
        "    try: attempt()\n    except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    tmp_path.chmod(0o755)
    assert done.stdout.count(f"RunFailed the results cannot be written to {tmp_path}: Permission denied") == 2, done
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["results.csv"]


GOOD = "path,sha256,subject,reference,suggestion,probability_all,outcome,reason\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column outcome, path, probability_all, reference, suggestion"),
        ("path,reference\n1.bmp,ALL\n", "no column outcome, probability_all, suggestion"),
        (GOOD + "1.bmp,,,,ALL,1.5,classified,\n", "line 2: probability_all is 1.5"),
        (GOOD + "1.bmp,,,,ALL,-0.1,classified,\n", "line 2: probability_all is -0.1"),
        (GOOD + "1.bmp,,,,ALL,inf,classified,\n", "line 2: probability_all is inf"),
        (GOOD + "1.bmp,,,,ALL,nan,classified,\n", "line 2: probability_all is nan"),
        (GOOD + "1.bmp,,,,HEM,,classified,\n", "line 2: probability_all is nan"),
        (GOOD + "1.bmp,,,,ALL,high,classified,\n", "line 2: could not convert"),
        (GOOD + "1.bmp,,,,BLAST,0.5,classified,\n", "line 2: 'BLAST'"),
        (GOOD + "1.bmp,,,0,ALL,0.5,classified,\n", "line 2: '0'"),
        (GOOD + "1.bmp,,,,ALL,0.5,done,\n", "line 2: 'done'"),
        (GOOD + "1.bmp,,,,,,classified,\n", "line 2: outcome “classified”"),
        (GOOD + "1.bmp,,,,ALL,0.5,skipped,\n", "line 2: outcome “skipped”"),
        (GOOD + "1.bmp,,,,ALL,0.5,classified,\n2.bmp,ab\n", "line 3: the line is cut off"),
        (GOOD + "x" * 200_000 + ",,,,ALL,0.5,classified,\n", "cannot be read: field larger"),
    ],
)
def test_that_a_file_that_is_no_results_file_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "results.csv"
    path.write_text(text)
    with pytest.raises(WrongUse) as caught:
        read_results(path)
    assert words in str(caught.value)
    assert "results.csv" in str(caught.value)


def test_that_a_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "image.bmp").write_bytes(b"BM\xff\xfe\0")
    for name in ("gone.csv", "image.bmp", "."):
        with pytest.raises(WrongUse, match="cannot be read"):
            read_results(tmp_path / name)


def test_that_rows_of_two_models_are_not_mixed(tmp_path: Path) -> None:
    other: RunSummary = summarise(ROWS, model=replace(MODEL, sha256="ef" * 32))
    path = tmp_path / "results.csv"
    path.write_text(results_csv(ROWS, SUMMARY) + results_csv(ROWS, other).split("\n", 1)[1])
    with pytest.raises(WrongUse, match="2 different models"):
        read_results(path)


def test_that_the_least_a_results_file_may_have_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(
        "path,reference,suggestion,probability_all,outcome\n1.bmp,ALL,ALL,0.9,classified\n2.bmp,,,,skipped\n",
        encoding="utf-8-sig",
    )
    results, model = read_results(path)
    assert model is None
    summary: dict[str, Any] = summary_dict(summarise(results, model=model))
    assert (summary["found"], summary["classified"], summary["skipped"], summary["sensitivity"]) == (2, 1, 1, 1.0)
