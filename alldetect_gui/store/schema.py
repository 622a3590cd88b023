"""The tables of a workspace file. Rows are only ever added: what is said last about a thing is what holds."""

import sqlite3

APPLICATION_ID = 0x414C4454  # "ALDT"; tells our files from every other SQLite database
VERSION = 3
"""Of the tables, kept as user_version. A change of COLUMNS needs the next number and a step in migrations.py."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "folders": ("path BLOB NOT NULL UNIQUE", "display TEXT NOT NULL"),
    "images": ("sha256 TEXT NOT NULL UNIQUE",),
    "models": (
        "name TEXT NOT NULL", "sha256 TEXT NOT NULL", "recipe TEXT NOT NULL", "parameters TEXT NOT NULL",
        "engine TEXT NOT NULL", "threshold REAL NOT NULL", "program TEXT NOT NULL",
    ),
    "runs": (
        "folder INTEGER NOT NULL REFERENCES folders", "model INTEGER NOT NULL REFERENCES models",
        "utc TEXT NOT NULL", "total INTEGER NOT NULL",
    ),
    "run_ends": (
        "run INTEGER NOT NULL REFERENCES runs", "utc TEXT NOT NULL", "ending TEXT NOT NULL", "seconds REAL NOT NULL",
        "reused INTEGER NOT NULL",
    ),
    "repeats": ("run INTEGER NOT NULL REFERENCES runs", "same_as INTEGER NOT NULL REFERENCES runs"),
    "predictions": (
        "model INTEGER NOT NULL REFERENCES models", "image INTEGER NOT NULL REFERENCES images",
        "probability REAL", "suggestion TEXT NOT NULL", "reason TEXT NOT NULL", "fit REAL", "utc TEXT NOT NULL",
    ),
    "outcomes": (
        "run INTEGER NOT NULL REFERENCES runs", "position INTEGER NOT NULL", "path BLOB NOT NULL",
        "relative TEXT NOT NULL", "subject TEXT NOT NULL", "reference TEXT NOT NULL", "image INTEGER REFERENCES images",
        "size INTEGER NOT NULL", "modified INTEGER NOT NULL", "outcome TEXT NOT NULL", "reason TEXT NOT NULL",
        "prediction INTEGER REFERENCES predictions",
    ),
    "reviews": (
        "folder INTEGER NOT NULL REFERENCES folders", "path BLOB NOT NULL", "relative TEXT NOT NULL",
        "image INTEGER REFERENCES images", "reading TEXT NOT NULL", "note TEXT NOT NULL", "blind INTEGER NOT NULL",
        "who TEXT NOT NULL", "utc TEXT NOT NULL",
    ),
    "sign_offs": (
        "folder INTEGER NOT NULL REFERENCES folders", "subject TEXT NOT NULL", "cells INTEGER NOT NULL",
        "open_cells INTEGER NOT NULL", "reason TEXT NOT NULL", "withdrawn INTEGER NOT NULL", "who TEXT NOT NULL",
        "utc TEXT NOT NULL",
    ),
    "understandings": ("folder INTEGER NOT NULL REFERENCES folders", "names TEXT NOT NULL", "who TEXT NOT NULL",
                       "utc TEXT NOT NULL"),
    "audit": (
        "utc TEXT NOT NULL", "who TEXT NOT NULL", "event TEXT NOT NULL", "image_sha256 TEXT NOT NULL",
        "model_sha256 TEXT NOT NULL", "recipe TEXT NOT NULL", "threshold REAL", "old TEXT NOT NULL",
        "new TEXT NOT NULL", "why TEXT NOT NULL", "about TEXT NOT NULL", "previous BLOB NOT NULL",
    ),
}  # fmt: skip
"""Table -> its columns between `id`, which counts from 1 without a gap, and `row_sha256`."""

SINCE = {"understandings": 2, "repeats": 3}
"""The version that brought a table; the others are of the first."""

NAMES = {table: tuple(column.split()[0] for column in columns) for table, columns in COLUMNS.items()}

_KINDS: dict[str, tuple[type, ...]] = {"INTEGER": (int,), "REAL": (float,), "TEXT": (str,), "BLOB": (bytes,)}
KINDS = {
    table: tuple(
        (*_KINDS[column.split()[1]], *(() if "NOT NULL" in column else (type(None),)))
        for column in ("id INTEGER NOT NULL", *columns)
    )
    for table, columns in COLUMNS.items()
}
"""Table -> which kinds of value each column, `id` first, may have. SQLite itself keeps any value in any column."""

_INDEXES = (
    "CREATE INDEX predictions_of ON predictions (model, image)",
    "CREATE INDEX outcomes_of ON outcomes (run, path)",
    "CREATE INDEX reviews_of ON reviews (folder, path)",
)


def tables(version: int = VERSION) -> tuple[str, ...]:
    """Those that a file of `version` has."""
    return tuple(table for table in COLUMNS if SINCE.get(table, 1) <= version)


def statements(version: int = VERSION) -> tuple[str, ...]:
    """Everything that makes an empty database a workspace file of `version`, in order."""
    made = [statement for table in tables(version) for statement in table_statements(table)]
    made.append("CREATE TABLE heads (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, chain BLOB NOT NULL) WITHOUT ROWID")
    made += _INDEXES
    return tuple(made)


def table_statements(table: str) -> tuple[str, ...]:
    """A table, whose rows can only be added."""
    body = ", ".join(("id INTEGER PRIMARY KEY", *COLUMNS[table], "row_sha256 BLOB NOT NULL"))
    return (
        f"CREATE TABLE {table} ({body})",
        *(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'rows of a workspace file are never changed'); END"
            for verb in ("UPDATE", "DELETE")
        ),
    )


def build(connection: sqlite3.Connection) -> None:
    """Make the tables in one transaction. `connection` is in autocommit mode."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("BEGIN")
    for statement in statements():
        connection.execute(statement)
    connection.executemany("INSERT INTO heads VALUES (?, 0, ?)", [(table, bytes(32)) for table in COLUMNS])
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
