"""How soon the program is there: by turns with an empty Python, processes started from outside."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.batches import classify_command
from benchmarks.images import link_cells
from benchmarks.spread import spread


def start(cells: Path, place: Path, rounds: int) -> dict[str, Any]:
    """In seconds. `first_result`: a whole `alldetect classify` over one image, its files written and its end."""
    one = link_cells(place / "start", sorted(cells.iterdir()), 1)
    commands = {
        "python": [sys.executable, "-c", "pass"],
        "version": [sys.executable, "-m", "alldetect_gui", "--version"],
    }
    found: dict[str, list[float]] = {"python": [], "version": [], "first_result": []}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(_seconds(command))
        command, environment = classify_command(one, place / "run")
        found["first_result"].append(_seconds(command, environment))
    added = [version - python for version, python in zip(found["version"], found["python"], strict=True)]
    return {**{name: spread(values, 4) for name, values in found.items()}, "version_over_python": spread(added, 4)}


def _seconds(command: list[str], environment: dict[str, str] | None = None) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began
