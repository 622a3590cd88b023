"""One window a workspace. The first one holds a lock while its process lives; a later start leaves a call beside the
workspace, and when the first has taken it the later one can end. Files alone: the program opens no socket.
"""

import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from alldetect_gui.core.whole_file import read_whole, write_whole
from alldetect_gui.store.lock import hold

_MOST = 1 << 16  # bytes of a call; the file may be anybody's
_LOOK = 0.02  # seconds between two looks whether a call was taken
PATIENCE = 3.0
"""Seconds until a call counts as not heard: a window that is just being built takes it once it is painted."""


@dataclass(frozen=True)
class Call:
    """Somebody started the program again, with or without a folder to open."""

    folder: Path | None


class OneWindow:
    """Whether this is the first window of its workspace on this computer, until `release` or the process ends."""

    def __init__(self, workspace: Path) -> None:
        """Where nothing can be locked (no permission, a disk that is read only), every window is the first."""
        self.workspace = workspace
        self.calls = workspace.with_name(workspace.name + ".call")
        """The file of a call; its folder is there whenever `is_first` can be False."""
        self._descriptor: int | None = None
        self.is_first = True
        try:
            workspace.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(workspace.with_name(workspace.name + ".window"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return
        try:
            hold(descriptor)
        except OSError:
            os.close(descriptor)
            self.is_first = False
            return
        self._descriptor = descriptor
        self._forget()  # a call of long ago, whose caller was killed while it waited

    def call(self, folder: Path | None, patience: float = PATIENCE) -> bool:
        """Ask the first window to show itself, and `folder` in it; True as soon as it has taken the call."""
        if self.is_first:
            return False
        wish = {"folder": None if folder is None else str(Path.cwd() / folder)}
        self._forget()  # a link by that name would be written through
        try:
            write_whole(self.calls, json.dumps(wish).encode("ascii"))
        except OSError:
            return False
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if not self.calls.exists():
                return True
            time.sleep(_LOOK)
        self._forget()
        return False

    def answer(self) -> Call | None:
        """Take the call that is there, if one is and this is the first window."""
        if not self.is_first:
            return None
        try:
            content = read_whole(self.calls, _MOST)
        except OSError:
            return None
        self._forget()
        with contextlib.suppress(ValueError, RecursionError):
            wish = json.loads(content)
            folder = wish.get("folder") if isinstance(wish, dict) else None
            return Call(Path(folder) if isinstance(folder, str) and "\0" not in folder else None)
        return Call(None)

    def _forget(self) -> None:
        with contextlib.suppress(OSError):
            self.calls.unlink()

    def release(self) -> None:
        """Let another window be the first."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
