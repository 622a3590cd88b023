"""What the system refuses, at each step that a workspace file takes, is told; nothing half made is left."""

import errno
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alldetect_gui.store import backups, connection, schema
from alldetect_gui.store.errors import WorkspaceDamaged, WorkspaceError, WorkspaceInUse, WorkspaceUnwritable
from alldetect_gui.store.restore import restore
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_for_reading, open_workspace
from tests.unit.store.kept_work import fill


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A filled workspace file that has one backup."""
    with open_workspace(tmp_path / "w.alldetect") as file:
        fill(file)
    return tmp_path / "w.alldetect"


def full(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_that_a_copy_that_does_not_fit_leaves_nothing_and_the_old_one_whole(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = workspace.with_name("copy.alldetect")
    target.write_bytes(b"an older copy")
    before = names(workspace.parent)
    monkeypatch.setattr(Path, "replace", full)
    with open_for_reading(workspace) as file, pytest.raises(WorkspaceUnwritable, match=r"copy\.alldetect cannot"):
        file.save_as(target)
    assert target.read_bytes() == b"an older copy"
    assert names(workspace.parent) == before


@pytest.mark.parametrize("step", ["tempfile.mkstemp", "Path.rename", "Path.mkdir"])
def test_that_a_file_that_cannot_be_made_is_told_and_nothing_is_left(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"alldetect_gui.store.connection.{step}", full)
    with pytest.raises(WorkspaceUnwritable, match=os.strerror(errno.ENOSPC)):
        open_workspace(tmp_path / "w.alldetect")
    assert names(tmp_path) in ([], ["w.alldetect.lock"])


def test_that_an_older_file_is_not_converted_where_no_backup_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.alldetect"
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    for statement in schema.statements(1):
        raw.execute(statement)
    raw.executemany("INSERT INTO heads VALUES (?, 0, ?)", [(table, bytes(32)) for table in schema.tables(1)])
    raw.execute("PRAGMA user_version = 1")
    raw.close()
    before = path.read_bytes()
    monkeypatch.setattr(connection, "back_up", full)
    with pytest.raises(WorkspaceUnwritable, match="cannot be converted"):
        open_workspace(path)
    assert path.read_bytes() == before
    assert open_for_reading(path).ledger.tables == schema.tables(1)


def test_that_a_file_that_another_program_keeps_to_itself_is_in_use(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_PATIENCE", 0.0)
    other = sqlite3.connect(workspace, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for opened in (open_workspace, open_for_reading):
        with pytest.raises(WorkspaceInUse, match="in use by another program"):
            opened(workspace)
    other.close()
    assert verify(workspace).findings == ()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE heads SET rows = 'many'", "UPDATE heads SET chain = 7", "UPDATE heads SET name = name || 's'"],
)
def test_that_heads_of_another_kind_are_damage_and_not_an_error_of_the_program(statement: str, workspace: Path) -> None:
    raw = sqlite3.connect(workspace)
    raw.execute(statement)
    raw.commit()
    raw.close()
    opened: Callable[[Path], object]
    for opened in (open_workspace, open_for_reading):
        with pytest.raises(WorkspaceDamaged):
            opened(workspace)
    assert verify(workspace).findings


def test_that_a_named_backup_that_is_none_is_told_and_what_is_there_stays(workspace: Path) -> None:
    before = workspace.read_bytes()
    text = workspace.with_name("a note.txt")
    text.write_text("no workspace", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="a note"):
        restore(workspace, text)
    assert workspace.read_bytes() == before


def test_that_a_file_that_is_gone_comes_back_from_its_backup(workspace: Path) -> None:
    workspace.unlink()
    assert restore(workspace) == (backups.backups(workspace)[0], None)
    assert verify(workspace).findings == ()


def test_that_what_lies_between_the_backups_is_neither_taken_for_one_nor_removed(workspace: Path) -> None:
    folder = backups.folder_of(workspace)
    (folder / "my notes.alldetect").write_bytes(b"mine")
    (folder / "000009_2026-10-25T000000Z.alldetect").mkdir()
    workspace.write_bytes(b"nothing of ours")
    with pytest.raises(WorkspaceDamaged, match="000001"):
        open_workspace(workspace)
    restore(workspace)
    assert verify(workspace).findings == ()
    assert (folder / "my notes.alldetect").read_bytes() == b"mine"


def test_that_a_year_of_backups_is_thinned_on_the_disk(workspace: Path) -> None:
    today = datetime(2030, 1, 1, 12, tzinfo=UTC)
    for path in backups.backups(workspace):
        path.unlink()
    with open_for_reading(workspace) as file:
        for day in range(120):
            backups.back_up(file.ledger.connection, workspace, now=today + timedelta(days=day))
    kept = backups.backups(workspace)
    assert 10 <= len(kept) <= 2 + sum(number for _, number in backups.KEPT)
    assert verify(kept[0]).findings == ()
