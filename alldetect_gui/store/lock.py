"""One writer a workspace file. The lock belongs to the process: whatever ends it, kill -9 too, frees it at once."""

import contextlib
import os
import sys
from pathlib import Path

from alldetect_gui.store.errors import WorkspaceInUse, WorkspaceUnwritable

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, 4096, os.SEEK_SET)  # beyond the text, which others may read
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriterLock:
    """Held from construction to `release`. The file beside the workspace stays: only the lock on it means something."""

    def __init__(self, workspace: Path) -> None:
        """Raises WorkspaceInUse, naming who holds it as far as that is known, or WorkspaceUnwritable."""
        self.path = workspace.with_name(workspace.name + ".lock")
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceUnwritable(workspace, f"the workspace file {workspace} cannot be used: {reason}") from error
        try:
            _take(self._descriptor)
        except OSError as error:
            holder = os.pread(self._descriptor, 200, 0).decode("utf-8", "replace").strip() if os.name == "posix" else ""
            os.close(self._descriptor)
            by = f"another AllDetect ({holder})" if holder else "another AllDetect"
            raise WorkspaceInUse(workspace, f"the workspace file {workspace} is in use by {by}") from error
        with contextlib.suppress(OSError):  # a full disk: the lock holds without its note
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"process {os.getpid()}\n".encode())

    def release(self) -> None:
        """Let others write."""
        os.close(self._descriptor)
