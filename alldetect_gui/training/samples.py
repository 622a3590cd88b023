"""Write the sample folder: 24 synthetic cells, the same pixels every time.

python -m alldetect_gui.training.samples [FOLDER]
"""

import sys
from pathlib import Path

from alldetect_gui import paths
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.synthetic import draw_cell

_EACH = 12


def write_samples(folder: Path) -> list[Path]:
    """Twelve cells a class as folder/<all|hem>/synthetic-<n>.png; returns what was written."""
    written = []
    for kind in CellClass:
        target = folder / kind.lower()
        target.mkdir(parents=True, exist_ok=True)
        for number in range(1, _EACH + 1):
            path = target / f"synthetic-{kind.lower()}-{number:02d}.png"
            path.write_bytes(png_bytes(draw_cell(kind, number)))
            written.append(path)
    return written


if __name__ == "__main__":
    destination = Path(sys.argv[1]) if len(sys.argv) > 1 else paths.samples()
    print(f"{len(write_samples(destination))} synthetic cells in {destination}")
