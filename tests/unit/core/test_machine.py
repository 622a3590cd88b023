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


IMAGES = """
import ctypes, resource, sys
from alldetect_gui.core.machine import settle_heaps
if sys.argv[1:] == ["settled"]:
    settle_heaps()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
def image():
    pieces = [libc.malloc(607_500) for _ in range(3)]
    for piece in pieces:
        ctypes.memset(piece, 1, 607_500)
    for piece in pieces:
        libc.free(ctypes.c_void_p(piece))
for _ in range(5):
    image()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    image()
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="thresholds of the heap are glibc's")
def test_that_pages_of_one_image_serve_the_next() -> None:
    def faults(*words: str) -> float:
        done = subprocess.run([sys.executable, "-c", IMAGES, *words], capture_output=True, text=True, check=True)
        return float(done.stdout)

    if faults() < 100:
        pytest.skip("this C library keeps pages by itself")
    assert faults("settled") < 10
