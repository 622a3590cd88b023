"""The report on the study: words around the tables, every number from the record."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.training.card_texts import CNMC, VGG16
from alldetect_gui.training.thesis import figures, tables
from alldetect_gui.training.thesis.blocks import Block, Figure, Heading, Points, Table, Text
from alldetect_gui.training.thesis.printed import EXPERIMENTS, PRINTED, agreeing_columns

Record = Mapping[str, Any]

TITLE = "The thesis' study, and what its protocol hides"
_THESIS = (
    "J. A. Waghela, Identification of Acute Lymphocytic Leukemia (Blood Cancer) through microscopic images of blood "
    "samples, MSc thesis, National College of Ireland, 2021"
)


def report(record: Record, command: str) -> list[Block]:
    """The whole report."""
    blocks: list[Block] = [
        Heading(TITLE, 1),
        Text(INTENDED_USE),
        Text(f"The study of {_THESIS}, done again with this program's own functions. Written by `{command}`."),
    ]
    blocks += _short(record) + _data(record) + _tables(record) + _exchange() + _differences(record) + _leak(record)
    blocks += _others(record)
    blocks += [
        Heading("Every choice"),
        Text("What the thesis leaves open was chosen as follows; thesis.json beside the report holds the same values."),
        tables.parameters(record),
        Text(
            "The learning rate was set by how fast training accuracy rises, on one leaky split of Gaussian images of "
            "at most 60 a subject (the figures of its test part were in view): at 0.0001 about as slowly as the "
            "thesis prints it, at 0.0003 much faster. Figures on unseen subjects of a trial with 60 images a "
            "subject had been seen before the run; nothing was chosen by them."
        ),
        Text(f"Data: {CNMC} {VGG16}"),
        Heading("Run it again"),
        Text(f"`{command}`"),
    ]
    return blocks


def _short(record: Record) -> list[Block]:
    """The answer first: how far the thesis' figure is from one on unseen subjects."""
    last = str(record["parameters"]["epochs"][-1])
    points = []
    for recipe, found in record["recipes"].items():
        leaky = float(np.mean([run["test"]["f1_weighted"] for run in found["paper"][last]]))
        held = [repeat[last] for repeat in found["unseen"]]
        honest = float(np.mean([run["scores"]["f1_weighted"] for run in held]))
        interval = tables.mean_interval([run["intervals"]["f1_weighted"] for run in held])
        printed = f" (the thesis prints {PRINTED[recipe][-1].f1_weighted:.2f})" if recipe in PRINTED else ""
        points.append(
            f"**{recipe}**: weighted F1 {leaky:.3f} by the thesis' protocol{printed}, "
            f"**{tables.with_interval(honest, interval)} on unseen subjects**: "
            f"{leaky - honest:+.3f} is the protocol's. Specificity falls from "
            f"{np.mean([run['test']['specificity'] for run in found['paper'][last]]):.3f} to "
            f"{np.mean([run['scores']['specificity'] for run in held]):.3f}."
        )
    return [
        Text(
            "**The thesis' protocol leaks.** It augments and up-samples first and splits image by image afterwards, so "
            "that subjects, and turned and brightened copies of the same cell, lie on both sides. The columns “unseen "
            f"subjects” score the same models on subjects that they never saw. After {last} epochs:"
        ),
        Points(points),
    ]


def _data(record: Record) -> list[Block]:
    counts, twins = record["counts"], record["counts"]["twins"]
    most = record["parameters"]["images_per_subject_at_most"]
    whole = "all distinct images" if most is None else f"at most {most} images a subject, taken in the order of hashes"
    return [
        Heading("Data preparation"),
        Text(
            f"Used here: {whole}; {counts['duplicates']} byte-identical images were left out before. The rarer class "
            "gets rotated (up to 45 degrees either way) and brightened (1.0 to 1.3) copies until both classes are "
            "equal, then all items are split 70 / 15 / 15 within each class: labels.csv (`Image ID`, `label`, 0 = ALL, "
            "1 = HEM) and split.csv hold the result."
        ),
        tables.class_counts(record),
        Text(
            f"In this split {twins['subject']:.1%} of the test items have their subject among the training items, "
            f"{twins['image_hem']:.1%} of the HEM test items have another form of the very same image there, and "
            f"{twins['synthetic']:.1%} of the test items are augmented copies."
        ),
    ]


