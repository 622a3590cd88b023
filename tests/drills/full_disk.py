"""Drill 3 on a real full disk: a batch on a small tmpfs pauses, and goes on when there is room. Needs root (mount).

sudo .venv/bin/python -m tests.drills.full_disk
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.drills.kill import ROOT, images
from tests.unit.inference.small_model import write_model

PROGRAM = (
    "import sys; from pathlib import Path; from alldetect_gui import paths; models = Path(sys.argv.pop(1)); "
    "paths.models = lambda: models; from alldetect_gui.__main__ import main; sys.exit(main())"
)
ROOM = 128  # kB: enough for the tables and some of the images


def classify(folder: Path, disk: Path) -> subprocess.CompletedProcess[str]:
    """`alldetect classify` with the small model and its workspace on the small disk."""
    command = [sys.executable, "-c", PROGRAM, str(folder / "models"), "classify", str(folder / "cells"),
               "--out", str(folder / "out")]  # fmt: skip
    environment = {**os.environ, "XDG_DATA_HOME": str(disk)}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def drill(folder: Path, disk: Path) -> list[str]:
    """Fill, classify, make room, classify; what went wrong, in words."""
    write_model(folder / "models")
    images(folder / "cells", 60)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(2 * 2**20 - ROOM * 1024))
    paused = classify(folder, disk)
    print(paused.stderr.strip().splitlines()[-1])
    ballast.unlink()
    went_on = classify(folder, disk)
    print(next((line for line in went_on.stderr.splitlines() if "resuming" in line), "not resumed"))
    rows = len((folder / "out" / "results.csv").read_text(encoding="utf-8").splitlines())
    wrong = []
    if paused.returncode != 3 or "disk full at" not in paused.stderr or "Traceback" in paused.stderr:
        wrong.append(f"it did not pause: {paused.stderr}")
    if went_on.returncode != 0 or "resuming" not in went_on.stderr or rows != 61:
        wrong.append(f"it did not go on: {rows} rows, {went_on.stderr}")
    return wrong


def main() -> int:
    """Mount, drill, unmount; 1 when something went wrong."""
    with tempfile.TemporaryDirectory() as name:
        disk = Path(name) / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=True)
        try:
            wrong = drill(Path(name), disk)
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    print(*wrong or ["paused, and went on when there was room"], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
