"""One writer a workspace file. The lock belongs to the process: whatever ends it, kill -9 too, frees it at once.

Beside the lock stands a mark, the process and its computer. On a shared disk a lock may not be seen from another
computer, so the mark of another one is believed until somebody says that it holds no more.
"""

import contextlib
import os
import platform
import re
import sys
from pathlib import Path

from alldetect_gui.store.errors import WorkspaceInUse, WorkspaceUnwritable

if sys.platform == "win32":
    import msvcrt

    def hold(descriptor: int) -> None:
        """Lock an open file until it is closed. Raises OSError at once where another process holds it."""
        os.lseek(descriptor, 4096, os.SEEK_SET)  # beyond the text, which others may read
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def hold(descriptor: int) -> None:
        """Lock an open file until it is closed. Raises OSError at once where another process holds it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_MARK = re.compile(r"(process \d+) on (\S.*)")


class WriterLock:
    """Held from construction to `release`. The file beside the workspace stays; its mark goes."""

    def __init__(self, workspace: Path, *, take_over: bool = False) -> None:
        """`take_over`: the mark of another computer holds no more.

        Raises WorkspaceInUse, naming who holds it as far as that is known, or WorkspaceUnwritable.
        """
        self.path = workspace.with_name(workspace.name + ".lock")
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceUnwritable(workspace, f"the workspace file {workspace} cannot be used: {reason}") from error
        try:
            hold(self._descriptor)
        except OSError as error:
            process, computer = self._mark()
            os.close(self._descriptor)
            holder = process if computer in ("", platform.node()) else f"{process} on {computer}"
            by = f"another AllDetect ({holder})" if holder else "another AllDetect"
            raise WorkspaceInUse(workspace, f"the workspace file {workspace} is in use by {by}") from error
        process, computer = self._mark()
        self.taken_over = f"{process} on {computer}" if computer not in ("", platform.node()) else ""
        """The mark of another computer that was found, or nothing."""
        if self.taken_over and not take_over:
            os.close(self._descriptor)
            raise _marked(workspace, process, computer)
        with contextlib.suppress(OSError):  # a full disk: the lock holds without its mark
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, f"process {os.getpid()} on {platform.node()}\n".encode())

    def release(self) -> None:
        """Let others write."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)

    def _mark(self) -> tuple[str, str]:
        """Process and computer as the file tells them; empty where it tells nothing, or something else."""
        with contextlib.suppress(OSError):
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            found = _MARK.match(os.read(self._descriptor, 300).decode("utf-8", "replace"))
            if found:
                return found[1], "".join(char for char in found[2].strip() if char.isprintable())
        return "", ""


def _marked(workspace: Path, process: str, computer: str) -> WorkspaceInUse:
    error = WorkspaceInUse(
        workspace,
        f"the workspace file {workspace} is marked as in use on the computer {computer} ({process}); where no "
        "AllDetect has it open there, “alldetect workspace unlock” frees it",
    )
    error.elsewhere = True
    return error
