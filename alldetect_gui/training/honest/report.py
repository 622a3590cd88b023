"""docs/experiments/honest.md and honest.json: the ladder, and everything about the rung that was chosen."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.evaluation.proportions import wilson
from alldetect_gui.training import card_texts as texts
from alldetect_gui.training.assess import Figure, SubjectRow, figures, per_subject
from alldetect_gui.training.honest.band import BandFigures, controlled_band, cross_fitted_figures
from alldetect_gui.training.honest.by_subject import (
    AreaGroup,
    Benefit,
    Risk,
    area_groups,
    benefits,
    risks,
)
from alldetect_gui.training.honest.kernel_fit import KernelOptions
from alldetect_gui.training.honest.nested import Nested
from alldetect_gui.training.honest.report_sections import (
    area_table,
    band_section,
    changes_section,
    curves_section,
    draw_numbers,
    draws_section,
    nested_section,
    spread,
)
from alldetect_gui.training.honest.robustness import Changed
from alldetect_gui.training.honest.study import DRAWS, FOLDS, LARGE, SEED, Step, Study
from alldetect_gui.training.model_card import FIGURE_TITLES, figure_text
from alldetect_gui.training.write_artifact import figures_content, versions


@dataclass(frozen=True)
class _Chosen:
    """What both files say about the chosen rung."""

    whole: Mapping[str, Figure]
    matched: Mapping[str, Figure]
    subjects: Sequence[SubjectRow]
    benefits: Sequence[Benefit]
    risks: Sequence[Risk]
    groups: Sequence[AreaGroup]


def _described(study: Study, chosen: Step) -> _Chosen:
    data, area, rows = study.training, study.measures[:, 0], study.matched
    held_out = chosen.probability
    return _Chosen(
        figures(held_out, data.is_all, data.subjects),
        figures(held_out[rows], data.is_all[rows], data.subjects[rows]),
        per_subject(held_out, data.is_all, data.subjects, area),
        benefits(data.is_all, held_out, data.subjects),
        risks(data.is_all, held_out, data.subjects),
        area_groups(data.is_all, held_out, data.subjects, area),
    )


def write_report(
    study: Study, steps: Sequence[Step], choice: Nested, changed: Sequence[Changed], out: Path, command: str
) -> tuple[Path, Path]:
    """Write both files into `out`; the last step is the chosen one. Returns their paths."""
    chosen = steps[-1]
    found = _described(study, chosen)
    out.mkdir(parents=True, exist_ok=True)
    sections = [
        _head(study, command),
        _ladder(study, steps),
        _chosen(chosen, found, study.matched.size),
        draws_section(study, chosen),
        nested_section(study, choice),
        band_section(study, chosen),
        changes_section(changed),
        curves_section(found.benefits, found.risks),
        _subjects(found.subjects),
        _READING,
    ]
    text, numbers = out / "honest.md", out / "honest.json"
    text.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    content = _numbers(study, steps, choice, changed, found)
    numbers.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return text, numbers


def _head(study: Study, command: str) -> str:
    tune, kernel = study.tune, KernelOptions()
    return (
        f"# The honest protocol: subjects that the model did not see\n\n{INTENDED_USE}\n\n"
        f"Written by `{command}`. Positive class: ALL; label coding inside: 1 = ALL, 0 = HEM. "
        f"{texts.data_text(study.data)}\n\n"
        f"{FOLDS} folds by group (seed {SEED}): no subject and no linked subject is on both sides, duplicates are left "
        f"out, only originals are judged. Rungs with frozen features were judged in {DRAWS} draws of the folds (seeds "
        f"{', '.join(str(SEED + draw) for draw in range(DRAWS))}), because which subjects are judged together moves "
        "every figure; where nothing else is said, figures are the first draw's. Everything that is learned "
        "(standardisation, components, heads, the "
        "fine-tuned block, calibration) is learned inside the training folds. 95 % intervals come from drawing whole "
        "subjects 1,000 times. Weights: both classes count the same, a subject with the root of its number of images."
        "\n\n"
        f"Settings: {json.dumps({'fine-tuning': asdict(tune), 'kernel machine': asdict(kernel)})}"
    )


def _ladder(study: Study, steps: Sequence[Step]) -> str:
    lines = [
        "## The ladder",
        "",
        "Cost is arithmetic in plain VGG16 passes at 224 pixels an image. “Area-matched” has as many ALL as HEM in "
        f"every band of cell area ({study.matched.size:,} images), so that size tells nothing. “Large normal” is the "
        f"specificity on the {int(study.large.sum())} cells of normal subjects whose mean area is above {LARGE:,} "
        "pixels. “By subject” is the mean over subjects of the share of cells called right. The last two columns are "
        f"the mean of {DRAWS} draws of the folds (least to most).",
        "",
        "| Rung | Cost | Weighted F1 | AUC | Area-matched weighted F1 | Area-matched AUC | Large normal "
        "| ALL by subject | HEM by subject | Weighted F1, draws | AUC, draws |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for step in steps:
        lines.append(
            f"| {step.name} | {step.cost:.2f} | {figure_text(step.pooled['f1_weighted'])} "
            f"| {figure_text(step.pooled['roc_auc'])} | {figure_text(step.matched['f1_weighted'])} "
            f"| {figure_text(step.matched['roc_auc'])} | {figure_text(step.large_normal)} "
            f"| {figure_text(step.subject_means[0])} | {figure_text(step.subject_means[1])} "
            f"| {spread(draw.f1_weighted for draw in step.draws)} | {spread(draw.roc_auc for draw in step.draws)} |"
        )
    return "\n".join([*lines, "", _LADDER_NOTE])


_LADDER_NOTE = (
    "The last rung is bundled as `default`. It, the views, the maps, the pooling and the strengths were chosen after "
    "looking at such tables, so expect new subjects to come out somewhat worse; “The choice itself” below says by how "
    "much for the choice of look, balance and machines. What did not help stays in the table: fitting the cell to the "
    "frame, bagging over groups, shrinking subject directions, larger and smaller training cells, CLAHE + grayscale. "
    "Balance by area costs some F1 on all cells and is kept, in part, for what it gives on cells of one size. A block "
    "4 that was fine-tuned on cells is alone no better than the frozen blocks together (fine-tuned.md). Averaging "
    "over turned and mirrored looks takes away part of what depends on how a cell happens to lie. Early maps are the "
    "better judges, above all of cells of one size; the mean of a machine on each is better than one machine on all. "
    "What lies behind the last of them is not computed. CLAHE takes brightness and much of the contrast out of what "
    "the network sees. Tried outside of this table and dropped, because it lost more on unchanged cells than it "
    "gained on changed ones: setting the cell's colours to fixed means and deviations, and shrinking the directions "
    "in which changes of colour, stain and sharpness move the features. Tried on one fold and dropped, because AUC on "
    "its unseen subjects fell from the first epochs on: fine-tuning all blocks from the second one at 56 pixels, "
    "turned, scaled and in other colours. Judged cells are always at their own scale."
)


def _chosen(chosen: Step, found: _Chosen, count: int) -> str:
    lines = [f"## The chosen rung: {chosen.name}", "",
             f"| Figure | All held-out images | {count:,} area-matched images |", "|---|---|---|"]  # fmt: skip
    lines += [
        f"| {title} | {figure_text(found.whole[key])} | {figure_text(found.matched[key])} |"
        for key, title in FIGURE_TITLES.items()
    ]
    return "\n".join([*lines, "", area_table(found.groups)])


def _subjects(subjects: Sequence[SubjectRow]) -> str:
    lines = ["## Each subject", ""]
    for is_all, kind in ((True, "ALL"), (False, "HEM")):
        rows = [row for row in subjects if row.is_all == is_all]
        right = sum(row.right * 2 > row.images for row in rows)
        low, high = wilson(right, len(rows))
        lines.append(f"Majority of cells called right: {right} of {len(rows)} {kind} subjects "
                     f"(Wilson 95 %: {low:.2f} to {high:.2f}).")  # fmt: skip
    lines += ["", "A majority of cells is not a diagnosis of a patient.", "",
              "| Subject | Class | Images | Called right | Mean area, px | Mean P(ALL) |",
              "|---|---|---|---|---|---|"]  # fmt: skip
    lines += [f"| {row.subject} | {'ALL' if row.is_all else 'HEM'} | {row.images} | {row.right / row.images:.0%} "
              f"| {row.mean_area:,.0f} | {row.mean_probability:.2f} |" for row in subjects]  # fmt: skip
    return "\n".join(lines)


_READING = (
    "## How to read this\n\nSpecificity by subject is the hard part: a few normal subjects with cells as large as "
    "blasts decide how a model does on new people, and only six such subjects are in the data, five of them linked. "
    "An earlier version of this report parted subjects who share cells in files that are not byte-identical "
    "(`python -m alldetect_gui.training.same_cells DATA` shows them); its figures were better than these, and wrong. "
    "The thesis' protocol, which lets subjects and augmented copies stand on both sides, is in "
    "[thesis.md](thesis.md), with the gap between the two for the same models."
)


def _numbers(
    study: Study, steps: Sequence[Step], choice: Nested, changed: Sequence[Changed], found: _Chosen
) -> dict[str, Any]:
    band = controlled_band(steps[-1].probability, study.training.is_all)
    crossed: BandFigures = cross_fitted_figures(steps[-1].probability, study.training.is_all, study.fold)
    return {
        "folds": FOLDS, "seed": SEED, "images": int(study.fold.size), "versions": versions(),
        "fine_tuning": asdict(study.tune), "kernel_machine": asdict(KernelOptions()),
        "ladder": [
            {
                "rung": step.name, "cost": round(step.cost, 3), "pooled": figures_content(step.pooled),
                "area_matched": figures_content(step.matched),
                "large_normal_specificity": asdict(step.large_normal),
                "subject_means": figures_content(dict(zip(("all", "hem"), step.subject_means, strict=True))),
                "draws": [draw_numbers(draw) for draw in step.draws],
            }
            for step in steps
        ],
        "chosen": {"figures": figures_content(found.whole), "area_matched": figures_content(found.matched),
                   "by_area": [asdict(group) for group in found.groups],
                   "decision_curve": [asdict(row) for row in found.benefits],
                   "risk_by_coverage": [asdict(row) for row in found.risks],
                   "band": list(band),
                   "band_cross_fitted": asdict(crossed), "changes": [asdict(row) for row in changed],
                   "nested": {"chosen": choice.chosen, "candidates": choice.names},
                   "subjects": [asdict(row) for row in found.subjects]},
    }  # fmt: skip