def _tables(record: Record) -> list[Block]:
    parameters = record["parameters"]
    blocks: list[Block] = [
        Heading("Tables 1 to 6 of the thesis, beside ours"),
        Text(
            f"Ours: mean of {parameters['runs']} runs (least to most), each with another split and other random "
            "weights; counts are those of the first run. Unseen subjects: "
            f"{parameters['folds']} folds by group, {_times(parameters['repeats'])}, copies in the training part "
            "alone, originals only in the evaluation, so that counts are of all originals in their own class mix; "
            "intervals are by subject. "
            "Training and “initial” have no counterpart there. The thesis heads the last row of its test loss "
            "“initial” a second time; final is meant."
        ),
    ]
    for recipe in record["recipes"]:
        if recipe not in EXPERIMENTS:
            continue
        blocks += [tables.accuracy_and_loss(record, recipe), tables.counts(record, recipe)]
        blocks += _figures(record, recipe)
    return blocks


def _times(repeats: int) -> str:
    if repeats == 1:
        return "once"
    return f"{repeats} times with other folds and weights (figures and the ends of intervals are means)"


def _figures(record: Record, recipe: str) -> list[Block]:
    paper = {f"{epochs} epochs": runs[0] for epochs, runs in record["recipes"][recipe]["paper"].items()}
    unseen = record["recipes"][recipe]["unseen"][0]
    title = EXPERIMENTS[recipe]
    return [
        Figure(
            f"{title}: accuracy and loss by epoch, first run of each length. The test curve is of the leaky split.",
            figures.curves({name: run["history"] for name, run in paper.items()}, title),
        ),
        Figure(
            f"{title}: confusion matrices of the leaky test part.",
            figures.matrices({name: run["test"] for name, run in paper.items()}, f"{title}: the thesis' protocol"),
        ),
        Figure(
            f"{title}: confusion matrices on unseen subjects.",
            figures.matrices(
                {f"{epochs} epochs": run["scores"] for epochs, run in unseen.items()}, f"{title}: unseen subjects"
            ),
        ),
    ]


def _exchange() -> list[Block]:
    exchanged, labelled, accuracies = agreeing_columns()
    return [
        Heading("The thesis' counts, recomputed"),
        Text(
            "**False positives and false negatives have changed places in the thesis' Tables 2, 4 and 6.** TP + “FP” "
            "and TN + “FN” are the same at 25, 50 and 100 epochs (one column, CLAHE 50, is 3 images short), which only "
            "the totals of the true classes can be. What is printed as false positive is ALL called HEM. The printed "
            f"weighted F1 follows from the exchanged counts in {exchanged} of 9 columns and from the counts as "
            f"labelled in {labelled} of 9. Read as printed, sensitivity changes place with PPV and specificity with "
            "NPV. The thesis calls TP its cancer cells; nothing else tells which row of its matrix is ALL."
        ),
        tables.recomputed(),
        Text(
            f"The printed test accuracy is that of the printed matrix in {accuracies} of 9 columns, so it comes from "
            "another set than the matrix. The class totals differ between the experiments, so the recipes were not "
            "judged on the same images. The Wilson intervals take images as independent, which cells of one patient "
            "are not: they are far too narrow for new patients."
        ),
    ]


