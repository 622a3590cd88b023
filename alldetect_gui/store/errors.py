"""Why a workspace file cannot be used, each in a sentence; nothing is ever put in its place."""

import sqlite3
from pathlib import Path

from alldetect_gui.core.errors import KnownError

SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError, OverflowError)
"""What a damaged file makes the sqlite3 module raise: its messages quote the file, which need not be UTF-8."""

_NO_SPACE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}


class WorkspaceError(KnownError):
    """The workspace file cannot be used as asked; `path` says which."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


class WorkspaceInUse(WorkspaceError):
    """Another AllDetect writes into it; `elsewhere` when that is on another computer, as far as its mark tells."""

    elsewhere = False


class WorkspaceDamaged(WorkspaceError):
    """It is no whole workspace file. It is left as it is; `backup` is the newest good copy, if there is one."""

    backup: Path | None = None


class WorkspaceNewer(WorkspaceError):
    """A later AllDetect made it: this one would not understand all of it, so it writes nothing into it."""


class WorkspaceUnwritable(WorkspaceError):
    """Its folder or its disk does not take it."""


class WorkspaceFull(WorkspaceError):
    """The disk is full; what was kept before is safe."""


def as_known(path: Path, error: Exception, need: int = 1_000_000) -> WorkspaceError:
    """The sentence for what SQLite reports; `need` is how many bytes the work still takes."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    if primary in _NO_SPACE and code not in (sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ):
        megabytes = max(1, round(need / 1e6))
        return WorkspaceFull(path, f"disk full at {path}, need {megabytes} MB; what was kept before is safe")
    if primary in _DAMAGED or isinstance(error, sqlite3.IntegrityError):
        return WorkspaceDamaged(path, f"the workspace file {path} is damaged ({error})")
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return WorkspaceInUse(path, f"the workspace file {path} is in use by another program")
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return WorkspaceUnwritable(path, f"the workspace file {path} cannot be written ({error})")
    return WorkspaceDamaged(path, f"the workspace file {path} cannot be understood ({error})")
