"""The thesis' study: preparation, printed tables, protocols; and the whole command on drawn cells, small."""

import csv
import json
from collections import Counter
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest

from alldetect_gui.__main__ import main
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.training.datasets import LabelledImage
from alldetect_gui.training.thesis import denoising
from alldetect_gui.training.thesis.augment import Change, augmented, drawn_change
from alldetect_gui.training.thesis.classifiers import CLASSIFIERS
from alldetect_gui.training.thesis.comparison import at_share, printed_pairs, unseen_differences
from alldetect_gui.training.thesis.dense_training import DenseOptions, Part, train_dense
from alldetect_gui.training.thesis.preparation import (
    Item,
    at_most_per_subject,
    balanced_items,
    stratified_split,
)
from alldetect_gui.training.thesis.printed import PRINTED, agreeing_columns
from alldetect_gui.training.thesis.protocols import Pool, training_rows
from alldetect_gui.training.thesis.tables import flattered, recomputed_row


def image(kind: CellClass, subject: str, number: int) -> LabelledImage:
    """A row of a data set, without a file."""
    digest = sha256(f"{kind} {subject} {number}".encode()).hexdigest()
    return LabelledImage(Path("nowhere"), f"{subject}-{number}", subject, subject, kind, digest)


def some_images(blasts: int, normals: int, subjects: int = 4) -> tuple[LabelledImage, ...]:
    """So many of each class, spread over subjects."""
    return tuple(
        image(kind, f"{kind.value}{number % subjects}", number)
        for kind, count in ((CellClass.ALL, blasts), (CellClass.HEM, normals))
        for number in range(count)
    )


def test_that_the_thesis_counts_are_what_was_printed_and_its_f1_follows_from_the_exchange() -> None:
    assert agreeing_columns() == (9, 4, 1)
    for recipe, runs in PRINTED.items():
        totals = {(run.exchanged.tp + run.exchanged.fn, run.exchanged.fp + run.exchanged.tn) for run in runs}
        assert len(totals) == (2 if recipe == "clahe" else 1), recipe  # CLAHE 50 is three images short


def test_that_a_recomputed_line_is_the_one_computed_elsewhere() -> None:
    assert recomputed_row(PRINTED["clahe-grayscale"][2]) == [
        "1698", "881 / 817", "0.8351 (0.817-0.852)", "0.83", "0.8356", "0.8346",
        "0.880", "0.787", "0.817", "0.858", "0.833", "0.671", "0.8470 / 0.8212",
    ]  # fmt: skip


def test_that_the_thesis_experiments_are_compared_as_computed_elsewhere() -> None:
    pairs = {(one, other): (round(abs(z), 2), round(p, 3)) for one, other, z, p in printed_pairs()}
    assert pairs["gaussian", "clahe-grayscale"] == (0.82, 0.411)
    assert pairs["gaussian", "clahe"][1] == pytest.approx(0.04, abs=0.001)
    assert pairs["clahe", "clahe-grayscale"][1] == 0.004
    native = at_share(PRINTED["clahe-grayscale"][-1].exchanged, 7272 / 10661)
    assert (round(native.accuracy or 0, 3), round(native.f1_weighted or 0, 3)) == (0.850, 0.851)


def test_that_recipes_are_compared_on_the_same_unseen_images_and_by_subject() -> None:
    is_all = np.arange(80) % 8 < 4
    subjects = np.array([f"{number % 8}" for number in range(80)])
    truth = is_all.astype(np.float64)
    half = np.where(np.arange(80) % 3 == 0, 1 - truth, truth)  # wrong in some cells of every subject
    found = unseen_differences(is_all, subjects, {"clahe": [truth, half], "gaussian": [half, half],
                                                  "original": [half, half]})  # fmt: skip
    assert found["control"] == "original"
    assert found["rows"]["gaussian"]["roc_auc"] == {"value": 0.0, "interval": [0.0, 0.0]}
    gain = found["rows"]["clahe"]["balanced_accuracy"]
    assert gain["value"] == pytest.approx(np.mean(half != truth) / 2, abs=0.01)  # the mean of a repeat with and without
    assert 0 < gain["interval"][0] < gain["value"] < gain["interval"][1]


