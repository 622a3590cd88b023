"""What 8 bits cost against 32: every bundled model on both engines, on real cells.

python -m benchmarks.fidelity [--images N] [--out FILE]
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.records import Prediction
from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.evaluation.metrics import brier_score, calibration_error, roc_auc
from alldetect_gui.evaluation.proportions import clopper_pearson
from alldetect_gui.imaging.cell_region import CellRegion
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.catalogue import list_artifacts, load_classifier
from alldetect_gui.inference.features import FeatureExtractor
from benchmarks.images import write_cells
from benchmarks.machine import versions
from benchmarks.server import ROOT

OUT = ROOT / "benchmarks" / "results" / "fidelity.json"
_FIGURES = ("f1_weighted", "roc_auc", "brier", "calibration_error")


class _Remembering:
    """An extractor that keeps the features that it gave."""

    def __init__(self, extractor: FeatureExtractor) -> None:
        self._extractor, self.given = extractor, list[NDArray[np.float32]]()

    def features(self, image: RgbImage, region: CellRegion) -> NDArray[np.float32]:
        """See FeatureExtractor."""
        self.given.append(self._extractor.features(image, region))
        return self.given[-1]


def main(arguments: list[str] | None = None) -> int:
    """Classify the same cells on both engines, print a table, write JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fidelity", description=__doc__)
    parser.add_argument("--images", type=int, default=300, metavar="N")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FILE")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="alldetect-fidelity-") as place:
        said = write_cells(Path(place) / "cells", options.images)
        paths = sorted((Path(place) / "cells").iterdir())
        images = [read_image(path).pixels for path in paths]
    y_true = np.array([path.stem.endswith("_all") for path in paths])
    rows = {artifact.name: compare(artifact.name, images, y_true) for artifact in list_artifacts()}
    found = {"images": len(images), "cells": said, "versions": versions(), "models": rows}
    print(table(found))
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


def compare(model: str, images: list[RgbImage], y_true: NDArray[np.bool_]) -> dict[str, Any]:
    """One model on LiteRT (int8 weights, activations rounded) and on TensorFlow (the same weights in float32)."""
    (fast, fast_features), (exact, exact_features) = (
        _run(model, engine, images) for engine in ("litert", "tensorflow")
    )
    first, second = (np.array([p.probability_all for p in predictions]) for predictions in (fast, exact))
    lengths = np.linalg.norm(fast_features, axis=1) * np.linalg.norm(exact_features, axis=1)
    cosine = (fast_features * exact_features).sum(axis=1) / lengths
    threshold = load_classifier(model).identity.threshold
    flips = int(((first >= threshold) != (second >= threshold)).sum())
    return {
        "cosine": {"mean": float(cosine.mean()), "least": float(cosine.min())},
        "change": {"mean": float(np.abs(first - second).mean()), "largest": float(np.abs(first - second).max())},
        "flips": {"count": flips, "at_most": clopper_pearson(flips, len(images))[1]},
        "suggestions_that_differ": sum(a.suggestion != b.suggestion for a, b in zip(fast, exact, strict=True)),
        "int8": _figures(first, y_true, threshold),
        "float32": _figures(second, y_true, threshold),
    }


def _run(model: str, engine: str, images: list[RgbImage]) -> tuple[list[Prediction], NDArray[np.float64]]:
    loaded = load_classifier(model, engine=engine)
    extractor = _Remembering(loaded.extractor)
    remembering = replace(loaded, extractor=extractor)  # type: ignore[arg-type]
    predictions = [remembering.classify(image) for image in images]
    return predictions, np.array(extractor.given, np.float64)


def _figures(probability: NDArray[np.float64], y_true: NDArray[np.bool_], threshold: float) -> dict[str, float | None]:
    values = (
        ConfusionMatrix.of(y_true, probability >= threshold).f1_weighted,
        roc_auc(y_true, probability),
        brier_score(y_true, probability),
        calibration_error(y_true, probability),
    )
    return dict(zip(_FIGURES, values, strict=True))


def table(found: dict[str, Any]) -> str:
    """As Markdown, for docs/performance.md."""
    lines = [
        f"{found['images']} images: {found['cells']}.",
        "",
        "| Model | cosine of features, mean (least) | change of P(ALL), mean (largest) | flips at the threshold | "
        "suggestions that differ | weighted F1, 8 / 32 bits | AUC | Brier | calibration error |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in found["models"].items():
        pairs = " | ".join(f"{_say(row['int8'][figure])} / {_say(row['float32'][figure])}" for figure in _FIGURES)
        flips = f"{row['flips']['count']} (at most {row['flips']['at_most']:.1%} with 95 %)"
        cosine, change = row["cosine"], row["change"]
        lines.append(
            f"| {name} | {cosine['mean']:.5f} ({cosine['least']:.5f}) | {change['mean']:.4f} ({change['largest']:.4f}) "
            f"| {flips} | {row['suggestions_that_differ']} | {pairs} |"
        )
    return "\n".join(lines)


def _say(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


if __name__ == "__main__":
    raise SystemExit(main())
