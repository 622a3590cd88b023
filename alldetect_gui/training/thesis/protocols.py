"""The same models under two protocols: the thesis' (split by image, after augmentation) and by unseen subjects."""

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.evaluation.intervals import subject_bootstrap
from alldetect_gui.training.splits import grouped_folds
from alldetect_gui.training.thesis.classifiers import scores_of
from alldetect_gui.training.thesis.dense_training import DenseOptions, Part, train_dense
from alldetect_gui.training.thesis.ledger import Ledger
from alldetect_gui.training.thesis.preparation import Item, stratified_split
from alldetect_gui.training.thesis.printed import EPOCHS
from alldetect_gui.training.thesis.scores import intervals, scores

Rows = NDArray[np.int64]
_FORM = 2
"""Of what is kept of a run on unseen subjects: with another number, older ones are not taken up."""


@dataclass(frozen=True)
class StudyOptions:
    """What the thesis leaves open about its runs, chosen here; recorded with every result."""

    epochs: tuple[int, ...] = EPOCHS
    seed: int = 0
    runs: int = 5  # of the thesis' protocol, each with another split and other random weights
    repeats: int = 2  # of the grouped folds, each with other folds and other random weights
    folds: int = 5
    dense: DenseOptions = field(default_factory=DenseOptions)


@dataclass(frozen=True)
class Pool:
    """Everything of one recipe: n items (originals, then copies) and their features (n, 512)."""

    recipe: str
    items: list[Item]
    features: NDArray[np.float32]

    @property
    def is_all(self) -> NDArray[np.bool_]:
        """Labels; (n,)."""
        return np.array([item.is_all for item in self.items])

    @property
    def original(self) -> NDArray[np.bool_]:
        """False for augmented copies; (n,)."""
        return np.array([item.copy == 0 for item in self.items])

    @property
    def groups(self) -> NDArray[np.str_]:
        """The group of linked subjects that an item, or its original, comes from; (n,)."""
        return np.array([item.source.group for item in self.items])

    @property
    def subjects(self) -> NDArray[np.str_]:
        """Subjects; (n,)."""
        return np.array([item.source.subject for item in self.items])

    @property
    def digest(self) -> str:
        """What names results computed from this pool."""
        keys = "".join(item.key + item.source.group for item in self.items)
        return hashlib.sha256(keys.encode() + self.features.tobytes()).hexdigest()


def paper_run(pool: Pool, options: StudyOptions, ledger: Ledger, run: int, epochs: int) -> dict[str, Any]:
    """One run of the thesis' protocol: history, and the figures of its test part, whole and without copies.

    THIS PROTOCOL LEAKS: subjects, and copies of the same image, lie on both sides.
    """
    seed = options.seed + run

    def compute() -> dict[str, Any]:
        train, test = paper_parts(pool, seed)
        is_all = pool.is_all
        found = train_dense(
            Part(pool.features[train], is_all[train]), Part(pool.features[test], is_all[test]), epochs, options.dense,
            seed * 1000 + epochs,
        )  # fmt: skip
        probability = found.probability[epochs]
        plain = pool.original[test]
        return {
            "history": asdict(found.history),
            "test": scores(is_all[test], probability >= 0.5, probability),
            "test_originals": scores(is_all[test][plain], probability[plain] >= 0.5, probability[plain]),
        }

    title = f"{pool.recipe}: the thesis' protocol, {epochs} epochs, run {run + 1}"
    return ledger.get(title, [pool.digest, asdict(options.dense), seed], compute)


def paper_parts(pool: Pool, seed: int) -> tuple[Rows, Rows]:
    """Rows of the training and the test part of the thesis' split; the validation part decides nothing here."""
    part = stratified_split(pool.is_all, seed)
    return np.flatnonzero(part == 0), np.flatnonzero(part == 2)


def training_rows(pool: Pool, inside: NDArray[np.bool_], seed: int) -> Rows:
    """Rows to train on among those `inside`: originals, then their own copies until both classes are equal.

    Where a class has too many copies some are left out by lot; where it has too few, some of its rows are taken
    again (up-sampling). Nothing from outside is ever used.
    """
    generator = np.random.default_rng(seed)
    is_all, original = pool.is_all, pool.original
    counts = {kind: int((inside & original & (is_all == kind)).sum()) for kind in (True, False)}
    larger = max(counts, key=lambda kind: counts[kind])
    rarer_originals = np.flatnonzero(inside & original & (is_all != larger))
    copies = np.flatnonzero(inside & ~original & (is_all != larger))
    missing = counts[larger] - rarer_originals.size
    if copies.size >= missing:
        added = generator.choice(copies, missing, replace=False)
    else:
        again = generator.choice(np.concatenate([rarer_originals, copies]), missing - copies.size)
        added = np.concatenate([copies, again])
    return np.sort(np.concatenate([np.flatnonzero(inside & original & (is_all == larger)), rarer_originals, added]))