def test_that_flattery_is_the_leaky_mean_minus_the_unseen_one_and_turns_its_interval_round() -> None:
    runs = [{"test": {"roc_auc": value}} for value in (0.9, 0.8)]
    after = [{"scores": {"roc_auc": 0.7}, "intervals": {"roc_auc": [0.6, 0.9]}}]
    assert flattered(runs, after, "roc_auc") == "+0.150 (-0.050 to +0.250)"


def test_that_copies_make_both_classes_equal_each_image_in_turn() -> None:
    items = balanced_items(some_images(23, 5))
    assert Counter(item.source.label for item in items) == {CellClass.ALL: 23, CellClass.HEM: 23}
    copies = [item for item in items if item.copy]
    assert {item.source.label for item in copies} == {CellClass.HEM}
    assert sorted(Counter(item.source.name for item in copies).values()) == [3, 3, 4, 4, 4]
    assert len({item.key for item in items}) == len({item.image_id for item in items}) == len(items)


def test_that_a_limit_counts_by_subject_and_a_smaller_one_takes_a_part_of_it() -> None:
    images = some_images(23, 5)
    few, more = at_most_per_subject(images, 2), at_most_per_subject(images, 4)
    assert Counter(item.subject for item in few) == {**{f"ALL{n}": 2 for n in range(4)},
                                                     "HEM0": 2, "HEM1": 1, "HEM2": 1, "HEM3": 1}  # fmt: skip
    assert set(few) < set(more)
    assert set(at_most_per_subject(images, None)) == set(images)


def test_that_the_split_is_stratified_and_each_item_is_in_one_part() -> None:
    is_all = np.arange(400) < 200
    part = stratified_split(is_all, seed=3)
    for positive in (True, False):
        assert np.bincount(part[is_all == positive]).tolist() == [140, 30, 30]
    assert (part != stratified_split(is_all, seed=4)).any()
    np.testing.assert_array_equal(part, stratified_split(is_all, seed=3))


def test_that_a_quarter_turn_turns_and_a_factor_brightens() -> None:
    picture = np.zeros((41, 41, 3), np.uint8)
    picture[20, 30] = (100, 50, 220)
    turned = augmented(picture, Change(90.0, 1.2))
    assert turned[10, 20].tolist() == [120, 60, 255]
    assert np.count_nonzero(turned.any(axis=2)) == 1
    np.testing.assert_array_equal(augmented(picture, Change(0.0, 1.0)), picture)


def test_that_changes_stay_in_the_thesis_limits_and_hang_on_image_and_copy_alone() -> None:
    changes = [drawn_change(item.sha256, copy) for item in some_images(60, 60) for copy in (1, 2, 3)]
    assert all(-45 <= change.angle <= 45 and 1.0 <= change.factor <= 1.3 for change in changes)
    assert max(change.angle for change in changes) > 40
    assert min(change.angle for change in changes) < -40
    assert len(set(changes)) == len(changes)
    assert drawn_change("ab" * 32, 1) == drawn_change("ab" * 32, 1)


@pytest.mark.parametrize("held_out", ["ALL0", "ALL3", "HEM0", "HEM3"])
@pytest.mark.parametrize(("blasts", "normals"), [(60, 12), (40, 38), (12, 30)])
def test_that_training_never_sees_a_copy_of_an_unseen_subject(held_out: str, blasts: int, normals: int) -> None:
    items = balanced_items(some_images(blasts, normals))
    pool = Pool("gaussian", items, np.zeros((len(items), 1), np.float32))
    rows = training_rows(pool, pool.groups != held_out, seed=0)
    assert held_out not in {items[row].source.subject for row in rows}
    assert np.bincount(pool.is_all[rows].astype(int)).tolist()[0] == np.count_nonzero(pool.is_all[rows])
    everything = {row for row, item in enumerate(items) if item.copy == 0 and item.source.group != held_out}
    assert everything <= set(rows.tolist())


