"""The honest protocol on drawn cells: copies, weights, the band, the fine-tuned block, and the whole way to a model."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alldetect_gui import paths
from alldetect_gui.core.labels import CellClass, Suggestion
from alldetect_gui.evaluation.decisions import net_benefit, risk_coverage
from alldetect_gui.imaging.cell_region import find_cell
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.inference.engine import CHANNELS, LiteRtBranch, open_engine
from alldetect_gui.training.datasets import DataSet, LabelledImage, read_data_set
from alldetect_gui.training.feature_cache import FeatureSettings, features_of
from alldetect_gui.training.fit import TrainingSet
from alldetect_gui.training.honest import joined, rungs, tuning
from alldetect_gui.training.honest.augment import changed_cell
from alldetect_gui.training.honest.band import (
    REFERRED,
    SENSITIVITY,
    band_figures,
    controlled_band,
    cross_fitted_figures,
)
from alldetect_gui.training.honest.block3_maps import Maps, MapSettings, maps_of
from alldetect_gui.training.honest.bundle import write_default
from alldetect_gui.training.honest.fine_tune import Tuned, TuneOptions, fine_tune
from alldetect_gui.training.honest.nested import nested
from alldetect_gui.training.honest.report import write_report
from alldetect_gui.training.honest.robustness import robustness
from alldetect_gui.training.honest.study import DRAWS, STATISTICS, Study
from alldetect_gui.training.honest.variants import VARIANTS
from alldetect_gui.training.splits import area_balanced_weights
from alldetect_gui.training.write_artifact import BASE, write_base

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras with numpy 2
SMALL = View("native", "native", 256, 64)


def test_that_a_changed_copy_keeps_black_background_and_is_drawn_from_its_seed() -> None:
    cell = draw_cell(CellClass.ALL, 1)
    region = find_cell(cell)
    assert region is not None
    first, cover = changed_cell(cell, region, 256, 96, np.random.default_rng(5))
    again, _ = changed_cell(cell, region, 256, 96, np.random.default_rng(5))
    other, _ = changed_cell(cell, region, 256, 96, np.random.default_rng(6))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.05
    assert first[cover < 1].max() <= 20  # a blurred copy bleeds by a pixel
    assert first[cover > 200].mean() > 30


def test_that_balancing_by_area_leaves_size_nothing_to_tell() -> None:
    generator = np.random.default_rng(0)
    area = generator.uniform(20_000, 40_000, 4000).astype(np.float32)
    is_all = generator.random(4000) < (area - 18_000) / 24_000
    subjects = np.array([f"{'A' if kind else 'H'}{index % 9}" for index, kind in enumerate(is_all)])
    plain = area_balanced_weights(subjects, is_all, area, 0.0)
    whole = area_balanced_weights(subjects, is_all, area, 1.0)

    def ratios(weights: np.ndarray) -> np.ndarray:
        bands = [(area >= low) & (area < low + 4000) for low in range(20_000, 40_000, 4000)]
        return np.array([weights[band & is_all].sum() / weights[band & ~is_all].sum() for band in bands])

    assert ratios(plain).max() / ratios(plain).min() > 5
    assert ratios(whole).max() / ratios(whole).min() < 1.3  # the largest factor is capped
    np.testing.assert_allclose([whole[is_all].sum(), whole.mean()], [2000, 1])


def test_that_the_band_reaches_its_sensitivity_and_refers_few() -> None:
    generator = np.random.default_rng(1)
    is_all = generator.random(3000) < 0.65
    logit = generator.normal(size=3000) + np.where(is_all, 1.6, -1.6)
    probability = 1 / (1 + np.exp(-2 * logit))
    band = controlled_band(probability, is_all)
    found = band_figures(probability, is_all, band)
    assert found.sensitivity >= SENSITIVITY and found.referred <= REFERRED
    narrower = band_figures(probability, is_all, (0.5, 0.5))
    assert narrower.sensitivity < found.sensitivity and narrower.referred == 0
    crossed = cross_fitted_figures(probability, is_all, np.arange(3000) % 5)
    assert crossed.sensitivity == pytest.approx(found.sensitivity, abs=0.02)


def test_that_a_band_that_cannot_have_both_refers_no_more_than_allowed() -> None:
    generator = np.random.default_rng(2)
    found = generator.random(2000)
    band = controlled_band(found, generator.random(2000) < 0.5)
    assert band_figures(found, found > 2, band).referred <= REFERRED


def test_net_benefit_and_risk_by_coverage_on_four_images() -> None:
    truth, probability = np.array([True, True, False, False]), np.array([0.9, 0.3, 0.6, 0.1])
    assert net_benefit(truth, probability, [0.5]) == [(0.5, 0.0, 0.0)]
    assert net_benefit(truth, probability, [0.2])[0][1:] == pytest.approx((0.5 - 0.25 * 0.25, 0.5 - 0.5 * 0.25))
    assert risk_coverage(truth, probability, [0.5, 1.0]) == [(0.5, 0.0), (1.0, 0.5)]


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    """Five subjects a class with four drawn cells each, under C-NMC names."""
    folder = tmp_path_factory.mktemp("cells")
    for kind in CellClass:
        for subject in range(5):
            for number in range(4):
                who = f"{'H' if kind is CellClass.HEM else ''}{subject + 61}"
                name = f"UID_{who}_{number + 1}_1_{kind.lower()}.png"
                (folder / name).write_bytes(png_bytes(draw_cell(kind, 10 * subject + number + 1)))
    return read_data_set(folder)


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """A block really fine-tuned for one epoch, on maps of noise and from untrained weights."""
    import tensorflow as tf

    file = tmp_path_factory.mktemp("vgg16") / "untrained.weights.h5"
    tf.keras.utils.set_random_seed(0)
    tf.keras.applications.VGG16(weights=None, include_top=False).save_weights(file)
    generator = np.random.default_rng(0)
    is_all = np.arange(24) % 2 == 0
    maps = Maps(
        (generator.random((24, 8, 8, 256)) * (1 + is_all[:, None, None, None])).astype(np.float16),
        np.ones((24, 4, 4), np.float32),
    )
    subjects = np.array([f"{index % 4}" for index in range(24)])
    frozen = TrainingSet(generator.random((24, 1024)).astype(np.float32), is_all, subjects, subjects)
    return fine_tune([maps], frozen, np.ones(24), file, TuneOptions(epochs=1, copies=0, batch=8))


def test_that_the_tuned_block_runs_alike_on_both_runtimes(tuned: Tuned, tmp_path: Path) -> None:
    from alldetect_gui.inference.tensorflow_engine import TensorFlowBranch

    maps = np.random.default_rng(4).random((8, 8, 256)).astype(np.float32)
    fast = LiteRtBranch(tuned.branch, 1).tuned_map(maps)
    reference = TensorFlowBranch(tuned.branch).tuned_map(maps)
    assert fast.shape == (4, 4, 512) and reference.max() > 0
    assert np.abs(fast - reference).max() < 0.05 * reference.max()
    tuned.save(tmp_path / "tuned.npz")
    again = Tuned.load(tmp_path / "tuned.npz")
    assert again.branch == tuned.branch and again.bias == tuned.bias
    np.testing.assert_array_equal(again.weights, tuned.weights)


def test_that_maps_are_computed_once_and_in_order(
    cells: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = (paths.models() / BASE).read_bytes()
    settings = MapSettings(base, 256, 64, version=0)
    first = maps_of(cells.images[:3], settings, tmp_path, jobs=1)
    assert first.maps.shape == (3, 8, 8, 256) and 0 < first.cover.mean() < 1
    monkeypatch.setattr("alldetect_gui.training.honest.block3_maps.ProcessPoolExecutor", None)  # nothing is left to do
    again = maps_of(cells.images[:3], settings, tmp_path)
    np.testing.assert_array_equal(again.maps, first.maps)
    plain = replace(settings, version=None)
    with pytest.raises(TypeError):
        maps_of(cells.images[:3], plain, tmp_path)


def test_the_whole_way_from_cells_to_report_and_model(
    cells: DataSet, tuned: Tuned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the fine-tuning itself is replaced, by a block that was tuned before."""
    asked: list[int] = []

    def prepared(copies: list[Maps], frozen: TrainingSet, *_: object) -> Tuned:
        asked.append(len(frozen.subjects))
        assert [item.maps.shape[0] for item in copies] == [len(frozen.subjects)] * 2
        return tuned

    monkeypatch.setattr(tuning, "fine_tune", prepared)
    base = (paths.models() / BASE).read_bytes()
    settings = FeatureSettings(base, recipe_named("original"), (SMALL,), (2, 3, 4, 5), STATISTICS)
    features, measures = features_of(cells.images, settings, tmp_path / "features", jobs=1)
    training = TrainingSet(
        features,
        np.array([image.label is CellClass.ALL for image in cells.images]),
        np.array([image.subject for image in cells.images]),
        np.array([image.group for image in cells.images]),
    )
    options = TuneOptions(epochs=1, copies=1, per_subject=3)
    few = features[:, : 2 * (128 + 256 + 512)]
    small = dict.fromkeys((*rungs.SMALL, *VARIANTS), few)
    small |= {name: few[:, : 2 * sum(CHANNELS[block] for block in look.blocks)] for name, look in joined.JOINED.items()}
    study = Study(cells, training, features, small, measures, base, None, tmp_path, options, SMALL)
    steps = study.climb()
    assert asked == [24] * 5  # four of five subjects a class, three images each
    assert steps[0].pooled["sensitivity"].value == 1 and steps[0].pooled["specificity"].value == 0
    assert all(np.isfinite(step.logits).all() for step in steps)
    assert [len(step.draws) for step in (*steps[1:4], *steps[-7:])] == [DRAWS] * 10
    assert steps[-1].name.startswith(f"{joined.LOOK.name}, mean of machines")  # the one that is bundled
    same = {step.name: step.logits for step in steps}  # every look was given the same features
    plain = next(name for name in same if name.startswith(f"{rungs.PLAIN}, kernel machine"))
    np.testing.assert_allclose(same[plain.replace(rungs.PLAIN, f"{rungs.PLAIN}, CLAHE")], same[plain])
    np.testing.assert_allclose(same[steps[-1].name.replace(", CLAHE of the square", "")], steps[-1].logits)
    assert not np.allclose(steps[-1].logits, same[plain])
    assert len({step.name for step in steps}) == len(steps)
    choice = nested(study)
    assert len(choice.chosen) == 5 and set(choice.chosen) <= set(choice.names)
    assert np.isfinite(choice.probability).all()
    changed = robustness(study, steps[-1].logits, (0.2, 0.8))
    assert changed[0].other == 0
    assert all(sum(row.all_cells) == pytest.approx(1) == sum(row.hem_cells) for row in changed)
    text, numbers = write_report(study, steps, choice, changed, tmp_path / "report", "alldetect experiment honest …")
    assert all(f"| {step.name} |" in text.read_text(encoding="utf-8") for step in steps)
    content = json.loads(numbers.read_text(encoding="utf-8"))
    assert all(row["subject_means"]["hem"]["interval_95"] for row in content["ladder"])
    assert sum(group["hem_images"] for group in content["chosen"]["by_area"]) == 20
    for table, figure in (("decision_curve", "gain"), ("risk_by_coverage", "wrong")):
        assert all(row[figure]["interval"] for row in content["chosen"][table])
    models = tmp_path / "models"
    write_base(models, base)
    write_default(study, steps, changed, models, "alldetect experiment honest …")
    classifier = load_classifier("default", models=models, threads=1)
    assert classifier.extractor.views[0].turns == joined.LOOK.view.turns
    found = classifier.classify(image := draw_cell(CellClass.ALL, 1))
    assert 0 <= found.probability_all <= 1
    extractor = replace(classifier.extractor, engine=open_engine("tensorflow", base))
    reference = replace(classifier, extractor=extractor).classify(image)
    assert found.probability_all == pytest.approx(reference.probability_all, abs=0.1)
    assert (
        classifier.classify(np.random.default_rng(0).integers(0, 255, (450, 450, 3), dtype=np.uint8)).suggestion
        is Suggestion.UNCERTAIN
    )


def test_that_the_tuner_takes_the_same_few_images_of_a_subject(cells: DataSet) -> None:
    shuffled = tuple(reversed(cells.images))

    def chosen(images: tuple[LabelledImage, ...]) -> set[str]:
        empty = TrainingSet(np.zeros((40, 1), np.float32), *(np.array(["x"] * 40) for _ in range(3)))  # type: ignore[arg-type]
        tuner = tuning.Tuner(
            images, empty, np.zeros(40, np.float32), b"", SMALL, None, TuneOptions(per_subject=2), Path()
        )
        return {images[row].sha256 for row in tuner.chosen()}

    assert chosen(cells.images) == chosen(shuffled)
    assert len(chosen(cells.images)) == 20
