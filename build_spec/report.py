"""Size and start of the bundle, side by side with running from source, against the budgets.

make bundle-report       (after make bundle)
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import inspect_bundle
import project

SIZE = 400_000_000  # bytes, unpacked, without TensorFlow
PAINTED, FIRST_RESULT = 1.0, 2.0  # seconds after the start, warm


def main(arguments: Sequence[str]) -> int:
    """Print a table; 1 when the bundle is over a budget. Times on a busy machine are what they are: see the load."""
    parser = argparse.ArgumentParser(description="Measure the bundle.")
    parser.add_argument("--times", type=int, default=5, help="starts of each kind, the first is not counted")
    times = parser.parse_args(arguments).times
    bundle = project.bundle()
    source = Path(sys.executable).with_name("alldetect-gui")
    size = inspect_bundle.size(bundle)
    frozen = measure([str(bundle / "alldetect-gui")], times)
    unfrozen = measure([str(source)], times)
    load = os.getloadavg()[0]
    print(f"{platform.platform()}, {os.cpu_count()} processors, load {load:.1f}; least and median of {times}")
    print(f"{'':<34}{'budget':>10}{'bundle':>16}{'source':>16}")
    print(f"{'unpacked size, MB':<34}{SIZE / 1e6:>10.0f}{size / 1e6:>16.0f}{'-':>16}")
    for name, title, budget in (("painted", "start to painted window, s", PAINTED),
                                ("first_result", "start to first result, s", FIRST_RESULT)):  # fmt: skip
        print(f"{title:<34}{budget:>10.1f}{_said(frozen[name]):>16}{_said(unfrozen[name]):>16}")
    loaded = ["yes" if found["loaded"] else "no" for found in (frozen, unfrozen)]
    print(f"{'TensorFlow loaded by the window':<34}{'no':>10}{loaded[0]:>16}{loaded[1]:>16}")
    over = size > SIZE or min(frozen["painted"]) > PAINTED or min(frozen["first_result"]) > FIRST_RESULT
    return 1 if over or frozen["loaded"] else 0


def measure(program: list[str], times: int) -> dict[str, list[float]]:
    """Seconds from the start of the process, off screen, with settings of their own; one start more warms up."""
    found: dict[str, list[float]] = {"painted": [], "first_result": [], "loaded": []}
    samples = project.ROOT / "resources" / "samples"
    for number in range(times + 1):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "start.json")
            variables = {"QT_QPA_PLATFORM": "offscreen", "HOME": folder, "XDG_DATA_HOME": folder}
            began = time.time()  # noqa: TID251 - compared with the start in another process
            command = [*program, str(samples), "--measure", str(file)]
            subprocess.run(command, env=os.environ | variables, check=True, capture_output=True, timeout=600)
            told = json.loads(file.read_text(encoding="utf-8"))
        if number:
            found["painted"].append(told["painted"] - began)
            found["first_result"].append(told["first_result"] - began)
            found["loaded"] += told["loaded"]
    return found


def _said(seconds: list[float]) -> str:
    return f"{min(seconds):.2f} / {sorted(seconds)[len(seconds) // 2]:.2f}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
