"""Images from files of unknown origin, decoded in a process of their own. Window and commands read only here.

A decoder that crashes, hangs or asks for gigabytes ends its process and one file is refused; the next file gets a
new process. Readers are kept for reuse, because a start takes some 0.3 seconds; each call borrows one, so that
threads never share one. The pixels are those of imaging/decode.py.
"""

import atexit
import contextlib
import os
import select
import subprocess
import sys
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from alldetect_gui.core.errors import ImageRefused, RunFailed
from alldetect_gui.imaging import reader_process as child
from alldetect_gui.imaging.decoded import DecodedImage, SameBytes
from alldetect_gui.imaging.header import MAX_PIXELS, MAX_SIDE

TIME = 10.0  # seconds that one file may take
START = 60.0  # seconds that a start may take on a busy machine
STOPPED = "the reader stopped at this file"
SLOW = f"not decoded within {TIME:.0f} s"
_STARTS = 3
_PARTING = 1.0  # seconds
_MOST_IDLE = 2
_WAITS_FIRST = sys.platform == "win32"  # else pipes can be read without waiting, and most answers are there by then
_PIPE = 1 << 20  # bytes: an image of 450 x 450 fits in whole, so that the next one is ready before it is asked for


def start_ahead() -> None:
    """Have a reader load its libraries while the caller does other things; whoever reads first need not wait for it.

    A process that cannot be started is told where an image is to be read.
    """
    if not _idle:
        reader = Reader()
        with contextlib.suppress(OSError):
            reader.begin()
            _idle.append(reader)


def read_image(path: Path) -> DecodedImage:
    """Read, hash and decode one file. Raises ImageRefused."""
    with _borrowed() as reader:
        reader.ask(path)
        return reader.answer()


def read_thumbnail(path: Path, side: int) -> DecodedImage:
    """As `read_image`, shrunk to fit a square of `side` pixels; see thumbnails.thumbnail. Raises ImageRefused."""
    with _borrowed() as reader:
        reader.ask(path, side)
        return reader.answer()


def read_images(paths: Iterable[Path]) -> Generator[DecodedImage | ImageRefused, None, None]:
    """One outcome a path, in order; a refusal is a value. The next image is decoded while this one is used."""
    with contextlib.closing(read_unless_known((path, "") for path in paths)) as outcomes:
        for outcome in outcomes:
            assert not isinstance(outcome, SameBytes)  # noqa: S101 - nothing is known of any
            yield outcome


def read_unless_known(
    wanted: Iterable[tuple[Path, str]],
) -> Generator[DecodedImage | ImageRefused | SameBytes, None, None]:
    """As `read_images`, but a file that has the SHA-256 given with it (in hex; "": none) is hashed and not decoded."""
    with _borrowed() as reader:
        waiting = False
        for path, known in wanted:
            if waiting:
                outcome = reader.outcome()
                reader.ask(path, known=known)
                yield outcome
            else:
                reader.ask(path, known=known)
                waiting = True
        if waiting:
            yield reader.outcome()


