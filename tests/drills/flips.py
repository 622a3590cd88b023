"""Drill 25, bit by bit: how many of the flips that change a value does `alldetect audit verify` report?

python -m tests.drills.flips --flips 500 --seed 1
"""

import argparse
import random
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from alldetect_gui.store import schema
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_workspace
from tests.unit.store.kept_work import fill


@dataclass
class Flips:
    """What became of them."""

    harmless: int = 0  # free space, unused header fields: every value is still there
    reported: int = 0
    missed: list[int] = field(default_factory=list)  # bit positions

    @property
    def share(self) -> float:
        """Reported, of those that change a value."""
        changed = self.reported + len(self.missed)
        return self.reported / changed if changed else 1.0


def values(path: Path) -> object:
    """Every value of every row, as bytes where it is text; or that they cannot be read any more."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    connection.text_factory = bytes
    try:
        return [
            [tuple(map(repr, row)) for row in connection.execute(f"SELECT * FROM {table}")]
            for table in (*schema.COLUMNS, "heads")
        ]
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        return f"unreadable: {error}"
    finally:
        connection.close()


def drill(folder: Path, flips: int, seed: int, after: Callable[[int], None] = lambda _: None) -> Flips:
    """Flip `flips` random bits of a filled workspace file, one at a time, each in a fresh copy."""
    whole = folder / "whole.alldetect"
    with open_workspace(whole) as file:
        fill(file, 60)
    assert verify(whole).findings == ()
    data, before, found = whole.read_bytes(), values(whole), Flips()
    choose = random.Random(seed)
    victim = folder / "victim.alldetect"
    for number in range(flips):
        bit = choose.randrange(len(data) * 8)
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        victim.write_bytes(flipped)
        reported = bool(verify(victim).findings)
        assert victim.read_bytes() == bytes(flipped), "looking at a damaged file changed it"
        if reported:
            found.reported += values(victim) != before
            found.harmless += values(victim) == before
        elif values(victim) == before:
            found.harmless += 1
        else:
            found.missed.append(bit)
        after(number)
    return found


def main() -> int:
    """Print what became of the flips; 1 when fewer than 99 % of those that change a value were reported."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = drill(Path(folder), options.flips, options.seed)
    changed = found.reported + len(found.missed)
    print(
        f"{options.flips} flips: {found.harmless} changed no value, {changed} did; of these {found.reported} reported"
    )
    print(f"{100 * found.share:.1f} % reported; missed bits: {found.missed or 'none'}")
    return 0 if found.share >= 0.99 else 1


if __name__ == "__main__":
    raise SystemExit(main())
