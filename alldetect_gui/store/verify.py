"""Does a workspace file still say what was written into it? Its pages as it opens; every row, chain and entry here."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alldetect_gui.store import schema
from alldetect_gui.store.errors import SQLITE_ERRORS, WorkspaceDamaged, WorkspaceError, WorkspaceNewer
from alldetect_gui.store.rows import START, chained, row_hash
from alldetect_gui.store.workspace_file import open_for_reading

_VOUCHED = {"runs", "run_ends", "predictions", "reviews", "sign_offs", "understandings"}


@dataclass(frozen=True)
class Verified:
    """What was looked at and what is wrong; without findings every entry is as it was written, in order."""

    entries: int  # of the audit log
    rows: int  # of all tables
    head: str  # hash of the last entry, in hex: noted elsewhere, it proves that nothing was rewritten since
    findings: tuple[str, ...]


def verify(path: Path) -> Verified:
    """Look at everything. Damage is told in the findings; raises WorkspaceError where there is nothing to look at."""
    if not path.is_file():
        raise WorkspaceError(path, f"there is no workspace file {path}")
    try:
        with open_for_reading(path) as file:
            connection = file.ledger.connection
            findings = list(_findings(connection, file.ledger.tables))
            entries, _ = file.ledger.head("audit")
            rows = sum(file.ledger.head(table)[0] for table in file.ledger.tables)
            last = connection.execute("SELECT row_sha256 FROM audit ORDER BY id DESC LIMIT 1").fetchone()
            return Verified(
                entries, rows, last[0].hex() if last and isinstance(last[0], bytes) else "", tuple(findings)
            )
    except (WorkspaceDamaged, WorkspaceNewer) as error:
        return Verified(0, 0, "", (str(error),))
    except SQLITE_ERRORS as error:
        return Verified(0, 0, "", (f"{path}: {error}",))


def _findings(connection: sqlite3.Connection, tables: Sequence[str]) -> Iterator[str]:
    for table, row, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} {row}: what it refers to is gone"
    heads = {name: (rows, chain) for name, rows, chain in connection.execute("SELECT name, rows, chain FROM heads")}
    hashes: dict[str, str] = {}
    for table in tables:
        try:
            yield from _table(connection, table, heads[table], hashes)
        except SQLITE_ERRORS as error:
            yield f"{table}: it cannot be read to its end ({error})"
    yield from _audit(connection, hashes)


def _table(
    connection: sqlite3.Connection, table: str, head: tuple[int, bytes], hashes: dict[str, str]
) -> Iterator[str]:
    """Rows edited, removed, added or put in another order; leaves "table number" -> hash in `hashes`."""
    names = ", ".join(("id", *schema.NAMES[table], "row_sha256"))
    expected, chain = 1, START
    for *row, digest in connection.execute(f"SELECT {names} FROM {table} ORDER BY id"):  # noqa: S608 - our own names
        if row[0] != expected:
            yield f"{table}: row {expected} is missing"
        expected = row[0] + 1
        if row_hash(table, row) != digest:
            yield f"{table} {row[0]}: it is not as it was written"
        elif table != "audit":
            hashes[f"{table} {row[0]}"] = digest.hex()
        chain = chained(chain, digest if isinstance(digest, bytes) else b"")
    if (expected - 1, chain) != head:
        yield f"{table}: {expected - 1} rows, and {head[0]} were written; one was removed, added, edited or moved"


def _audit(connection: sqlite3.Connection, hashes: dict[str, str]) -> Iterator[str]:
    """Each entry holds the hash of the one before it, and that of the row that it vouches for."""
    previous = START
    vouched: set[str] = set()
    for number, about, before, digest in connection.execute(
        "SELECT id, about, previous, row_sha256 FROM audit ORDER BY id"
    ):
        if before != previous:
            yield f"audit {number}: it does not follow the entry before it"
        previous = digest
        if not about:
            continue
        row, _, stated = str(about).rpartition(" ")  # a flipped bit may have made anything of it
        vouched.add(row)
        if hashes.get(row) != stated:
            yield f"audit {number}: the row that it vouches for ({row}) is not that row any more"
    for row in hashes:
        if row.partition(" ")[0] in _VOUCHED and row not in vouched:
            yield f"{row}: no entry of the audit log vouches for it"
