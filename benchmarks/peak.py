"""The processor's own limit for 8-bit numbers: a loop of nothing but its multiply-add instruction, on every core.

The loop is a few bytes of machine code, because no compiler may be on the machine. Its operands never leave the
registers, so no program that reads memory can be faster.
"""

import ctypes
import mmap
import platform
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

Loop = tuple[str, bytes, int]
"""The instruction's name, one turn of the loop, and the multiply-adds of a turn."""


def loop_for(flags: set[str]) -> Loop | None:
    """The best that a processor with these flags (of /proc/cpuinfo) has; None for one that this file does not know."""
    if "avx512_vnni" in flags:  # vpdpbusd zmm0 to zmm23, zmm31, zmm30
        heads = (b"\x62\x92\x05\x40\x50", b"\x62\x12\x05\x40\x50", b"\x62\x82\x05\x40\x50")
        turn = b"".join(head + bytes([0xC6 + 8 * register]) for head in heads for register in range(8))
        return "AVX-512 VNNI", turn, 24 * 64
    if "avx_vnni" in flags:  # vpdpbusd ymm0 to ymm11, ymm15, ymm14
        turn = b"".join(b"\xc4\xc2\x05\x50" + bytes([0xC6 + 8 * register]) for register in range(8))
        turn += b"".join(b"\xc4\x42\x05\x50" + bytes([0xC6 + 8 * register]) for register in range(4))
        return "AVX-VNNI", turn, 12 * 32
    if "avx2" in flags:  # vpmaddubsw, vpmaddwd, vpaddd: three instructions for what is one above
        turn = b"".join(
            b"\xc4\xc2\x05\x04" + bytes([0xC6 + 8 * r]) + b"\xc5\x95\xf5" + bytes([0xC0 + 9 * r])
            + b"\xc5" + bytes([0xFD - 8 * r]) + b"\xfe" + bytes([0xC0 + 9 * r])
            for r in range(8)
        )  # fmt: skip
        return "AVX2", turn, 8 * 32
    return None


def processor_flags() -> set[str]:
    """What the processor can do, in Linux' words."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return set(next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), []))


class Peak:
    """Measures the limit on so many cores."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        fits = sys.platform == "linux" and platform.machine() == "x86_64"
        self.loop = loop_for(processor_flags()) if fits else None

    def measure(self, seconds: float = 0.5) -> float | None:
        """Multiply-adds a second, all cores together; None where there is no loop for the processor."""
        if self.loop is None:
            return None
        _, turn, products = self.loop
        try:
            page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        except OSError:  # a system that lets no one write code
            return None
        back = -(len(turn) + 3 + 6)
        page.write(turn + b"\x48\xff\xcf\x0f\x85" + back.to_bytes(4, "little", signed=True) + b"\xc5\xf8\x77\xc3")
        address = ctypes.c_char.from_buffer(page)
        run = ctypes.CFUNCTYPE(None, ctypes.c_int64)(ctypes.addressof(address))
        turns = 1_000_000
        began = time.perf_counter()
        run(turns)
        turns = max(turns, int(turns * seconds / (time.perf_counter() - began)))
        began = time.perf_counter()
        with ThreadPoolExecutor(self._cores) as pool:
            list(pool.map(run, [turns] * self._cores))
        rate = self._cores * turns * products / (time.perf_counter() - began)
        del run, address
        page.close()
        return rate