def grouped_run(pool: Pool, options: StudyOptions, ledger: Ledger, repeat: int) -> dict[str, Any]:
    """The same head on unseen subjects: pooled figures after each number of epochs, out of fold, originals only.

    One training of the longest run gives all: with the same seed its first 25 epochs are the run of 25 epochs.
    `after` has figures by number of epochs, `curve` accuracy and loss epoch by epoch, `out_of_fold` P(ALL) of each
    original after the last.
    """
    seed = options.seed + repeat

    def compute() -> dict[str, Any]:
        is_all, original = pool.is_all, pool.original
        fold = _folds(pool, options, seed)
        probability = {epochs: np.full(is_all.size, np.nan) for epochs in options.epochs}
        sizes, curves = [], []
        for number in range(options.folds):
            train = training_rows(pool, fold != number, seed)
            test = np.flatnonzero(original & (fold == number))
            found = train_dense(
                Part(pool.features[train], is_all[train]), Part(pool.features[test], is_all[test]),
                max(options.epochs), options.dense, seed * 1000 + number, keep=options.epochs,
            )  # fmt: skip
            sizes.append(test.size)
            curves.append((found.history.test_accuracy, found.history.test_loss))
            for epochs in options.epochs:
                probability[epochs][test] = found.probability[epochs]
        accuracy, loss = np.average(curves, axis=0, weights=sizes).tolist()
        return {
            "after": {str(epochs): _held_out(pool, values) for epochs, values in probability.items()},
            "curve": {"accuracy": accuracy, "loss": loss},
            "out_of_fold": probability[max(options.epochs)][original].tolist(),
        }

    title = f"{pool.recipe}: unseen subjects, {options.folds} folds, repeat {repeat + 1}"
    return ledger.get(title, [_FORM, pool.digest, asdict(options.dense), options.epochs, options.folds, seed], compute)


def classifier_runs(pool: Pool, options: StudyOptions, ledger: Ledger, name: str) -> dict[str, Any]:
    """One of the other classifiers under both protocols, on the splits and folds that the dense head had."""

    def in_the_thesis(seed: int) -> dict[str, Any]:
        title = f"{pool.recipe}: {name}, the thesis' protocol, run {seed - options.seed + 1}"
        return ledger.get(title, [pool.digest, seed], lambda: _classified_as_in_the_thesis(pool, name, seed))

    def unseen(seed: int) -> dict[str, Any]:
        title = f"{pool.recipe}: {name}, unseen subjects, repeat {seed - options.seed + 1}"
        key = [pool.digest, options.folds, seed]
        return ledger.get(title, key, lambda: _classified_unseen(pool, options, name, seed))

    return {
        "paper": [in_the_thesis(options.seed + run) for run in range(options.runs)],
        "unseen": [unseen(options.seed + repeat) for repeat in range(options.repeats)],
    }


def _classified_as_in_the_thesis(pool: Pool, name: str, seed: int) -> dict[str, Any]:
    train, test = paper_parts(pool, seed)
    is_all = pool.is_all
    called, score = scores_of(name, (pool.features[train], is_all[train]), pool.features[test], seed)
    return {"test": scores(is_all[test], called, score)}


def _classified_unseen(pool: Pool, options: StudyOptions, name: str, seed: int) -> dict[str, Any]:
    is_all, original = pool.is_all, pool.original
    fold = _folds(pool, options, seed)
    called, score = np.zeros(is_all.size, bool), np.full(is_all.size, np.nan)
    for number in range(options.folds):
        rows = training_rows(pool, fold != number, seed)
        out = np.flatnonzero(original & (fold == number))
        called[out], score[out] = scores_of(name, (pool.features[rows], is_all[rows]), pool.features[out], seed)
    held = is_all[original], called[original], score[original]
    return {"scores": scores(*held), "intervals": intervals(*held, pool.subjects[original])}


def _folds(pool: Pool, options: StudyOptions, seed: int) -> Rows:
    """The fold of each item; a copy lies with its original, because it has its group."""
    original = pool.original
    of_group = dict(
        zip(
            pool.groups[original],
            grouped_folds(pool.groups[original], pool.is_all[original], options.folds, seed),
            strict=True,
        )
    )
    return np.array([of_group[group] for group in pool.groups])


def _held_out(pool: Pool, probability: NDArray[np.float64]) -> dict[str, Any]:
    original = pool.original
    is_all, values, subjects = pool.is_all[original], probability[original], pool.subjects[original]
    right = (values >= 0.5) == is_all
    losses = -np.log(np.clip(np.where(is_all, values, 1 - values), 1e-7, 1))
    loss = subject_bootstrap(lambda index: float(losses[index].mean()), subjects)
    return {
        "scores": scores(is_all, values >= 0.5, values),
        "loss": float(losses.mean()),
        "intervals": {**intervals(is_all, values >= 0.5, values, subjects), "loss": list(loss) if loss else None},
        "subjects": {
            str(name): {
                "is_all": bool(is_all[subjects == name][0]),
                "images": int((subjects == name).sum()),
                "right": int(right[subjects == name].sum()),
            }
            for name in np.unique(subjects)
        },
    }
