"""The processor's own limit for 8-bit numbers: a loop of nothing but its multiply-add instruction, on every core.

The loop is a few bytes of machine code, because no compiler may be on the machine. Its operands never leave the
registers, so no program that reads memory can be faster.
"""

import ctypes
import mmap
import platform
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Loop:
    """Machine code. `turn` is repeated as often as the first argument (rdi) says."""

    instruction: str
    turn: bytes
    products: int  # multiply-adds of a turn
    before: bytes = b""
    behind: bytes = b"\xc5\xf8\x77"  # vzeroupper


def loop_for(flags: set[str]) -> Loop | None:
    """The best vector loop for a processor with these flags (of /proc/cpuinfo); None where this file has none."""
    if "avx512_vnni" in flags:  # vpdpbusd zmm0 to zmm23, zmm31, zmm30
        heads = (b"\x62\x92\x05\x40\x50", b"\x62\x12\x05\x40\x50", b"\x62\x82\x05\x40\x50")
        turn = b"".join(head + bytes([0xC6 + 8 * register]) for head in heads for register in range(8))
        return Loop("AVX-512 VNNI", turn, 24 * 64)
    if "avx_vnni" in flags:  # vpdpbusd ymm0 to ymm11, ymm15, ymm14
        turn = b"".join(b"\xc4\xc2\x05\x50" + bytes([0xC6 + 8 * register]) for register in range(8))
        turn += b"".join(b"\xc4\x42\x05\x50" + bytes([0xC6 + 8 * register]) for register in range(4))
        return Loop("AVX-VNNI", turn, 12 * 32)
    if "avx2" in flags:  # vpmaddubsw, vpmaddwd, vpaddd: three instructions for what is one above
        turn = b"".join(
            b"\xc4\xc2\x05\x04" + bytes([0xC6 + 8 * r]) + b"\xc5\x95\xf5" + bytes([0xC0 + 9 * r])
            + b"\xc5" + bytes([0xFD - 8 * r]) + b"\xfe" + bytes([0xC0 + 9 * r])
            for r in range(8)
        )  # fmt: skip
        return Loop("AVX2", turn, 8 * 32)
    return None


def tile_loop_for(flags: set[str]) -> Loop | None:
    """Intel's matrix tiles (AMX), where the processor has them: tdpbssd tmm0 to tmm5, tmm6, tmm7 of 16 lines each."""
    if "amx_int8" not in flags:
        return None
    turn = b"".join(b"\xc4\xe2\x43\x5e" + bytes([0xC6 + 8 * register]) for register in range(6))
    # ldtilecfg [rsi] before, tilerelease behind
    return Loop("AMX", turn, 6 * 16 * 16 * 64, b"\xc4\xe2\x78\x49\x06", b"\xc4\xe2\x78\x49\xc0")


_EVERY_TILE = struct.pack("<BB14x8H16x8B8x", 1, 0, *[64] * 8, *[16] * 8)
"""Palette 1; 64 bytes a line, 16 lines, for all eight."""
_PRCTL, _ASK, _TILES = 158, 0x1023, 18


def _may_use_tiles() -> bool:
    """Linux keeps room for tiles only for a process that asked for it."""
    return bool(ctypes.CDLL(None).syscall(_PRCTL, _ASK, _TILES) == 0)


def processor_flags() -> set[str]:
    """What the processor can do for this process, in Linux' words."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    flags = set(next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), []))
    return (
        flags if "amx_int8" not in flags or _may_use_tiles() else {flag for flag in flags if not flag.startswith("amx")}
    )


class Peak:
    """Measures the limit by a loop on so many cores."""

    def __init__(self, cores: int, loop: Loop | None) -> None:
        self._cores = cores
        fits = sys.platform == "linux" and platform.machine() == "x86_64"
        self.loop = loop if fits and (loop is None or loop.instruction != "AMX" or _may_use_tiles()) else None

    def measure(self, seconds: float = 0.5) -> float | None:
        """Multiply-adds a second, all cores together; None where there is no loop for the processor."""
        if (loop := self.loop) is None:
            return None
        try:
            page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        except OSError:  # a system that lets no one write code
            return None
        back = -(len(loop.turn) + 3 + 6)  # dec rdi, jnz
        again = b"\x48\xff\xcf\x0f\x85" + back.to_bytes(4, "little", signed=True)
        page.write(loop.before + loop.turn + again + loop.behind + b"\xc3")
        address = ctypes.c_char.from_buffer(page)
        code = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_char_p)(ctypes.addressof(address))
        run = partial(_run, code)
        turns = 1_000_000
        began = time.perf_counter()
        run(turns)
        turns = max(turns, int(turns * seconds / (time.perf_counter() - began)))
        began = time.perf_counter()
        with ThreadPoolExecutor(self._cores) as pool:
            list(pool.map(run, [turns] * self._cores))
        rate = self._cores * turns * loop.products / (time.perf_counter() - began)
        del run, code, address
        page.close()
        return rate


def _run(code: Any, turns: int) -> None:
    code(turns, _EVERY_TILE)
