"""The cells that are timed: real ones where they lie beside the checkout, else drawn ones."""

import csv
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.encode import file_bytes
from alldetect_gui.imaging.synthetic import draw_cell

REAL = Path(__file__).resolve().parents[2] / "shared" / "cnmc"


def write_cells(folder: Path, number: int, real: Path = REAL) -> str:
    """`number` different bitmaps of 450 x 450 pixels in `folder`; returns in words what they are."""
    folder.mkdir(parents=True)
    if (real / "unpack.py").is_file():
        with (real / "manifest.csv").open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if not row["duplicate_of"]]
        unpack = _module(real / "unpack.py")
        for row in rows[:: max(1, len(rows) // number)][:number]:
            source = real / "training_data" / row["fold"] / row["label"] / f"{row['name']}.webp"
            (folder / f"{row['name']}.bmp").write_bytes(unpack.bitmap(source))
        return "C-NMC 2019, bitmaps of 450 x 450 pixels"
    for index in range(number):
        kind = CellClass.HEM if index % 3 == 0 else CellClass.ALL
        (folder / f"UID_{index}_1_1_{kind.value.lower()}.bmp").write_bytes(file_bytes(draw_cell(kind, index), ".bmp"))
    return "drawn cells (no real ones are beside the checkout), bitmaps of 450 x 450 pixels"


def link_cells(folder: Path, cells: Sequence[Path], number: int) -> Path:
    """`number` names for the bytes of `cells`, in turn, so that equal ones are far apart; returns `folder`."""
    folder.mkdir(parents=True)
    for index in range(number):
        os.link(cells[index % len(cells)], folder / f"{index:06}.bmp")
    return folder


def _module(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
