"""Copies of a workspace file beside it, made by SQLite's backup interface and thinned as they grow old.

A copy of the file alone could miss its journal; the backup interface reads whole transactions. Each has a number: a
clock that went back must not make an old backup the newest one. Their times only say which may go.
"""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

_STAMP = "%Y-%m-%dT%H%M%SZ"
PAUSE = timedelta(minutes=30)
"""No new backup while the newest one is younger, unless a migration is next."""
# Every backup of two days, then the last of each day, week and month (Anki's custom).
KEPT = ((timedelta(days=1), 12), (timedelta(days=7), 10), (timedelta(days=30), 9))


def folder_of(workspace: Path) -> Path:
    """Where the backups of `workspace` lie."""
    return workspace.with_name(workspace.name + ".backups")


def backups(workspace: Path) -> list[Path]:
    """All backups, the newest first, whatever the clock said when they were made."""
    found = (path for path in folder_of(workspace).glob("*.alldetect") if _time_of(path) is not None)
    return sorted(found, key=lambda path: (_number_of(path), path.name), reverse=True)


def copy_to(connection: sqlite3.Connection, target: Path) -> None:
    """A whole copy at `target`, which is replaced only by a complete one. Raises OSError and sqlite3.Error."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(descriptor)
    temporary = Path(name)
    try:
        copy = sqlite3.connect(temporary, isolation_level=None)
        try:
            copy.execute("PRAGMA synchronous = FULL")
            connection.backup(copy)
        finally:
            copy.close()
        temporary.replace(target)
    except BaseException:
        for leftover in (temporary, Path(f"{name}-journal")):
            leftover.unlink(missing_ok=True)
        raise


def back_up(connection: sqlite3.Connection, workspace: Path, *, now: datetime | None = None) -> Path:
    """Make one more backup and thin the old ones. Raises OSError and sqlite3.Error."""
    now = now or datetime.now(UTC)
    folder = folder_of(workspace)
    folder.mkdir(exist_ok=True)
    before = backups(workspace)
    number = _number_of(before[0]) + 1 if before else 1
    target = folder / f"{number:06d}_{now.strftime(_STAMP)}.alldetect"
    copy_to(connection, target)
    for path in too_many([(path, time) for path in before if (time := _time_of(path))], now):
        with contextlib.suppress(OSError):
            path.unlink()
    return target


def is_due(workspace: Path, *, now: datetime | None = None) -> bool:
    """True when the newest backup is older than PAUSE, or there is none; a clock that went back counts as due."""
    now = now or datetime.now(UTC)
    newest = next(iter(backups(workspace)), None)
    time = _time_of(newest) if newest else None
    return time is None or not timedelta(0) <= now - time < PAUSE


def too_many(dated: Sequence[tuple[Path, datetime]], now: datetime) -> list[Path]:
    """Which backups may go: not those of two days, not the newest of each of the last days, weeks and months."""
    newest_first = sorted(dated, key=lambda item: item[1], reverse=True)
    kept = {path for path, time in newest_first if now - time < timedelta(days=2)}
    for span, number in KEPT:
        kept |= _newest_of_each(newest_first, span, number)
    return [path for path, _ in newest_first if path not in kept]


def _newest_of_each(newest_first: Iterable[tuple[Path, datetime]], span: timedelta, number: int) -> set[Path]:
    """The newest backup of each of the last `number` spans that have one, spans counted from a fixed day."""
    origin = datetime(2001, 1, 1, tzinfo=UTC)
    chosen: dict[int, Path] = {}
    for path, time in newest_first:
        chosen.setdefault((time - origin) // span, path)
    return set(list(chosen.values())[:number])


def _number_of(path: Path) -> int:
    """In the order in which they were made; 0 for those of the first versions, which have none."""
    number, _, time = path.stem.rpartition("_")
    return int(number) if time and number.isdecimal() else 0


def _time_of(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.stem.rpartition("_")[2], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
