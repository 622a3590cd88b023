"""Subjects of C-NMC 2019 who share cells under two numbers, in files that are not byte-identical: one group each.

The published files of these subjects show the same cells, segmented or stain-normalised twice. They were found by
aligning the cells of different subjects that are alike in area and in VGG16 features and correlating them after a
high-pass filter; the pairs that correlate most were looked at.

`python -m alldetect_gui.training.same_cells DATA` prints the correlation of the pairs below, and of as many pairs of
other cells.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.cell_region import find_cell
from alldetect_gui.imaging.reader import read_image
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.workflows.reference_labels import in_name

PAIRS: tuple[tuple[str, str], ...] = (
    ("UID_H7_1_1_hem", "UID_H2_2_1_hem"),
    ("UID_H7_3_2_hem", "UID_H2_10_3_hem"),
    ("UID_H7_7_1_hem", "UID_H2_25_1_hem"),
    ("UID_H24_28_6_hem", "UID_H14_22_4_hem"),
    ("UID_H24_31_2_hem", "UID_H14_23_4_hem"),
    ("UID_H24_28_9_hem", "UID_H14_22_5_hem"),
    ("UID_43_4_1_all", "UID_44_23_1_all"),
    ("UID_43_4_6_all", "UID_44_23_7_all"),
    ("UID_43_10_1_all", "UID_44_7_1_all"),
    ("UID_17_28_1_all", "UID_20_32_1_all"),
    ("UID_17_19_1_all", "UID_20_33_1_all"),
    ("UID_1_7_2_all", "UID_15_25_3_all"),
    ("UID_1_4_2_all", "UID_17_30_3_all"),
)
"""Two images of one cell each; the first ones' subjects are linked to the second ones'."""
_MARGIN = 12  # pixels by which one cut-out may lie otherwise than the other
_BLUR = 12.0  # deviation in pixels: what is coarser says little about which cell it is
_EDGE = 13  # pixels: the outline is left out, because segmentations differ


def links() -> set[tuple[str, str]]:
    """The pairs of subjects."""
    return {(in_name(one)[0], in_name(other)[0]) for one, other in PAIRS}


_IDENTICAL = (("20", "21"), ("51", "75"), ("51", "78"), ("H2", "H4"), ("H2", "H5"), ("H2", "H6"), ("H3", "H10"))
"""Subjects who have a byte-identical image in common."""


def sets() -> list[set[str]]:
    """Subjects who belong together, also where the one who links them is not in a folder."""
    found: list[set[str]] = []
    for pair in (*links(), *_IDENTICAL):
        touched = [known for known in found if known & set(pair)]
        found = [known for known in found if not known & set(pair)] + [set(pair).union(*touched)]
    return found


def likeness(one: RgbImage, other: RgbImage) -> float:
    """Largest correlation of two cells' insides over all shifts, coarse shading taken away; 0 where there is none."""
    first, second = _inside(one), _inside(other)
    if first is None or second is None:
        return 0.0
    (values, mask), (field, _) = first, second
    y, x = np.nonzero(mask)
    box = np.s_[y.min() : y.max() + 1, x.min() : x.max() + 1]
    field = np.pad(field, _MARGIN)
    height, width = field.shape
    template = values[box][:height, :width]
    weight = mask[box][:height, :width].astype(np.float32)
    found = cv2.matchTemplate(field, template, cv2.TM_CCOEFF_NORMED, mask=weight)
    return float(np.max(found[np.isfinite(found)], initial=0.0))


def _inside(image: RgbImage) -> tuple[NDArray[np.float32], NDArray[np.bool_]] | None:
    """Grey values of the cell's box after the high-pass filter, and where the cell is, its outline left out."""
    region = find_cell(image)
    if region is None:
        return None
    box = np.s_[region.top : region.top + region.height, region.left : region.left + region.width]
    grey = image[box].astype(np.float32).mean(axis=2)
    frame = cv2.copyMakeBorder(region.mask[box].astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    mask = cv2.erode(frame, np.ones((_EDGE, _EDGE), np.uint8))[1:-1, 1:-1] > 0
    if mask.sum() < 500:
        return None
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), _BLUR), np.float32), mask


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the evidence."""
    parser = argparse.ArgumentParser(description="correlation of the cells that two subjects share")
    parser.add_argument("data", type=Path, help="folder of the C-NMC bitmaps, any depth")
    files = {path.stem: path for path in parser.parse_args(arguments).data.rglob("*.bmp")}
    for pairs, words in ((PAIRS, "said to be one cell"), (_crossed(PAIRS), "other cells")):
        print(f"{words}:")
        for one, other in pairs:
            value = likeness(read_image(files[one]).pixels, read_image(files[other]).pixels)
            print(f"  {one} and {other}: {value:.3f}")
    return 0


def _crossed(pairs: Sequence[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Each first cell with the next pair's second one."""
    return zip((one for one, _ in pairs), (other for _, other in (*pairs[1:], pairs[0])), strict=True)


if __name__ == "__main__":
    raise SystemExit(main())
