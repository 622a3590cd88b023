"""The thesis' Tables 1 to 6 as printed, and what follows from their counts.

J. A. Waghela, Identification of Acute Lymphocytic Leukemia (Blood Cancer) through microscopic images of blood
samples, MSc thesis, National College of Ireland, 2021.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from alldetect_gui.evaluation.confusion import ConfusionMatrix

EPOCHS = (25, 50, 100)
EXPERIMENTS: Mapping[str, str] = {
    "gaussian": "Experiment 1, Gaussian blur",
    "clahe": "Experiment 2, CLAHE",
    "clahe-grayscale": "Experiment 3, CLAHE and grayscale",
}
"""Recipe -> the thesis' experiment; its tables are 2n - 1 (accuracy and loss) and 2n (counts)."""


@dataclass(frozen=True, slots=True)
class PrintedRun:
    """One column: accuracy and loss of the first and last epoch, weighted F1 and the counts under their labels."""

    train_accuracy: tuple[float, float]
    test_accuracy: tuple[float, float]
    train_loss: tuple[float, float]
    test_loss: tuple[float, float]  # the second is headed "initial" again in the thesis; final is meant
    f1_weighted: float
    true_positive: int
    true_negative: int
    false_positive: int
    false_negative: int

    @property
    def as_labelled(self) -> ConfusionMatrix:
        """The counts taken at their word."""
        return ConfusionMatrix(
            tp=self.true_positive, fn=self.false_negative, fp=self.false_positive, tn=self.true_negative
        )

    @property
    def exchanged(self) -> ConfusionMatrix:
        """FP and FN in each other's place: TP + "FP" and TN + "FN" are the class totals, the same at every epoch."""
        return ConfusionMatrix(
            tp=self.true_positive, fn=self.false_positive, fp=self.false_negative, tn=self.true_negative
        )


PRINTED: Mapping[str, tuple[PrintedRun, PrintedRun, PrintedRun]] = {
    "gaussian": (
        PrintedRun((0.73, 0.79), (0.77, 0.79), (0.53, 0.44), (0.49, 0.44), 0.80, 710, 649, 126, 213),
        PrintedRun((0.74, 0.80), (0.77, 0.79), (0.53, 0.42), (0.49, 0.43), 0.80, 760, 598, 76, 264),
        PrintedRun((0.73, 0.82), (0.77, 0.82), (0.54, 0.38), (0.49, 0.41), 0.82, 757, 643, 79, 219),
    ),
    "clahe": (
        PrintedRun((0.74, 0.80), (0.77, 0.76), (0.52, 0.42), (0.48, 0.49), 0.71, 814, 425, 28, 431),
        PrintedRun((0.75, 0.82), (0.77, 0.80), (0.52, 0.38), (0.48, 0.41), 0.77, 768, 549, 74, 304),
        PrintedRun((0.74, 0.85), (0.76, 0.82), (0.52, 0.32), (0.51, 0.39), 0.79, 776, 577, 66, 279),
    ),
    "clahe-grayscale": (
        PrintedRun((0.74, 0.79), (0.74, 0.79), (0.53, 0.44), (0.51, 0.43), 0.80, 764, 596, 117, 221),
        PrintedRun((0.74, 0.81), (0.76, 0.79), (0.53, 0.40), (0.48, 0.42), 0.80, 701, 657, 180, 160),
        PrintedRun((0.73, 0.84), (0.78, 0.82), (0.53, 0.34), (0.48, 0.39), 0.83, 775, 643, 106, 174),
    ),
}


def agreeing_columns() -> tuple[int, int, int]:
    """In how many of the nine columns the printed weighted F1 follows from the counts exchanged, from the counts as
    labelled, and the printed final test accuracy from the counts."""
    runs = [run for columns in PRINTED.values() for run in columns]
    exchanged = sum(_rounds_to(run.exchanged.f1_weighted, run.f1_weighted) for run in runs)
    labelled = sum(_rounds_to(run.as_labelled.f1_weighted, run.f1_weighted) for run in runs)
    accuracies = sum(_rounds_to(run.exchanged.accuracy, run.test_accuracy[1]) for run in runs)
    return exchanged, labelled, accuracies


def _rounds_to(value: float | None, printed: float) -> bool:
    return value is not None and round(value, 2) == printed
