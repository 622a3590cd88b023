"""Opening a workspace file: what is wrong with it is told, and nothing is ever put in its place."""

import functools
import os
import sqlite3
import tempfile
from pathlib import Path

from alldetect_gui.store import schema
from alldetect_gui.store.backups import back_up, backups, folder_of
from alldetect_gui.store.errors import (
    SQLITE_ERRORS,
    WorkspaceDamaged,
    WorkspaceError,
    WorkspaceNewer,
    WorkspaceUnwritable,
    as_known,
)
from alldetect_gui.store.migrations import migrate, version_of

_STATED = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_PATIENCE = 5.0  # seconds for which one connection waits for another's commit


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """A checked connection in autocommit mode to an existing workspace file. Raises WorkspaceError."""
    try:
        if not path.stat().st_size:
            raise damaged(path, "the file is empty")
    except OSError as error:
        sentence = f"the workspace file {path} cannot be read: {error.strerror or error}"
        raise WorkspaceUnwritable(path, sentence) from error
    connection = None
    try:
        connection = _open(path, write=write)
        _set_up(connection)
        connection.execute(f"PRAGMA query_only = {'OFF' if write else 'ON'}")
        _check(connection, path, write=write)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if not isinstance(error, SQLITE_ERRORS):
            raise
        known = as_known(path, error)
        raise (damaged(path, str(error)) if isinstance(known, WorkspaceDamaged) else known) from error
    return connection


def damaged(path: Path, cause: str) -> WorkspaceDamaged:
    """The error for a file that is no whole workspace, with the newest backup that is one."""
    newest = _newest_whole(path)
    remedy = (
        f"the newest backup is {newest}; “alldetect workspace restore” puts it in place and keeps the damaged file"
        if newest
        else "there is no backup"
    )
    error = WorkspaceDamaged(path, f"the workspace file {path} is damaged ({cause}); it is left as it is; {remedy}")
    error.backup = newest
    return error


def _newest_whole(path: Path) -> Path | None:
    return next((backup for backup in backups(path) if is_whole(backup)), None)


def refuse_if_lost(path: Path) -> None:
    """Raises WorkspaceDamaged where there is no file at `path` and there are whole backups of it.

    An empty file in its place would look as if nothing had ever been kept.
    """
    newest = _newest_whole(path)
    if newest is None:
        return
    error = WorkspaceDamaged(
        path,
        f"the workspace file {path} is gone, its backups are there; the newest is {newest}; “alldetect workspace "
        f"restore” puts it in place; to begin anew, move {folder_of(path)} away",
    )
    error.backup = newest
    raise error


def create(path: Path) -> None:
    """Make an empty workspace file at `path`, where nothing may be yet; it appears whole. Raises WorkspaceError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(descriptor)
    except OSError as error:
        raise _cannot_make(path, error) from error
    temporary = Path(name)
    try:
        connection = sqlite3.connect(temporary, isolation_level=None)
        try:
            _set_up(connection)
            schema.build(connection)
        finally:
            connection.close()
        temporary.rename(path)
    except sqlite3.Error as error:
        raise as_known(path, error) from error
    except OSError as error:
        raise _cannot_make(path, error) from error
    finally:
        for leftover in (temporary, Path(f"{name}-journal")):
            leftover.unlink(missing_ok=True)


def _cannot_make(path: Path, error: OSError) -> WorkspaceUnwritable:
    return WorkspaceUnwritable(path, f"no workspace file can be made at {path}: {error.strerror or error}")


def _open(path: Path, *, write: bool) -> sqlite3.Connection:
    # A reader, too, may have to roll back what a killed writer left in the journal, so it asks for "rw" where it can.
    mode = "rw" if write or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)) else "ro"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_PATIENCE)
    connection.text_factory = _text
    return connection


def _set_up(connection: sqlite3.Connection) -> None:
    """The rollback journal: one file holds everything between two commits, and a power cut loses none."""
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")


def _text(data: bytes) -> str:
    """Flipped bits need not be UTF-8: they must come as far as the row's hash."""
    return data.decode("utf-8", "surrogateescape")


def _check(connection: sqlite3.Connection, path: Path, *, write: bool) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # no database at all raises here
        raise damaged(path, "it is a database, but not one of AllDetect")
    version = version_of(connection)
    if version > schema.VERSION:
        raise WorkspaceNewer(
            path,
            f"the workspace file {path} was made by a newer AllDetect (format {version}; this one knows "
            f"{schema.VERSION}), so it is not opened and nothing is written into it",
        )
    # The quick check passes over the indexes, and one that leads to another row finds another image's class.
    complaint = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if complaint != "ok":
        raise damaged(path, complaint.splitlines()[-1])
    _check_tables(connection, path, version)
    if version < schema.VERSION and write:  # a reader takes it as it is
        _convert(connection, path)
        _check_tables(connection, path, schema.VERSION)


def _check_tables(connection: sqlite3.Connection, path: Path, version: int) -> None:
    if version < 1 or set(connection.execute(_STATED)) != _stated(version):
        raise damaged(path, "its tables are not those of a workspace")


@functools.cache
def _stated(version: int) -> frozenset[tuple[object, ...]]:
    """What a whole file of `version` says of its tables, indexes and triggers."""
    made = sqlite3.connect(":memory:")
    try:
        for statement in schema.statements(version):
            made.execute(statement)
        return frozenset(made.execute(_STATED))
    finally:
        made.close()


def _convert(connection: sqlite3.Connection, path: Path) -> None:
    """A backup first, then the steps. Without a backup there is no step."""
    try:
        back_up(connection, path)
        migrate(connection)
    except (OSError, KeyError) as error:
        raise WorkspaceUnwritable(path, f"the workspace file {path} cannot be converted: {error}") from error


def is_whole(backup: Path) -> bool:
    """Every row of it is as it was written; one that merely opens may hold the damage that it is to undo."""
    from alldetect_gui.store.verify import verify  # which itself opens files by this module

    try:
        return not verify(backup).findings
    except WorkspaceError:
        return False
