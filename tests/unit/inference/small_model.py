"""A small artefact on the bundled base, quick to load and to run: 64 pixels, one view, block 2 alone."""

import hashlib
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from alldetect_gui import paths
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.engine import open_engine
from alldetect_gui.inference.features import FeatureExtractor

BASE = "vgg16-base/vgg16.tflite"
RECIPE = {"name": "clahe", "parameters": {"clip_limit": 3.0, "tile_grid": 4}}
VIEW = {"name": "fit", "region": "fit", "extent": 1.06, "size": 64}
STATISTICS = ("mean", "deviation")
FEATURES = 2 * 128


@cache
def bundled_base() -> bytes:
    """The bytes of the base that the program ships."""
    return (paths.resources() / "models" / BASE).read_bytes()


@cache
def cell(kind: CellClass, seed: int) -> RgbImage:
    """A synthetic cell, drawn once."""
    return draw_cell(kind, seed)


@cache
def head_arrays() -> dict[str, np.ndarray]:
    """A head that leans on the difference of a few drawn cells: neither good nor constant."""
    engine = open_engine("litert", bundled_base(), 1)
    extract = FeatureExtractor(engine, recipe_named("clahe", {"clip_limit": 3, "tile_grid": 4}),
                               (View(**VIEW),), (2,), STATISTICS)  # type: ignore[arg-type]  # fmt: skip
    rows = {kind: np.array([extract(cell(kind, seed)) for seed in (101, 102, 103)]) for kind in CellClass}
    everything = np.concatenate(list(rows.values()))
    scale = everything.std(axis=0) + 1e-3
    difference = (rows[CellClass.ALL].mean(axis=0) - rows[CellClass.HEM].mean(axis=0)) / scale
    return {
        "mean": everything.mean(axis=0).astype(np.float32),
        "scale": scale.astype(np.float32),
        "weights": (difference / np.square(difference).sum() * np.array([[1.0], [2.0]])).astype(np.float32),
        "bias": np.array([0.1, -0.1], np.float32),
        "calibration": np.array([1.0, 0.0], np.float32),
    }


def head_file(**changes: Any) -> bytes:
    """The head as .npz, with some arrays replaced; None leaves one out."""
    arrays = {**head_arrays(), **changes}
    buffer = io.BytesIO()
    np.savez(buffer, **{name: array for name, array in arrays.items() if array is not None})
    return buffer.getvalue()


def manifest_content(name: str, files: dict[str, bytes]) -> dict[str, Any]:
    """A manifest as the issue asks for it, written here a second time on purpose: the format is a contract."""
    return {
        "schema": 1,
        "name": name,
        "title": "Small model for tests; its suggestions mean nothing",
        "class_names": ["ALL", "HEM"],
        "positive_class": "ALL",
        "recipe": RECIPE,
        "input": {"normalisation": "vgg16", "views": [VIEW]},
        "features": {"blocks": [2], "statistics": list(STATISTICS)},
        "threshold": 0.5,
        "uncertain_band": [0.45, 0.55],
        "metrics": {
            "protocol": "drawn cells, for tests",
            "figures": {
                "f1_weighted": {"value": 0.75, "interval_95": [0.5, 1.0]},
                "npv": {"value": None, "interval_95": None},
            },
        },
        "base": BASE,
        "head": f"{name}/head.npz",
        "card": f"{name}/MODEL_CARD.md",
        "files": {path: hashlib.sha256(data).hexdigest() for path, data in sorted(files.items())},
    }


def write_model(
    models: Path,
    name: str = "default",
    *,
    head: bytes | None = None,
    base: bytes | None = None,
    more: dict[str, bytes] | None = None,
    change: dict[str, Any] | None = None,
) -> Path:
    """Write models/<name> and the base beside it, every hash right; returns the artefact's folder.

    `more` are further files of the artefact, such as fit.npz, or in the place of those it has.
    """
    files = {
        BASE: bundled_base() if base is None else base,
        f"{name}/head.npz": head_file() if head is None else head,
        f"{name}/MODEL_CARD.md": b"# Small model\n\nResearch use only.\n",
        **{f"{name}/{file}": data for file, data in (more or {}).items()},
    }
    for path, data in files.items():
        (models / path).parent.mkdir(parents=True, exist_ok=True)
        (models / path).write_bytes(data)
    content = {**manifest_content(name, files), **(change or {})}
    (models / name / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    return models / name
