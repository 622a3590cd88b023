"""How much of the machine this process may use."""

import contextlib
import os
import sys
from pathlib import Path

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1  # as malloc.h has them
_KEPT = 4 * 2**20  # bytes: larger pieces than this go back to the system at once; an image of 450 x 450 has 0.6 MB
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


def settle_heaps() -> None:
    """Set the C library (glibc) up for many images in a row: threads share two heaps, and what one image took is kept.

    Without it each thread gets a heap of its own that keeps what is freed, and the pages of every image are given back
    to the system, to be asked for and filled with zeros anew for the next one. To be called before the first thread is
    started. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(AttributeError, OSError):
            libc = ctypes.CDLL(None)
            libc.mallopt(_ARENA_MAX, 2)
            libc.mallopt(_MMAP_THRESHOLD, _KEPT)
            libc.mallopt(_TRIM_THRESHOLD, 4 * _KEPT)