def _differences(record: Record) -> list[Block]:
    """Where ours leave the thesis by more than 0.03, counted by machine, and why."""
    points = []
    for recipe, found in record["recipes"].items():
        if recipe not in EXPERIMENTS:
            continue
        runs = list(found["paper"].values())
        columns = PRINTED[recipe]
        for title, ours, printed in (
            ("training accuracy", "train_accuracy", [run.train_accuracy[1] for run in columns]),
            ("test accuracy", "test_accuracy", [run.test_accuracy[1] for run in columns]),
            ("test loss", "test_loss", [run.test_loss[1] for run in columns]),
        ):
            gaps = [float(np.mean([run["history"][ours][-1] for run in of])) - value
                    for of, value in zip(runs, printed, strict=False)]  # fmt: skip
            if max(map(abs, gaps)) > 0.03:
                listed = ", ".join(f"{gap:+.3f}" for gap in gaps)
                points.append(f"{recipe}, final {title}: ours minus the thesis' {listed} (25, 50, 100 epochs)")
    return [
        Heading("Where ours differ, and why"),
        Text("Final figures that leave the thesis' by more than 0.03, mean of our runs:"),
        Points(points or ["none"]),
        Text("What can cause it, and cannot be settled from the thesis:"),
        Points(
            [
                "the images: the thesis had the whole training set (10,661 images); here are those of this folder, "
                "without duplicates and thinned as stated above",
                "the split, the number of copies, the widths of the layers, the learning rate, the batch size and the "
                "seeds, none of which the thesis gives",
                "the parameters of CLAHE (clip limit, tiles, colour space), and our black background that stays black",
                "the pooling layer read, the scaling of the input, and 8-bit weights and activations of the network",
                "the thesis' single runs: the spread of ours over splits and weights stands in brackets",
                "an epoch costs less than the thesis' 1 to 2 seconds, because the pooled 512 numbers are cached; "
                "dropout after global pooling and two layers need nothing else",
            ]
        ),
    ]


def _leak(record: Record) -> list[Block]:
    last = str(record["parameters"]["epochs"][-1])
    rows: dict[str, tuple[float, float, tuple[float, float]]] = {}
    for recipe, found in record["recipes"].items():
        held = found["unseen"][0][last]
        rows[f"{recipe}: dense head"] = (
            float(np.mean([run["test"]["f1_weighted"] for run in found["paper"][last]])),
            held["scores"]["f1_weighted"],
            _pair(held["intervals"]["f1_weighted"]),
        )
        for name, row in found["classifiers"].items():
            rows[f"{recipe}: {name}"] = (
                row["test"]["f1_weighted"],
                row["held_out"]["f1_weighted"],
                _pair(row["intervals"]["f1_weighted"]),
            )
    return [
        Heading("The leak"),
        Text(
            "Left: the thesis' test part, balanced and partly made of copies. Middle: the originals in it alone, which "
            "still share their subjects with the training part. Right: unseen subjects. Weighted F1 depends on the "
            "class mix, balanced accuracy and ROC AUC do not. A frozen network with a small head leaks less than one "
            "that is fine-tuned: it has less room to learn subjects by heart."
        ),
        tables.leak(record),
        Figure("Weighted F1 of every model under both protocols.", figures.leak(rows)),
        _worst_subjects(record),
    ]


def _pair(interval: list[float] | None) -> tuple[float, float]:
    return (interval[0], interval[1]) if interval else (float("nan"), float("nan"))


def _worst_subjects(record: Record) -> Table:
    """HEM subjects, where simple models fail: share called right, by recipe."""
    last = str(record["parameters"]["epochs"][-1])
    recipes = list(record["recipes"])
    first = record["recipes"][recipes[0]]["unseen"][0][last]["subjects"]
    names = sorted((name for name, row in first.items() if not row["is_all"]), key=lambda name: -first[name]["images"])
    rows = [["HEM subject", "Images", *recipes]]
    for name in names:
        shares = [record["recipes"][recipe]["unseen"][0][last]["subjects"][name] for recipe in recipes]
        rows.append([name, str(first[name]["images"]), *(f"{row['right'] / row['images']:.0%}" for row in shares)])
    return Table(f"Unseen normal subjects: share of their cells called HEM after {last} epochs, first folds", rows)


def _others(record: Record) -> list[Block]:
    return [
        Heading("The other classifiers that the thesis discusses"),
        Text("On the same 512 features, standardised by the training part; not tuned."),
        tables.classifiers(record),
        Heading("The denoisers that the thesis discusses"),
        Text(
            "Noise was added to the cell (the background of a segmented image stays black) and removed again. Highest "
            f"against each noise: {_best_denoisers(record)}. A higher PSNR on added noise does not say that a "
            "classifier gains: how the recipes do is in the tables above."
        ),
        tables.denoisers(record),
    ]


def _best_denoisers(record: Record) -> str:
    best = {noise: max(row, key=lambda name: row[name][0]) for noise, row in record["denoisers"]["rows"].items()}
    return ", ".join(f"{name} ({noise})" for noise, name in best.items())
