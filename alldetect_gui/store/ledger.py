"""Rows go in here and come out here: added in whole transactions, hashed, chained, and checked when they are read."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from alldetect_gui.store import schema
from alldetect_gui.store.connection import damaged
from alldetect_gui.store.errors import SQLITE_ERRORS, as_known
from alldetect_gui.store.migrations import version_of
from alldetect_gui.store.rows import START, Value, chained, row_hash

Row = tuple[Any, ...]
"""A row's values, `id` first, without its hash."""


class Ledger:
    """A connection that one thread at a time may use. Errors of SQLite leave it as WorkspaceError."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self.connection = connection
        self.need = 1_000_000  # bytes that the work in progress still takes, for the sentence about a full disk
        self.lane = threading.RLock()
        with self._errors():
            self.tables = schema.tables(version_of(connection))
            """Those of this file: one of an older format, opened for reading, lacks some."""
            found = connection.execute("SELECT name, rows, chain FROM heads").fetchall()
        self._last: dict[str, bytes] = {}
        self._seen: set[tuple[object, ...]] = set()  # kinds of values that rows may have, as far as rows had them
        self._heads: dict[str, tuple[int, bytes]] = {name: (rows, chain) for name, rows, chain in found}
        typed = all(isinstance(rows, int) and isinstance(chain, bytes) for rows, chain in self._heads.values())
        if self._heads.keys() != set(self.tables) or not typed:
            raise damaged(path, "the heads of its tables are not as they were written")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """What is added inside is there as a whole after a crash, or not at all. Nests."""
        with self.lane, self._errors():
            if self._is_open():
                yield
                return
            before, last = dict(self._heads), dict(self._last)
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                yield
                changed = [(*self._heads[table], table) for table in before if before[table] != self._heads[table]]
                self.connection.executemany("UPDATE heads SET rows = ?, chain = ? WHERE name = ?", changed)
                self.connection.execute("COMMIT")
            except BaseException:
                self._heads, self._last = before, last
                if self._is_open():  # a full disk may have rolled it back already
                    self.connection.execute("ROLLBACK")
                raise

    def _is_open(self) -> bool:
        return self.connection.in_transaction

    def add(self, table: str, **values: Value) -> tuple[int, bytes]:
        """Append a row inside a transaction; returns its number and its hash."""
        rows, chain = self._heads[table]
        row = (rows + 1, *(values.pop(name) for name in schema.NAMES[table]))
        if values:
            raise TypeError(f"{table} has no column {', '.join(values)}")
        digest = row_hash(table, row)
        marks = ", ".join("?" * (len(row) + 1))
        self.connection.execute(f"INSERT INTO {table} VALUES ({marks})", (*row, digest))  # noqa: S608 - our own names
        self._heads[table] = (rows + 1, chained(chain, digest))
        self._last[table] = digest
        return rows + 1, digest

    def last_hash(self, table: str) -> bytes:
        """The hash of the newest row, that it was written with; START where there is none."""
        if table not in self._last:
            rows, _ = self.head(table)
            found = self.select(table, "id = ?", (rows,))
            self._last[table] = row_hash(table, found[0]) if found else START
        return self._last[table]

    def select(self, table: str, where: str = "1", values: Sequence[Value] = ()) -> list[Row]:
        """Rows of a table, in the order in which they were added. A row that is not as it was written raises."""
        if table not in self._heads:
            return []
        names = ", ".join(("id", *schema.NAMES[table], "row_sha256"))
        query = f"SELECT {names} FROM {table} WHERE {where} ORDER BY id"  # noqa: S608 - our own names
        with self.lane, self._errors():
            found = self.connection.execute(query, values).fetchall()
        for *row, digest in found:
            if row_hash(table, row) != digest:
                raise damaged(self.path, f"row {row[0]} of {table} is not as it was written")
            if (kinds := (table, *map(type, row))) not in self._seen:
                if not all(kind in known for kind, known in zip(kinds[1:], schema.KINDS[table], strict=True)):
                    raise damaged(self.path, f"row {row[0]} of {table} holds values of other kinds than are written")
                self._seen.add(kinds)
        return [tuple(row[:-1]) for row in found]

    def count(self, table: str, what: str, where: str, values: Sequence[Value]) -> int:
        """How many `what` the rows have; the rows themselves are not checked."""
        query = f"SELECT count({what}) FROM {table} WHERE {where}"  # noqa: S608 - our own names
        with self.lane, self._errors():
            return int(self.connection.execute(query, values).fetchone()[0])

    def column(self, table: str, what: str, where: str, values: Sequence[Value]) -> list[Value]:
        """One value of each row; the rows themselves are not checked."""
        query = f"SELECT {what} FROM {table} WHERE {where}"  # noqa: S608 - our own names
        with self.lane, self._errors():
            return [row[0] for row in self.connection.execute(query, values)]

    def head(self, table: str) -> tuple[int, bytes]:
        """How many rows a table has and the chain over all of them."""
        with self.lane:
            return self._heads.get(table, (0, START))

    def close(self) -> None:
        """Let go of the file."""
        with self.lane:
            self.connection.close()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLITE_ERRORS as error:
            raise as_known(self.path, error, self.need) from error
