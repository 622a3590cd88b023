"""Whatever is wrong with a workspace file is told; it is left as it is and nothing is put in its place."""

import gzip
import os
import platform
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alldetect_gui.store import backups, connection, migrations, schema
from alldetect_gui.store.errors import (
    WorkspaceDamaged,
    WorkspaceError,
    WorkspaceInUse,
    WorkspaceNewer,
    WorkspaceUnwritable,
)
from alldetect_gui.store.restore import restore
from alldetect_gui.store.said import keep_names, names_of, reviews_of
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_for_reading, open_workspace
from tests.unit.store.kept_work import FOLDER, fill

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A filled workspace file that has one backup."""
    with open_workspace(tmp_path / "w.alldetect") as file:
        fill(file)
    assert len(backups.backups(tmp_path / "w.alldetect")) == 1
    return tmp_path / "w.alldetect"


def as_sql(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as raw:
        for statement in statements:
            raw.execute(statement)
    raw.close()


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_bytes(b"this is no database at all, however long it may be " * 40)


def _other(path: Path) -> None:
    path.unlink()
    as_sql(path, "CREATE TABLE recipes (name TEXT)")


def _without_a_table(path: Path) -> None:
    as_sql(path, "DROP TABLE sign_offs")


@pytest.mark.parametrize("damage", [_truncated, _empty, _text, _other, _without_a_table])
def test_that_a_damaged_file_is_refused_untouched_and_its_backup_named(damage, workspace: Path) -> None:  # type: ignore[no-untyped-def]
    damage(workspace)
    before, there = workspace.read_bytes(), sorted(workspace.parent.iterdir())
    (backup,) = backups.backups(workspace)
    for opened in (open_workspace, open_for_reading):
        with pytest.raises(WorkspaceDamaged, match=r"is damaged .*left as it is; the newest backup is ") as caught:
            opened(workspace)
        assert caught.value.backup == backup
    assert workspace.read_bytes() == before
    assert sorted(workspace.parent.iterdir()) == there


def test_that_a_row_that_is_not_as_it_was_written_is_never_shown(workspace: Path) -> None:
    as_sql(workspace, "DROP TRIGGER predictions_no_update", "UPDATE predictions SET probability = 0.99 WHERE id = 2",
           next(text for text in schema.statements() if "predictions_no_update" in text))  # fmt: skip
    with open_for_reading(workspace) as file, pytest.raises(WorkspaceDamaged, match="row 2 of predictions"):
        file.results(file.runs()[0])


def test_that_a_file_of_a_newer_program_is_refused_and_stays_as_it_is(workspace: Path) -> None:
    as_sql(workspace, f"PRAGMA user_version = {schema.VERSION + 1}")
    before = workspace.read_bytes()
    for opened in (open_workspace, open_for_reading):
        with pytest.raises(WorkspaceNewer, match="made by a newer AllDetect"):
            opened(workspace)
    assert workspace.read_bytes() == before


def test_that_a_backup_takes_the_place_of_a_damaged_file_which_is_kept(workspace: Path) -> None:
    _truncated(workspace)
    before = workspace.read_bytes()
    source, aside = restore(workspace)
    assert aside is not None
    assert ".corrupt-" in aside.name
    assert aside.read_bytes() == before
    assert source == backups.backups(workspace)[0]
    with open_workspace(workspace) as file:
        assert file.runs(FOLDER)[0].done == 12


def test_that_a_backup_that_does_not_fit_on_the_disk_leaves_the_damaged_file_at_its_place(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing there, the next run would make an empty file."""

    def full(_: sqlite3.Connection, target: Path) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    _truncated(workspace)
    before, names = workspace.read_bytes(), sorted(path.name for path in workspace.parent.iterdir())
    monkeypatch.setattr("alldetect_gui.store.restore.copy_to", full)
    with pytest.raises(WorkspaceUnwritable, match="cannot be restored"):
        restore(workspace)
    assert workspace.read_bytes() == before
    assert sorted(path.name for path in workspace.parent.iterdir()) == names


