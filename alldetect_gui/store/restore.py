"""Putting a backup in place of a workspace file that cannot be used; that file is kept, byte for byte.

At no moment is there nothing at the file's place: an empty file would be made there.
"""

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from alldetect_gui.store.backups import backups, copy_to
from alldetect_gui.store.connection import connect, is_whole
from alldetect_gui.store.errors import WorkspaceError, WorkspaceUnwritable
from alldetect_gui.store.lock import WriterLock


def restore(path: Path, backup: Path | None = None) -> tuple[Path, Path | None]:
    """Copy `backup`, or else the newest of which every row verifies, to `path`; returns it and where the old file is.

    Raises WorkspaceError when there is no whole backup, or when somebody writes into the file.
    """
    lock = WriterLock(path)
    try:
        source, connection = _whole(path, [backup] if backup else [one for one in backups(path) if is_whole(one)])
        stage = path.with_name(f".{path.name}.restored")
        try:
            copy_to(connection, stage)
            aside = _aside(path)
            stage.replace(path)
        except (OSError, sqlite3.Error) as error:
            raise WorkspaceUnwritable(path, f"{path} cannot be restored: {error}") from error
        finally:
            connection.close()
            with contextlib.suppress(OSError):
                stage.unlink(missing_ok=True)
    finally:
        lock.release()
    return source, aside


def _whole(path: Path, candidates: list[Path]) -> tuple[Path, sqlite3.Connection]:
    for candidate in candidates:
        try:
            return candidate, connect(candidate, write=False)
        except WorkspaceError as error:
            if len(candidates) == 1:
                raise WorkspaceError(path, str(error)) from error
    raise WorkspaceError(path, f"there is no whole backup of {path}")


def _aside(path: Path) -> Path | None:
    """Give the file and its journal another name, together; the file keeps its own as well until it is replaced."""
    if not os.path.lexists(path):
        return None
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    names = (path.with_name(f"{path.name}.corrupt-{stamp}{again}") for again in ("", *(f"-{n}" for n in range(2, 999))))
    aside = next(name for name in names if not os.path.lexists(name))  # a clock that went back may say it once more
    try:
        os.link(path, aside, follow_symlinks=False)
    except OSError:  # a disk that gives a file one name only
        path.rename(aside)
    journal = path.with_name(f"{path.name}-journal")
    if journal.exists():
        journal.rename(aside.with_name(f"{aside.name}-journal"))
    return aside
