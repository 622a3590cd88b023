"""Plays one scene in a process of its own and watches it from outside: start and memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[2]
_LOOK_SECONDS = 0.05
LONGEST = 400.0  # seconds that a scene may take; on an idle machine the longest takes 40


def play(scene: str, folder: Path, root: Path = HERE) -> dict[str, Any]:
    """What the scene measured, with the window's memory (MB) and the seconds from process start to painted.

    `root` is the checkout whose program is measured; the scenes are always those of this one.
    """
    with tempfile.TemporaryDirectory() as own:
        answer = Path(own) / "answer.json"
        start = (
            f"import sys; sys.path.insert(0, {str(root)!a}); import alldetect_gui; "
            f"sys.path.insert(0, {str(HERE)!a}); from benchmarks.window.stage import main; sys.exit(main(sys.argv[1:]))"
        )
        words = [scene, str(folder), str(answer)]
        environment = {**os.environ, "XDG_DATA_HOME": own, "XDG_CONFIG_HOME": own}
        if not environment.get("DISPLAY"):
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        began = time.time()
        process = subprocess.Popen([sys.executable, "-P", "-c", start, *words], env=environment, cwd=own)
        seen = _watch(process, began + LONGEST)
        if process.returncode != 0 or not answer.exists():
            raise RuntimeError(f"{scene} ended with {process.returncode} and measured nothing")
        told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    told["numbers"]["painted_s"] = told["numbers"].pop("painted_at") - began
    return {**told, "memory": seen}


def _watch(process: "subprocess.Popen[bytes]", deadline: float) -> dict[str, float]:
    """Peak memory in MB until the process ends: of the window, and of it with its readers (their sum at one time).

    A scene that has not ended by the `deadline` (seconds since 1970) is killed.
    """
    window = together = 0.0
    while process.poll() is None:
        window = max(window, _megabytes(process.pid, "VmHWM"))
        readers = sum(_megabytes(child, "VmRSS") for child in _children(process.pid))
        together = max(together, _megabytes(process.pid, "VmRSS") + readers)
        if time.time() > deadline:
            process.kill()
        time.sleep(_LOOK_SECONDS)
    return {"window_mb": round(window), "with_readers_mb": round(together)}


def _megabytes(pid: int, field: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:  # it has ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(field)), 0.0)


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text(encoding="ascii").split()]
    except OSError:
        return []
