"""The first window of a workspace, and the calls of later starts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from alldetect_gui.store.one_window import Call, OneWindow
from tests.architecture.house import ROOT


def test_that_the_first_is_the_only_one_until_it_lets_go(tmp_path: Path) -> None:
    workspace = tmp_path / "new folder" / "w.alldetect"
    first, second = OneWindow(workspace), OneWindow(workspace)
    assert (first.is_first, second.is_first) == (True, False)
    assert OneWindow(tmp_path / "other.alldetect").is_first
    first.release()
    assert OneWindow(workspace).is_first


def test_that_a_killed_one_is_in_nobodys_way(tmp_path: Path) -> None:
    workspace = tmp_path / "w.alldetect"
    code = (
        "import sys; from pathlib import Path; from alldetect_gui.store.one_window import OneWindow\n"
        "one = OneWindow(Path(sys.argv[1])); print(one.is_first, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(workspace)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == "True"
        assert not OneWindow(workspace).is_first
        process.kill()
        process.wait()
    assert OneWindow(workspace).is_first


def test_that_a_call_that_nobody_takes_is_taken_back(tmp_path: Path) -> None:
    first, second = OneWindow(tmp_path / "w"), OneWindow(tmp_path / "w")
    assert not second.call(tmp_path, patience=0)
    assert not second.calls.exists() and first.answer() is None
    assert not first.call(tmp_path), "there is nobody to call"


def test_that_a_call_brings_its_folder_and_is_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = OneWindow(tmp_path / "w"), OneWindow(tmp_path / "w")
    answers: list[Call | None] = []
    monkeypatch.setattr("alldetect_gui.store.one_window.time.sleep", lambda _: answers.append(first.answer()))
    monkeypatch.chdir(tmp_path)
    for folder in (Path("cells"), Path("odd\udcff\nname"), None):
        assert second.call(folder)
    assert answers == [Call(tmp_path / "cells"), Call(tmp_path / "odd\udcff\nname"), Call(None)]
    assert first.answer() is None and second.answer() is None


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b'{"folder": 7}', b'{"folder": "a\\u0000b"}', b"[" * 9000, b" " * 9000]
)
def test_that_a_call_of_nonsense_is_a_call_without_a_folder(tmp_path: Path, content: bytes) -> None:
    first = OneWindow(tmp_path / "w")
    first.calls.write_bytes(content)
    assert first.answer() == Call(None)
    assert not first.calls.exists()


def test_that_a_call_of_long_ago_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "w.call").write_text(json.dumps({"folder": "/old"}))
    assert OneWindow(tmp_path / "w").answer() is None


def test_that_a_link_in_the_place_of_calls_is_not_written_through(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    first, second = OneWindow(tmp_path / "w"), OneWindow(tmp_path / "w")
    first.calls.symlink_to(mine)
    assert not second.call(None, patience=0)
    assert mine.read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="what may be written is another matter there")
def test_that_where_nothing_can_be_locked_every_window_is_the_first(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert OneWindow(tmp_path / "file" / "w").is_first
