"""Use case: write a run as results.csv and summary.json, and read results.csv again."""

import csv
import io
import json
import math
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from alldetect_gui import __version__
from alldetect_gui.core.errors import RunFailed, WrongUse
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.workflows.evaluate_run import RunSummary

RESULTS, SUMMARY = "results.csv", "summary.json"
COLUMNS = (
    "path", "sha256", "subject", "reference", "suggestion", "probability_all", "outcome", "reason",
    "model", "model_sha256", "recipe", "engine", "threshold",
)  # fmt: skip

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_run(out: Path, results: Sequence[ImageResult], summary: RunSummary) -> tuple[Path, Path]:
    """Write both files into `out`, which is made if need be; each appears whole or not at all.

    Raises RunFailed, naming the folder and the cause, when they cannot be written.
    """
    table, report = out / RESULTS, out / SUMMARY
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_whole(table, results_csv(results, summary))
        _write_whole(report, json.dumps(summary_dict(summary), indent=2, allow_nan=False) + "\n")
    except OSError as error:
        raise RunFailed(f"the results cannot be written to {out}: {error.strerror or error}") from error
    return table, report


def results_csv(results: Iterable[ImageResult], summary: RunSummary) -> str:
    """One row an image, UTF-8, numbers with a dot."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    model = summary.model
    run = (model.name, model.sha256, model.recipe, model.engine, f"{model.threshold:.6g}") if model else ("",) * 5
    for result in results:
        prediction = result.prediction
        finite = prediction is not None and math.isfinite(prediction.probability_all)
        writer.writerow((
            text_cell(result.record.relative),
            result.sha256,
            text_cell(result.record.subject),
            result.record.reference or "",
            prediction.suggestion if prediction else "",
            f"{prediction.probability_all:.6f}" if prediction and finite else "",
            result.outcome,
            text_cell(result.reason),
            *run,
        ))  # fmt: skip
    return text.getvalue()


def text_cell(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula: an apostrophe before what would start one (OWASP)."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA_STARTS) else text


def summary_dict(summary: RunSummary) -> dict[str, Any]:
    """What summary.json holds."""
    content: dict[str, Any] = {
        "intended_use": INTENDED_USE,
        "alldetect_version": __version__,
        "found": summary.found,
        "classified": summary.classified,
        "skipped": summary.skipped,
        "uncertain": summary.uncertain,
        "suggested_all": summary.suggested_all,
        "suggested_hem": summary.suggested_hem,
        "skip_reasons": dict(summary.skip_reasons),
        "model": None,
        "recipe": None,
        "seconds": round(summary.seconds, 3),
        "images_per_second": round(summary.images_per_second, 3),
    }
    if summary.model is not None:
        model = summary.model
        content["model"] = {"name": model.name, "sha256": model.sha256, "engine": model.engine}
        content["recipe"] = {"name": model.recipe, "parameters": dict(model.parameters)}
    if summary.evaluation is not None:
        evaluation = summary.evaluation
        content["positive_class"] = CellClass.ALL
        content["threshold"] = evaluation.threshold
        content["subjects"] = evaluation.subjects
        content["confusion"] = _counts(evaluation.confusion)
        content.update(evaluation.measures)
        content["intervals_95_by_subject"] = {name: list(pair) for name, pair in evaluation.intervals.items()}
        content["called_only"] = _counts(evaluation.called)
    return content


def _counts(matrix: ConfusionMatrix) -> dict[str, int]:
    return {"tp": matrix.tp, "fn": matrix.fn, "fp": matrix.fp, "tn": matrix.tn}


def read_results(path: Path) -> tuple[list[ImageResult], ModelIdentity | None]:
    """The rows of a results.csv and the model of its run (None where the file does not say).

    Raises WrongUse, naming the line, for anything that is not such a file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path} cannot be read: {error}") from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = {"path", "reference", "suggestion", "probability_all", "outcome"} - set(rows.fieldnames or ())
    if missing:
        raise WrongUse(f"{path} is not a results file: it has no column {', '.join(sorted(missing))}")
    results: list[ImageResult] = []
    models: dict[str, ModelIdentity] = {}
    for row in rows:
        try:
            results.append(_result(row))
            if model := _model(row):
                models[model.sha256 + model.engine] = model
        except (ValueError, AttributeError, TypeError) as error:
            raise WrongUse(f"{path}, line {rows.line_num}: {error}") from error
    if len(models) > 1:
        raise WrongUse(f"{path} holds rows of {len(models)} different models; evaluate them one by one")
    return results, next(iter(models.values()), None)


def _model(row: dict[str, str]) -> ModelIdentity | None:
    if not row.get("model") or not row.get("threshold"):
        return None
    return ModelIdentity(
        row["model"],
        row.get("model_sha256", ""),
        row.get("recipe", ""),
        threshold=float(row["threshold"]),
        engine=row.get("engine", ""),
    )


def _result(row: dict[str, str]) -> ImageResult:
    relative = row["path"].removeprefix("'")
    record = ImageRecord(
        Path(relative),
        relative,
        row.get("subject") or "",
        CellClass(row["reference"]) if row["reference"] else None,
    )
    reason = row.get("reason") or ""
    prediction = None
    if row["suggestion"]:
        probability = float(row["probability_all"]) if row["probability_all"] else math.nan
        if math.isfinite(probability) and not 0 <= probability <= 1:
            raise ValueError(f"probability_all is {probability:g}")
        prediction = Prediction(probability, Suggestion(row["suggestion"]), reason)
    return ImageResult(record, Outcome(row["outcome"]), row.get("sha256") or "", prediction, reason)


def _write_whole(path: Path, text: str) -> None:
    """Write beside the target, flush to disk, then rename: an old file is kept until the new one is complete."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
