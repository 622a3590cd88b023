"""The manifest inside every export: what made it, and what came out, image by image."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from alldetect_gui import __version__
from alldetect_gui.core.errors import KnownError, WrongUse
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageResult, ModelIdentity
from alldetect_gui.inference.artifact import Artifact
from alldetect_gui.inference.catalogue import known_artifacts
from alldetect_gui.workflows.exports.run import ExportOptions, ExportRun

SCHEMA = 1
MARK = "alldetect_manifest"  # the first key, by which a manifest is known


def make_manifest(run: ExportRun, options: ExportOptions, *, now: datetime | None = None) -> dict[str, Any]:
    """Everything that `alldetect rerun` needs, and nothing of where the images lay."""
    model = run.model
    artifact = artifact_of(model)
    outcomes = [result.outcome for result in run.results]
    return {
        MARK: SCHEMA,
        "intended_use": INTENDED_USE,
        "program": {"name": "AllDetect", "version": __version__},
        "created_utc": (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "model": {"name": model.name, "sha256": model.sha256} if model else None,
        "recipe": {"name": model.recipe, "parameters": dict(model.parameters)} if model else None,
        "engine": model.engine if model else None,
        "threshold": model.threshold if model else None,
        "uncertain_band": list(artifact.band) if artifact else None,
        "found": len(outcomes) + run.pending,
        "classified": outcomes.count(Outcome.CLASSIFIED),
        "skipped": outcomes.count(Outcome.SKIPPED),
        "pending": run.pending,
        "audit": {"entry": run.audit_head[0], "sha256": run.audit_head[1]} if run.audit_head else None,
        "images": [image_entry(result, options) for result in run.results],
    }


def image_entry(result: ImageResult, options: ExportOptions) -> dict[str, Any]:
    """One image in the manifest. A probability that is not finite is null: JSON has no word for it."""
    prediction = result.prediction
    probability = prediction.probability_all if prediction else math.nan
    return {
        "name": options.name(result.record),
        "sha256": result.sha256,
        "outcome": result.outcome.value,
        "suggestion": prediction.suggestion.value if prediction else "",
        "probability_all": probability if math.isfinite(probability) else None,
        "reason": result.reason,
    }


def artifact_of(model: ModelIdentity | None) -> Artifact | None:
    """The installed artefact with the very hash of `model`; None when it is not here. Never a similar one."""
    if model is None:
        return None
    try:
        return next((item for item in known_artifacts() if item.sha256 == model.sha256), None)
    except KnownError:  # an installation with a broken model can still export what was done before
        return None


def manifest_json(manifest: Mapping[str, Any], *, images: bool = True) -> str:
    """One line of ASCII, so that no file format can damage a name in it. CSV holds the images as its rows instead."""
    content = dict(manifest) if images else {key: value for key, value in manifest.items() if key != "images"}
    return json.dumps(content, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class PastImage:
    """One image as a manifest remembers it."""

    name: str
    sha256: str
    outcome: Outcome
    suggestion: Suggestion | None
    probability_all: float | None
    reason: str


@dataclass(frozen=True)
class PastRun:
    """A run as a manifest remembers it; `found` is how many images it had, whether or not all are still listed."""

    model: ModelIdentity
    band: tuple[float, float] | None
    created: str
    found: int
    images: tuple[PastImage, ...]


def past_run(content: object) -> PastRun:
    """Read what make_manifest wrote. Raises WrongUse, saying what is missing, for anything else."""
    try:
        return _past_run(content)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise WrongUse(f"its manifest is damaged ({error!r})") from error


def _past_run(content: Any) -> PastRun:
    if content[MARK] != SCHEMA:
        raise WrongUse(f"its manifest has schema {content[MARK]}; this program reads {SCHEMA}")
    if content["model"] is None:
        raise WrongUse("its manifest does not say which model was used")
    model = ModelIdentity(
        str(content["model"]["name"]),
        str(content["model"]["sha256"]),
        str(content["recipe"]["name"]),
        {str(name): float(value) for name, value in content["recipe"]["parameters"].items()},
        float(content["threshold"]),
        str(content["engine"]),
    )
    band = content.get("uncertain_band")
    return PastRun(
        model,
        (float(band[0]), float(band[1])) if band else None,
        str(content["created_utc"]),
        int(content["found"]),
        tuple(_past_image(image) for image in content["images"]),
    )


def _past_image(image: Mapping[str, Any]) -> PastImage:
    probability = image["probability_all"]
    return PastImage(
        str(image["name"]),
        str(image["sha256"]),
        Outcome(image["outcome"]),
        Suggestion(image["suggestion"]) if image["suggestion"] else None,
        None if probability is None else float(probability),
        str(image["reason"]),
    )
