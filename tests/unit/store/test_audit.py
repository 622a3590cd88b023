"""What `alldetect audit verify` finds: an entry edited, removed, moved or added, a row changed, a bit flipped."""

import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest

from alldetect_gui.core.kept import FINISHED
from alldetect_gui.store import schema
from alldetect_gui.store.rows import chained, row_hash
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_workspace
from tests.drills.flips import drill
from tests.unit.store.kept_work import FOLDER, MODEL, fill


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    with open_workspace(tmp_path / "w.alldetect") as file:
        fill(file)
    assert verify(tmp_path / "w.alldetect").findings == ()
    return tmp_path / "w.alldetect"


def forge(path: Path, *statements: str) -> sqlite3.Connection:
    """Change rows as somebody with SQLite would, who puts the triggers back afterwards."""
    raw = sqlite3.connect(path, isolation_level=None)
    triggers = [text for text in schema.statements() if text.startswith("CREATE TRIGGER")]
    for text in triggers:
        raw.execute(f"DROP TRIGGER {text.split()[2]}")
    for statement in statements:
        raw.execute(statement)
    for text in triggers:
        raw.execute(text)
    return raw


@pytest.mark.parametrize(
    ("statements", "finding"),
    [
        (["UPDATE audit SET new = 'HEM' WHERE id = 3"], "audit 3: it is not as it was written"),
        (["DELETE FROM audit WHERE id = 4"], "audit: row 4 is missing"),
        (["DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)"], "audit: 13 rows, and 14 were written"),
        (["UPDATE audit SET id = -1 WHERE id = 3", "UPDATE audit SET id = 3 WHERE id = 4",
          "UPDATE audit SET id = 4 WHERE id = -1"], "audit 4: it does not follow"),
        (["INSERT INTO audit SELECT 15, utc, 'somebody', event, image_sha256, model_sha256, recipe, threshold, old, "
          "new, why, about, previous, row_sha256 FROM audit WHERE id = 14"], "audit 15: it is not as it was written"),
        (["UPDATE predictions SET suggestion = 'ALL' WHERE id = 1"], "predictions 1: it is not as it was written"),
        (["DELETE FROM outcomes WHERE id = 12"], "outcomes: 11 rows, and 12 were written"),
        (["UPDATE heads SET rows = 13 WHERE name = 'audit'", "DELETE FROM audit WHERE id = 14"],
         "no entry of the audit"),
    ],
)  # fmt: skip
def test_that_it_finds(statements: list[str], finding: str, workspace: Path) -> None:
    forge(workspace, *statements).close()
    findings = verify(workspace).findings
    assert any(finding in said for said in findings), findings


def test_that_a_prediction_rewritten_with_its_own_hash_and_chain_is_told_by_the_log(workspace: Path) -> None:
    """Whoever knows the hashes can make a row and its table agree again; the audit log still holds the old hash."""
    raw = forge(workspace, "UPDATE predictions SET suggestion = 'ALL' WHERE id = 1")
    triggers = [text for text in schema.statements() if text.startswith("CREATE TRIGGER predictions")]
    chain = bytes(32)
    for text in triggers:
        raw.execute(f"DROP TRIGGER {text.split()[2]}")
    for *row, _ in raw.execute("SELECT * FROM predictions ORDER BY id").fetchall():
        digest = row_hash("predictions", row)
        raw.execute("UPDATE predictions SET row_sha256 = ? WHERE id = ?", (digest, row[0]))
        chain = chained(chain, digest)
    raw.execute("UPDATE heads SET chain = ? WHERE name = 'predictions'", (chain,))
    for text in triggers:
        raw.execute(text)
    raw.close()
    assert verify(workspace).findings == (
        "audit 2: the row that it vouches for (predictions 1) is not that row any more",
    )


def test_that_the_last_hash_changes_with_every_entry(workspace: Path) -> None:
    first = verify(workspace)
    with open_workspace(workspace) as file, file.ledger.transaction():
        file.log("noted", why="one more")
    second = verify(workspace)
    assert (second.entries, second.findings) == (first.entries + 1, ())
    assert second.head != first.head


def test_that_flipped_bits_that_change_a_value_are_reported(tmp_path: Path) -> None:
    """60 here; `make drill-flips` does 500."""
    found = drill(tmp_path, 60, seed=3)
    assert found.reported >= 10
    assert found.missed == []


@pytest.mark.parametrize("table", [table for table in schema.tables() if table not in ("understandings", "repeats")])
@pytest.mark.parametrize("deed", ["edit", "remove", "exchange"])
def test_that_no_row_of_any_table_can_be_edited_removed_or_exchanged_unseen(
    table: str, deed: str, workspace: Path
) -> None:
    raw = forge(workspace)
    ids = [number for (number,) in raw.execute(f"SELECT id FROM {table} ORDER BY id")]
    columns = [name for _, name, *_ in raw.execute(f"PRAGMA table_info({table})") if name not in ("id", "row_sha256")]
    raw.close()
    assert ids
    deeds = {
        "edit": [[f"UPDATE {table} SET {name} = 'x' WHERE id = {ids[0]}"] for name in columns],
        "remove": [[f"DELETE FROM {table} WHERE id = {number}"] for number in {ids[0], ids[-1]}],
        "exchange": [[f"UPDATE {table} SET id = -1 WHERE id = {first}", f"UPDATE {table} SET id = {first} WHERE "
                      f"id = {second}", f"UPDATE {table} SET id = {second} WHERE id = -1"]
                     for first, second in pairwise(ids)][:1],
    }  # fmt: skip
    before = workspace.read_bytes()
    for statements in deeds[deed]:
        workspace.write_bytes(before)
        forge(workspace, *statements).close()
        assert verify(workspace).findings, statements


def test_that_a_run_that_is_said_to_repeat_another_one_cannot_be_turned_to_a_third(tmp_path: Path) -> None:
    path = tmp_path / "w.alldetect"
    with open_workspace(path) as file:
        first = fill(file)
        file.end_run(file.begin_run(FOLDER, MODEL, 12), FINISHED, 1.0, 9, same_as=first)
        assert repr(file.results(file.runs()[0])) == repr(file.results(file.runs()[1]))
    assert verify(path).findings == ()
    with sqlite3.connect(path) as raw:
        raw.execute("DROP TRIGGER repeats_no_update")
        raw.execute("UPDATE repeats SET same_as = 2")
        raw.execute(next(text for text in schema.statements() if "repeats_no_update" in text))
    raw.close()
    assert any("repeats 1: it is not as it was written" in finding for finding in verify(path).findings)


@pytest.mark.parametrize("kind", ["trigger", "index"])
def test_that_another_name_of_a_trigger_or_an_index_is_found(kind: str, tmp_path: Path) -> None:
    """One bit makes a capital of a small letter, and SQLite takes the one for the other."""
    path = tmp_path / "w.alldetect"
    with open_workspace(path) as file:
        fill(file)
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA writable_schema = ON")
    raw.execute("UPDATE sqlite_master SET name = upper(name) WHERE type = ? AND sql NOT NULL", (kind,))
    raw.commit()
    raw.close()
    assert verify(path).findings
