"""Use case: write a run as results.csv and summary.json, and read results.csv again."""

import csv
import io
import json
import math
import re
import tempfile
from collections.abc import Iterable, Sequence
from itertools import dropwhile
from pathlib import Path
from typing import Any

from alldetect_gui import __version__
from alldetect_gui.core.errors import RunFailed, WrongUse
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.core.whole_file import read_whole, write_whole
from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.workflows.evaluate_run import RunSummary

RESULTS, SUMMARY = "results.csv", "summary.json"
PENDING = "pending"
"""The outcome of a row whose image the run has not come to, because it was paused or interrupted."""
COLUMNS = (
    "path", "sha256", "subject", "reference", "suggestion", "probability_all", "outcome", "reason", "fit",
    "model", "model_sha256", "recipe", "recipe_parameters", "engine", "threshold",
)  # fmt: skip
NUMBERS = frozenset({"probability_all", "fit", "threshold"})

_NEEDED = frozenset({"path", "reference", "suggestion", "probability_all", "outcome"})

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_run(
    out: Path, results: Sequence[ImageResult], summary: RunSummary, pending: Sequence[ImageRecord] = ()
) -> tuple[Path, Path]:
    """Write both files into `out`, which is made if need be; each appears whole or not at all.

    `pending` are images that the run has not come to: each has a row that says so.

    Raises RunFailed, naming the folder and the cause, when they cannot be written.
    """
    table, report = out / RESULTS, out / SUMMARY
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(table, results_csv(results, summary, pending).encode())
        write_whole(report, (json.dumps(summary_dict(summary), indent=2, allow_nan=False) + "\n").encode())
    except OSError as error:
        raise RunFailed(f"the results cannot be written to {out}: {error.strerror or error}") from error
    return table, report


def try_folder(out: Path) -> None:
    """Make `out` if need be and write a nameless file, so that no long run ends at a closed door. Raises RunFailed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise RunFailed(f"the results cannot be written to {out}: {error.strerror or error}") from error


def results_csv(results: Iterable[ImageResult], summary: RunSummary, pending: Iterable[ImageRecord] = ()) -> str:
    """One row an image, UTF-8, numbers with a dot and all their digits: evaluating the file gives the same figures."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    quoting = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)  # the other leaves a bare \r unquoted
    writer.writerow(COLUMNS)
    model = summary.model
    run = ("",) * 6
    if model is not None:
        parameters = "; ".join(f"{name}={float(value)!r}" for name, value in model.parameters.items())
        run = (model.name, model.sha256, model.recipe, parameters, model.engine, repr(float(model.threshold)))
    for result in results:
        prediction = result.prediction
        finite = prediction is not None and math.isfinite(prediction.probability_all)
        row = (
            text_cell(result.record.relative),
            result.sha256,
            text_cell(result.record.subject),
            result.record.reference or "",
            prediction.suggestion if prediction else "",
            repr(float(prediction.probability_all)) if prediction and finite else "",
            result.outcome,
            text_cell(result.reason),
            f"{prediction.fit:.4f}" if prediction and prediction.fit is not None else "",
            *run,
        )
        (quoting if any("\r" in cell for cell in row) else writer).writerow(row)
    for record in pending:
        told = (text_cell(record.relative), "", text_cell(record.subject), record.reference or "", "", "", PENDING)
        waiting = (*told, "the run ended before this image", "", *run)
        (quoting if any("\r" in cell for cell in waiting) else writer).writerow(waiting)
    return text.getvalue()


