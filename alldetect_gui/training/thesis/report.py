"""The report on the study: words around the tables, every number from the record."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.training.card_texts import CNMC, VGG16
from alldetect_gui.training.thesis import figures, tables
from alldetect_gui.training.thesis.blocks import Block, Figure, Heading, Points, Table, Text
from alldetect_gui.training.thesis.comparison import at_share
from alldetect_gui.training.thesis.printed import EXPERIMENTS, PRINTED, agreeing_columns

Record = Mapping[str, Any]

TITLE = "The thesis' study, and what its protocol hides"
_THESIS = (
    "J. A. Waghela, Identification of Acute Lymphocytic Leukemia (Blood Cancer) through microscopic images of blood "
    "samples, MSc thesis, National College of Ireland, 2021"
)
_NATIVE_SHARE = 7272 / 10661  # ALL images of the whole C-NMC 2019 training set, which the thesis used


def report(record: Record, command: str) -> list[Block]:
    """The whole report."""
    blocks: list[Block] = [
        Heading(TITLE, 1),
        Text(INTENDED_USE),
        Text(f"The study of {_THESIS}, done again with this program's own functions. Written by `{command}`."),
        Text(
            "ALL is the positive class of every figure; P(ALL) of at least 0.5 is ALL. The thesis' own table of labels "
            "has 0 = ALL and 1 = HEM, and so has labels.csv; nothing else here does."
        ),
    ]
    blocks += _short(record) + _data(record) + _tables(record) + _exchange() + _differences(record) + _leak(record)
    blocks += _recipes(record) + _others(record)
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
    last = record["parameters"]["epochs"][-1]
    points = []
    for recipe, found in record["recipes"].items():
        runs, after = found["paper"][str(last)], tables.unseen(record, recipe)[-1]
        printed = f" (the thesis prints {PRINTED[recipe][-1].f1_weighted:.2f})" if recipe in PRINTED else ""
        falls = ", ".join(f"{title} by {tables.flattered(runs, after, key)}" for key, title in tables.COMPARED.items())
        points.append(
            f"**{recipe}**: weighted F1 {tables.spread([run['test']['f1_weighted'] for run in runs])} by the thesis' "
            f"protocol{printed}, **{tables.held(after, 'f1_weighted')} on unseen subjects**. The protocol flatters "
            f"{falls}. Specificity falls from {np.mean([run['test']['specificity'] for run in runs]):.3f} to "
            f"{tables.held(after, 'specificity')}."
        )
    area = record["baselines"]["cell area alone"]["unseen"]
    return [
        Text(
            "**The thesis' protocol leaks.** It augments and up-samples first and splits image by image afterwards, so "
            "that subjects, and turned and brightened copies of the same cell, lie on both sides. The columns “unseen "
            f"subjects” score the same models on subjects that they never saw. After {last} epochs, mean of the runs "
            "(least to most) and 95 % intervals by subject:"
        ),
        Points(points),
        Text(
            f"Cell area alone, without any network, has a weighted F1 of {tables.held(area, 'f1_weighted')} on the "
            "same unseen subjects."
        ),
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
            "alone, originals only in the evaluation, so that counts (of the first folds) are of all originals in "
            "their own class mix; in brackets 95 % intervals by drawing whole subjects (1,000 draws). "
            "Training and “initial” have no counterpart there. The thesis heads the last row of its test loss "
            "“initial” a second time; final is meant. Seconds an epoch are by the clock, on a machine that other "
            "programs were using."
        ),
    ]
    for recipe in record["recipes"]:
        blocks += [tables.accuracy_and_loss(record, recipe), tables.counts(record, recipe)]
        blocks += _figures(record, recipe)
    return blocks


def _times(repeats: int) -> str:
    if repeats == 1:
        return "once"
    return f"{repeats} times with other folds and weights (figures and the ends of intervals are means)"


def _figures(record: Record, recipe: str) -> list[Block]:
    paper = {f"{epochs} epochs": runs for epochs, runs in record["recipes"][recipe]["paper"].items()}
    unseen = record["recipes"][recipe]["unseen"][0]
    title = EXPERIMENTS.get(recipe, f"“{recipe}”")
    return [
        Figure(
            f"{title}: accuracy and loss by epoch, every run (thin) and their mean. The test curve is of the leaky "
            "split, balanced and partly made of copies; “unseen subjects” are originals in their own class mix, mean "
            "of the first folds.",
            figures.curves(
                {name: [run["history"] for run in runs] for name, runs in paper.items()}, unseen["curve"], title
            ),
        ),
        Figure(
            f"{title}: confusion matrices of the leaky test part, first run.",
            figures.matrices({name: runs[0]["test"] for name, runs in paper.items()}, f"{title}: the thesis' protocol"),
        ),
        Figure(
            f"{title}: confusion matrices on unseen subjects, first folds.",
            figures.matrices(
                {f"{epochs} epochs": run["scores"] for epochs, run in unseen["after"].items()},
                f"{title}: unseen subjects",
            ),
        ),
    ]


def _exchange() -> list[Block]:
    exchanged, labelled, accuracies = agreeing_columns()
    best = at_share(PRINTED["clahe-grayscale"][-1].exchanged, _NATIVE_SHARE)
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
            "are not: they are far too narrow for new patients. At the share of ALL in the whole training set "
            f"({_NATIVE_SHARE:.3f}; the thesis' test part is balanced) the best run would have an accuracy of "
            f"{best.accuracy:.3f} and a weighted F1 of {best.f1_weighted:.3f}."
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
        rows[f"{recipe}: dense head"] = _dots(found["paper"][last], tables.unseen(record, recipe)[-1])
        rows |= {f"{recipe}: {name}": _dots(row["paper"], row["unseen"]) for name, row in found["classifiers"].items()}
    rows |= {name: _dots(row["paper"], row["unseen"]) for name, row in record["baselines"].items()}
    return [
        Heading("The leak"),
        Text(
            "Left: the thesis' test part, balanced and partly made of copies. Middle: the originals in it alone, which "
            "still share their subjects with the training part. Right: unseen subjects. Weighted F1 depends on the "
            "class mix, balanced accuracy and ROC AUC do not. A frozen network with a small head leaks less than one "
            "that is fine-tuned: it has less room to learn subjects by heart. The ends of “flattered by” come from the "
            "interval of the unseen subjects alone: the leaky figure is taken as known. Where they include 0, these "
            "subjects do not show that the figure is flattered."
        ),
        tables.leak(record),
        Figure("Weighted F1 of every model under both protocols.", figures.leak(rows)),
        _worst_subjects(record),
    ]


def _dots(runs: Sequence[Record], after: Sequence[Record]) -> tuple[float, float, tuple[float, float]]:
    """Weighted F1 by the thesis' protocol and on unseen subjects with its interval, means of the runs."""
    ends = tables.mean_interval([run["intervals"]["f1_weighted"] for run in after]) or [float("nan")] * 2
    leaky = float(np.mean([run["test"]["f1_weighted"] for run in runs]))
    return leaky, float(np.mean([run["scores"]["f1_weighted"] for run in after])), (ends[0], ends[1])


