"""The tables of the report: the thesis' Tables 1 to 6 beside ours, what follows from them, and the other models."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from alldetect_gui.evaluation.proportions import wilson
from alldetect_gui.training.thesis.blocks import Table
from alldetect_gui.training.thesis.comparison import printed_pairs
from alldetect_gui.training.thesis.printed import EPOCHS, EXPERIMENTS, PRINTED, PrintedRun
from alldetect_gui.training.thesis.scores import matrix_figures

Record = Mapping[str, Any]
_NONE = "–"


def number(value: float | None, digits: int = 3) -> str:
    """A figure, or a dash where it is not defined."""
    return _NONE if value is None else f"{value:.{digits}f}"


def with_interval(value: float | None, interval: Sequence[float] | None) -> str:
    """A figure and its interval."""
    return number(value) + (f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else "")


def spread(values: Sequence[float]) -> str:
    """Mean of the runs, and least to most where there are several."""
    mean = number(float(np.mean(values)))
    return mean if len(values) == 1 else f"{mean} ({min(values):.3f} to {max(values):.3f})"


def mean_interval(intervals: Sequence[Sequence[float] | None]) -> list[float] | None:
    """The mean of the ends of several repeats' intervals; None where one has none."""
    if any(interval is None for interval in intervals):
        return None
    return [float(end) for end in np.mean(np.array(intervals, float), axis=0)]


def accuracy_and_loss(record: Record, recipe: str) -> Table:
    """Table 1, 3 or 5: first and last epoch, as the thesis has it, beside our runs and the unseen subjects."""
    rows = [_headers(record, recipe)]
    for what, name in (("train_accuracy", "Training accuracy"), ("test_accuracy", "Test accuracy"),
                       ("train_loss", "Training loss"), ("test_loss", "Test loss")):  # fmt: skip
        for place, word in ((0, "initial"), (-1, "final")):
            printed = [number(getattr(run, what)[place], 2) for run in PRINTED.get(recipe, ())]
            ours = [spread([run["history"][what][place] for run in runs]) for runs in _paper(record, recipe)]
            rows.append([f"{name}, {word}", *printed, *ours, *_unseen_cells(record, recipe, what, place)])
    seconds = [spread([float(np.median(run["history"]["seconds"])) for run in runs])
               for runs in _paper(record, recipe)]  # fmt: skip
    printed = ["1 to 2"] * len(PRINTED.get(recipe, ()))
    rows.append(["Seconds an epoch (median)", *printed, *seconds, *[_NONE] * len(seconds)])
    return Table(f"{_title(recipe, 1)}: accuracy and loss", rows)


def _title(recipe: str, half: int) -> str:
    """With the thesis' own number where it has such a table: 1, 3, 5 are first halves, 2, 4, 6 second ones."""
    if recipe not in EXPERIMENTS:
        return f"“{recipe}”, in no table of the thesis"
    return f"Table {2 * list(EXPERIMENTS).index(recipe) + half}. {EXPERIMENTS[recipe]}"


def _headers(record: Record, recipe: str) -> list[str]:
    epochs = record["parameters"]["epochs"]
    thesis = [f"thesis, {count} epochs" for count in EPOCHS] if recipe in PRINTED else []
    return ["", *thesis, *(f"ours, {count}" for count in epochs), *(f"unseen subjects, {count}" for count in epochs)]


def _paper(record: Record, recipe: str) -> list[list[dict[str, Any]]]:
    """The runs of each number of epochs."""
    return list(record["recipes"][recipe]["paper"].values())


def unseen(record: Record, recipe: str) -> list[list[dict[str, Any]]]:
    """The repeats of each number of epochs on unseen subjects."""
    epochs = record["parameters"]["epochs"]
    return [[repeat["after"][str(count)] for repeat in record["recipes"][recipe]["unseen"]] for count in epochs]


def held(runs: Sequence[Record], key: str) -> str:
    """A figure on unseen subjects, mean of the repeats, with the mean of the ends of their intervals."""
    values = [run["loss"] if key == "loss" else run["scores"][key] for run in runs]
    return with_interval(float(np.mean(values)), mean_interval([run["intervals"][key] for run in runs]))


def _unseen_cells(record: Record, recipe: str, what: str, place: int) -> list[str]:
    key = {"test_accuracy": "accuracy", "test_loss": "loss"}.get(what) if place == -1 else None
    return [held(runs, key) if key else _NONE for runs in unseen(record, recipe)]