class Reader:
    """One child process; used by one caller at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False  # it has said so
        self._owed = False

    def begin(self) -> None:
        """Start the process, and do not wait until it is ready. Raises OSError."""
        self._process, self._is_ready = _start(), False

    def ask(self, path: Path, side: int = 0, known: str = "") -> None:
        """Have `path` read; `side` for a thumbnail. Raises RunFailed when no process can be started."""
        name, expected = os.fsencode(path.absolute()), bytes.fromhex(known)
        operation = child.KNOWN if expected else child.THUMBNAIL if side else child.IMAGE
        request = child.REQUEST.pack(operation, side, len(name)) + name + expected
        for _ in range(2):  # a process that ended between two files is replaced, and no file pays for it
            process = self._started()
            try:
                _pipe(process.stdin).write(request)
            except OSError:
                self.close()
                continue
            self._owed = True
            return
        raise RunFailed("the reader of images cannot be reached")

    def answer(self) -> DecodedImage:
        """What became of the file asked for. Raises ImageRefused; afterwards another file can be asked for."""
        outcome = self._answer()
        assert isinstance(outcome, DecodedImage)  # noqa: S101 - nothing was said to be known
        return outcome

    def _answer(self) -> DecodedImage | SameBytes:
        deadline = time.monotonic() + TIME
        sha256 = ""
        try:
            kind, height, width, digest = child.ANSWER.unpack(self._receive(child.ANSWER.size, deadline))
            if kind not in (child.PIXELS, child.REFUSED, child.SAME):
                raise EOFError
            sha256 = "" if digest == child.NO_HASH else digest.hex()
            if kind == child.REFUSED and height <= 2000:
                reason = self._receive(height, deadline).tobytes().decode("utf-8", "replace")
                self._owed = False
                raise ImageRefused(reason, sha256)
            if kind == child.SAME and sha256:
                self._owed = False
                return SameBytes(sha256)
            if kind != child.PIXELS or max(height, width) > MAX_SIDE or not 0 < height * width <= MAX_PIXELS:
                raise EOFError
            data = self._receive(height * width * 3, deadline)
        except TimeoutError as error:
            self.close()
            raise ImageRefused(SLOW, sha256) from error
        except (EOFError, OSError) as error:
            self.close()
            raise ImageRefused(STOPPED, sha256) from error
        self._owed = False
        return DecodedImage(np.frombuffer(data, np.uint8).reshape(height, width, 3), sha256)

    def outcome(self) -> DecodedImage | ImageRefused | SameBytes:
        """As `answer`, with the refusal as a value."""
        try:
            return self._answer()
        except ImageRefused as refusal:
            return refusal

    @property
    def reusable(self) -> bool:
        """True when it has a process that owes nothing."""
        return self._process is not None and not self._owed

    def close(self) -> None:
        """End the process, at once."""
        process, self._process, self._owed = self._process, None, False
        if process is not None:
            process.kill()
            _pipe(process.stdin).close()
            _pipe(process.stdout).close()
            try:
                process.wait(_PARTING)
            except subprocess.TimeoutExpired:  # a share that answers no more keeps it for as long
                _stuck.append(process)
            _stuck[:] = [one for one in _stuck if one.poll() is None]

    def _started(self) -> subprocess.Popen[bytes]:
        reason = ""
        for _ in range(_STARTS):
            if self._process is not None and self._is_ready:
                return self._process
            try:
                if self._process is None:
                    self.begin()
                if child.ANSWER.unpack(self._receive(child.ANSWER.size, time.monotonic() + START))[0] != child.HELLO:
                    raise OSError("it says something else than expected")
                self._is_ready = True
            except EOFError:
                self.close()
                reason = "it ended at once"  # or it was killed, as by a system without memory: no run ends for that
            except OSError as error:
                self.close()
                raise RunFailed(f"the reader of images cannot be started ({error})") from error
        if self._process is None:
            raise RunFailed(f"the reader of images cannot be started ({reason})")
        return self._process

    def _receive(self, size: int, deadline: float) -> memoryview:
        """`size` bytes. Raises EOFError when the process ended, TimeoutError at `deadline` (monotonic)."""
        if self._process is None:
            raise EOFError
        pipe = _pipe(self._process.stdout)
        data = view = np.empty(size, np.uint8).data  # a bytearray would be filled with zeros first
        while view:
            if _WAITS_FIRST:
                _wait(pipe, deadline)
            got = pipe.readinto(view)  # type: ignore[attr-defined]
            if got is None:  # nothing is there yet
                _wait(pipe, deadline)
                continue
            if not got:
                raise EOFError
            view = view[got:]
        return data


_idle: deque[Reader] = deque()
_stuck: list[subprocess.Popen[bytes]] = []
"""Those that were killed and are not dead yet."""


@contextlib.contextmanager
def _borrowed() -> Iterator[Reader]:
    """A reader for one caller. One that still owes an answer afterwards is ended: its caller has gone."""
    try:
        reader = _idle.pop()
    except IndexError:
        reader = Reader()
    try:
        yield reader
    finally:
        if reader.reusable and len(_idle) < _MOST_IDLE:
            _idle.append(reader)
        else:
            reader.close()


@atexit.register
def close_idle() -> None:
    """End the readers that wait for work."""
    while _idle:
        _idle.pop().close()


def command() -> list[str]:
    """How a reader is started: a frozen program calls itself; else this Python, with this package and no other."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--reader"]
    root = str(Path(__file__).resolve().parents[2])
    start = f"import sys; sys.path.insert(0, {root!a}); from alldetect_gui.__main__ import main; main(['--reader'])"
    return [sys.executable, "-P", "-c", start]


def _start() -> subprocess.Popen[bytes]:
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # each thread's buffers count against the memory limit
    process = subprocess.Popen(  # noqa: S603 - our own program; no text of a file or a user is in it
        command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={**os.environ, **one},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if sys.platform != "win32":
        os.set_blocking(_pipe(process.stdout).fileno(), False)
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(_pipe(process.stdout), fcntl.F_SETPIPE_SZ, _PIPE)
    return process


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError
    return pipe


def _wait(pipe: IO[bytes], deadline: float) -> None:
    """Return when `pipe` can be read or has ended. Raises TimeoutError at `deadline`."""
    if sys.platform == "win32":
        import _winapi
        import msvcrt

        while not _winapi.PeekNamedPipe(msvcrt.get_osfhandle(pipe.fileno()), 0)[0]:  # OSError when it has ended
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.001)
        return
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
