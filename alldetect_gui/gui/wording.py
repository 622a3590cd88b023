"""How numbers and names are said on screen: local decimals, plain units, one place for the words."""

import math

from PySide6.QtCore import QDate, QLocale, Qt

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageResult
from alldetect_gui.core.reviews import Reading
from alldetect_gui.gui.language import marked, said, tr

LETTERS = {Suggestion.ALL: "A", Suggestion.HEM: "H", Suggestion.UNCERTAIN: "U"}
"""Each suggestion has a letter, so that nobody needs to tell colours apart."""
READING_MARKS = {
    Reading.ALL: Suggestion.ALL,
    Reading.HEM: Suggestion.HEM,
    Reading.UNSURE: Suggestion.UNCERTAIN,
}
"""A reader's class has the colour and letter of the same suggestion."""

MEASURE_NAMES = {
    "sensitivity": marked("Sensitivity (recall)"),
    "specificity": marked("Specificity"),
    "ppv": marked("PPV (precision)"),
    "npv": marked("NPV"),
    "accuracy": marked("Accuracy"),
    "f1_all": marked("F1 of ALL"),
    "f1_hem": marked("F1 of HEM"),
    "f1_weighted": marked("Weighted F1"),
    "roc_auc": marked("ROC AUC"),
}
MEASURE_MEANINGS = {
    "sensitivity": marked("Of the images whose reference label is ALL, the share predicted as ALL"),
    "specificity": marked("Of the images whose reference label is HEM, the share predicted as HEM"),
    "ppv": marked("Of the images predicted as ALL, the share whose reference label is ALL (at this folder's mixture)"),
    "npv": marked("Of the images predicted as HEM, the share whose reference label is HEM (at this folder's mixture)"),
    "accuracy": marked("Share of images predicted as their reference label says"),
    "f1_all": marked("Harmonic mean of PPV and sensitivity"),
    "f1_hem": marked("The same with HEM as the positive class: harmonic mean of NPV and specificity"),
    "f1_weighted": marked("Harmonic mean of PPV and sensitivity of each class, weighted by its images"),
    "roc_auc": marked("Chance that an ALL image has a higher P(ALL) than a HEM image; 1 is perfect, 0.5 is guessing"),
}
_PLAIN_MEASURES = frozenset({"roc_auc", "f1_all", "f1_hem", "f1_weighted"})  # said as a number, not as a percentage


def count(number: int, noun: str, plural: str = "") -> str:
    """“1 image”, “1,130 images”."""
    words = f"{{count}} {noun}" if number == 1 else f"{{count}} {plural or noun + 's'}"
    return tr(words, count=whole(number))


def whole(number: int) -> str:
    """“1,130”, with the local mark between thousands."""
    return QLocale().toString(number)


def day(utc: str) -> str:
    """The day of a moment as it is kept, the way the desktop writes days."""
    return QLocale().toString(QDate.fromString(utc[:10], Qt.DateFormat.ISODate), QLocale.FormatType.ShortFormat)


def measure_names() -> list[tuple[str, str]]:
    """Each measure and what it is called."""
    return [(name, tr(title)) for name, title in MEASURE_NAMES.items()]


def decimal(value: float, digits: int = 2) -> str:
    """`value` with the local decimal sign; a dash when it is not a number."""
    return QLocale().toString(value, "f", digits) if math.isfinite(value) else "–"


def signed(value: float, digits: int = 2) -> str:
    """`value` with its sign, as a change is said: “+0.12”, “−0.08”, “±0.00”."""
    text = decimal(abs(value), digits)
    return f"±{text}" if text == decimal(0.0, digits) else f"{'+' if value > 0 else '−'}{text}"


def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage with one decimal."""
    return f"{decimal(100 * share, 1)} %"


def measure(name: str, value: float | None) -> str:
    """A metric as it is read: a percentage, or a number where that is the custom; a dash when not defined."""
    if value is None:
        return "–"
    return decimal(value) if name in _PLAIN_MEASURES else percent(value)


def interval(name: str, bounds: tuple[float, float] | None) -> str:
    """“80.2 % to 100.0 %”; empty where there is no interval."""
    return tr("{low} to {high}", low=measure(name, bounds[0]), high=measure(name, bounds[1])) if bounds else ""


def duration(seconds: float) -> str:
    """“12 s”, “3 min 5 s”, “2 h 10 min”."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def sentence(text: str) -> str:
    """`text` in the language spoken, with a capital letter and a full stop."""
    text = said(text.strip())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def reference(label: CellClass | None) -> str:
    """A reference label; a dash when there is none."""
    return label.value if label else "–"


def reading(given: Reading | None) -> str:
    """A reader's class; a dash when there is none."""
    return "–" if given is None else tr("unsure") if given is Reading.UNSURE else given.value


def suggestion(given: Suggestion) -> str:
    """A suggestion; ALL and HEM are called so in every language."""
    return said(given.value)


def fit(distance: float | None) -> str:
    """How far an image is from the cells that the model knows, with the word where that is too far."""
    if distance is None:
        return "–"
    return tr("{distance} outside", distance=decimal(distance)) if distance > 1 else decimal(distance)


def agreement(result: ImageResult) -> str:
    """“3 of 4”: how many models suggest what the run suggests; a dash until they were asked."""
    if result.agreeing is None:
        return "–"
    return tr("{number} of {all}", number=result.agreeing, all=len(result.votes))


def votes(result: ImageResult) -> str:
    """What each model suggests, one a line."""
    return "\n".join(
        f"{said(vote.recipe)}: {suggestion(vote.suggestion)} {decimal(vote.probability_all)} ({vote.model})"
        for vote in result.votes
    )


def patient(subject: str) -> str:
    """“patient H12”, or what is said of images whose patient is not known."""
    return tr("patient {subject}", subject=subject) if subject else tr("images without a patient")


def outcome(result: ImageResult) -> str:
    """How one image ended, with the reason where there is one."""
    reason = result.reason or (result.prediction.reason if result.prediction else "")
    uncertain = result.prediction is not None and result.prediction.suggestion is Suggestion.UNCERTAIN
    word = tr("Skipped" if result.outcome is Outcome.SKIPPED else "Uncertain" if uncertain else "Classified")
    return f"{word}: {said(reason)}" if reason else word


def parameter(name: str) -> str:
    """A recipe parameter's name in words."""
    return said(name.replace("_", " "))


def parameters(values: dict[str, float]) -> str:
    """“clip limit 2 · tile grid 8”."""
    return " · ".join(f"{parameter(name)} {QLocale().toString(float(value), 'g', 4)}" for name, value in values.items())
