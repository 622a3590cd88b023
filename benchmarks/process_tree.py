"""Processor time and memory of a process and of those that it started, taken from outside (Linux)."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def tree(process: int) -> list[int]:
    """The process and all that descend from it and still run; the process first."""
    found = [process]
    for number in found:
        try:
            found += [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]
        except OSError:
            continue
    return found


def processor_seconds(process: int) -> float:
    """Of the process and what it started, those that ended and were waited for included."""
    ticks = 0
    for number in tree(process):
        try:
            values = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(value) for value in values[11:15])
    return ticks / _TICK


@dataclass(frozen=True)
class Watched:
    """A command that has ended."""

    seconds: float
    peak_mb: float  # resident, of the command's own process
    peak_with_helpers_mb: float  # the same with the peaks of the processes that it started


def watch(command: list[str], environment: dict[str, str]) -> Watched:
    """Run a command to its end and read its peak memory as Linux kept it, which no short peak escapes.

    Raises RuntimeError when it fails.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peaks: dict[int, float] = {}
    while process.poll() is None:
        for number in tree(process.pid):
            if (peak := _peak(number)) is not None:
                peaks[number] = peak
        time.sleep(0.01)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{command} ended with exit code {process.returncode}")
    return Watched(seconds, peaks.get(process.pid, 0.0), sum(peaks.values()))


def _peak(process: int) -> float | None:
    try:
        lines = Path(f"/proc/{process}/status").read_text(errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM")), None)
