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
    "brier": "Brier score",
    "calibration_error": "Calibration error (10 bins)",
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
    lines += ["## Data", "", facts.data, ""]
    lines += ["## Protocol", "", facts.protocol, "", facts.calibration, "", facts.band, "", facts.outside, ""]
    lines += ["## Figures on subjects that the model did not see", ""]
    lines += ["95 % intervals by drawing whole subjects (1,000 draws). Positive class: ALL.", ""]
    lines += ["| Figure | All held-out images | Area-matched images |", "|---|---|---|"]
    lines += [f"| {title} | {figure_text(facts.pooled[name])} | {figure_text(facts.matched[name])} |"
              for name, title in FIGURE_TITLES.items()]  # fmt: skip
    lines += ["", f"Area-matched: {facts.matched_images} images, as many ALL as HEM in every band of cell area, so "
              "that size tells nothing.", ""]  # fmt: skip
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
        "## Run it again",
        "",
        f"    {facts.command}",
        "",
    ]
    return "\n".join(lines)


_INTENDED = (
    "Research and teaching on single segmented lymphoid cells on a black background, prepared like {cells}. Not a "
    "medical device; not for diagnosis, screening, triage or treatment. A cell's score is not a patient's diagnosis; "
    "B-ALL is confirmed by immunophenotype and genetics. Out of scope: whole smear fields, other stains or "
    "microscopes, T-ALL, AML."
)
_CNMC = "C-NMC 2019 (Jenner-Giemsa, stain-normalised, 450 x 450 pixels)"
_OWN = "those that it was trained on"

_LIMITS = (
    "- Normal subjects with large cells: in the training data HEM cells are mostly small and ALL cells large, so "
    "size is a shortcut. See the area-matched column and the HEM subjects with a large mean area above.",
    "- HEM is thin: few groups hold most of the HEM images; the intervals say how little is known.",
    "- Labels are inherited from the subject, not read cell by cell.",
)
_ELSEWHERE = "- Other laboratories, stains, cameras or magnifications were not tested; expect it to be wrong there."