def counts(record: Record, recipe: str) -> Table:
    """Table 2, 4 or 6: weighted F1 and the counts; the thesis' FP and FN as printed."""
    columns = PRINTED.get(recipe, ())
    rows = [_headers(record, recipe)]
    rows.append(["Weighted F1", *(number(run.f1_weighted, 2) for run in columns),
                 *(spread([run["test"]["f1_weighted"] for run in runs]) for runs in _paper(record, recipe)),
                 *(held(runs, "f1_weighted") for runs in unseen(record, recipe))])  # fmt: skip
    for name, attribute, key in (
        ("True positive (ALL called ALL)", "true_positive", "tp"),
        ("True negative (HEM called HEM)", "true_negative", "tn"),
        ("ALL called HEM, the thesis' “false positive”: false negative", "false_positive", "fn"),
        ("HEM called ALL, the thesis' “false negative”: false positive", "false_negative", "fp"),
    ):
        rows.append([name, *(str(getattr(run, attribute)) for run in columns),
                     *(f"{runs[0]['test'][key]}" for runs in _paper(record, recipe)),
                     *(f"{runs[0]['scores'][key]}" for runs in unseen(record, recipe))])  # fmt: skip
    for name, key in (
        ("Sensitivity (exchange undone)", "sensitivity"),
        ("Specificity (exchange undone)", "specificity"),
        ("Accuracy of these counts", "accuracy"),
    ):
        rows.append([name, *(number(matrix_figures(run.exchanged)[key]) for run in columns),
                     *(spread([run["test"][key] for run in runs]) for runs in _paper(record, recipe)),
                     *(held(runs, key) for runs in unseen(record, recipe))])  # fmt: skip
    return Table(f"{_title(recipe, 2)}: weighted F1 and confusion counts", rows)


def recomputed() -> Table:
    """What follows from the thesis' printed counts; the test suite compares it with an independent computation."""
    rows = [["Run", "n", "ALL / HEM", "Accuracy (Wilson 95 %)", "wF1 printed", "wF1 as labelled", "wF1 exchanged",
             "Sens", "Spec", "PPV", "NPV", "Balanced acc", "MCC", "F1 ALL / HEM"]]  # fmt: skip
    for recipe, runs in PRINTED.items():
        for epochs, run in zip(EPOCHS, runs, strict=True):
            rows.append([f"{recipe}, {epochs}", *recomputed_row(run)])
    return Table("The thesis' nine confusion matrices, recomputed; from “Sens” on FP and FN are exchanged", rows)


def recomputed_row(run: PrintedRun) -> list[str]:
    """One line of `recomputed`, without its name."""
    matrix = run.exchanged
    low, high = wilson(matrix.tp + matrix.tn, matrix.total)
    figures = (matrix.sensitivity, matrix.specificity, matrix.ppv, matrix.npv, matrix.balanced_accuracy, matrix.mcc)
    return [
        str(matrix.total),
        f"{matrix.tp + matrix.fn} / {matrix.fp + matrix.tn}",
        f"{number(matrix.accuracy, 4)} ({low:.3f}-{high:.3f})",
        number(run.f1_weighted, 2),
        number(run.as_labelled.f1_weighted, 4),
        number(matrix.f1_weighted, 4),
        *(number(value) for value in figures),
        f"{number(matrix.f1_all, 4)} / {number(matrix.f1_hem, 4)}",
    ]


def leak(record: Record) -> Table:
    """How much the thesis' protocol flatters: the same heads, three ways."""
    rows = [["Recipe, epochs", "Figure", "Thesis' test part (leaks)", "Its original images alone (leaks)",
             "Unseen subjects (95 % by subject)", "Flattered by (95 %)"]]  # fmt: skip
    for recipe in record["recipes"]:
        for epochs, runs, after in zip(record["parameters"]["epochs"], _paper(record, recipe),
                                       unseen(record, recipe), strict=True):  # fmt: skip
            for key, title in COMPARED.items():
                rows.append([
                    f"{recipe}, {epochs}", title, spread([run["test"][key] for run in runs]),
                    spread([run["test_originals"][key] for run in runs]), held(after, key), flattered(runs, after, key),
                ])  # fmt: skip
    return Table("The same models on the thesis' test part and on unseen subjects", rows)


COMPARED = {"f1_weighted": "weighted F1", "balanced_accuracy": "balanced accuracy", "roc_auc": "ROC AUC"}


def flattered(runs: Sequence[Record], after: Sequence[Record], key: str) -> str:
    """The leaky mean minus the figure on unseen subjects; its ends come from the latter's interval alone."""
    leaky = float(np.mean([run["test"][key] for run in runs]))
    ends = mean_interval([run["intervals"][key] for run in after])
    gap = f"{leaky - float(np.mean([run['scores'][key] for run in after])):+.3f}"
    return gap + (f" ({leaky - ends[1]:+.3f} to {leaky - ends[0]:+.3f})" if ends else "")


