"""How much of the machine this process may use."""

import contextlib
import os
import sys
from pathlib import Path

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # Linux, cgroup v2: microseconds of processor time, and in how many


def usable_cores() -> int:
    """Processor cores that this process may keep busy; at least 1.

    A container may see sixty-four cores and be granted two: threads beyond the grant only wait for each other.
    """
    seen = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        granted, period = (int(word) for word in _QUOTA.read_text(encoding="ascii").split())
    except (OSError, ValueError):  # no such system, or the quota is the word “max”
        return seen
    return max(1, min(seen, round(granted / period))) if period > 0 else seen


def few_heaps() -> None:
    """Let all threads share two heaps, where the C library (glibc) would give each its own and keep what is freed.

    To be called before the first thread is started. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
