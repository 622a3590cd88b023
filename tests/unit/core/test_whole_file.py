"""A file appears whole or the old one stays, whatever step of the writing fails."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alldetect_gui.core.whole_file import read_whole, write_whole

DATA = bytes(range(256)) * 16384  # 4 MB: several pieces


class FailingDisk:
    """os.write, os.fsync and os.replace as they are, but for the step number `fail_at`, counted from 0."""

    def __init__(self, patch: pytest.MonkeyPatch, fail_at: int, number: int = errno.ENOSPC) -> None:
        self.steps, self._fail_at, self._error = 0, fail_at, OSError(number, os.strerror(number))
        for name in ("write", "fsync", "replace"):
            patch.setattr(f"alldetect_gui.core.whole_file.os.{name}", self._counted(getattr(os, name)))

    def _counted(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.steps += 1
            if self.steps == self._fail_at + 1:
                raise self._error
            return step(*args, **kwargs)

        return call


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EFBIG])
@pytest.mark.parametrize("fail_at", range(6))  # four pieces, the flush, the renaming
def test_that_a_failure_at_any_step_keeps_the_old_file_and_leaves_nothing(
    tmp_path: Path, fail_at: int, number: int
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")
    with pytest.MonkeyPatch.context() as patch:
        FailingDisk(patch, fail_at, number)
        with pytest.raises(OSError, match=os.strerror(number)):
            write_whole(path, DATA)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_that_the_steps_are_those_that_were_made_to_fail_and_the_folder_is_flushed_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FailingDisk(monkeypatch, fail_at=6)  # the flush of the folder: the file is complete by then
    write_whole(tmp_path / "table.csv", DATA)
    assert disk.steps == 7
    assert (tmp_path / "table.csv").read_bytes() == DATA


def test_that_a_write_that_takes_a_part_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr("alldetect_gui.core.whole_file.os.write", lambda to, data: real(to, data[:100_000]))
    write_whole(tmp_path / "table.csv", DATA)
    assert (tmp_path / "table.csv").read_bytes() == DATA


def test_that_the_longest_name_can_be_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 125 + ".html")  # 255 bytes
    for data in (b"1", b"2"):
        write_whole(path, data)
        assert path.read_bytes() == data


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no links and pipes here")
def test_that_a_link_stays_a_link_and_a_pipe_or_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write_whole(tmp_path / "link.csv", b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("pipe.csv", "."):
        with pytest.raises(OSError, match="not a regular file"):
            write_whole(tmp_path / name, b"new")
    assert (tmp_path / "pipe.csv").is_fifo()


def test_that_a_file_is_read_whole_or_refused_for_its_size(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(DATA)
    assert read_whole(path) == DATA
    with pytest.raises(OSError, match="larger than 1 MB"):
        read_whole(path, 2**20)


@pytest.mark.timeout(20)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_that_what_is_no_regular_file_is_neither_waited_for_nor_emptied(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    os.mkfifo(path)
    place = {"pipe": path, "folder": tmp_path, "device": Path("/dev/zero")}[kind]
    with pytest.raises(OSError, match="not a regular file"):
        read_whole(place)
