"""Draw synthetic cells: for the sample folder and the tests. No patient's image is in the project.

They only look roughly like segmented, stain-normalised lymphoid cells; what a model says about them means nothing.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.steps import RgbImage

SIDE = 450
_CHROMATIN = np.array([62, 22, 74], np.float32)
_CYTOPLASM = np.array([104, 62, 104], np.float32)


def draw_cell(kind: CellClass, seed: int, *, caption: bool = True) -> RgbImage:
    """A drawn cell, uint8 RGB (450, 450, 3), on black; the same pixels for the same arguments.

    ALL: large, little cytoplasm, fine chromatin with nucleoli. HEM: smaller, more cytoplasm, coarse clumps.
    `caption` writes SYNTHETIC below the cell.
    """
    generator = np.random.default_rng([seed, kind is CellClass.ALL])
    blast = kind is CellClass.ALL
    radius = generator.uniform(100, 122) if blast else generator.uniform(80, 96)
    outline = _blob(generator, radius, roughness=0.05)
    nucleus = _blob(generator, radius * (0.9 if blast else 0.74), roughness=0.07 if blast else 0.03)
    grain = _noise(generator, 2.0) * 5 + _noise(generator, 14.0 if blast else 7.0) * (5 if blast else 14)
    cell = np.where((nucleus & outline)[..., None], _CHROMATIN, _CYTOPLASM) + grain[..., None]
    if blast:
        for _ in range(int(generator.integers(1, 4))):
            angle, distance = generator.uniform(0, 2 * np.pi), generator.uniform(0, radius * 0.5)
            centre = (int(SIDE / 2 + distance * np.cos(angle)), int(SIDE / 2 + distance * np.sin(angle)))
            spot = np.zeros((SIDE, SIDE), np.float32)
            cv2.circle(spot, centre, int(generator.integers(9, 15)), 1.0, -1)
            cell += cv2.GaussianBlur(spot, (0, 0), 3)[..., None] * np.float32(22)
    cell = cv2.GaussianBlur(cell.astype(np.float32), (0, 0), 1.2)
    pixels = np.where(outline[..., None], np.clip(cell, 12, 255), 0).astype(np.uint8)
    if caption:
        cv2.putText(pixels, "SYNTHETIC", (150, SIDE - 12), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (150, 150, 150), 1)
    return pixels


def _blob(generator: np.random.Generator, radius: float, roughness: float) -> NDArray[np.bool_]:
    """A wobbly disc at the centre."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) - SIDE / 2
    angle = np.arctan2(y, x)
    edge = np.full_like(angle, radius)
    for wave in range(2, 6):
        size, phase = generator.normal(0, roughness / wave), generator.uniform(0, 2 * np.pi)
        edge += radius * size * np.cos(wave * angle + phase)
    return np.asarray(np.hypot(x, y) < edge)


def _noise(generator: np.random.Generator, grain: float) -> NDArray[np.float32]:
    """Smooth noise with unit deviation; `grain` in pixels."""
    noise = cv2.GaussianBlur(generator.normal(size=(SIDE, SIDE)).astype(np.float32), (0, 0), grain)
    return np.asarray(noise / noise.std(), dtype=np.float32)
