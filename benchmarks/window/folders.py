"""The folders that the window opens: drawn cells with C-NMC names, made once and kept."""

import os
from pathlib import Path

import numpy as np

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.encode import file_bytes, png_bytes
from alldetect_gui.imaging.synthetic import draw_cell

DIFFERENT = 200  # drawings; the other names are further links to their files, so that 100,000 take no gigabytes
LARGE = (3648, 5472)  # 20 megapixels
_PATIENTS = 60


def cells(folder: Path, number: int) -> Path:
    """`number` images of 60 patients below `folder`, half of them ALL; each of the 200 drawings 450 pixels a side."""
    drawn = _drawings(folder)
    target = folder / f"cells-{number}"
    done = folder / f"cells-{number}.done"
    if not done.exists():
        target.mkdir(exist_ok=True)
        for index in range(number):
            name = _name(index)
            if not (target / name).exists():
                os.link(drawn[index % len(drawn)], target / name)
        done.touch()
    return target


def large(folder: Path) -> Path:
    """A folder with one field of cells of 20 megapixels."""
    target = folder / "large"
    target.mkdir(exist_ok=True)
    if not (target / "field.bmp").exists():
        cell = draw_cell(CellClass.ALL, 1, caption=False)
        down, across = (-(-side // cell.shape[0]) for side in LARGE)
        field = np.tile(cell, (down, across, 1))[: LARGE[0], : LARGE[1]]
        (target / "field.bmp").write_bytes(file_bytes(np.ascontiguousarray(field), ".bmp"))
    return target


def _drawings(folder: Path) -> list[Path]:
    target = folder / "drawings"
    target.mkdir(parents=True, exist_ok=True)
    paths = [target / f"{number}.png" for number in range(DIFFERENT)]
    for number, path in enumerate(paths):
        if not path.exists():
            path.write_bytes(png_bytes(draw_cell(CellClass.ALL if number % 2 else CellClass.HEM, number)))
    return paths


def _name(index: int) -> str:
    patient = index % _PATIENTS
    return f"UID_{'' if index % 2 else 'H'}{patient + 1}_{index}_1_{'all' if index % 2 else 'hem'}.png"
