"""Write a model artefact: the head, the model card and the manifest that pins every file by its hash."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from alldetect_gui import __version__
from alldetect_gui.inference.artifact import MANIFEST, SCHEMA, View
from alldetect_gui.inference.fit_score import FitReference
from alldetect_gui.inference.heads import Head
from alldetect_gui.training.assess import Figure

BASE = "vgg16-base/vgg16.tflite"


def write_base(models: Path, data: bytes) -> None:
    """Put the shared base below the models folder. Artefacts pinned to another base stop loading, and say so."""
    target = models / BASE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def write_artifact(
    models: Path,
    name: str,
    head: Head,
    known: FitReference,
    card: str,
    content: Mapping[str, Any],
    branch: bytes | None = None,
) -> Path:
    """Write models/<name>/ with head.npz, fit.npz, MODEL_CARD.md and manifest.json; returns the manifest's path.

    `branch` is the fine-tuned block of a model that has one, kept as branch.tflite. `content` is the manifest without
    its files. Everything in the manifest was computed by the run that calls this.
    """
    folder = models / name
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        f"{name}/head.npz": head.to_bytes(),
        f"{name}/fit.npz": known.to_bytes(),
        f"{name}/MODEL_CARD.md": card.encode(),
    }
    if branch is not None:
        files[f"{name}/branch.tflite"] = branch
        content = {**content, "branch": f"{name}/branch.tflite"}
    for file, data in files.items():
        (models / file).write_bytes(data)
    hashes = {file: hashlib.sha256(data).hexdigest() for file, data in files.items()}
    hashes[BASE] = hashlib.sha256((models / BASE).read_bytes()).hexdigest()
    manifest = {
        "schema": SCHEMA,
        "name": name,
        **content,
        "base": BASE,
        "head": f"{name}/head.npz",
        "fit": f"{name}/fit.npz",
        "card": f"{name}/MODEL_CARD.md",
        "files": dict(sorted(hashes.items())),
    }
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return path


def views_content(views: tuple[View, ...]) -> list[dict[str, Any]]:
    """The views as the manifest has them."""
    return [_view_content(view) for view in views]


def _view_content(view: View) -> dict[str, Any]:
    content = {field.name: getattr(view, field.name) for field in fields(view)}
    through = content.pop("through")
    return (
        content if through is None else content | {"through": {"name": through.name, "parameters": through.parameters}}
    )


def figures_content(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """Figures as the manifest has them, four digits."""
    return {
        name: {
            "value": None if figure.value is None else round(figure.value, 4),
            "interval_95": None if figure.interval is None else [round(bound, 4) for bound in figure.interval],
        }
        for name, figure in figures.items()
    }


def versions() -> dict[str, str]:
    """What the training ran on, for the manifest."""
    from importlib.metadata import version

    packages = ("numpy", "opencv-python-headless", "ai-edge-litert", "scikit-learn")
    return {"alldetect": __version__, "python": platform.python_version(), **{name: version(name) for name in packages}}
