"""Drill 10: a folder of 100,000 files and one of 1,000 levels are listed and classified, each file once.

make drill-folders          the files hold no image, so that listing, reading and keeping are what takes time
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from alldetect_gui import paths
from alldetect_gui.core.events import FolderListed, ImagesListed, RunFinished
from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.open_folder import open_folder
from tests.unit.inference.small_model import write_model

TOO_LONG = "not readable (File name too long)"


@dataclass
class Gone:
    """What became of the files of one folder."""

    there: int
    records: tuple[ImageRecord, ...]
    results: tuple[ImageResult, ...]
    listing: float  # seconds
    classifying: float

    @property
    def beyond(self) -> int:
        """Rows for what lies deeper than a path of this system may lead."""
        return sum(result.reason == TOO_LONG for result in self.results)

    @property
    def each_once(self) -> bool:
        """Every file has one row; behind a path that is too long, the folder has one in their stead."""
        names = Counter(result.record.relative for result in self.results)
        whole = len(self.results) == self.there or (self.beyond > 0 and len(self.results) < self.there)
        return whole and max(names.values()) == 1 and len(self.records) == len(self.results)


def wide(folder: Path, number: int) -> Path:
    """A folder of `number` empty files."""
    folder.mkdir()
    for index in range(number):
        (folder / f"cell_{index}.bmp").touch()
    return folder


def deep(folder: Path, levels: int, name: str) -> Path:
    """`levels` folders called `name`, one in another, with a file in each; made step by step: no path leads there."""
    folder.mkdir()
    at = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
        os.close(os.open("cell.bmp", os.O_CREAT | os.O_WRONLY, dir_fd=at))
    os.close(at)
    return folder


def undo_deep(folder: Path) -> None:
    """Remove what `deep` made, from above: what removes folders from below stumbles over so many."""
    name = next(folder.iterdir()).name
    top, rest = folder / name, folder / "rest"
    while top.is_dir():
        (top / "cell.bmp").unlink()
        if (top / name).is_dir():
            (top / name).rename(rest)
        top.rmdir()
        if rest.is_dir():
            rest.rename(top)
    folder.rmdir()


def go_through(folder: Path, there: int, workspace: Path | None) -> Gone:
    """List, classify; with a workspace file, which must verify afterwards."""
    began = time.monotonic()
    records: list[ImageRecord] = []
    for event in open_folder(folder):
        if isinstance(event, ImagesListed):
            records += event.records
        if isinstance(event, FolderListed):
            assert event.found == len(records)
    listed = time.monotonic()
    if workspace is None:
        last = list(classify_images(records))[-1]
    else:
        with open_workspace(workspace) as file:
            last = list(classify_images(records, folder=folder, workspace=file))[-1]
        assert verify(workspace).findings == ()
    assert isinstance(last, RunFinished)
    return Gone(there, tuple(records), last.results, listed - began, time.monotonic() - listed)


def main() -> int:
    """Print what became of them; 1 when a file is missing or comes twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--levels", type=int, default=1_000)
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as made_for_it:
        here = Path(made_for_it)
        write_model(here / "models")
        paths.models = lambda: here / "models"
        made = [(f"{options.files:,} files", wide(here / "wide", options.files), options.files)]
        for name in ("d", "level_of_folders"):
            what = f"{options.levels:,} levels called {name}"
            made.append((what, deep(here / name, options.levels, name), options.levels))
        for what, folder, there in made:
            is_wide = folder.name == "wide"
            told = go_through(folder, there, None if is_wide else here / f"{folder.name}.alldetect")
            print(f"{what}: listed in {told.listing:.1f} s, {len(told.results):,} rows in {told.classifying:.0f} s, "
                  f"{told.beyond} of them for what no path leads to; each once: {told.each_once}")  # fmt: skip
            wrong += not told.each_once
            if not is_wide:
                undo_deep(folder)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