def differences(record: Record) -> Table:
    """Each recipe against the control: on the leaky test parts run by run, on unseen images by subject."""
    control, found = record["differences"]["control"], record["differences"]["rows"]
    rows = [["Recipe", "Figure", f"Minus “{control}”, thesis' protocol (least to most)",
             f"Minus “{control}”, unseen subjects (95 % by subject)"]]  # fmt: skip
    for recipe, figures in found.items():
        pairs = list(zip(_paper(record, recipe)[-1], _paper(record, control)[-1], strict=True))
        for key, row in figures.items():
            gaps = [own["test"][key] - other["test"][key] for own, other in pairs]
            rows.append([recipe, COMPARED[key], f"{np.mean(gaps):+.3f} ({min(gaps):+.3f} to {max(gaps):+.3f})",
                         f"{row['value']:+.3f}" + ("" if row["interval"] is None else
                         f" ({row['interval'][0]:+.3f} to {row['interval'][1]:+.3f})")])  # fmt: skip
    return Table(f"Recipes against “{control}”, dense head after {record['parameters']['epochs'][-1]} epochs", rows)


def printed_differences() -> Table:
    """The thesis' own counts, experiment against experiment."""
    rows = [["Experiments", "Accuracy", "z", "p"]]
    for one, other, z, p in printed_pairs():
        accuracies = " against ".join(number(PRINTED[name][-1].exchanged.accuracy) for name in (one, other))
        rows.append([f"{one} against {other}", accuracies, f"{z:+.2f}", number(p)])
    return Table(f"The thesis' counts after {EPOCHS[-1]} epochs, images taken as independent", rows)


def classifiers(record: Record) -> Table:
    """Every classifier and every baseline under both protocols."""
    rows = [["Recipe", "Classifier", "wF1, thesis' protocol (leaks)", "AUC (leaks)", "wF1, unseen subjects (95 %)",
             "AUC, unseen subjects (95 %)", "Sens / spec, unseen", "wF1 flattered by (95 %)"]]  # fmt: skip
    last = record["parameters"]["epochs"][-1]
    for recipe, found in record["recipes"].items():
        if found["classifiers"]:
            dense = f"the thesis' dense head, {last} epochs"
            rows.append([recipe, dense, *_both(_paper(record, recipe)[-1], unseen(record, recipe)[-1])])
        rows += [[recipe, name, *_both(row["paper"], row["unseen"])] for name, row in found["classifiers"].items()]
    rows += [["no network", name, *_both(row["paper"], row["unseen"])] for name, row in record["baselines"].items()]
    return Table("Classifiers on the same features, and what needs no network", rows)


def _both(runs: Sequence[Record], after: Sequence[Record]) -> list[str]:
    means = [number(float(np.mean([run["scores"][key] for run in after]))) for key in ("sensitivity", "specificity")]
    return [
        spread([run["test"]["f1_weighted"] for run in runs]),
        spread([run["test"]["roc_auc"] for run in runs]),
        held(after, "f1_weighted"),
        held(after, "roc_auc"),
        " / ".join(means),
        flattered(runs, after, "f1_weighted"),
    ]


def denoisers(record: Record) -> Table:
    """PSNR of each denoiser on each noise."""
    found = record["denoisers"]["rows"]
    names = list(next(iter(found.values())))
    rows = [["Noise", *names]]
    rows += [[noise, *(f"{mean:.2f} ± {deviation:.2f}" for mean, deviation in row.values())]
             for noise, row in found.items()]  # fmt: skip
    return Table(f"PSNR in dB over the cell, mean and deviation of {record['denoisers']['cells']} cells", rows)


def class_counts(record: Record) -> Table:
    """Images before and after augmentation, and the split."""
    rows = [["Class", "Images", "Subjects", "Groups", "Augmented copies", "Items", "Training", "Validation", "Test"]]
    for name, row in record["counts"]["classes"].items():
        items = row["originals"] + row["copies"]
        counted = [row["originals"], row["subjects"], row["groups"], row["copies"], items, *row["parts"].values()]
        rows.append([name, *(f"{value:,}" for value in counted)])
    return Table("Class counts", rows)


def parameters(record: Record) -> Table:
    """Every choice, flat."""
    rows = [["Parameter", "Value"]]
    for name, value in record["parameters"].items():
        text = "; ".join(f"{key}: {item}" for key, item in value.items()) if isinstance(value, dict) else str(value)
        rows.append([name.replace("_", " "), text.replace("|", "/") if value is not None else "all"])
    return Table("Parameters", rows)
