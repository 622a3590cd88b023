"""The tables of the report: the thesis' Tables 1 to 6 beside ours, what follows from them, and the other models."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from alldetect_gui.evaluation.proportions import wilson
from alldetect_gui.training.thesis.blocks import Table
from alldetect_gui.training.thesis.printed import EXPERIMENTS, PRINTED, PrintedRun
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
    experiment = list(EXPERIMENTS).index(recipe) + 1
    rows = [_headers(record)]
    for what, name in (("train_accuracy", "Training accuracy"), ("test_accuracy", "Test accuracy"),
                       ("train_loss", "Training loss"), ("test_loss", "Test loss")):  # fmt: skip
        for place, word in ((0, "initial"), (-1, "final")):
            printed = [number(getattr(run, what)[place], 2) for run in PRINTED[recipe]]
            ours = [spread([run["history"][what][place] for run in runs]) for runs in _paper(record, recipe)]
            rows.append([f"{name}, {word}", *printed, *ours, *_unseen_cells(record, recipe, what, place)])
    seconds = [spread([float(np.median(run["history"]["seconds"])) for run in runs])
               for runs in _paper(record, recipe)]  # fmt: skip
    rows.append(["Seconds an epoch (median)", *["1 to 2"] * len(PRINTED[recipe]), *seconds, *[_NONE] * len(seconds)])
    return Table(f"Table {2 * experiment - 1}. {EXPERIMENTS[recipe]}: accuracy and loss", rows)


def _headers(record: Record) -> list[str]:
    epochs = record["parameters"]["epochs"]
    return ["", *(f"thesis, {count} epochs" for count in (25, 50, 100)), *(f"ours, {count}" for count in epochs),
            *(f"unseen subjects, {count}" for count in epochs)]  # fmt: skip


def _paper(record: Record, recipe: str) -> list[list[dict[str, Any]]]:
    """The runs of each number of epochs."""
    return list(record["recipes"][recipe]["paper"].values())


def unseen(record: Record, recipe: str) -> list[list[dict[str, Any]]]:
    """The repeats of each number of epochs on unseen subjects."""
    epochs = record["parameters"]["epochs"]
    return [[repeat[str(count)] for repeat in record["recipes"][recipe]["unseen"]] for count in epochs]


def _unseen_cells(record: Record, recipe: str, what: str, place: int) -> list[str]:
    read: Callable[[Mapping[str, Any]], float] | None = None
    if place == -1 and what == "test_accuracy":
        read = lambda run: run["scores"]["accuracy"]  # noqa: E731
    if place == -1 and what == "test_loss":
        read = lambda run: run["loss"]  # noqa: E731
    return [spread([read(run) for run in runs]) if read else _NONE for runs in unseen(record, recipe)]


def counts(record: Record, recipe: str) -> Table:
    """Table 2, 4 or 6: weighted F1 and the counts; the thesis' FP and FN as printed."""
    experiment = list(EXPERIMENTS).index(recipe) + 1
    rows = [_headers(record)]
    rows.append(["Weighted F1", *(number(run.f1_weighted, 2) for run in PRINTED[recipe]),
                 *(spread([run["test"]["f1_weighted"] for run in runs]) for runs in _paper(record, recipe)),
                 *(spread([run["scores"]["f1_weighted"] for run in runs])
                   for runs in unseen(record, recipe))])  # fmt: skip
    for name, attribute, key in (
        ("True positive (ALL called ALL)", "true_positive", "tp"),
        ("True negative (HEM called HEM)", "true_negative", "tn"),
        ("ALL called HEM, the thesis' “false positive”: false negative", "false_positive", "fn"),
        ("HEM called ALL, the thesis' “false negative”: false positive", "false_negative", "fp"),
    ):
        rows.append([name, *(str(getattr(run, attribute)) for run in PRINTED[recipe]),
                     *(f"{runs[0]['test'][key]}" for runs in _paper(record, recipe)),
                     *(f"{runs[0]['scores'][key]}" for runs in unseen(record, recipe))])  # fmt: skip
    for name, key in (
        ("Sensitivity (exchange undone)", "sensitivity"),
        ("Specificity (exchange undone)", "specificity"),
        ("Accuracy of these counts", "accuracy"),
    ):
        rows.append([name, *(number(matrix_figures(run.exchanged)[key]) for run in PRINTED[recipe]),
                     *(spread([run["test"][key] for run in runs]) for runs in _paper(record, recipe)),
                     *(spread([run["scores"][key] for run in runs]) for runs in unseen(record, recipe))])  # fmt: skip
    return Table(f"Table {2 * experiment}. {EXPERIMENTS[recipe]}: weighted F1 and confusion counts", rows)


def recomputed() -> Table:
    """What follows from the thesis' printed counts; the test suite compares it with an independent computation."""
    rows = [["Run", "n", "ALL / HEM", "Accuracy (Wilson 95 %)", "wF1 printed", "wF1 as labelled", "wF1 exchanged",
             "Sens", "Spec", "PPV", "NPV", "Balanced acc", "MCC", "F1 ALL / HEM"]]  # fmt: skip
    for recipe, runs in PRINTED.items():
        for epochs, run in zip((25, 50, 100), runs, strict=True):
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
             "Unseen subjects (95 % by subject)", "Flattered by"]]  # fmt: skip
    for recipe in record["recipes"]:
        for epochs, runs, held in zip(record["parameters"]["epochs"], _paper(record, recipe),
                                      unseen(record, recipe), strict=True):  # fmt: skip
            for title, key in (("weighted F1", "f1_weighted"), ("balanced accuracy", "balanced_accuracy"),
                               ("ROC AUC", "roc_auc")):  # fmt: skip
                leaky = [run["test"][key] for run in runs]
                honest = [run["scores"][key] for run in held]
                ends = mean_interval([run["intervals"][key] for run in held])
                rows.append([
                    f"{recipe}, {epochs}", title, spread(leaky),
                    spread([run["test_originals"][key] for run in runs]),
                    with_interval(float(np.mean(honest)), ends),
                    f"{float(np.mean(leaky)) - float(np.mean(honest)):+.3f}",
                ])  # fmt: skip
    return Table("The same models on the thesis' test part and on unseen subjects", rows)


def classifiers(record: Record) -> Table:
    """Every classifier under both protocols."""
    rows = [["Recipe", "Classifier", "wF1, thesis' protocol (leaks)", "AUC (leaks)", "wF1, unseen subjects (95 %)",
             "AUC, unseen subjects (95 %)", "Sens / spec, unseen", "wF1 flattered by"]]  # fmt: skip
    last = record["parameters"]["epochs"][-1]
    for recipe, found in record["recipes"].items():
        if not found["classifiers"]:
            continue
        first, held = found["paper"][str(last)][0]["test"], found["unseen"][0][str(last)]
        dense = f"the thesis' dense head, {last} epochs"
        rows.append([recipe, dense, *_both(first, held["scores"], held["intervals"])])
        for name, row in found["classifiers"].items():
            rows.append([recipe, name, *_both(row["test"], row["held_out"], row["intervals"])])
    return Table("Classifiers on the same features; first split and first folds", rows)


def _both(test: Record, held: Record, intervals: Record) -> list[str]:
    return [
        number(test["f1_weighted"]),
        number(test["roc_auc"]),
        with_interval(held["f1_weighted"], intervals["f1_weighted"]),
        with_interval(held["roc_auc"], intervals["roc_auc"]),
        f"{number(held['sensitivity'])} / {number(held['specificity'])}",
        f"{test['f1_weighted'] - held['f1_weighted']:+.3f}",
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
