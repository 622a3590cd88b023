"""Results as text for a terminal."""

import shutil
from collections.abc import Sequence
from math import isfinite
from typing import TextIO

from alldetect_gui.core.events import Progress
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import Outcome
from alldetect_gui.core.records import ImageResult
from alldetect_gui.workflows.evaluate_run import Evaluation, RunSummary

_MOST_ROWS = 40
_WIDEST = 72  # characters of a path in the table; results.csv has all of it

MEASURE_TITLES = {
    "accuracy": "Accuracy",
    "sensitivity": "Sensitivity (recall of ALL)",
    "specificity": "Specificity (recall of HEM)",
    "ppv": "PPV (precision of ALL)",
    "npv": "NPV (precision of HEM)",
    "f1_weighted": "Weighted F1",
    "roc_auc": "ROC AUC",
}


def duration(seconds: float) -> str:
    """Seconds as people say them: 45 s, 3 min 05 s, 2 h 10 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


class ProgressLine:
    """One line on a terminal that is written over; silent where nobody watches."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._watched = stream.isatty()

    def say(self, text: str) -> None:
        """A line that stays."""
        if self._watched:
            print(text, file=self._stream)

    def update(self, progress: Progress) -> None:
        """Count, rate and time left."""
        left = f", {duration(progress.remaining)} left" if progress.remaining is not None else ""
        self.write(f"{progress.done} of {progress.total} ({progress.images_per_second:.1f} images/s{left})")

    def write(self, text: str) -> None:
        """The line as it is now."""
        if self._watched:
            width = shutil.get_terminal_size().columns
            print(f"\r{text[: width - 1]:<{width - 1}}", end="", file=self._stream, flush=True)

    def clear(self) -> None:
        """Remove the line."""
        if self._watched:
            width = shutil.get_terminal_size().columns
            print(f"\r{'':<{width - 1}}\r", end="", file=self._stream, flush=True)


def results_table(results: Sequence[ImageResult]) -> str:
    """The first rows as aligned text, and how many more results.csv has."""
    rows = [("image", "patient", "reference", "suggestion", "P(ALL)", "remark")]
    for result in results[:_MOST_ROWS]:
        prediction = result.prediction
        rows.append((
            _short(printable(result.record.relative)),
            printable(result.record.subject) or "-",
            result.record.reference or "-",
            prediction.suggestion if prediction else "skipped",
            f"{prediction.probability_all:.2f}" if prediction and isfinite(prediction.probability_all) else "-",
            printable(result.reason),
        ))  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if len(results) > _MOST_ROWS:
        lines.append(f"… and {len(results) - _MOST_ROWS} more in results.csv")
    return "\n".join(lines)


def _short(text: str) -> str:
    """A path a thousand folders deep by its end, where the name stands."""
    return text if len(text) <= _WIDEST else f"…{text[1 - _WIDEST :]}"


def printable(text: str) -> str:
    """Control characters as escapes: a file name must not move the cursor."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def summary_text(summary: RunSummary) -> str:
    """Counts, the confusion summary where there are reference labels, and the intended use."""
    lines = [""]
    if summary.model is not None:
        lines.append(f"Model {summary.model.name} on {summary.model.recipe} images, engine {summary.model.engine}")
    lines.append(
        f"{summary.found} found = {summary.classified} classified + {summary.skipped} skipped"
        + (f" in {duration(summary.seconds)}, {summary.images_per_second:.1f} images/s" if summary.seconds else "")
    )
    if summary.reused:
        every = "all" if summary.reused == summary.classified else f"{summary.reused:,} of {summary.classified:,}"
        lines.append(f"Kept from before: {every} results, of the same bytes by the same model; no inference for them")
    lines.append(f"Suggested: {summary.suggested_all} ALL, {summary.suggested_hem} HEM, {summary.uncertain} uncertain")
    for reason, count in sorted(summary.skip_reasons.items(), key=lambda item: -item[1]):
        lines.append(f"  {count} {Outcome.SKIPPED}: {printable(reason)}")
    if summary.evaluation is None:
        lines.append("No reference labels, so no confusion summary.")
    else:
        lines += _evaluation_lines(summary.evaluation)
    lines += ["", INTENDED_USE]
    return "\n".join(lines)


def _evaluation_lines(evaluation: Evaluation) -> list[str]:
    matrix = evaluation.confusion
    lines = [
        "",
        f"Confusion summary (rows true, columns predicted; positive = ALL, threshold {evaluation.threshold:.2f};",
        "uncertain images counted by their side of the threshold)",
        f"{'':<12}{'ALL':>8}{'HEM':>8}",
        f"{'true ALL':<12}{matrix.tp:>8}{matrix.fn:>8}",
        f"{'true HEM':<12}{matrix.fp:>8}{matrix.tn:>8}",
        "",
    ]
    for name, title in MEASURE_TITLES.items():
        value = evaluation.measures[name]
        text = "not defined" if value is None else f"{value:.3f}"
        if name in evaluation.intervals:
            low, high = evaluation.intervals[name]
            text += f"  (95 % by patient: {low:.3f} to {high:.3f})"
        lines.append(f"{title:<30}{text}")
    called = evaluation.called
    if called.total < matrix.total:
        lines.append(f"Called without the uncertain: {called.total} images, {called.tp + called.tn} of them right")
    return lines
