"""The report for readers: one HTML text, which a browser shows as it is and of which the window makes a PDF."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.records import ImageResult
from alldetect_gui.core.words import Words, marked
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
    "sensitivity": marked("Sensitivity (recall of ALL)"),
    "specificity": marked("Specificity (recall of HEM)"),
    "ppv": marked("PPV (precision of ALL)"),
    "npv": marked("NPV (precision of HEM)"),
    "accuracy": marked("Accuracy"),
    "f1_weighted": marked("Weighted F1"),
    "roc_auc": marked("ROC AUC"),
}
_PATIENT_HEADINGS = (
    marked("Patient"), marked("Cells"), marked("Skipped"), marked("Blasts"), marked("Other"), marked("Undecided"),
    marked("Share"), marked("95 % interval"), marked("Mind"), marked("Read"), marked("Signed"),
)  # fmt: skip
_IMAGE_HEADINGS: Mapping[str, str] = {
    "path": marked("Image"),
    "subject": marked("Patient"),
    "reference": marked("Reference label"),
    "suggestion": marked("Suggestion"),
    "probability_all": "P(ALL)",
    "outcome": marked("Outcome"),
    "reason": marked("Reason"),
    "reader_class": marked("Reader's class"),
}
_OUTCOMES = {"classified": marked("classified"), "skipped": marked("skipped")}
_READINGS = {"UNSURE": marked("UNSURE")}
MOST_ON_PAGES = 5000  # skipped images in a PDF
_PICTURE, _TILES = 84, 6


def report_html(content: Content, *, paged: bool = False) -> str:
    """The report. `paged` is for the PDF: no table of all images and no manifest, which is attached to it."""
    words = content.options.words
    use, title = words.said(INTENDED_USE), words("AllDetect report")
    parts = [
        markup.heading(title, 1),
        markup.paragraph(use, "use"),
        *_run(content, words),
        *_patients(content, words),
        *_evaluation(content, words),
        *_matter(content, words),
        *_card(content, words),
        *_skipped(content, MOST_ON_PAGES if paged else None, words),
    ]
    if not paged:
        parts += [*_all_images(content, words), *_manifest(content, words)]
    parts.append(markup.paragraph(words(CLEANING)))
    body = "\n".join(parts)
    if paged:
        return f"<html><head><style>{PAGE_STYLE}</style></head><body>{body}</body></html>"
    foot = f'{markup.paragraph(use, "use")}<div class="foot">{markup.text(use)}</div>'
    return (
        f'<!DOCTYPE html>\n<html lang="{markup.text(words.language)}"><head><meta charset="utf-8"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{markup.text(POLICY)}"/>'
        f"<title>{markup.text(title)}</title><style>{SCREEN_STYLE}</style></head>\n<body>\n{body}\n{foot}\n"
        "</body></html>\n"
    )


def _run(content: Content, words: Words) -> Iterable[str]:
    summary, manifest, model = content.summary, content.manifest, content.run.model
    counts = words(
        "{found} found = {classified} classified + {skipped} skipped",
        found=manifest["found"], classified=summary.classified, skipped=summary.skipped,
    )  # fmt: skip
    if manifest["pending"]:
        counts = words("{counts} + {pending} not reached by the run", counts=counts, pending=manifest["pending"])
    suggested = words(
        "{all} ALL, {hem} HEM, {uncertain} uncertain",
        all=summary.suggested_all, hem=summary.suggested_hem, uncertain=summary.uncertain,
    )  # fmt: skip
    program = manifest["program"]["version"]
    made = words("{time} with AllDetect {version}", time=manifest["created_utc"], version=program)
    rows = [(words("Images"), counts), (words("Suggested"), suggested), (words("Made"), made)]
    if model is not None:
        settings = ", ".join(_setting(words, name, value) for name, value in model.parameters.items())
        recipe = f"{words.said(model.recipe)} ({settings})" if settings else words.said(model.recipe)
        threshold, band = (
            words("ALL from P(ALL) {value}", value=words.short(model.threshold)),
            manifest["uncertain_band"],
        )
        if band:
            low, high = map(words.short, band)
            threshold = words("{rule}; uncertain between {low} and {high}", rule=threshold, low=low, high=high)
        rows += [
            (words("Model"), f"{model.name}, SHA-256 {model.sha256}"),
            (words("Recipe"), words("{recipe}, engine {engine}", recipe=recipe, engine=model.engine)),
            (words("Threshold"), threshold),
        ]
    yield markup.heading(words("Run"))
    yield markup.table((), rows)


def _setting(words: Words, name: str, value: float) -> str:
    return f"{words.said(name.replace('_', ' '))} {words.short(value)}"


def _patients(content: Content, words: Words) -> Iterable[str]:
    yield markup.heading(words("Patients"))
    yield markup.paragraph(
        words(
            "Blasts are the cells with the class ALL: a reader's where there is one, else the suggestion. The share "
            "is of the cells with a class, with its exact 95 % interval (Clopper-Pearson); undecided cells are in "
            "neither. A share of cells is not a diagnosis. A signature stands under the reading of a patient's cells; "
            "over open cells it needs a reason."
        )
    )
    rows = []
    for row in (patient_row(patient, words) for patient in content.patients):
        signed = (row["signed"] or words("no"), row["sign_off_reason"])
        rows.append((
            str(row["patient"]) or words("without a patient id"),
            str(row["cells"]), str(row["skipped"]), str(row["blasts"]), str(row["other"]),
            str(row["undecided"]), words.percent(_float(row["share_of_blasts"])),
            _between(words, row["low_95"], row["high_95"], words.percent), str(row["warning"]),
            str(row["read"]), ": ".join(str(part) for part in signed if part),
        ))  # fmt: skip
    yield markup.table([words(heading) for heading in _PATIENT_HEADINGS], rows)


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _between(words: Words, low: object, high: object, form: Callable[[float | None], str]) -> str:
    """An interval; a dash where there is none."""
    if low is None:
        return "–"
    return words("{low} to {high}", low=form(_float(low)), high=form(_float(high)))


def _evaluation(content: Content, words: Words) -> Iterable[str]:
    evaluation = content.summary.evaluation
    yield markup.heading(words("Suggestions against reference labels"))
    if evaluation is None:
        yield markup.paragraph(words("No classified image has a reference label, so there are no figures."))
        return
    matrix = evaluation.confusion
    yield markup.paragraph(
        words(
            "{images} images of {patients} patients; ALL is positive; uncertain images are counted by "
            "their side of the threshold {threshold}. Intervals are 95 % by patient and "
            "need five of them; PPV and NPV hold for this run's share of ALL.",
            images=matrix.total, patients=evaluation.subjects, threshold=words.short(evaluation.threshold),
        )
    )  # fmt: skip
    yield markup.table(
        ("", words("predicted ALL"), words("predicted HEM")),
        [(words("true ALL"), str(matrix.tp), str(matrix.fn)), (words("true HEM"), str(matrix.fp), str(matrix.tn))],
    )
    yield markup.table((words("Figure"), words("Value"), words("95 % by patient")), _measures(evaluation, words))
    yield from _plots(content, evaluation, words)


def _measures(evaluation: Evaluation, words: Words) -> Iterable[tuple[str, str, str]]:
    for name, title in MEASURE_TITLES.items():
        low, high = evaluation.intervals.get(name, (None, None))
        yield words(title), words.number(evaluation.measures[name], 3), _between(words, low, high, _three(words))


def _three(words: Words) -> Callable[[float | None], str]:
    return lambda value: words.number(value, 3)


def _plots(content: Content, evaluation: Evaluation, words: Words) -> Iterable[str]:
    points = roc_of(content.run)
    if not points:
        return
    sensitivity, specificity = evaluation.measures["sensitivity"], evaluation.measures["specificity"]
    here = (1 - specificity, sensitivity) if sensitivity is not None and specificity is not None else None
    pictures = [
        markup.image(svg.encode(), "svg+xml", 300, 290, title)
        for svg, title in (
            (roc_svg(points, here, words), words("ROC curve; the ring is the threshold used")),
            (calibration_svg(calibration_of(content.run), words), words("Calibration plot")),
        )
    ]
    titles = (words("ROC (ring: the threshold used)"), words("Calibration (size: images)"))
    yield markup.markup_table(titles, [pictures])
    yield markup.paragraph(
        words("P(ALL) is meant for equal shares of both classes; another mixture moves the right plot.")
    )


def _matter(content: Content, words: Words) -> Iterable[str]:
    yield markup.heading(words("Cells that matter"))
    for kind, results in cells_that_matter(content.run).items():
        yield markup.heading(words(MATTER_TITLES[kind]), 3)
        if not results:
            yield markup.paragraph(words("None."))
            continue
        tiles = [_tile(content, result, words) for result in results]
        rows = [tiles[start : start + _TILES] for start in range(0, len(tiles), _TILES)]
        yield markup.markup_table((), rows)


def _tile(content: Content, result: ImageResult, words: Words) -> str:
    """One cell: its picture first, so that a page break never parts a row, and what is known of it below."""
    data = picture(content, result, _PICTURE)
    prediction, record, reading = result.prediction, result.record, content.run.review(result.record).reading
    suggested = words.said(prediction.suggestion) if prediction else words("skipped")
    lines = [
        content.options.name(record),
        words("patient {subject}", subject=record.subject) if record.subject else "",
        f"{suggested}, P(ALL) {words.number(prediction.probability_all if prediction else None)}",
        words("reference {label}", label=record.reference) if record.reference else "",
        words("reader {reading}", reading=_read(words, reading)) if reading else "",
        words("outside") if prediction and prediction.fit is not None and prediction.fit > 1 else "",
    ]
    shown = markup.image(data, "png", _PICTURE, _PICTURE, words("cell")) if data else markup.text(words("no picture"))
    return "<br/>".join([shown, *(markup.text(line) for line in lines if line)])


def _read(words: Words, reading: str) -> str:
    """A reader's class; ALL and HEM are called so in every language."""
    return words(_READINGS[reading]) if reading in _READINGS else reading


