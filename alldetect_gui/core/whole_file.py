"""How the program reads and writes a file that its user names: whole, or not at all."""

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO

_PIECE = 1 << 20
MOST_BYTES = 512 * 2**20
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_whole(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file. Raises OSError for anything else: a pipe is not waited for, a device not emptied."""
    descriptor = os.open(path, _FLAGS)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)  # Python makes no file object of a folder
        raise OSError(errno.EINVAL, "not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > most:
            raise OSError(errno.EFBIG, f"larger than {most // 2**20} MB")
        return all_of(file, status.st_size, most)


def all_of(file: BinaryIO, size: int, most: int) -> bytes:
    """What an open file of `size` bytes holds, and what it has grown by, at most `most`.

    To read `most` at once would have a buffer of that size made, and cut down.
    """
    data = file.read(size + 1)
    return data if len(data) <= size else data + file.read(most - len(data))


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` beside `path`, flush it to the disk, rename it over `path`, flush the folder.

    A link is written through, so that it stays a link. Raises OSError (a full disk, no permission, a file that
    another program holds open, a pipe or a device by that name); the old file is intact then and no temporary
    file is left.
    """
    target = Path(os.path.realpath(path))
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISREG(target.stat().st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".alldetect-")  # short: names may fill 255 bytes
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            for start in range(0, len(data), _PIECE):
                _write_all(file.fileno(), data[start : start + _PIECE])
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, target)  # noqa: PTH105 - the name by which tests make it fail
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def _write_all(descriptor: int, data: bytes) -> None:
    """os.write takes what fits; a disk that is nearly full takes a part before it refuses."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _flush_folder(folder: Path) -> None:
    """So that the new name, too, survives a power cut. The file is complete already: no failure counts here."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
