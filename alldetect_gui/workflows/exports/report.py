"""The report for readers: one HTML text, which a browser shows as it is and of which the window makes a PDF."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.records import ImageResult
from alldetect_gui.workflows.evaluate_run import Evaluation
from alldetect_gui.workflows.exports import markup
from alldetect_gui.workflows.exports.content import CLEANING, Content, patient_row
from alldetect_gui.workflows.exports.manifest import artifact_of, manifest_json
from alldetect_gui.workflows.exports.matter import MATTER_TITLES, cells_that_matter
from alldetect_gui.workflows.exports.pictures import picture
from alldetect_gui.workflows.exports.plots import calibration_svg, roc_svg
from alldetect_gui.workflows.exports.report_points import calibration_of, roc_of

PAGE_STYLE = "body{font-family:sans-serif;color:#000000;background:#ffffff}th{text-align:left}.use{font-weight:bold}"
SCREEN_STYLE = (
    PAGE_STYLE + "body{margin:2em auto;max-width:70em;padding:0 1em;line-height:1.4}"
    "table{border-collapse:collapse;margin:.5em 0}td,th{padding:.2em .6em;vertical-align:top;overflow-wrap:anywhere}"
    ".use{border-left:4px solid #b35900;padding-left:.6em}pre{white-space:pre-wrap;overflow-wrap:anywhere}"
    ".foot{display:none}@media print{.foot{display:block;position:fixed;bottom:0;left:0;right:0;font-size:8pt;"
    "background:#ffffff}body{margin-bottom:3em}}"
)
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
MANIFEST_ID = "alldetect-manifest"

MEASURE_TITLES: Mapping[str, str] = {
    "sensitivity": "Sensitivity (recall of ALL)",
    "specificity": "Specificity (recall of HEM)",
    "ppv": "PPV (precision of ALL)",
    "npv": "NPV (precision of HEM)",
    "accuracy": "Accuracy",
    "f1_weighted": "Weighted F1",
    "roc_auc": "ROC AUC",
}
MOST_ON_PAGES = 5000  # skipped images in a PDF
_PICTURE, _TILES = 84, 6


def report_html(content: Content, *, paged: bool = False) -> str:
    """The report. `paged` is for the PDF: no table of all images and no manifest, which is attached to it."""
    parts = [
        markup.heading("AllDetect report", 1),
        markup.paragraph(INTENDED_USE, "use"),
        *_run(content),
        *_patients(content),
        *_evaluation(content),
        *_matter(content),
        *_card(content),
        *_skipped(content, MOST_ON_PAGES if paged else None),
    ]
    if not paged:
        parts += [*_all_images(content), *_manifest(content)]
    parts.append(markup.paragraph(CLEANING))
    body = "\n".join(parts)
    if paged:
        return f"<html><head><style>{PAGE_STYLE}</style></head><body>{body}</body></html>"
    foot = f'{markup.paragraph(INTENDED_USE, "use")}<div class="foot">{markup.text(INTENDED_USE)}</div>'
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{markup.text(POLICY)}"/>'
        f"<title>AllDetect report</title><style>{SCREEN_STYLE}</style></head>\n<body>\n{body}\n{foot}\n</body></html>\n"
    )


def number(value: float | None, digits: int = 2) -> str:
    """A figure; a dash where it is not defined."""
    return "–" if value is None or not isfinite(value) else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """A share from 0 to 1 as a percentage."""
    return "–" if value is None else f"{100 * value:.1f} %"


def _run(content: Content) -> Iterable[str]:
    summary, manifest, model = content.summary, content.manifest, content.run.model
    rows = [
        (
            "Images",
            f"{manifest['found']} found = {summary.classified} classified + {summary.skipped} skipped"
            + (f" + {manifest['pending']} not reached by the run" if manifest["pending"] else ""),
        ),
        ("Suggested", f"{summary.suggested_all} ALL, {summary.suggested_hem} HEM, {summary.uncertain} uncertain"),
        ("Made", f"{manifest['created_utc']} with AllDetect {manifest['program']['version']}"),
    ]
    if model is not None:
        settings = ", ".join(f"{name} {value:g}" for name, value in model.parameters.items())
        band = manifest["uncertain_band"]
        between = f"; uncertain between {band[0]:g} and {band[1]:g}" if band else ""
        rows += [
            ("Model", f"{model.name}, SHA-256 {model.sha256}"),
            ("Recipe", f"{model.recipe}{f' ({settings})' if settings else ''}, engine {model.engine}"),
            ("Threshold", f"ALL from P(ALL) {model.threshold:g}{between}"),
        ]
    yield markup.heading("Run")
    yield markup.table((), rows)


def _patients(content: Content) -> Iterable[str]:
    yield markup.heading("Patients")
    yield markup.paragraph(
        "Blasts are the cells with the class ALL: a reader's where there is one, else the suggestion. The share is of "
        "the cells with a class, with its exact 95 % interval (Clopper-Pearson); undecided cells are in neither. "
        "A share of cells is not a diagnosis. A signature stands under the reading of a patient's cells; over open "
        "cells it needs a reason."
    )
    rows = []
    for row in map(patient_row, content.patients):
        low, high = _float(row["low_95"]), _float(row["high_95"])
        rows.append((
            str(row["patient"]) or "without a patient id",
            str(row["cells"]), str(row["skipped"]), str(row["blasts"]), str(row["other"]),
            str(row["undecided"]), percent(_float(row["share_of_blasts"])),
            f"{percent(low)} to {percent(high)}" if low is not None else "–", str(row["warning"]),
            str(row["read"]), ": ".join(str(part) for part in (row["signed"] or "no", row["sign_off_reason"]) if part),
        ))  # fmt: skip
    yield markup.table(
        (
            "Patient",
            "Cells",
            "Skipped",
            "Blasts",
            "Other",
            "Undecided",
            "Share",
            "95 % interval",
            "Mind",
            "Read",
            "Signed",
        ),
        rows,
    )


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _evaluation(content: Content) -> Iterable[str]:
    evaluation = content.summary.evaluation
    yield markup.heading("Suggestions against reference labels")
    if evaluation is None:
        yield markup.paragraph("No classified image has a reference label, so there are no figures.")
        return
    matrix = evaluation.confusion
    yield markup.paragraph(
        f"{matrix.total} images of {evaluation.subjects} patients; ALL is positive; uncertain images are counted by "
        f"their side of the threshold {evaluation.threshold:g}. Intervals are 95 % by patient and "
        "need five of them; PPV and NPV hold for this run's share of ALL."
    )
    yield markup.table(
        ("", "predicted ALL", "predicted HEM"),
        [("true ALL", str(matrix.tp), str(matrix.fn)), ("true HEM", str(matrix.fp), str(matrix.tn))],
    )
    yield markup.table(("Figure", "Value", "95 % by patient"), _measures(evaluation))
    yield from _plots(content, evaluation)


def _measures(evaluation: Evaluation) -> Iterable[tuple[str, str, str]]:
    for name, title in MEASURE_TITLES.items():
        low, high = evaluation.intervals.get(name, (None, None))
        between = f"{number(low, 3)} to {number(high, 3)}" if low is not None else "–"
        yield title, number(evaluation.measures[name], 3), between


def _plots(content: Content, evaluation: Evaluation) -> Iterable[str]:
    points = roc_of(content.run)
    if not points:
        return
    sensitivity, specificity = evaluation.measures["sensitivity"], evaluation.measures["specificity"]
    here = (1 - specificity, sensitivity) if sensitivity is not None and specificity is not None else None
    pictures = [
        markup.image(svg.encode(), "svg+xml", 300, 290, title)
        for svg, title in (
            (roc_svg(points, here), "ROC curve; the ring is the threshold used"),
            (calibration_svg(calibration_of(content.run)), "Calibration plot"),
        )
    ]
    yield markup.markup_table(("ROC (ring: the threshold used)", "Calibration (size: images)"), [pictures])
    yield markup.paragraph("P(ALL) is meant for equal shares of both classes; another mixture moves the right plot.")


def _matter(content: Content) -> Iterable[str]:
    yield markup.heading("Cells that matter")
    for kind, results in cells_that_matter(content.run).items():
        yield markup.heading(MATTER_TITLES[kind], 3)
        if not results:
            yield markup.paragraph("None.")
            continue
        tiles = [_tile(content, result) for result in results]
        rows = [tiles[start : start + _TILES] for start in range(0, len(tiles), _TILES)]
        yield markup.markup_table((), rows)


def _tile(content: Content, result: ImageResult) -> str:
    """One cell: its picture first, so that a page break never parts a row, and what is known of it below."""
    data = picture(content, result, _PICTURE)
    prediction, record, reading = result.prediction, result.record, content.run.review(result.record).reading
    probability = number(prediction.probability_all if prediction else None)
    words = [
        content.options.name(record),
        f"patient {record.subject}" if record.subject else "",
        f"{prediction.suggestion if prediction else 'skipped'}, P(ALL) {probability}",
        f"reference {record.reference}" if record.reference else "",
        f"reader {reading}" if reading else "",
        "outside" if prediction and prediction.fit is not None and prediction.fit > 1 else "",
    ]
    shown = markup.image(data, "png", _PICTURE, _PICTURE, "cell") if data else "no picture"
    return "<br/>".join([shown, *(markup.text(word) for word in words if word)])


def _card(content: Content) -> Iterable[str]:
    yield markup.heading("What is known of the model")
    artifact = artifact_of(content.run.model)
    if artifact is None:
        yield markup.paragraph("The model with this SHA-256 is not installed here, so its figures cannot be given.")
        return
    metrics: Mapping[str, Any] = artifact.manifest["metrics"]
    yield markup.paragraph(f"{artifact.title}. Figures: {metrics['protocol']}.")
    rows = []
    for name, figure in metrics["figures"].items():
        low, high = figure["interval_95"] or (None, None)
        between = f"{number(low, 3)} to {number(high, 3)}" if low is not None else "–"
        rows.append((MEASURE_TITLES.get(name, name.replace("_", " ")), number(figure["value"], 3), between))
    yield markup.table(("Figure", "Value", "95 % interval"), rows)


def _skipped(content: Content, most: int | None) -> Iterable[str]:
    """All of them, or the first `most` and how many more there are: laying out pages takes ever longer."""
    skipped = content.skipped
    yield markup.heading(f"Skipped images ({len(skipped)})")
    if skipped:
        rows = [(content.options.name(result.record), result.reason) for result in skipped[:most]]
        yield markup.table(("Image", "Reason"), rows)
    if most is not None and len(skipped) > most:
        yield markup.paragraph(f"… and {len(skipped) - most:,} more: CSV, XLSX, HTML and JSON list all of them.")


def _all_images(content: Content) -> Iterable[str]:
    columns = ("path", "subject", "reference", "suggestion", "probability_all", "outcome", "reason", "reader_class")
    yield markup.heading(f"All images ({len(content.run.results)})")
    rows = map(content.row, content.run.results)
    yield markup.table(columns, ([_shown(row[name]) for name in columns] for row in rows))


def _shown(value: object) -> str:
    return number(value, 4) if isinstance(value, float) else "" if value is None else str(value)


def _manifest(content: Content) -> Iterable[str]:
    yield markup.heading("Manifest")
    yield markup.paragraph("“alldetect rerun” with this file repeats the run and says what changed.")
    whole = markup.text(manifest_json(content.manifest))
    yield f'<details><summary>Show</summary><pre id="{MANIFEST_ID}">{whole}</pre></details>'
