"""Sections of honest.md about the chosen rung: cell area, draws, the nested choice, the band, changed cells, curves."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.intervals import subject_bootstrap
from alldetect_gui.training.assess import Figure, figures
from alldetect_gui.training.honest.band import (
    REFERRED,
    SENSITIVITY,
    controlled_band,
    cross_fitted_figures,
    crossed_outcomes,
    outcome_figures,
    outcomes,
)
from alldetect_gui.training.honest.by_subject import AreaGroup, Benefit, Risk
from alldetect_gui.training.honest.nested import INNER, Nested
from alldetect_gui.training.honest.robustness import OUTCOMES, PER_SUBJECT, Changed
from alldetect_gui.training.honest.study import FOLDS, SEED, Draw, Step, Study
from alldetect_gui.training.model_card import figure_text

Outcomes = NDArray[np.int64]


def spread(values: Iterable[float]) -> str:
    """Mean, least and most."""
    found = list(values)
    return f"{np.mean(found):.3f} ({min(found):.3f} to {max(found):.3f})" if found else "–"


def draw_numbers(draw: Draw) -> dict[str, float]:
    """Its figures for honest.json."""
    return {key: round(value, 4) for key, value in asdict(draw).items() if isinstance(value, float)}


def area_table(groups: Sequence[AreaGroup]) -> str:
    """What cell size does to the chosen rung."""
    lines = [
        f"By cell area, in {len(groups)} groups of as many images each. An interval is missing where a class has fewer "
        "than five subjects there.", "",
        "| Cell area, px | ALL images | HEM images | Sensitivity | Specificity |", "|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {group.low:,.0f} to {group.high:,.0f} | {group.all_images:,} | {group.hem_images:,} "
        f"| {figure_text(group.sensitivity)} | {figure_text(group.specificity)} |"
        for group in groups
    ]
    return "\n".join(lines)


def draws_section(study: Study, chosen: Step) -> str:
    """The chosen rung in each draw of the folds."""
    lines = [
        "## Other draws of the folds", "",
        "| Seed | Weighted F1 | AUC | Area-matched weighted F1 | Area-matched AUC | Large normal "
        "| Sensitivity of the called | Specificity of the called | Referred |", "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    table = []
    for number, draw in enumerate(chosen.draws):
        band = cross_fitted_figures(draw.probability, study.training.is_all, draw.fold)
        table.append([draw.f1_weighted, draw.roc_auc, draw.matched_f1, draw.matched_auc, draw.large_specificity,
                      band.sensitivity, band.specificity, band.referred])  # fmt: skip
        lines.append(f"| {SEED + number} | " + " | ".join(f"{value:.3f}" for value in table[-1]) + " |")
    lines.append("| mean | " + " | ".join(f"{value:.3f}" for value in np.mean(table, axis=0)) + " |")
    return "\n".join([*lines, "", "Band columns: the band was chosen on four folds and counted on the fifth."])


def nested_section(study: Study, choice: Nested) -> str:
    """What the choice of view and balance costs."""
    data, rows = study.training, study.matched
    names = ("f1_weighted", "roc_auc")
    whole = figures(choice.probability, data.is_all, data.subjects, names=names)
    matched = figures(choice.probability[rows], data.is_all[rows], data.subjects[rows], names=names)
    lines = [
        "## The choice itself", "",
        f"View and balance chosen anew inside the training subjects of each fold, by {INNER} folds by group among "
        "them (mean of the AUC on all and on area-matched cells), and counted on the fold that took no part: weighted "
        f"F1 {figure_text(whole['f1_weighted'])}, AUC {figure_text(whole['roc_auc'])}, area-matched weighted F1 "
        f"{figure_text(matched['f1_weighted'])}, area-matched AUC {figure_text(matched['roc_auc'])}, large normal "
        f"{figure_text(study.of_large(choice.probability))}.", "",
        "| Fold | Chosen |", "|---|---|",
    ]  # fmt: skip
    lines += [f"| {number} | {name} |" for number, name in enumerate(choice.chosen, 1)]
    return "\n".join([*lines, "", "It chose among: " + "; ".join(choice.names) + "."])


def band_section(study: Study, chosen: Step) -> str:
    """The uncertain band with its intervals, and fold by fold."""
    is_all = study.training.is_all
    band = controlled_band(chosen.probability, is_all)
    low, high = band
    same = outcomes(chosen.probability, band)
    crossed = crossed_outcomes(chosen.probability, is_all, study.fold)
    lines = [
        "## The uncertain band", "",
        f"P(ALL) between {low:.2f} and {high:.2f} is UNCERTAIN: the most specific band with a sensitivity of at least "
        f"{SENSITIVITY} on the cells that it calls and at most {REFERRED:.1%} referred, where both can be had.", "",
        "| Band | Sensitivity of the called | Specificity of the called | Referred |", "|---|---|---|---|",
        _band_row(study, "chosen and counted on all folds", same),
        _band_row(study, "chosen on four folds, counted on the fifth", crossed),
    ]  # fmt: skip
    for number in range(FOLDS):
        out = study.fold == number
        found = outcome_figures(crossed[out], is_all[out])
        lines.append(f"| the same, fold {number + 1} alone | {found.sensitivity:.3f} | {found.specificity:.3f} "
                     f"| {found.referred:.1%} |")  # fmt: skip
    subjects = study.training.subjects
    below = [name for name in np.unique(subjects[is_all])
             if (called := crossed[subjects == name][crossed[subjects == name] != 0]).size
             and (called == 1).mean() < 0.95]  # fmt: skip
    total = np.unique(subjects[is_all]).size
    return "\n".join([*lines, "", f"{len(below)} of {total} ALL subjects lie below 0.95 ({', '.join(below)})."])


def _band_row(study: Study, name: str, outcome: Outcomes) -> str:
    is_all, subjects = study.training.is_all, study.training.subjects

    def share(of: NDArray[np.bool_], right: NDArray[np.bool_]) -> Figure:
        def value(index: NDArray[np.int64]) -> float | None:
            inside = index[of[index]]
            return float(right[inside].mean()) if inside.size else None

        return Figure(value(np.arange(outcome.size)), subject_bootstrap(value, subjects))

    called = outcome != 0
    cells = [
        share(called & is_all, outcome == 1),
        share(called & ~is_all, outcome == -1),
        share(np.ones_like(called), ~called),
    ]
    return f"| {name} | " + " | ".join(map(figure_text, cells)) + " |"


def changes_section(changed: Sequence[Changed]) -> str:
    """The table of robustness.CHANGES."""
    heads = [f"{kind} cells: {outcome}" for kind in ("ALL", "HEM") for outcome in OUTCOMES]
    lines = [
        "## Cells from elsewhere", "",
        f"{PER_SUBJECT} held-out cells of each subject (fewer where there are not as many), changed and judged by the "
        "heads and fit references of the folds that had not seen them, with the bundled band. “Other”: another "
        "outcome than unchanged; “opposite”: ALL instead of HEM or HEM instead of ALL.", "",
        f"| Change | {' | '.join(heads)} | Other | Opposite |", "|---" * (len(heads) + 3) + "|",
    ]  # fmt: skip
    for row in changed:
        shares = (*row.all_cells, *row.hem_cells, row.other, row.opposite)
        lines.append(f"| {row.name} | " + " | ".join(f"{share:.0%}" for share in shares) + " |")
    return "\n".join([*lines, "", _CHANGES_NOTE])


_CHANGES_NOTE = (
    "Colour and sharpness are cues of this model: the images were normalised and taken in one laboratory, and nothing "
    "in them teaches it which differences mean something. Cells of another stain, camera or focus are not all marked "
    "outside. A laboratory that wants to use it has to judge it on its own labelled cells first (`alldetect evaluate`, "
    "`alldetect train`)."
)


def curves_section(benefits: Sequence[Benefit], risks: Sequence[Risk]) -> str:
    """The decision curve, and errors over the share of cells that is called."""
    lines = [
        "## Decision curve and risk by coverage", "",
        "| Threshold | Net benefit of the model | of calling everything ALL | The model's gain over that |",
        "|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {row.threshold:.2f} | {figure_text(row.model)} | {figure_text(row.everything)} "
              f"| {figure_text(row.gain)} |" for row in benefits]  # fmt: skip
    lines += ["", "| Share called | Called wrongly |", "|---|---|"]
    lines += [f"| {row.coverage:.0%} | {_percent(row.wrong)} |" for row in risks]
    return "\n".join(lines)


def _percent(figure: Figure) -> str:
    value, interval = f"{figure.value:.1%}", figure.interval
    return value if interval is None else f"{value} ({interval[0]:.1%} to {interval[1]:.1%})"
