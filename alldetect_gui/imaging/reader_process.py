"""The process in which files of unknown origin are decoded: `alldetect --reader`, started by imaging/reader.py.

It knows neither Qt nor a model runtime, may use only so much memory, and ends with its standard input, so that it
never outlives the program. What it says is only: the file's SHA-256, and pixels or a reason in words.
"""

import contextlib
import hashlib
import os
import re
import signal
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias

Part: TypeAlias = bytes | memoryview

REQUEST = struct.Struct(">cII")  # operation, side of a thumbnail, length of the path that follows, then as KNOWN says
ANSWER = struct.Struct(">cII32s")  # kind, two numbers: see the kinds; the file's SHA-256, zeros where it has none
HELLO, PIXELS, REFUSED, SAME = b"H", b"P", b"R", b"="  # PIXELS: height, width, these follow; REFUSED: length of a text
NO_HASH = bytes(32)
IMAGE, THUMBNAIL, KNOWN = b"I", b"T", b"K"  # KNOWN: 32 bytes follow; a file with this hash is not decoded
MEMORY = 1_100_000_000  # bytes beyond what the process has when it is ready: the largest legal image takes 0.8 GB
TIME = 15.0  # seconds; the parent gives up after 10 and this is for a parent that is no more
# What libjpeg says and then draws something all the same; it says one thing a file, the first. Bytes too many before
# the end mark are other programs' habit, but with restart markers they may stand where the rest of the picture should.
_DAMAGE = re.compile(
    rb"[Pp]remature end|bad Huffman code|Invalid SOS|Corrupt JPEG data: (?!\d+ extraneous bytes before marker 0xd9)|"
    rb"unknown JFIF revision|Unknown Adobe color transform|Inconsistent progression"
)
_BYTES_TOO_MANY, _RESTARTS = b"extraneous bytes before marker 0xd9", b"\xff\xdd\x00\x04"


def main() -> int:
    """Serve requests until standard input ends; returns the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the parent, which then closes the pipe
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    with Path(os.devnull).open("r+b") as null, tempfile.TemporaryFile() as remarks:
        os.dup2(null.fileno(), 0)
        os.dup2(null.fileno(), 1)  # what a library prints must not lie between the answers
        os.dup2(remarks.fileno(), 2)
        import cv2

        import alldetect_gui.imaging.decode
        import alldetect_gui.imaging.thumbnails  # noqa: F401 - loaded before memory is limited
        from alldetect_gui.core.machine import settle_heaps

        settle_heaps()
        cv2.setNumThreads(1)
        _limit_memory()
        try:
            _send(answers, ANSWER.pack(HELLO, 0, 0, NO_HASH))
            while request := requests.read(REQUEST.size):
                operation, side, length = REQUEST.unpack(request)
                path = Path(os.fsdecode(requests.read(length)))
                known = requests.read(32) if operation == KNOWN else b""
                with _limited_time():
                    parts = _answer(path, side if operation == THUMBNAIL else 0, known, remarks)
                _send(answers, *parts)
        except (BrokenPipeError, struct.error):  # the parent is gone
            return 0
    return 0


def _answer(path: Path, side: int, known: bytes, remarks: BinaryIO) -> list[Part]:
    """The answer to one request, in one part or two."""
    from alldetect_gui.core.errors import ImageRefused
    from alldetect_gui.imaging.decode import decode, read_bytes
    from alldetect_gui.imaging.thumbnails import thumbnail

    digest = NO_HASH
    try:
        data = read_bytes(path)
        digest = hashlib.sha256(data).digest()
        if digest == known:
            return [ANSWER.pack(SAME, 0, 0, digest)]
        pixels = decode(data)
        heard = _heard(remarks)
        if _DAMAGE.search(heard) or (_BYTES_TOO_MANY in heard and _RESTARTS in data):
            raise ImageRefused("damaged JPEG (its data end too early or make no sense)")
        pixels = thumbnail(pixels, side) if side else pixels
        return [ANSWER.pack(PIXELS, *pixels.shape[:2], digest), pixels.data.cast("B")]
    except ImageRefused as refusal:
        reason = refusal.reason
    except MemoryError:
        reason = "needs more memory than an image may take"
    except Exception as error:  # noqa: BLE001 - a file must never end the batch, whatever a decoder raises
        reason = f"cannot be decoded ({type(error).__name__})"
    _heard(remarks)
    text = reason.encode("utf-8", "backslashreplace")[:2000]
    return [ANSWER.pack(REFUSED, len(text), 0, digest), text]


def _heard(remarks: BinaryIO) -> bytes:
    """What the decoders wrote to standard error since the last call."""
    length = os.fstat(remarks.fileno()).st_size
    if not length:
        return b""
    remarks.seek(0)
    text = remarks.read(100_000)
    remarks.seek(0)
    remarks.truncate()
    return text


def _send(answers: BinaryIO, *parts: Part) -> None:
    """One after the other; in one call where the system can, so that who waits for them is woken once."""
    sent = os.writev(answers.fileno(), parts) if hasattr(os, "writev") else 0
    for part in parts:
        view = memoryview(part)[sent:]
        sent = max(0, sent - len(part))
        while view:
            view = view[answers.write(view) :]


def _limit_memory() -> None:
    """Where the system can: the size now plus MEMORY, so that a bomb is an error here and not a machine that swaps."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + MEMORY
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))


@contextlib.contextmanager
def _limited_time() -> Iterator[None]:
    """The system ends this process when it hangs: the signal's default needs no Python to run."""
    if sys.platform == "win32":
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, TIME)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
