"""The self-test finds what it is there to find, and the checkout as it stands passes it."""

import contextlib
import json
import math
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from alldetect_gui import paths
from alldetect_gui.cli import self_test as command
from alldetect_gui.core.checks import CheckDone, CheckFailed, CheckOutcome, PartAbsent
from alldetect_gui.core.errors import ImageRefused, ModelDamaged
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.store.workspace_file import WorkspaceFile
from alldetect_gui.workflows import self_test


def test_that_the_checkout_passes_its_own_self_test() -> None:
    done = subprocess.run([sys.executable, "-m", "alldetect_gui", "self-test"], capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert (done.returncode, report["passed"]) == (0, True), done.stdout
    assert {check["outcome"] for check in report["checks"]} == {"passed"}, "TensorFlow is part of the locked set"
    names = [check["name"] for check in report["checks"]]
    assert {"models", "formats", "default on litert", "default on tensorflow", "workspace", "window"} <= set(names)


def test_that_a_changed_model_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = Path(shutil.copytree(paths.models(), tmp_path / "models"))
    monkeypatch.setattr(paths, "models", lambda: models)
    assert "right SHA-256" in self_test.check_models(tmp_path)
    head = next(models.glob("default/head.npz"))
    head.write_bytes(head.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelDamaged, match=r"head\.npz has changed"):
        self_test.check_models(tmp_path)


def test_that_a_decoder_that_changes_pixels_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ".tif" in self_test.check_formats(tmp_path)
    monkeypatch.setattr(
        self_test, "read_image", lambda path: replace(read_image(path), pixels=~read_image(path).pixels)
    )
    with pytest.raises(CheckFailed, match=r"\.bmp: decoded pixels differ"):
        self_test.check_formats(tmp_path)


def test_that_a_decoder_that_takes_half_a_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {}

    def forgiving(path: Path) -> object:
        with contextlib.suppress(ImageRefused):
            whole[path] = read_image(path)
        return whole[path]

    monkeypatch.setattr(self_test, "read_image", forgiving)
    with pytest.raises(CheckFailed, match="half a file"):
        self_test.check_formats(tmp_path)


@pytest.mark.parametrize("value", [0.5, math.nan])
def test_that_another_probability_is_found(value: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = self_test.stored_values()["default"]["litert"]
    found = dict(stored)
    monkeypatch.setattr(self_test, "sample_probabilities", lambda *_: found)
    assert "24 sample cells" in self_test.check_probabilities("default", "litert", tmp_path)
    found[sorted(found)[3]] = value
    with pytest.raises(CheckFailed, match="stored is"):
        self_test.check_probabilities("default", "litert", tmp_path)


def test_that_values_of_another_model_are_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "values.json"
    file.write_text(json.dumps({"default": {"manifest_sha256": "0", "litert": {}}}))
    monkeypatch.setattr(paths, "self_test_values", lambda: file)
    with pytest.raises(CheckFailed, match="no probabilities are stored for this version"):
        self_test.check_probabilities("default", "litert", tmp_path)


def test_that_an_engine_that_is_not_there_is_absent_and_not_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_test, "is_installed", lambda engine: engine != "tensorflow")
    with pytest.raises(PartAbsent):
        self_test.check_probabilities("default", "tensorflow", tmp_path)


def test_that_a_workspace_that_loses_a_result_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "whole").mkdir()
    assert "read back" in self_test.check_workspace(tmp_path / "whole")
    monkeypatch.setattr(WorkspaceFile, "add_result", lambda *_: None)
    with pytest.raises(CheckFailed, match="instead of what was kept"):
        self_test.check_workspace(tmp_path)


def test_that_a_process_that_fails_is_told_by_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="ended with 7: the reason"):
        self_test._run(
            [sys.executable, "-c", "import sys; print('the reason', file=sys.stderr); sys.exit(7)"], tmp_path
        )


def test_that_a_broken_check_does_not_end_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(folder: Path) -> str:
        raise KeyError("x")

    monkeypatch.setattr(self_test, "_checks", lambda: iter([("first", breaks), ("second", lambda folder: "fine")]))
    assert [(check.name, check.outcome) for check in self_test.self_test()] == [
        ("first", CheckOutcome.FAILED),
        ("second", CheckOutcome.PASSED),
    ]


@pytest.mark.parametrize(
    ("outcome", "code"), [(CheckOutcome.PASSED, 0), (CheckOutcome.ABSENT, 0), (CheckOutcome.FAILED, 3)]
)
def test_that_the_exit_code_is_0_only_when_nothing_failed(
    outcome: CheckOutcome, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = [CheckDone("one", CheckOutcome.PASSED, "fine", 0.1), CheckDone("two", outcome, "said", 0.2)]
    monkeypatch.setattr(command, "self_test", lambda: iter(checks))
    assert command.run_self_test(None) == code  # type: ignore[arg-type]
    report = json.loads(capsys.readouterr().out)
    assert report["passed"] is (code == 0)
    assert [check["name"] for check in report["checks"]] == ["one", "two"]
