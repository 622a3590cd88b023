"""Drill 31: copy a workspace file and its journal at random moments of writing; each copy opens and is complete.

python -m tests.drills.copies --copies 100 --seed 1
"""

import argparse
import contextlib
import random
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_workspace
from tests.drills.kill import images, start
from tests.unit.inference.small_model import write_model


@dataclass
class Copies:
    """What became of them."""

    copies: int = 0
    with_journal: int = 0  # taken in the middle of a commit
    unreadable: int = 0
    lacking: int = 0  # without a row that had been acknowledged before


def drill(folder: Path, copies: int, number: int, seed: int) -> Copies:
    """Copy during batches of `number` images until there are `copies` copies."""
    write_model(folder / "models")
    cells, choose, told = images(folder / "cells", number), random.Random(seed), Copies()
    while told.copies < copies:
        workspace = folder / f"written-{told.copies}.alldetect"
        with start(folder / "models", cells, workspace) as process:
            assert process.stdout is not None
            acknowledged: set[str] = set()
            for line in process.stdout:
                if line.startswith("new "):
                    acknowledged.add(line[4:].rstrip("\n"))
                if told.copies < copies and line.startswith("new ") and choose.random() < 0.3:
                    time.sleep(choose.random() * 0.02)
                    _copy(workspace, folder / f"copy-{told.copies}.alldetect", acknowledged, told)
    return told


def _copy(workspace: Path, copy: Path, acknowledged: set[str], told: Copies) -> None:
    shutil.copyfile(workspace, copy)
    with contextlib.suppress(FileNotFoundError):  # between two commits there is none
        shutil.copyfile(f"{workspace}-journal", f"{copy}-journal")
    told.copies += 1
    told.with_journal += Path(f"{copy}-journal").exists()
    if findings := verify(copy).findings:
        print(copy, *findings, sep="\n  ")
        told.unreadable += 1
        return
    with open_workspace(copy) as file:
        there = {result.record.relative for result in file.results(file.runs()[0])}
    told.lacking += not acknowledged <= there


def main() -> int:
    """Print what became of the copies; 1 when one did not open or lacked a row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = drill(Path(folder), options.copies, 200, options.seed)
    print(f"{told.copies} copies, {told.with_journal} of them in the middle of a commit: "
          f"{told.unreadable} did not verify, {told.lacking} lacked a row that had been acknowledged")  # fmt: skip
    return 1 if told.unreadable or told.lacking else 0


if __name__ == "__main__":
    raise SystemExit(main())