def test_that_a_file_is_put_aside_on_a_disk_that_gives_it_one_name_only(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    _truncated(workspace)
    workspace.with_name(f"{workspace.name}-journal").write_bytes(b"its journal")
    before = workspace.read_bytes()
    monkeypatch.setattr("alldetect_gui.store.restore.os.link", refused)
    _, aside = restore(workspace)
    assert aside is not None
    assert aside.read_bytes() == before
    assert aside.with_name(f"{aside.name}-journal").read_bytes() == b"its journal"
    assert verify(workspace).findings == ()


def test_that_an_index_that_leads_to_another_image_is_told_before_its_class_is_taken(workspace: Path) -> None:
    """One flipped bit: the rows stay as they were written, and the quick check of SQLite passes over it."""
    with open_for_reading(workspace) as file:
        sha256 = file.ledger.select("images", "id = 4")[0][1]
    data = bytearray(workspace.read_bytes())
    entry = data.index(sha256.encode() + b"\4") + len(sha256)
    data[entry] ^= 1
    workspace.write_bytes(data)
    for opened in (open_workspace, open_for_reading):
        with pytest.raises(WorkspaceDamaged, match="index"):
            opened(workspace)


def test_that_no_empty_file_takes_the_place_of_one_that_is_gone(workspace: Path) -> None:
    workspace.unlink()
    with pytest.raises(WorkspaceDamaged, match=r"is gone, its backups are there.*workspace restore") as told:
        open_workspace(workspace)
    assert told.value.backup == backups.backups(workspace)[0]
    assert not workspace.exists()
    _, aside = restore(workspace)
    assert aside is None
    with open_workspace(workspace) as file:
        assert reviews_of(file, FOLDER)
    workspace.unlink()
    backups.folder_of(workspace).rename(workspace.with_name("elsewhere"))  # as the sentence says
    with open_workspace(workspace) as file:
        assert not file.runs()


def test_that_nothing_is_moved_where_no_backup_is_whole(workspace: Path) -> None:
    _truncated(backups.backups(workspace)[0])
    with pytest.raises(WorkspaceError):
        restore(workspace)
    assert open_for_reading(workspace).runs()[0].done == 12


def test_that_a_backup_that_holds_the_damage_is_passed_over(workspace: Path) -> None:
    """It opens, and one of its rows was edited before it was made."""
    with open_workspace(workspace) as file:
        newest = backups.back_up(file.ledger.connection, workspace)
    as_sql(newest, "DROP TRIGGER predictions_no_update", "UPDATE predictions SET probability = 0.99 WHERE id = 2",
           next(text for text in schema.statements() if "predictions_no_update" in text))  # fmt: skip
    open_for_reading(newest).close()
    _truncated(workspace)
    older = backups.backups(workspace)[1]
    with pytest.raises(WorkspaceDamaged, match=older.name):
        open_workspace(workspace)
    assert restore(workspace)[0] == older
    assert verify(workspace).findings == ()
    assert restore(workspace, newest)[0] == newest  # who names one gets it


def test_that_a_second_writer_is_refused_while_a_reader_is_not(workspace: Path) -> None:
    with open_workspace(workspace) as file:
        with pytest.raises(WorkspaceInUse, match=rf"in use by another AllDetect \(process {os.getpid()}\)"):
            open_workspace(workspace)
        with pytest.raises(WorkspaceInUse):
            restore(workspace)
        with open_for_reading(workspace) as reader:
            assert reader.runs() == file.runs()
    open_workspace(workspace).close()


HOLDER = """
import sys; from pathlib import Path; from alldetect_gui.store.workspace_file import open_workspace
file = open_workspace(Path(sys.argv[1])); print("held", flush=True); sys.stdin.read()
"""


@pytest.fixture
def holder(workspace: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the file open."""
    command = [sys.executable, "-c", HOLDER, str(workspace)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_that_a_lock_ends_with_its_process_however_that_ends(workspace: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(WorkspaceInUse, match=f"process {holder.pid}"):
        open_workspace(workspace)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    open_workspace(workspace).close()


def test_that_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceUnwritable, match="cannot be used: File exists"):
        open_workspace(tmp_path / "file" / "w.alldetect")
    with pytest.raises(WorkspaceUnwritable, match="cannot be read: No such file"):
        open_for_reading(tmp_path / "w.alldetect")


@pytest.fixture(params=range(1, schema.VERSION), ids=lambda version: f"format {version}")
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file as an earlier program left it: `kept_work.fill` by the clock and the hand of that day."""
    kept = ROOT / "tests" / "fixtures" / f"workspace_{request.param}.alldetect.gz"
    (tmp_path / "older.alldetect").write_bytes(gzip.decompress(kept.read_bytes()))
    return tmp_path / "older.alldetect"


def test_that_an_older_file_is_backed_up_and_then_converted(older: Path) -> None:
    before = older.read_bytes()
    with open_workspace(older) as file:
        assert file.runs()[0].done == 12
        keep_names(file, FOLDER, "{}")
    assert verify(older).findings == ()
    (backup,) = backups.backups(older)
    assert open_for_reading(backup).ledger.tables == schema.tables(version(before))
    assert version(older.read_bytes()) == schema.VERSION


def test_that_an_older_file_may_be_looked_at_as_it_is(older: Path) -> None:
    before = older.read_bytes()
    with open_for_reading(older) as file:
        assert (file.runs()[0].done, reviews_of(file, FOLDER)[0].who, names_of(file, FOLDER)) == (12, "mira", "")
        file.save_as(older.with_name("copy.alldetect"))
    assert verify(older).findings == ()
    assert older.read_bytes() == before
    assert version(older.with_name("copy.alldetect").read_bytes()) == version(before)


def test_that_a_backup_in_an_older_format_takes_the_place_of_a_damaged_file(older: Path) -> None:
    open_workspace(older).close()
    _truncated(older)
    assert restore(older)[0] == backups.backups(older)[-1]
    with open_workspace(older) as file:
        assert file.runs()[0].done == 12


def version(data: bytes) -> int:
    """The user_version in a database's header."""
    return int.from_bytes(data[60:64], "big")


def test_that_an_older_file_that_lacks_a_table_is_not_converted(older: Path) -> None:
    as_sql(older, "DROP TABLE sign_offs")
    before = older.read_bytes()
    with pytest.raises(WorkspaceDamaged, match="its tables are not those of a workspace"):
        open_workspace(older)
    assert older.read_bytes() == before


def test_that_a_step_that_fails_leaves_the_file_as_it_was(workspace: Path) -> None:
    as_sql(workspace, "PRAGMA user_version = 0")

    def fail(database: sqlite3.Connection) -> None:
        database.execute("DROP TABLE sign_offs")
        raise KeyError("half way")

    raw = sqlite3.connect(workspace, isolation_level=None)
    with pytest.raises(KeyError):
        migrations.migrate(raw, {0: fail})
    assert migrations.version_of(raw) == 0
    assert raw.execute("SELECT count(*) FROM sign_offs").fetchone() == (1,)
    raw.close()


def test_that_backups_are_thinned_as_they_grow_old() -> None:
    now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    dated = [(Path(str(hours)), now - timedelta(hours=hours)) for hours in range(0, 24 * 500, 3)]
    gone = set(backups.too_many(dated, now))
    kept = [(path, time) for path, time in dated if path not in gone]
    assert [path for path, time in kept if now - time < timedelta(days=2)] == [path for path, _ in dated[:16]]
    assert len({time.date() for _, time in kept[:40] if now - time < timedelta(days=11)}) >= 11
    assert 24 <= len(kept) <= 16 + 12 + 10 + 9
    assert now - kept[-1][1] > timedelta(days=200)


def test_that_the_newest_backup_is_the_last_one_made_whatever_the_clock_said(tmp_path: Path) -> None:
    path, now = tmp_path / "w.alldetect", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    made = []
    with open_workspace(path) as file:
        legacy = backups.folder_of(path) / "2031-01-01T000000Z.alldetect"
        legacy.parent.mkdir()
        file.save_as(legacy)
        for moved in (timedelta(days=365), timedelta(0), timedelta(0), timedelta(days=-1)):
            fill(file, 2)
            made.append(backups.back_up(file.ledger.connection, path, now=now + moved))
        entries = file.ledger.head("audit")[0]
        file._opened_at = file.ledger.head("audit")  # so that closing adds none
    assert len({*made}) == 4  # in the same second, too
    assert backups.backups(path) == [*reversed(made), legacy]
    assert backups.is_due(path, now=now - timedelta(days=2))
    _truncated(path)
    assert restore(path)[0] == made[-1]
    with open_for_reading(path) as file:
        assert file.ledger.head("audit")[0] == entries


def test_that_nothing_that_was_put_aside_is_overwritten_when_the_clock_stands(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    monkeypatch.setattr("alldetect_gui.store.restore.datetime", Stopped)
    kept = []
    for text in (b"one", b"two", b"three"):
        workspace.write_bytes(text)
        kept.append((restore(workspace)[1], text))
    assert all(path is not None and path.read_bytes() == text for path, text in kept)
    assert len({path for path, _ in kept}) == 3


def test_that_a_new_file_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE half (way)")
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(connection.schema, "build", fail)
    with pytest.raises(WorkspaceError):
        open_workspace(tmp_path / "w.alldetect")
    assert [path.name for path in tmp_path.iterdir()] == ["w.alldetect.lock"]


def lock_of(workspace: Path) -> Path:
    return workspace.with_name(workspace.name + ".lock")


def test_that_the_mark_of_another_computer_is_believed_until_it_is_taken_over(workspace: Path) -> None:
    """A shared disk that does not carry locks, a computer that lost power, a folder that was copied with its lock."""
    lock_of(workspace).write_text("process 77 on lab-3\n")
    with pytest.raises(
        WorkspaceInUse, match=r"in use on the computer lab-3 \(process 77\); .*workspace unlock"
    ) as told:
        open_workspace(workspace)
    assert told.value.elsewhere
    assert lock_of(workspace).read_text() == "process 77 on lab-3\n"
    with open_for_reading(workspace) as file:
        assert file.runs()[0].done == 12
    with open_workspace(workspace, take_over=True) as file:
        (entry,) = [entry for entry in file.audit() if entry.event == "opened all the same"]
        assert entry.why == "it was marked as in use: process 77 on lab-3"
        with pytest.raises(WorkspaceInUse, match=rf"another AllDetect \(process {os.getpid()}\)") as told:
            open_workspace(workspace, take_over=True)  # here it is held in truth
        assert not told.value.elsewhere
    assert lock_of(workspace).read_text() == ""
    open_workspace(workspace).close()
    assert verify(workspace).findings == ()


@pytest.mark.parametrize("text", [b"", b"process 12\n", b"\xff\xfe\0 nonsense", b"process 1 on ", b"x" * 5000])
def test_that_a_lock_file_that_says_nothing_of_another_computer_holds_nobody_up(text: bytes, workspace: Path) -> None:
    lock_of(workspace).write_bytes(text)
    open_workspace(workspace).close()


def test_that_what_a_killed_process_of_this_computer_left_holds_nobody_up(
    workspace: Path, holder: subprocess.Popen[str]
) -> None:
    assert lock_of(workspace).read_text() == f"process {holder.pid} on {platform.node()}\n"
    holder.kill()
    holder.wait()
    assert lock_of(workspace).read_text() != ""
    open_workspace(workspace).close()
