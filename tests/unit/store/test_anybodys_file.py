"""A workspace file may come from anybody: hashes that fit do not say that a value has a meaning."""

from pathlib import Path
from typing import Any

import pytest

from alldetect_gui.core.kept import FINISHED
from alldetect_gui.store.errors import WorkspaceDamaged
from alldetect_gui.store.said import reviews_of, sign_offs_of
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import WorkspaceFile, open_for_reading, open_workspace

FOLDER = Path("/images")
SHA256 = "a" * 64

ROWS: dict[str, dict[str, Any]] = {
    "folders": {"path": b"/images", "display": "/images"},
    "images": {"sha256": SHA256},
    "models": {"name": "m", "sha256": "b" * 64, "recipe": "original", "parameters": "{}", "engine": "litert",
               "threshold": 0.5, "program": "0"},
    "runs": {"folder": 1, "model": 1, "utc": "2026-11-29T00:00", "total": 1},
    "predictions": {"model": 1, "image": 1, "probability": 0.9, "suggestion": "ALL", "reason": "", "fit": 0.5,
                    "utc": "2026-11-29T00:00"},
    "outcomes": {"run": 1, "position": 0, "path": b"x.bmp", "relative": "x.bmp", "subject": "", "reference": "",
                 "image": 1, "size": 1, "modified": 1, "outcome": "classified", "reason": "", "prediction": 1},
    "run_ends": {"run": 1, "utc": "2026-11-29T00:01", "ending": FINISHED, "seconds": 1.0, "reused": 0},
    "reviews": {"folder": 1, "path": b"x.bmp", "relative": "x.bmp", "image": 1, "reading": "ALL", "note": "",
                "blind": 0, "who": "w", "utc": "2026-11-29T00:02"},
    "sign_offs": {"folder": 1, "subject": "p", "cells": 1, "open_cells": 0, "reason": "", "withdrawn": 0, "who": "w",
                  "utc": "2026-11-29T00:03"},
}  # fmt: skip

CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "an outcome that there is not": ("outcomes", {"outcome": "banana"}),
    "a class that there is not": ("predictions", {"suggestion": "MAYBE"}),
    "a reference that there is not": ("outcomes", {"reference": "X"}),
    "a reading that there is not": ("reviews", {"reading": "ZZZ"}),
    "a probability of 7": ("predictions", {"probability": 7.0}),
    "a class without a probability": ("predictions", {"probability": None}),
    "a probability in words": ("predictions", {"probability": "high"}),
    "a fit in words": ("predictions", {"fit": "good"}),
    "classified without a class": ("outcomes", {"prediction": None}),
    "skipped with a class": ("outcomes", {"outcome": "skipped"}),
    "parameters that are no JSON": ("models", {"parameters": "[["}),
    "parameters nested beyond measure": ("models", {"parameters": "[" * 100_000}),
    "parameters that are a list": ("models", {"parameters": "[1]"}),
    "parameters in words": ("models", {"parameters": '{"sigma": "wide"}'}),
    "a threshold in words": ("models", {"threshold": "half"}),
    "a name of bytes": ("models", {"name": b"m"}),
    "a number of images in words": ("runs", {"total": "many"}),
    "a time in words": ("run_ends", {"seconds": "long"}),
    "a hash of bytes": ("images", {"sha256": b"\xff"}),
    "a path of letters": ("outcomes", {"path": "x.bmp"}),
    "a name that is bytes": ("outcomes", {"relative": b"x.bmp"}),
    "a note that is bytes": ("reviews", {"note": b"x"}),
    "cells in words": ("sign_offs", {"cells": "all"}),
}


def written(path: Path, table: str = "", change: dict[str, Any] | None = None) -> Path:
    """A file with one row a table, each with the right hash, and the entries of the log that vouch for them."""
    with open_workspace(path) as file, file.ledger.transaction():
        for name, row in ROWS.items():
            changed = change or {} if name == table else {}
            number, digest = file.ledger.add(name, **{**row, **changed})
            file.log("written", about=f"{name} {number} {digest.hex()}")
    return path


def everything(file: WorkspaceFile) -> int:
    """Read all that the program shows; how much there is."""
    results = [result for run in file.runs() for result in file.results(run)]
    found = file.find_prediction(1, SHA256)
    return len(results) + len(reviews_of(file, FOLDER)) + len(sign_offs_of(file, FOLDER)) + (found is not None)


def test_that_the_file_without_a_change_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "w.alldetect")
    assert verify(path).findings == ()
    with open_for_reading(path) as file:
        assert everything(file) == 4


@pytest.mark.parametrize("what", CHANGES)
def test_that_a_value_without_a_meaning_is_damage_and_never_shown(what: str, tmp_path: Path) -> None:
    path = written(tmp_path / "w.alldetect", *CHANGES[what])
    with open_for_reading(path) as file, pytest.raises(WorkspaceDamaged):
        everything(file)
