"""Batches of growing size, each an `alldetect classify` of its own, looked at from outside: cost and memory."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from benchmarks.images import link_cells
from benchmarks.process_tree import watch


def classify_command(folder: Path, place: Path, model: str = "default") -> tuple[list[str], dict[str, str]]:
    """A run that classifies every image anew, whatever is kept, and the environment that keeps it from the user's."""
    program = [sys.executable, "-m", "alldetect_gui", "classify", str(folder), "--model", model, "--no-resume"]
    shutil.rmtree(place, ignore_errors=True)
    return [*program, "--out", str(place / "out")], {**os.environ, "XDG_DATA_HOME": str(place / "data")}


def batches(cells: Path, place: Path, sizes: list[int]) -> list[dict[str, Any]]:
    """For each number of images: seconds an image beyond those of a run over one image, and peak memory.

    The names are links to the same few cells, and --no-resume lets none of them be taken from an earlier result.
    """
    originals = sorted(cells.iterdir())
    alone = watch(*classify_command(link_cells(place / "1", originals, 1), place / "run"))
    found = [_row(1, alone.seconds, alone.peak_mb, alone.peak_with_helpers_mb, None)]
    for size in sizes:
        folder = link_cells(place / str(size), originals, size)
        seen = watch(*classify_command(folder, place / "run"))
        each = (seen.seconds - alone.seconds) / (size - 1)
        found.append(_row(size, seen.seconds, seen.peak_mb, seen.peak_with_helpers_mb, each))
        shutil.rmtree(folder)
    return found


def _row(images: int, seconds: float, peak: float, peak_with_helpers: float, each: float | None) -> dict[str, Any]:
    return {
        "images": images,
        "seconds": round(seconds, 3),
        "seconds_an_image": None if each is None else round(each, 5),
        "peak_mb": round(peak, 1),
        "peak_with_reader_mb": round(peak_with_helpers, 1),
    }
