"""A display of our own, what is on it, and keys for the window that is shown there."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

DISPLAY = ":97"


class Screen:
    """Xvfb on the host; the program inside the bare root reaches it by its socket alone."""

    def __init__(self, size: str = "1600x1000") -> None:
        command = ["Xvfb", DISPLAY, "-screen", "0", f"{size}x24", "-ac", "-nolisten", "tcp"]
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait(lambda: Path(f"/tmp/.X11-unix/X{DISPLAY[1:]}").exists(), 30)

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.terminate()
        self._server.wait()

    def window(self, seconds: float = 60) -> str:
        """The number of the program's window; empty when none has appeared in time."""
        found: list[str] = []

        def look() -> bool:
            done = self._xdotool("search", "--onlyvisible", "--name", "AllDetect")
            found[:] = done.stdout.split()
            return bool(found)

        self._wait(look, seconds)
        return found[-1] if found else ""

    def press(self, window: str, keys: str) -> None:
        """Type a shortcut into the window."""
        self._xdotool("windowfocus", "--sync", window)
        self._xdotool("key", "--clearmodifiers", keys)

    def settled(self, target: Path, unlike: str = "", seconds: float = 120) -> str:
        """The screen as a PNG once it has stood still for two seconds and is not the picture `unlike`; its SHA-256."""
        before = self._shoot(target)

        def look() -> bool:
            nonlocal before
            time.sleep(2)
            last, before = before, self._shoot(target)
            return before == last != unlike

        self._wait(look, seconds)
        return before

    def _shoot(self, target: Path) -> str:
        """The pixels of the whole screen in a file; returns their hash."""
        subprocess.run(["import", "-display", DISPLAY, "-window", "root", str(target)], check=True)
        done = subprocess.run(["identify", "-format", "%#", str(target)], capture_output=True, text=True, check=True)
        return done.stdout

    def _xdotool(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = ["xdotool", *words]
        return subprocess.run(
            command, env={"DISPLAY": DISPLAY, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
        )

    @staticmethod
    def _wait(look: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if look():
                return True
            time.sleep(0.2)
        return False
