"""Random faults in images, workspace files and settings, for as long as you like; every finding can be made again.

python -m tests.drills.fuzz --minutes 60 --seed 1 [--files FOLDER]…

Each case has a number of its own; `--first N --cases 1` makes it again. With --files, images of yours are mutated, too.
"""

import argparse
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.gui.settings_file import SettingsFile
from alldetect_gui.imaging import formats, reader
from alldetect_gui.imaging.decoded import DecodedImage
from alldetect_gui.imaging.listing import IMAGE_SUFFIXES
from alldetect_gui.store.errors import WorkspaceError
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_for_reading, open_workspace
from tests.drills.mutate import cut, mutated
from tests.unit.imaging import hostile
from tests.unit.store.kept_work import fill

ACCEPTED = "accepted"
_NO_WORDS = re.compile(r"Error|Traceback|cv2|0x|cannot be decoded \(")


@dataclass
class Findings:
    """What was tried, and what was not as it must be."""

    cases: int = 0
    images: int = 0
    read: int = 0  # of the images; the others were refused
    workspaces: int = 0
    settings: int = 0
    slowest: float = 0.0  # seconds for one case
    wrong: list[str] = field(default_factory=list)


class Fuzz:
    """Seeds and the folder in which mutants are written."""

    def __init__(self, folder: Path, seeds: dict[str, bytes]) -> None:
        self.folder, self.seeds, self.told = folder, sorted(seeds.items()), Findings()
        with open_workspace(folder / "seed.alldetect") as file:
            fill(file, 30)
        self._workspace = (folder / "seed.alldetect").read_bytes()
        settings = SettingsFile(folder / "seed.json")
        settings.setValue("theme", "dark")
        settings.setValue("recent", ["/data/caf\udce9", "/data/2"])
        self._settings = (folder / "seed.json").read_bytes()

    def case(self, seed: int, number: int) -> None:
        """One mutant. The same two numbers make the same mutant."""
        chance = random.Random(f"{seed} {number}")
        attempt = chance.choices((self._image, self._workspace_file, self._settings_file), (16, 3, 1))[0]
        began = time.monotonic()
        try:
            for complaint in attempt(chance):
                self._wrong(number, complaint)
        except Exception as error:  # noqa: BLE001 - whatever comes out is the finding
            self._wrong(number, f"{attempt.__name__}: {type(error).__name__}: {error}")
        self.told.slowest = max(self.told.slowest, time.monotonic() - began)
        self.told.cases += 1

    def _wrong(self, number: int, complaint: str) -> None:
        self.told.wrong.append(f"case {number}: {complaint}")

    def _image(self, chance: random.Random) -> Iterator[str]:
        """Refused in words, or read; a file that was only cut off is refused, unless its end was not needed."""
        name, whole = chance.choice(self.seeds)
        only_cut = chance.random() < 0.25
        data = cut(whole, chance) if only_cut else mutated(whole, chance)
        self.told.images += 1
        header = stated(data)
        image = self._decoded(data)
        if isinstance(image, ImageRefused):
            if _NO_WORDS.search(image.reason) or image.reason in (reader.STOPPED, reader.SLOW):
                yield f"{name}: {image.reason}"
            return
        self.told.read += 1
        if header != ACCEPTED:
            yield f"{name}: read, although its header is refused: {header}"
        if only_cut:
            before = self._decoded(whole)
            if isinstance(before, ImageRefused) or not np.array_equal(before.pixels, image.pixels):
                yield f"{name}: cut to {len(data)} of {len(whole)} bytes, and read"

    def _decoded(self, data: bytes) -> DecodedImage | ImageRefused:
        path = self.folder / "mutant.png"
        path.write_bytes(data)
        (outcome,) = reader.read_images([path])
        return outcome

    def _workspace_file(self, chance: random.Random) -> Iterator[str]:
        """Told in words and left as it is, or opened; what is shown of it has the right hashes."""
        path = self.folder / "mutant.alldetect"
        data = mutated(self._workspace, chance)
        path.write_bytes(data)
        self.told.workspaces += 1
        verify(path)
        for opened in (open_for_reading, open_workspace):
            try:
                with opened(path) as file:
                    for run in file.runs():
                        file.results(run)
                    list(file.audit())
            except WorkspaceError:
                if path.read_bytes() != data:
                    yield f"{opened.__name__}: it was changed"

    def _settings_file(self, chance: random.Random) -> Iterator[str]:
        """Defaults and a notice, and the old file kept."""
        path = self.folder / "mutant.json"
        data = mutated(self._settings, chance)
        path.write_bytes(data)
        self.told.settings += 1
        settings = SettingsFile(path)
        kept = list(self.folder.glob("mutant.json.corrupt-*"))
        if data != self._settings and (not settings.notice or [one.read_bytes() for one in kept] != [data]):
            yield f"settings: {settings.notice or 'no notice'}"
        for one in kept:
            one.unlink()


def stated(data: bytes) -> str:
    """What the check of the header says, in this process; anything but a refusal in words leaves as what it is."""
    try:
        formats.check(data)
    except ImageRefused as refusal:
        return refusal.reason
    return ACCEPTED


def seeds_of(folders: list[Path]) -> dict[str, bytes]:
    """The images of the hostile collection, and those below `folders` up to 200 kB."""
    found = dict(hostile.WHOLE)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file() and 0 < path.stat().st_size <= 200_000:
                found[str(path)] = path.read_bytes()
    return found


def drill(folder: Path, seeds: dict[str, bytes], seed: int, first: int, go_on: Callable[[Findings], bool]) -> Findings:
    """Case after case, while `go_on`."""
    fuzz, number = Fuzz(folder, seeds), first
    while go_on(fuzz.told):
        fuzz.case(seed, number)
        number += 1
    return fuzz.told


def main() -> int:
    """Print what was tried and every finding; 1 when there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--cases", type=int, default=0, help="so many, however long they take")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--files", type=Path, action="append", default=[], metavar="FOLDER")
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes

    def go_on(told: Findings) -> bool:
        return told.cases < options.cases if options.cases else time.monotonic() < end

    with tempfile.TemporaryDirectory() as folder:
        told = drill(Path(folder), seeds_of(options.files), options.seed, options.first, go_on)
    print(f"seed {options.seed}: {told.cases:,} cases, the slowest {told.slowest:.1f} s: {told.images:,} images "
          f"({told.read:,} read, the others refused in words), {told.workspaces:,} workspace files, "
          f"{told.settings:,} settings")  # fmt: skip
    print(*(told.wrong or ["nothing was found"]), sep="\n")
    return 1 if told.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