def test_that_the_head_learns_and_its_numpy_form_says_what_keras_says() -> None:
    generator = np.random.default_rng(0)
    features = generator.normal(size=(400, 6)).astype(np.float32)
    is_all = features[:, 0] + features[:, 1] > 0
    part, test = Part(features[:300], is_all[:300]), Part(features[300:], is_all[300:])
    options = DenseOptions(units=16, learning_rate=1e-2)
    found = train_dense(part, test, 12, options, seed=1, keep=(3,))
    assert set(found.probability) == {3, 12}
    called = found.probability[12] >= 0.5
    assert float(np.mean(called == test.is_all)) == pytest.approx(found.history.test_accuracy[-1], abs=1e-6)
    assert found.history.test_accuracy[-1] > 0.9
    truth = np.where(test.is_all, found.probability[12], 1 - found.probability[12])
    assert float(-np.log(truth).mean()) == pytest.approx(found.history.test_loss[-1], rel=1e-4)
    shorter = train_dense(part, test, 3, options, seed=1)  # what one long run may stand for
    np.testing.assert_allclose(shorter.probability[3], found.probability[3], rtol=1e-4)


def test_that_the_denoisers_do_what_they_are_known_for() -> None:
    cell = draw_cell(CellClass.ALL, 3, caption=False)
    inside = cell.max(axis=2) > 8
    generator = np.random.default_rng(0)
    peppered = denoising.salt_and_pepper(0.05)(cell, generator)
    grainy = denoising.gaussian_noise(20)(cell, generator)

    def gain(method: str, noised: np.ndarray) -> float:
        return denoising.psnr(denoising.DENOISERS[method](noised), cell, inside) - denoising.psnr(noised, cell, inside)

    assert gain("median 5 x 5", peppered) > gain("Gaussian 5 x 5", peppered) > 0
    assert min(gain("Gaussian 5 x 5", grainy), gain("Wiener 5 x 5", grainy)) > 3
    assert gain("none", grainy) == 0