def text_cell(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula: an apostrophe before what would start one (OWASP)."""
    return f"'{text}" if _is_formula(text) else text


def _plain(cell: str) -> str:
    """The text from which text_cell made `cell`."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(text: str) -> bool:
    """True when the text or one of its lines starts like a formula; apostrophes before it do not hide it."""
    parts = (text, *text.splitlines(), *re.split("[\r\n]", text))
    return any(
        part.lstrip("'").startswith(_FORMULA_STARTS) or _seen(part).startswith(_FORMULA_STARTS) for part in parts
    )


def _seen(part: str) -> str:
    """What a reader sees of a line: without apostrophes, blanks and characters that show nothing before its first."""
    return "".join(dropwhile(lambda char: char in "' " or not char.isprintable(), part))


def summary_dict(summary: RunSummary) -> dict[str, Any]:
    """What summary.json holds."""
    content: dict[str, Any] = {
        "intended_use": INTENDED_USE,
        "alldetect_version": __version__,
        "found": summary.found + summary.pending,
        "classified": summary.classified,
        "skipped": summary.skipped,
        "pending": summary.pending,
        "uncertain": summary.uncertain,
        "suggested_all": summary.suggested_all,
        "suggested_hem": summary.suggested_hem,
        "skip_reasons": dict(summary.skip_reasons),
        "reused": summary.reused,
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

    Rows of images that the run has not come to are no results: `pending_in` counts them.

    Raises WrongUse, naming the line, for anything that is not such a file.
    """
    try:
        text = read_whole(path).decode("utf-8-sig")
        return _runs_of(path, text)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WrongUse(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def pending_in(path: Path) -> int:
    """How many images of a results.csv its run has not come to. Raises WrongUse."""
    try:
        text = read_whole(path).decode("utf-8-sig")
        return sum(row.get("outcome") == PENDING for row in _rows_of(text)[0])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WrongUse(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _rows_of(text: str) -> tuple["csv.DictReader[str]", bool]:
    """The lines, and whether their numbers have decimal commas."""
    comma = ";" in text.partition("\n")[0]
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if comma else ","), comma


def _runs_of(path: Path, text: str) -> tuple[list[ImageResult], ModelIdentity | None]:
    rows, comma = _rows_of(text)
    missing = _NEEDED - set(rows.fieldnames or ())
    if missing:
        raise WrongUse(f"{path} is not a results file: it has no column {', '.join(sorted(missing))}")
    results: list[ImageResult] = []
    models: dict[str, ModelIdentity] = {}
    for row in rows:
        if comma:
            row.update({name: (row.get(name) or "").replace(",", ".") for name in NUMBERS})
        if row["outcome"] == PENDING:
            continue
        try:
            results.append(_result(row))
            if model := _model(row):
                models[model.sha256 + model.engine] = model
        except ValueError as error:
            raise WrongUse(f"{path}, line {rows.line_num}: {error}") from error
    if len(models) > 1:
        raise WrongUse(f"{path} holds rows of {len(models)} different models; evaluate them one by one")
    return results, next(iter(models.values()), None)


def _model(row: dict[str, str]) -> ModelIdentity | None:
    if not row.get("model") or not row.get("threshold"):
        return None
    threshold, parameters = float(row["threshold"]), row.get("recipe_parameters") or ""
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is {threshold:g}")
    return ModelIdentity(
        row["model"],
        row.get("model_sha256") or "",
        row.get("recipe") or "",
        {name: float(value) for name, value in (item.split("=") for item in parameters.split("; ") if item)},
        threshold=threshold,
        engine=row.get("engine") or "",
    )


def _result(row: dict[str, str]) -> ImageResult:
    if any(row[name] is None for name in _NEEDED):
        raise ValueError("the line is cut off")
    relative = _plain(row["path"])
    record = ImageRecord(
        Path(relative),
        relative,
        _plain(row.get("subject") or ""),
        CellClass(row["reference"]) if row["reference"] else None,
    )
    outcome, reason = Outcome(row["outcome"]), _plain(row.get("reason") or "")
    prediction = None
    if bool(row["suggestion"]) != (outcome is Outcome.CLASSIFIED):
        raise ValueError(f"outcome “{outcome}” and suggestion “{row['suggestion']}” do not go together")
    if row["suggestion"]:
        probability = float(row["probability_all"]) if row["probability_all"] else math.nan
        suggestion = Suggestion(row["suggestion"])
        if not (0 <= probability <= 1 or (math.isnan(probability) and suggestion is Suggestion.UNCERTAIN)):
            raise ValueError(f"probability_all is {probability:g} for the suggestion {suggestion}")
        prediction = Prediction(probability, suggestion, reason, float(row["fit"]) if row.get("fit") else None)
    return ImageResult(record, outcome, row.get("sha256") or "", prediction, reason)
