"""How an older workspace file becomes one of this version: numbered steps, each in the same transaction as its number.

There is one version so far, so there is no step. The next one goes into STEPS under the version that it starts from.
"""

import sqlite3
from collections.abc import Callable, Mapping

from alldetect_gui.store import schema

Step = Callable[[sqlite3.Connection], None]
STEPS: Mapping[int, Step] = {}


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
