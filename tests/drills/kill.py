"""Drill 1: kill -9 at random points of a batch. Nothing acknowledged is lost, the table is that of an unbroken run.

python -m tests.drills.kill --kills 50 --seed 1
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from alldetect_gui.core.records import ImageResult
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.classify_folder import READY
from alldetect_gui.workflows.evaluate_run import summarise
from alldetect_gui.workflows.export_results import results_csv
from tests.unit.inference.small_model import CellClass, cell, write_model

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Kills:
    """What happened in all of them."""

    kills: int = 0
    batches: int = 0
    images: int = 0  # of one batch
    lost: int = 0  # acknowledged, and not in the file afterwards
    again: int = 0  # acknowledged, and classified once more afterwards
    unfinished: int = 0  # kept when the kill came and not yet told: at most those that the disk was given together
    damaged: int = 0  # files that did not verify
    different: int = 0  # final tables that are not those of an unbroken run
    slowest_reopening: float = 0.0  # seconds

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing that was kept done twice."""
        too_many = self.unfinished > READY * self.kills
        return not (self.lost or self.again or self.damaged or self.different or too_many)


def images(folder: Path, number: int) -> Path:
    """A folder of small cells, all different, with one file in ten that cannot be used."""
    folder.mkdir()
    pixels = cell(CellClass.ALL, 1)[::4, ::4].copy()
    for index in range(number):
        pixels[0, 0] = (index % 256, index // 256, 9)
        data = png_bytes(pixels)
        (folder / f"UID_{index % 5}_{index}_1_all.png").write_bytes(data[:90] if index % 10 == 7 else data)
    return folder


def start(models: Path, folder: Path, workspace: Path) -> "subprocess.Popen[str]":
    """A batch in a process group of its own, so that a kill takes its helpers along."""
    command = [sys.executable, "-m", "tests.drills.batch", str(models), str(folder), str(workspace)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True)


def drill(folder: Path, kills: int, number: int, seed: int) -> Kills:
    """Kill batches of `number` images until `kills` kills are done; each batch is resumed until it ends."""
    write_model(folder / "models")
    cells, choose, told = images(folder / "cells", number), random.Random(seed), Kills(images=number)
    unbroken = folder / "unbroken.alldetect"
    with start(folder / "models", cells, unbroken) as process:
        process.communicate()
    expected = table(unbroken)
    while told.kills < kills:
        workspace = folder / f"killed-{told.batches}.alldetect"
        _one_batch(folder / "models", cells, workspace, choose, kills, told)
        told.batches += 1
        told.different += table(workspace) != expected
    return told


def _one_batch(models: Path, cells: Path, workspace: Path, choose: random.Random, kills: int, told: Kills) -> None:
    acknowledged: set[str] = set()
    while True:
        lines: list[str] = []
        # Up to an eighth of the batch more, and then a moment longer: before, within or after a commit.
        patience, moment = choose.randrange(told.images // 8 + 2), choose.random() * 0.03
        with start(models, cells, workspace) as process:
            assert process.stdout is not None
            fresh = 0
            for line in process.stdout:
                lines.append(line)
                fresh += line.startswith("new ")
                if told.kills < kills and fresh >= patience:
                    time.sleep(moment)
                    os.killpg(process.pid, signal.SIGKILL)
                    break
            lines += process.stdout.readlines()  # acknowledged before the kill came
        ended = any(line.startswith("end ") for line in lines)
        done_now = {line.split(" ", 1)[1].rstrip("\n") for line in lines if line.startswith("new ")}
        skipped = {name for name in done_now if int(name.split("_")[2]) % 10 == 7}  # looked at anew each time
        told.again += len((acknowledged & done_now) - skipped)
        acknowledged |= done_now
        _look(workspace, acknowledged, told, killed=process.returncode == -signal.SIGKILL)
        if ended and process.returncode == 0:
            return


def _look(workspace: Path, acknowledged: set[str], told: Kills, *, killed: bool) -> None:
    """Open it as the next start would, and count."""
    if not workspace.exists():
        assert not acknowledged
        told.kills += killed
        return
    began = time.monotonic()
    with open_workspace(workspace) as file:
        told.slowest_reopening = max(told.slowest_reopening, time.monotonic() - began)
        runs = file.runs()
        there = {result.record.relative for run in runs for result in file.results(run)}
    told.kills += killed
    told.lost += len(acknowledged - there)
    told.unfinished += len(there - acknowledged)
    acknowledged |= there
    told.damaged += bool(verify(workspace).findings)


def table(workspace: Path) -> str:
    """The rows of results.csv of the last run in a workspace file."""
    with open_workspace(workspace) as file:
        run = file.runs()[0]
        results: tuple[ImageResult, ...] = file.results(run)
        assert run.is_finished
        return results_csv(results, summarise(results, model=run.model, intervals=False))


def main() -> int:
    """Print what happened; 1 when anything was lost, done again, damaged or different."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--images", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = drill(Path(folder), options.kills, options.images, options.seed)
    print(f"{told.kills} kills in {told.batches} batches of {told.images} images")
    print(f"{told.lost} acknowledged results lost, {told.again} of them classified again")
    print(f"{told.damaged} files damaged, {told.different} final tables different from an unbroken run's")
    print(f"{told.unfinished} results were kept but not yet told when the kill came: the disk was given them together")
    print(f"slowest reopening {told.slowest_reopening:.3f} s")
    return 0 if told.clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
