"""What the study's models must beat: no look at all, the cell's area, its colour; under the same two protocols."""

from typing import Any

import numpy as np

from alldetect_gui.imaging.cell_region import MEASURES, cell_measures, find_cell
from alldetect_gui.training.thesis.classifiers import BASELINES
from alldetect_gui.training.thesis.frame_features import pixels_of
from alldetect_gui.training.thesis.ledger import Ledger
from alldetect_gui.training.thesis.preparation import Item
from alldetect_gui.training.thesis.protocols import Pool, StudyOptions, classifier_runs


def baseline_runs(items: list[Item], options: StudyOptions, ledger: Ledger) -> dict[str, Any]:
    """Each baseline as `classifier_runs` has it; copies are measured as the copies that they are."""
    kept = ledger.get(
        f"{MEASURES} cell measures of originals and copies",
        [[item.key for item in items]],
        lambda: {"rows": [_measures(item) for item in items]},
    )
    measures = np.array(kept["rows"], np.float32)
    return {
        name: classifier_runs(Pool(name, items, np.ascontiguousarray(measures[:, columns])), options, ledger, kind)
        for name, (columns, kind) in BASELINES.items()
    }


def _measures(item: Item) -> list[float]:
    image = pixels_of(item)
    region = find_cell(image)
    return [0.0] * MEASURES if region is None else cell_measures(image, region).tolist()
