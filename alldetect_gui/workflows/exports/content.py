"""What every format of an export is written from, computed once: rows, counts, patients, the manifest."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageResult, Vote
from alldetect_gui.core.words import ENGLISH, Words, marked
from alldetect_gui.evaluation.proportions import clopper_pearson
from alldetect_gui.workflows.evaluate_run import RunSummary, summarise
from alldetect_gui.workflows.export_results import summary_dict
from alldetect_gui.workflows.exports.manifest import make_manifest
from alldetect_gui.workflows.exports.run import ExportOptions, ExportRun
from alldetect_gui.workflows.roll_up_patients import FEW_CELLS, PatientCells, roll_up

CLEANING = marked(
    "File names, patient ids and pixels are passed on as they are: check them before this file leaves your hands. "
    "Folder names and what cameras write into image files (EXIF) are left out unless asked for."
)

COLUMNS = (
    "path", "sha256", "subject", "reference", "suggestion", "probability_all", "outcome", "reason", "fit",
    "recipes_agreeing", "recipes_asked", "recipes_said", "reader_class", "note",
    "model", "model_sha256", "recipe", "recipe_parameters", "engine", "threshold",
)  # fmt: skip

PATIENT_COLUMNS = (
    "patient", "cells", "skipped", "blasts", "other", "undecided", "share_of_blasts", "low_95", "high_95", "warning",
    "read", "signed", "sign_off_reason",
)  # fmt: skip

Cell = str | float | int | None


@dataclass(frozen=True)
class Content:
    """One run, ready to be written."""

    run: ExportRun
    options: ExportOptions
    pictures: dict[Path, bytes] = field(default_factory=dict)  # PNG by image, gathered beforehand

    @cached_property
    def summary(self) -> RunSummary:
        """Counts and, with reference labels, figures with intervals by patient."""
        return summarise(self.run.results, seconds=self.run.seconds, model=self.run.model)

    @property
    def summary_dict(self) -> dict[str, Any]:
        """What summary.json holds, and the images not reached by the run: found = classified + skipped + pending."""
        pending = self.run.pending
        return {**summary_dict(self.summary), "found": self.summary.found + pending, "pending": pending}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """See manifest.py; one moment of creation for the whole file."""
        return make_manifest(self.run, self.options)

    @cached_property
    def patients(self) -> list[PatientCells]:
        """A reader's class stands before the suggestion."""
        results = {result.record.path: result for result in self.run.results}
        return roll_up((result.record for result in self.run.results), results, self.run.reviews, self.run.sign_offs)

    @property
    def skipped(self) -> list[ImageResult]:
        """The images without a class, each with its reason."""
        return [result for result in self.run.results if result.outcome is Outcome.SKIPPED]

    def row(self, result: ImageResult) -> Mapping[str, Cell]:
        """One image by COLUMNS; numbers as numbers, None where there is none."""
        prediction, model, review = result.prediction, self.run.model, self.run.review(result.record)
        parameters = model.parameters if model else {}
        return {
            "path": self.options.name(result.record),
            "sha256": result.sha256,
            "subject": result.record.subject,
            "reference": str(result.record.reference or ""),
            "suggestion": str(prediction.suggestion) if prediction else "",
            "probability_all": _finite(prediction.probability_all) if prediction else None,
            "outcome": str(result.outcome),
            "reason": result.reason,
            "fit": _finite(prediction.fit) if prediction and prediction.fit is not None else None,
            "recipes_agreeing": result.agreeing,
            "recipes_asked": len(result.votes) or None,
            "recipes_said": "; ".join(_vote(vote) for vote in result.votes),
            "reader_class": str(review.reading or ""),
            "note": review.note,
            "model": model.name if model else "",
            "model_sha256": model.sha256 if model else "",
            "recipe": model.recipe if model else "",
            "recipe_parameters": "; ".join(f"{name}={float(value)!r}" for name, value in parameters.items()),
            "engine": model.engine if model else "",
            "threshold": float(model.threshold) if model else None,
        }


def _vote(vote: Vote) -> str:
    return f"{vote.model} {vote.suggestion} {vote.probability_all:.4f}"


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def patient_row(patient: PatientCells, words: Words = ENGLISH) -> Mapping[str, Cell]:
    """One patient by PATIENT_COLUMNS: the share is of the cells that have a class, with its exact interval."""
    low, high = clopper_pearson(patient.blasts, patient.counted) if patient.counted else (None, None)
    return {
        "patient": patient.subject,
        "cells": patient.cells,
        "skipped": patient.skipped,
        "blasts": patient.blasts,
        "other": patient.others,
        "undecided": patient.undecided,
        "share_of_blasts": patient.share,
        "low_95": low,
        "high_95": high,
        "warning": few_cells_warning(patient.counted, words),
        "read": patient.read,
        "signed": signed_text(patient, words),
        "sign_off_reason": patient.sign_off.reason if patient.sign_off else "",
    }


def signed_text(patient: PatientCells, words: Words = ENGLISH) -> str:
    """How a reader signed the patient; empty where nobody did."""
    if patient.sign_off is None:
        return ""
    left = patient.sign_off.open_cells
    if not left:
        return words("every cell read")
    return words("with {left} open cell", left=left) if left == 1 else words("with {left} open cells", left=left)


def few_cells_warning(counted: int, words: Words = ENGLISH) -> str:
    """Why a share may mean little; empty from 200 cells on."""
    return next((words("fewer than {limit} cells", limit=limit) for limit in FEW_CELLS if counted < limit), "")
