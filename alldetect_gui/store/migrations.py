"""How an older workspace file becomes one of this version: numbered steps, each in the same transaction as its number.

A step stands in STEPS under the version that it starts from.
"""

import sqlite3
from collections.abc import Callable, Mapping

from alldetect_gui.store import schema
from alldetect_gui.store.rows import START

Step = Callable[[sqlite3.Connection], None]


def _to_2(connection: sqlite3.Connection) -> None:
    """How the names of a folder are to be read."""
    _new_table(connection, "understandings")


def _to_3(connection: sqlite3.Connection) -> None:
    """Runs that came out as an earlier one."""
    _new_table(connection, "repeats")


def _new_table(connection: sqlite3.Connection, table: str) -> None:
    for statement in schema.table_statements(table):
        connection.execute(statement)
    connection.execute("INSERT INTO heads VALUES (?, 0, ?)", (table, START))


STEPS: Mapping[int, Step] = {1: _to_2, 2: _to_3}


def version_of(connection: sqlite3.Connection) -> int:
    """The version that the file states."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, steps: Mapping[int, Step] | None = None, to: int = schema.VERSION) -> None:
    """Take every step from the file's version to `to`; one that fails leaves the file as it was before that step."""
    for version in range(version_of(connection), to):
        connection.execute("BEGIN IMMEDIATE")
        try:
            (STEPS if steps is None else steps)[version](connection)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
