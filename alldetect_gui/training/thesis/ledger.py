"""Results that took minutes are kept, so that an interrupted study goes on and a report can be written again."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


class Ledger:
    """A folder of JSON files, each named by everything that its content depends on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, title: str, key: Sequence[object], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What `make` returned for this key in this or an earlier run; says on standard output what it computes."""
        digest = hashlib.sha256(json.dumps([title, *key], sort_keys=True, default=str).encode()).hexdigest()[:20]
        file = self._folder / f"{digest}.json"
        if not file.exists():
            print(title, flush=True)
            partial = file.with_suffix(".partial")
            partial.write_text(json.dumps(make(), allow_nan=False), encoding="utf-8")
            partial.replace(file)
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found
