"""The model card as Markdown, from what the training run computed (Mitchell et al. 2019; CLAIM 2024)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.training.assess import Figure, SubjectRow

FIGURE_TITLES = {
    "f1_weighted": "Weighted F1",
    "roc_auc": "ROC AUC",
    "accuracy": "Accuracy",
    "sensitivity": "Sensitivity (recall of ALL)",
    "specificity": "Specificity (recall of HEM)",
    "ppv": "PPV at the data set's share of ALL",
    "npv": "NPV at the data set's share of ALL",
    "balanced_accuracy": "Balanced accuracy",
    "mcc": "Matthews correlation",
    "brier": "Brier score",
    "calibration_error": "Calibration error (10 bins)",
    "calibration_slope": "Calibration slope (1 is right, below 1 too sure)",
}


@dataclass(frozen=True)
class CardFacts:
    """What the card tells; every number comes from the run."""

    title: str
    summary: str
    data: str
    protocol: str
    calibration: str
    band: str
    outside: str
    pooled: Mapping[str, Figure]
    baselines: Mapping[str, Mapping[str, Figure]]
    matched: Mapping[str, Figure]
    matched_images: int
    subjects: Sequence[SubjectRow]
    command: str
    versions: Mapping[str, str]  # of the program and the packages that made it
    failures: Sequence[str] = ()  # of this model alone, beside those of all
    warning: str = ""  # what comes before everything else
    cnmc: bool = True  # the data are C-NMC 2019, not a laboratory's own


def figure_text(figure: Figure) -> str:
    """The value and its interval."""
    if figure.value is None:
        return "not defined"
    if figure.interval is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.interval[0]:.3f} to {figure.interval[1]:.3f})"


def render_card(facts: CardFacts) -> str:
    """The whole card."""
    lines = [f"# {facts.title}", "", INTENDED_USE, "", *([f"**{facts.warning}**", ""] if facts.warning else [])]
    lines += [facts.summary, "", "## Intended use", "", _INTENDED.format(cells=_CNMC if facts.cnmc else _OWN), ""]
    lines += ["## Data", "", facts.data, "", f"Reference standard: {_CNMC_LABELS if facts.cnmc else _OWN_LABELS}", ""]
    lines += ["## Protocol", "", facts.protocol, "", facts.calibration, "", facts.band, "", facts.outside, ""]
    lines += ["## Figures on subjects that the model did not see", ""]
    lines += ["95 % intervals by drawing whole subjects (1,000 draws). Positive class: ALL.", ""]
    lines += ["| Figure | All held-out images | Area-matched images |", "|---|---|---|"]
    lines += [f"| {title} | {figure_text(facts.pooled[name])} | {figure_text(facts.matched[name])} |"
              for name, title in FIGURE_TITLES.items()]  # fmt: skip
    lines += ["", f"Area-matched: {facts.matched_images} images, as many ALL as HEM in every band of cell area, so "
              "that size tells nothing.", "", _other_shares(facts), ""]  # fmt: skip
    lines += [
        "## Baselines under the same folds",
        "",
        "| What the baseline sees | Weighted F1 | ROC AUC |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {figure_text(row['f1_weighted'])} | {figure_text(row['roc_auc'])} |"
              for name, row in facts.baselines.items()]  # fmt: skip
    lines += ["", "## Each subject", "", "| Subject | Class | Images | Called right | Mean area, px | Mean P(ALL) |"]
    lines += ["|---|---|---|---|---|---|"]
    for row in facts.subjects:
        kind = "ALL" if row.is_all else "HEM"
        lines.append(f"| {row.subject} | {kind} | {row.images} | {row.right / row.images:.0%} "
                     f"| {row.mean_area:,.0f} | {row.mean_probability:.2f} |")  # fmt: skip
    lines += [
        "",
        "## Where it fails",
        "",
        *(_LIMITS if facts.cnmc else ()),
        _ELSEWHERE,
        *(f"- {item}" for item in facts.failures),
        "",
        "## Version, engine, licence, questions",
        "",
        f"Made by AllDetect {facts.versions['alldetect']} ({_packages(facts.versions)}). The SHA-256 of manifest.json "
        "names this version of the model in every result, report and audit entry. " + _ENGINE,
        "",
        _RIGHTS,
        "",
        "## Run it again",
        "",
        f"    {facts.command}",
        "",
    ]
    return "\n".join(lines)


def _other_shares(facts: CardFacts) -> str:
    """What PPV and NPV would be where ALL is rarer or more common, by Bayes' rule."""
    cells = sum(row.images for row in facts.subjects)
    share = sum(row.images for row in facts.subjects if row.is_all) / cells
    told = f"PPV and NPV hold for the share of ALL among these cells: {share:.0%}, and half of the area-matched ones."
    sensitivity, specificity = facts.pooled["sensitivity"].value, facts.pooled["specificity"].value
    if not sensitivity or not specificity:
        return told
    for other in (0.5, 0.1):
        right, wrong = sensitivity * other, (1 - specificity) * (1 - other)
        missed, cleared = (1 - sensitivity) * other, specificity * (1 - other)
        told += f" At {other:.0%}: PPV {right / (right + wrong):.3f}, NPV {cleared / (cleared + missed):.3f}."
    return told


def _packages(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items() if name != "alldetect")


_INTENDED = (
    "Research and teaching on single segmented lymphoid cells on a black background, prepared like {cells}. Not a "
    "medical device; not for diagnosis, screening, triage or treatment. A cell's score is not a patient's diagnosis; "
    "B-ALL is confirmed by immunophenotype and genetics. Out of scope: whole smear fields, other stains or "
    "microscopes, T-ALL, AML."
)
_CNMC = "C-NMC 2019 (Jenner-Giemsa, stain-normalised, 450 x 450 pixels)"
_OWN = "those that it was trained on"

_CNMC_LABELS = (
    "the data set's own labels. Cells were marked by an expert oncologist; ALL cells are from patients with B-ALL, HEM "
    "cells from subjects without it, and every cell of a subject has that subject's class."
)
_OWN_LABELS = "the labels in the folder or in the label file, as the laboratory gave them."
_ENGINE = (
    "It runs on LiteRT, on the processor alone: weights of 8 bits, activations rounded to 8 bits layer by layer, head "
    "in floating point. “--engine tensorflow” computes the same weights in 32 bits. What that changes and how long an "
    "image takes: docs/performance.md."
)
_RIGHTS = (
    "Weights: CC BY 4.0, with the attributions under Data; code: MIT. Questions and faults go to those who gave you "
    "the program, with this card's manifest hash; no image of a patient should go with them."
)

_LIMITS = (
    "- Normal subjects with large cells: in the training data HEM cells are mostly small and ALL cells large, so "
    "size is a shortcut. See the area-matched column and the HEM subjects with a large mean area above.",
    "- HEM is thin: few groups hold most of the HEM images; the intervals say how little is known.",
    "- Labels are inherited from the subject, not read cell by cell.",
)
_ELSEWHERE = "- Other laboratories, stains, cameras or magnifications were not tested; expect it to be wrong there."
