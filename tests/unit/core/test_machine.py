"""What a process takes of its machine."""

import re
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys, threading
from alldetect_gui.core.machine import settle_heaps
if sys.argv[1:] == ["few"]:
    settle_heaps()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(8)
def work():
    together.wait()
    for _ in range(100):
        libc.malloc(100_000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc.malloc_stats()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="heaps of threads are glibc's")
def test_that_threads_share_two_heaps() -> None:
    def heaps(*words: str) -> int:
        done = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no malloc_stats here: {done.stderr[-200:]}")
        return len(re.findall(r"^Arena \d+:", done.stderr, re.MULTILINE))

    assert heaps() > 2
    assert heaps("few") <= 2