def _card(content: Content, words: Words) -> Iterable[str]:
    yield markup.heading(words("What is known of the model"))
    artifact = artifact_of(content.run.model)
    if artifact is None:
        yield markup.paragraph(
            words("The model with this SHA-256 is not installed here, so its figures cannot be given.")
        )
        return
    metrics: Mapping[str, Any] = artifact.manifest["metrics"]
    title, protocol = words.said(artifact.title), words.said(metrics["protocol"])
    yield markup.paragraph(words("{title}. Figures: {protocol}.", title=title, protocol=protocol))
    rows = []
    for name, figure in metrics["figures"].items():
        low, high = figure["interval_95"] or (None, None)
        named = words(MEASURE_TITLES[name]) if name in MEASURE_TITLES else words.said(name.replace("_", " "))
        rows.append((named, words.number(figure["value"], 3), _between(words, low, high, _three(words))))
    yield markup.table((words("Figure"), words("Value"), words("95 % interval")), rows)


def _skipped(content: Content, most: int | None, words: Words) -> Iterable[str]:
    """All of them, or the first `most` and how many more there are: laying out pages takes ever longer."""
    skipped = content.skipped
    yield markup.heading(words("Skipped images ({number})", number=len(skipped)))
    if skipped:
        rows = [(content.options.name(result.record), words.said(result.reason)) for result in skipped[:most]]
        yield markup.table((words("Image"), words("Reason")), rows)
    if most is not None and len(skipped) > most:
        more = words.whole(len(skipped) - most)
        yield markup.paragraph(words("… and {number} more: CSV, XLSX, HTML and JSON list all of them.", number=more))


def _all_images(content: Content, words: Words) -> Iterable[str]:
    yield markup.heading(words("All images ({number})", number=len(content.run.results)))
    rows = map(content.row, content.run.results)
    yield markup.table(
        [words(heading) for heading in _IMAGE_HEADINGS.values()],
        ([_shown(words, name, row[name]) for name in _IMAGE_HEADINGS] for row in rows),
    )


def _shown(words: Words, name: str, value: object) -> str:
    """One value of a row of the table, in the language of the report where it is a word of ours."""
    if isinstance(value, float):
        return words.number(value, 4)
    text = "" if value is None else str(value)
    if name == "outcome":
        return words(_OUTCOMES[text])
    if name == "reader_class":
        return _read(words, text)
    return words.said(text) if name in ("suggestion", "reason") else text


def _manifest(content: Content, words: Words) -> Iterable[str]:
    yield markup.heading(words("Manifest"))
    yield markup.paragraph(words("“alldetect rerun” with this file repeats the run and says what changed."))
    whole = markup.text(manifest_json(content.manifest))
    show = markup.text(words("Show"))
    yield f'<details><summary>{show}</summary><pre id="{MANIFEST_ID}">{whole}</pre></details>'
