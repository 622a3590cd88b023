"""What the figures were measured on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from alldetect_gui import __version__
from alldetect_gui.core.machine import usable_cores
from benchmarks.peak import processor_flags

_PACKAGES = ("numpy", "opencv-python-headless", "ai-edge-litert")
_INT8 = ("avx2", "avx_vnni", "avx512_vnni", "amx_int8", "asimddp")


def machine() -> dict[str, Any]:
    """Processor, cores, what it has for numbers of 8 bits, memory and system."""
    return {
        "processor": _processor(),
        "cores": usable_cores(),
        "int8": [flag for flag in _INT8 if flag in processor_flags()],
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
    }


def versions() -> dict[str, str]:
    """Of the program and of what computes for it."""
    return {
        "alldetect": __version__,
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


class Busy:
    """How much of the processor was in use, by anyone, since this was made."""

    def __init__(self) -> None:
        self._before = _ticks()

    def share(self) -> float | None:
        """0 to 1; None where the system does not tell."""
        before, now = self._before, _ticks()
        if before is None or now is None or now[0] == before[0]:
            return None
        return 1 - (now[1] - before[1]) / (now[0] - before[0])


def _ticks() -> tuple[int, int] | None:
    """All ticks of all cores so far, and those that were idle."""
    try:
        values = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    except OSError:
        return None
    return sum(values), values[3] + values[4]