def _worst_subjects(record: Record) -> Table:
    """HEM subjects, where simple models fail: share called right, by recipe."""
    last = str(record["parameters"]["epochs"][-1])
    recipes = list(record["recipes"])
    first = record["recipes"][recipes[0]]["unseen"][0]["after"][last]["subjects"]
    names = sorted((name for name, row in first.items() if not row["is_all"]), key=lambda name: -first[name]["images"])
    rows = [["HEM subject", "Images", *recipes]]
    for name in names:
        shares = [record["recipes"][recipe]["unseen"][0]["after"][last]["subjects"][name] for recipe in recipes]
        rows.append([name, str(first[name]["images"]), *(f"{row['right'] / row['images']:.0%}" for row in shares)])
    return Table(f"Unseen normal subjects: share of their cells called HEM after {last} epochs, first folds", rows)


def _recipes(record: Record) -> list[Block]:
    """Does preprocessing help? The question of the thesis, asked of its counts and of our unseen subjects."""
    blocks: list[Block] = [
        Heading("Do the recipes differ?"),
        Text(
            "The thesis ranks its recipes by one run each, judged on different images. Its own counts, even taken as "
            "independent images, say this:"
        ),
        tables.printed_differences(),
    ]
    found = record["differences"]
    if not found["rows"]:
        return blocks
    beyond = [
        f"{recipe} ({tables.COMPARED[key]})"
        for recipe, row in found["rows"].items()
        for key, difference in row.items()
        if difference["interval"] and (difference["interval"][0] > 0 or difference["interval"][1] < 0)
    ]
    return [
        *blocks,
        Text(
            f"Ours, all on the same images. Against “{found['control']}”, on unseen subjects, the interval leaves out "
            f"0 for: {', '.join(beyond) or 'none'}. These are {sum(map(len, found['rows'].values()))} comparisons "
            "without correction: about one in twenty leaves out 0 by chance."
        ),
        tables.differences(record),
    ]


def _others(record: Record) -> list[Block]:
    return [
        Heading("The other classifiers that the thesis discusses"),
        Text(
            "On the same 512 features, splits and folds, standardised by the training part; not tuned. The last rows "
            "are what a model must beat: always the same word, cell area, and colour, the latter two by logistic "
            "regression. Mean of the runs (least to most), and 95 % intervals by subject."
        ),
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
