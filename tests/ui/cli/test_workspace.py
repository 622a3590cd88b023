"""The commands and the workspace file: kept, used again, resumed, refused, verified, restored."""

import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from alldetect_gui import paths
from alldetect_gui.__main__ import main
from alldetect_gui.core.errors import RunFailed, RunPaused
from alldetect_gui.imaging import reader
from alldetect_gui.store.backups import backups
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.open_folder import image_records
from tests.drills import kill

ROOT = Path(__file__).resolve().parents[3]
Captured = pytest.CaptureFixture[str]
posix_names = pytest.mark.skipif(os.name != "posix", reason="no such names here")
pytestmark = pytest.mark.usefixtures("models_folder")


def classify(folder: Path, out: Path, *more: str) -> int:
    return main(["classify", str(folder), "--out", str(out), *more])


def test_that_a_second_run_says_that_it_cost_no_inference_and_writes_the_same_rows(
    cells: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert classify(cells, tmp_path / "one") == 0
    assert "Kept from before" not in capsys.readouterr().out
    assert classify(cells, tmp_path / "two") == 0
    assert "Kept from before: all results" in capsys.readouterr().out
    assert (tmp_path / "one/results.csv").read_bytes() == (tmp_path / "two/results.csv").read_bytes()
    one, two = (json.loads((tmp_path / name / "summary.json").read_text()) for name in ("one", "two"))
    assert (one.pop("reused"), two.pop("reused")) == (0, 10)
    for summary in (one, two):
        del summary["seconds"], summary["images_per_second"]
    assert one == two
    assert classify(cells, tmp_path / "three", "--no-resume", "--json") == 0
    assert json.loads(capsys.readouterr().out)["reused"] == 0


def test_that_an_interrupted_run_is_resumed_and_says_so(cells: Path, tmp_path: Path, capsys: Captured) -> None:
    with open_workspace(paths.workspace()) as file:
        events = classify_images(image_records(cells), folder=cells, workspace=file)
        for _ in range(5):
            next(events)
        events.close()
        kept = file.runs(cells)[0].done
    assert kept >= 4
    assert classify(cells, tmp_path / "out") == 0
    assert f"alldetect: resuming, {kept} of 13 images are done" in capsys.readouterr().err
    assert len((tmp_path / "out/results.csv").read_text().splitlines()) == 14


def test_that_a_named_workspace_is_the_one_that_is_used_and_must_be_usable(
    cells: Path, tmp_path: Path, capsys: Captured
) -> None:
    named = tmp_path / "plate.alldetect"
    assert classify(cells, tmp_path / "out", "--workspace", str(named)) == 0
    assert not paths.workspace().exists()
    capsys.readouterr()
    with open_workspace(named):
        assert classify(cells, tmp_path / "out", "--workspace", str(named)) == 3
    assert "in use by another AllDetect" in capsys.readouterr().err
    named.write_bytes(b"x" * 4096)
    assert classify(cells, tmp_path / "out", "--workspace", str(named)) == 3
    assert "is damaged" in capsys.readouterr().err
    assert named.read_bytes() == b"x" * 4096


def _in_use(path: Path) -> object:
    return open_workspace(path)


def _damaged(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"SQLite format 3\0" + bytes(4080))


def _no_folder(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")


@pytest.mark.parametrize(
    ("trouble", "said"), [(_in_use, "in use"), (_damaged, "damaged"), (_no_folder, "cannot be used: ")]
)
def test_that_a_run_goes_on_without_a_default_workspace_and_says_so(  # type: ignore[no-untyped-def]
    trouble, said: str, cells: Path, tmp_path: Path, capsys: Captured
) -> None:
    held = trouble(paths.workspace())
    before = paths.workspace().read_bytes() if paths.workspace().exists() else None
    assert classify(cells, tmp_path / "out") == 0
    told = capsys.readouterr().err
    assert said in told
    assert "this run goes on, but its results are not kept there" in told
    assert len((tmp_path / "out/results.csv").read_text().splitlines()) == 14
    assert before is None or paths.workspace().read_bytes() == before
    if held is not None:
        held.close()


def table(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stop_at(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException) -> None:
    """Ctrl-C, or a folder that is gone, when image `number` is to be read."""
    original = reader.read_unless_known

    def broken(wanted: Iterator[tuple[Path, str]]) -> Iterator[object]:
        for index, outcome in enumerate(original(wanted)):
            if index == number:
                raise error
            yield outcome

    monkeypatch.setattr("alldetect_gui.workflows.classify_folder.read_unless_known", broken)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), 130),
        (RunPaused("the folder is gone"), 3),
        (RunFailed("the reader of images cannot be started"), 3),
    ],
    ids=["interrupted", "paused", "failed"],
)
def test_that_a_run_that_ends_early_leaves_what_is_done_and_says_that_it_is_partial(
    error: BaseException, code: int, cells: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        stop_at(patch, 7, error)
        assert classify(cells, out) == code
    told = capsys.readouterr().err
    assert "Traceback" not in told
    rows = table(out)
    done = [row for row in rows if row["outcome"] != "pending"]
    assert len(rows) == 13
    assert 0 < len(done) <= 7
    assert f"results.csv is partial: {len(done)} of 13 images are done" in told
    assert {(row["suggestion"], row["reason"]) for row in rows[len(done) :]} == {
        ("", "the run ended before this image")
    }
    summary = json.loads((out / "summary.json").read_text())
    assert summary["pending"] == 13 - len(done)
    assert summary["found"] == summary["classified"] + summary["skipped"] + summary["pending"] == 13
    assert main(["export", str(out), "--out", str(tmp_path / "part.json")]) == 0
    exported = json.loads((tmp_path / "part.json").read_text())["summary"]
    assert (exported["found"], exported["pending"]) == (13, 13 - len(done))
    assert main(["rerun", str(out / "results.csv"), "--folder", str(cells)]) == 0
    capsys.readouterr()
    assert classify(cells, out) == 0
    assert f"resuming, {len(done)} of 13 images are done" in capsys.readouterr().err
    whole = (out / "results.csv").read_bytes()
    assert b"pending" not in whole
    assert json.loads((out / "summary.json").read_text())["pending"] == 0
    with monkeypatch.context() as patch:
        stop_at(patch, 7, error)
        assert classify(cells, out) == code
    assert "of an earlier run is left as it is" in capsys.readouterr().err
    assert (out / "results.csv").read_bytes() == whole


@pytest.mark.parametrize("at", [0, 2])
def test_that_a_run_that_is_stopped_again_leaves_all_that_was_done_before(
    at: int, cells: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It began at the first image once more, and its table had fewer images done than the one that it replaced."""
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        stop_at(patch, 9, KeyboardInterrupt())
        classify(cells, out)
    before = [row for row in table(out) if row["outcome"] != "pending"]
    assert len(before) > 4
    capsys.readouterr()
    with monkeypatch.context() as patch:
        stop_at(patch, at, KeyboardInterrupt())
        assert classify(cells, out) == 130
    assert f"results.csv is partial: {len(before)} of 13 images are done" in capsys.readouterr().err
    assert [row for row in table(out) if row["outcome"] != "pending"] == before
    assert json.loads((out / "summary.json").read_text())["pending"] == 13 - len(before)


SMALL = "import sys; from pathlib import Path; from alldetect_gui import paths; models = Path(sys.argv.pop(1)); " \
        "paths.models = lambda: models; from alldetect_gui.__main__ import main; sys.exit(main())"  # fmt: skip


def test_that_files_that_may_not_grow_pause_the_run_which_then_goes_on(small_models: Path, tmp_path: Path) -> None:
    folder = kill.images(tmp_path / "many", 40)
    workspace, out = tmp_path / "w.alldetect", tmp_path / "out"
    open_workspace(workspace).close()
    size = workspace.stat().st_size
    command = [sys.executable, "-c", SMALL, str(small_models), "classify", str(folder), "--out", str(out),
               "--workspace", str(workspace)]  # fmt: skip

    def run(limit: int) -> subprocess.CompletedProcess[str]:
        def set_limit() -> None:
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, preexec_fn=set_limit, check=False)

    stopped = run(size + 3 * 4096)
    assert stopped.returncode == 3, stopped.stderr
    assert f"disk full at {workspace}, need 1 MB" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    outcomes = [row["outcome"] for row in table(out)]
    assert len(outcomes) == 40
    assert 0 < outcomes.count("pending") < 40
    assert f"results.csv is partial: {40 - outcomes.count('pending')} of 40 images are done" in stopped.stderr
    went_on = run(0)
    assert went_on.returncode == 0, went_on.stderr
    assert "alldetect: resuming, " in went_on.stderr
    assert len((out / "results.csv").read_text().splitlines()) == 41


def test_that_the_log_is_verified_and_listed(cells: Path, tmp_path: Path, capsys: Captured) -> None:
    assert main(["audit", "verify"]) == 3
    assert "there is no workspace file" in capsys.readouterr().err
    classify(cells, tmp_path / "out")
    capsys.readouterr()
    assert main(["audit", "verify"]) == 0
    assert "12 entries of the audit log" in capsys.readouterr().out
    assert main(["audit", "list"]) == 0
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [entry["event"] for entry in entries] == ["run started", *["suggested"] * 10, "run finished"]
    rows = (tmp_path / "out/results.csv").read_text().splitlines()
    assert all(any(entry["image_sha256"] in row for row in rows) for entry in entries[1:-1])
    data = bytearray(paths.workspace().read_bytes())
    place = data.index(b"suggested")
    data[place] ^= 1
    paths.workspace().write_bytes(data)
    assert main(["audit", "verify", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert any("it is not as it was written" in finding for finding in found["findings"])


def test_that_a_workspace_is_copied_and_restored(cells: Path, tmp_path: Path, capsys: Captured) -> None:
    classify(cells, tmp_path / "out")
    assert main(["workspace", "save", str(tmp_path / "copy.alldetect")]) == 0
    assert main(["workspace", "save", str(tmp_path / "copy.alldetect")]) == 2
    assert main(["audit", "verify", "--workspace", str(tmp_path / "copy.alldetect")]) == 0
    capsys.readouterr()
    assert main(["workspace", "info"]) == 0
    assert "13 of 13  finished  default" in capsys.readouterr().out
    paths.workspace().write_bytes(b"")
    assert main(["workspace", "info"]) == 3
    assert f"the newest backup is {backups(paths.workspace())[0]}" in capsys.readouterr().err
    assert main(["workspace", "restore"]) == 0
    assert main(["workspace", "info"]) == 0
    assert len(list(paths.workspace().parent.glob("*.corrupt-*"))) == 1


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that nobody, too, may enter; those of pytest are closed."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_that_nothing_is_written_beside_the_images(cells: Path, tmp_path: Path) -> None:
    """So a folder that may only be read does as well as any other."""

    def state() -> list[tuple[object, ...]]:
        found = sorted((cells, *cells.iterdir()), key=os.fsencode)
        return [(os.fsencode(path), path.lstat().st_mtime_ns, path.lstat().st_mode) for path in found]

    before = state()
    assert classify(cells, tmp_path / "out") == 0
    for kind in ("csv", "xlsx", "html", "json"):
        assert main(["export", "--out", str(tmp_path / f"r.{kind}")]) == 0
    assert main(["rerun", str(tmp_path / "r.json"), "--folder", str(cells)]) == 0
    assert state() == before


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of this kind are POSIX's")
def test_that_a_user_data_folder_that_is_read_only_does_not_stop_a_run(small_models: Path, open_to_all: Path) -> None:
    """Root may write anywhere, so root becomes nobody."""
    folder, models = kill.images(open_to_all / "few", 4), open_to_all / "models"
    shutil.copytree(small_models, models)
    models.chmod(0o755)
    for name, mode in (("closed", 0o555), ("out", 0o777)):
        (open_to_all / name).mkdir()
        (open_to_all / name).chmod(mode)
    as_nobody = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    # From a shell, which has lost root's rights: this Python may lie where only root may look.
    if subprocess.run(
        [*as_nobody, "sh", "-c", f"'{sys.executable}' -c ''"], capture_output=True, check=False
    ).returncode:
        pytest.skip("another user may not start this Python, so neither the reader of images")
    done = subprocess.run(
        [*as_nobody, sys.executable, "-c", SMALL, str(models), "classify", str(folder), "--out",
         str(open_to_all / "out")],
        capture_output=True, text=True, cwd=ROOT, check=False,
        env={**os.environ, "XDG_DATA_HOME": str(open_to_all / "closed")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Permission denied; this run goes on, but its results are not kept there" in done.stderr
    assert list((open_to_all / "closed").iterdir()) == []


def test_that_a_workspace_marked_by_another_computer_is_said_and_can_be_unlocked(
    cells: Path, tmp_path: Path, capsys: Captured
) -> None:
    named = tmp_path / "plate.alldetect"
    assert main(["workspace", "unlock", "--workspace", str(named)]) == 2
    open_workspace(named).close()
    named.with_name("plate.alldetect.lock").write_text("process 77 on lab-3\n")
    assert classify(cells, tmp_path / "out", "--workspace", str(named)) == 3
    assert "in use on the computer lab-3 (process 77)" in capsys.readouterr().err
    assert main(["workspace", "info", "--workspace", str(named)]) == 0
    assert main(["workspace", "unlock", "--workspace", str(named)]) == 0
    assert classify(cells, tmp_path / "out", "--workspace", str(named)) == 0
    with open_workspace(named):
        assert main(["workspace", "unlock", "--workspace", str(named)]) == 3


@posix_names
def test_that_no_name_of_a_folder_moves_the_cursor_or_looks_like_a_line_of_ours(
    cells: Path, tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "\x1b[31m\x1b]0;title\x07\nalldetect: 0 findings"
    folder.mkdir()
    shutil.copy(next(cells.glob("*.bmp")), folder / "cell.bmp")
    file = folder / "kept.alldetect"
    assert main(["classify", str(folder), "--out", str(folder / "out"), "--workspace", str(file)]) == 0
    assert main(["workspace", "info", "--workspace", str(file)]) == 0
    assert main(["workspace", "save", str(folder / "copy"), "--workspace", str(file)]) == 0
    assert main(["export", str(folder / "out"), "--out", str(folder / "r.csv")]) == 0
    assert main(["classify", str(folder / "nothing")]) != 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert not any(line.startswith("alldetect: 0 findings") for line in (said.out + said.err).splitlines())
