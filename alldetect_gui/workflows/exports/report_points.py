"""The points of a report's plots, from the classified images that have a reference label."""

import math

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.labels import CellClass
from alldetect_gui.evaluation.curves import CalibrationBin, calibration_bins, roc_points
from alldetect_gui.workflows.exports.run import ExportRun


def _arrays(run: ExportRun) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    pairs = [
        (result.record.reference is CellClass.ALL, result.prediction.probability_all)
        for result in run.results
        if result.record.reference and result.prediction and math.isfinite(result.prediction.probability_all)
    ]
    return np.array([truth for truth, _ in pairs], np.bool_), np.array([value for _, value in pairs], np.float64)


def roc_of(run: ExportRun) -> list[tuple[float, float]]:
    """See roc_points; empty unless both classes occur."""
    return roc_points(*_arrays(run))


def calibration_of(run: ExportRun) -> list[CalibrationBin]:
    """See calibration_bins."""
    return calibration_bins(*_arrays(run))