def test_that_psnr_is_the_one_of_opencv() -> None:
    generator = np.random.default_rng(1)
    one, other = generator.integers(0, 256, (2, 20, 30, 3)).astype(np.uint8)
    assert denoising.psnr(one, other, np.ones((20, 30), bool)) == pytest.approx(cv2.PSNR(one, other))
    assert denoising.psnr(one, one, np.ones((20, 30), bool)) == float("inf")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole command on 30 drawn cells, at 64 pixels: `out` with the report, `models` with an artefact."""
    root = tmp_path_factory.mktemp("study")
    for kind, each in ((CellClass.ALL, 3), (CellClass.HEM, 2)):
        for subject in range(6):
            for cell in range(each):
                prefix = "H" if kind is CellClass.HEM else ""
                name = f"UID_{prefix}{subject}_1_{cell}_{kind.lower()}.png"
                (root / "cells").mkdir(exist_ok=True)
                (root / "cells" / name).write_bytes(png_bytes(draw_cell(kind, 10 * subject + cell)))
    words = ["experiment", "thesis", "--data", str(root / "cells"), "--out", str(root / "out")]
    words += ["--models", str(root / "models"), "--cache", str(root / "cache"), "--jobs", "1"]
    words += ["--recipes", "clahe,original", "--classifiers-once"]
    words += ["--size", "64", "--folds", "3", "--runs", "2", "--repeats", "1", "--epochs", "1", "2", "4"]
    assert main(words) == 0
    return root


def test_that_the_label_table_is_the_thesis_one(study: Path) -> None:
    with (study / "out" / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["Image ID", "label"]
    assert Counter(row["label"] for row in rows) == {"0": 18, "1": 18}
    assert all(("_hem" in row["Image ID"]) == (row["label"] == "1") for row in rows)
    assert sum("_augmented_" in row["Image ID"] for row in rows) == 6


def test_that_the_report_has_the_thesis_tables_beside_ours_and_says_what_leaks(study: Path) -> None:
    text = (study / "out" / "thesis.md").read_text(encoding="utf-8")
    assert "Table 3. Experiment 2, CLAHE: accuracy and loss" in text
    assert "| True positive (ALL called ALL) | 814 | 768 | 776 |" in text
    assert "| ALL called HEM, the thesis' “false positive”: false negative | 28 | 74 | 66 |" in text
    assert "The thesis' protocol leaks" in text
    page = (study / "out" / "thesis.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 7
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )
    record = json.loads((study / "out" / "thesis.json").read_text(encoding="utf-8"))
    assert record["parameters"]["recipes"]["clahe"] == {"clip_limit": 2.0, "tile_grid": 8}
    held = record["recipes"]["clahe"]["unseen"][0]["after"]["4"]["scores"]
    assert held["images"] == held["tp"] + held["fn"] + held["fp"] + held["tn"] == 30  # originals alone


def test_that_the_control_has_tables_of_its_own_and_no_model(study: Path) -> None:
    text = (study / "out" / "thesis.md").read_text(encoding="utf-8")
    assert "“original”, in no table of the thesis: accuracy and loss" in text
    assert "|  | ours, 1 | ours, 2 | ours, 4 | unseen subjects, 1 |" in text
    assert "Recipes against “original”" in text
    assert [path.name for path in (study / "models").glob("thesis-*")] == ["thesis-clahe"]


def test_that_classifiers_and_baselines_stand_beside_the_head_with_every_run(study: Path) -> None:
    record = json.loads((study / "out" / "thesis.json").read_text(encoding="utf-8"))
    assert set(record["recipes"]["clahe"]["classifiers"]) == set(CLASSIFIERS)
    assert record["recipes"]["original"]["classifiers"] == {}  # asked for once
    rows = [*record["recipes"]["clahe"]["classifiers"].values(), *record["baselines"].values()]
    assert {(len(row["paper"]), len(row["unseen"])) for row in rows} == {(2, 1)}
    always = record["baselines"]["always ALL"]
    assert always["unseen"][0]["scores"]["tp"] == 18
    assert always["unseen"][0]["scores"]["fp"] == 12
    assert always["paper"][0]["test"]["accuracy"] == 0.5
    assert record["baselines"]["cell area alone"]["unseen"][0]["scores"]["roc_auc"] > 0.9  # drawn blasts are larger
    text = (study / "out" / "thesis.md").read_text(encoding="utf-8")
    assert "| no network | cell area alone |" in text


def test_that_the_card_says_how_much_of_its_maps_lies_beside_the_cell(study: Path) -> None:
    manifest = json.loads((study / "models" / "thesis-clahe" / "manifest.json").read_text(encoding="utf-8"))
    share = manifest["metrics"]["grad_cam_outside_the_cell"]
    assert share["cells"] == 30
    assert 0 < share["evidence"] < 1
    card = (study / "models" / "thesis-clahe" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"{share['evidence']:.0%} of the evidence in its Grad-CAM maps lies beside it" in card
    assert "| colour alone (mean and deviation of R, G, B) |" in card


def test_that_its_model_loads_and_classifies(study: Path) -> None:
    classifier = load_classifier("thesis-clahe", models=study / "models", threads=1)
    assert classifier.identity.recipe == "clahe"
    prediction = classifier.classify(draw_cell(CellClass.ALL, 77))
    assert 0 <= prediction.probability_all <= 1
    assert prediction.fit is not None


def test_that_a_study_without_a_name_or_images_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiment", "nothing"]) == 2
    assert "thesis" in capsys.readouterr().err
    words = ["experiment", "thesis", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    assert main([*words, "--recipes", "sepia"]) == 2
    assert main(words) == 2


def test_that_an_item_and_its_copy_have_names_of_their_own() -> None:
    source = image(CellClass.HEM, "H1", 1)
    assert Item(source, 0).image_id == "H1-1"
    assert Item(source, 2).image_id == "H1-1_augmented_2"
