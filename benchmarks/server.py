"""A process that is kept between rounds, so that no round pays for a start: one JSON line asks, one answers."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

Answer = dict[str, Any]


class Server:
    """`python -m benchmarks.MODULE`, ready when this returns. `start` is what that took, in seconds."""

    def __init__(self, module: str, *words: str, **environment: str) -> None:
        began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}", *words], cwd=ROOT, env={**os.environ, **environment},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1,
        )  # fmt: skip
        self.hello = self._answer()
        self.start = time.perf_counter() - began

    def ask(self, what: str, **how: object) -> Answer:
        """The answer to one question."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"what": what, **how}, default=str) + "\n")
        return self._answer()

    def _answer(self) -> Answer:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # TensorFlow also talks
                answer: Answer = json.loads(line)
                return answer
        raise RuntimeError(f"{self._process.args!r} ended with exit code {self._process.wait()}")

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.kill() if error else self._process.wait()


def serve(hello: Answer, actions: dict[str, Callable[..., Answer]]) -> None:
    """The other side: answer until standard input ends."""
    print(json.dumps(hello), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(actions[question.pop("what")](**question)), flush=True)
