"""Each rendering is judged by the model made for it and by no other."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.core.events import RenderingJudged
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.recipe import RECIPES, Recipe, recipe_named
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.workflows.judge_renderings import Judges
from tests.unit.inference.small_model import cell, write_model

PATH = Path("/data/cell.bmp")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A default for the original, and a model for CLAHE with clip limit 3 on 4 tiles."""
    folder = tmp_path_factory.mktemp("models")
    write_model(folder, change={"recipe": {"name": "original", "parameters": {}}})
    write_model(folder, "thesis-clahe")
    return folder


def judged(models: Path, recipes: Sequence[Recipe]) -> dict[str, RenderingJudged]:
    return {event.recipe: event for event in Judges(models).judge(PATH, cell(CellClass.ALL, 3), recipes)}


def test_that_each_rendering_is_judged_by_its_own_model_or_by_none(models: Path) -> None:
    events = judged(models, RECIPES)
    assert list(events) == [recipe.name for recipe in RECIPES]
    assert {name: event.model for name, event in events.items()} == {
        "original": "default",
        "gaussian": "",
        "clahe": "thesis-clahe",
        "grayscale": "",
        "clahe-grayscale": "",
    }
    for name in ("gaussian", "grayscale", "clahe-grayscale"):
        assert events[name].prediction is None
        assert "no model was made for this rendering" in events[name].reason


def test_that_other_parameters_than_the_models_own_are_exploratory_and_seen_by_the_model(models: Path) -> None:
    pixels = cell(CellClass.ALL, 3)
    own, other = recipe_named("clahe", {"clip_limit": 3, "tile_grid": 4}), recipe_named("clahe")
    classifier = load_classifier("thesis-clahe", models=models)
    first, second = judged(models, [own])["clahe"], judged(models, [other])["clahe"]
    assert (first.exploratory, second.exploratory) == (False, True)
    assert first.prediction == classifier.classify(pixels)
    assert second.prediction == classifier.on(other).classify(pixels)
    assert first.prediction != second.prediction
    assert dict(second.trained_with) == {"clip_limit": 3, "tile_grid": 4}


def test_that_the_change_is_against_the_default_on_the_original(models: Path) -> None:
    event = judged(models, [recipe_named("clahe")])["clahe"]
    default = load_classifier(models=models).classify(cell(CellClass.ALL, 3)).probability_all
    assert event.prediction is not None
    assert event.change == pytest.approx(event.prediction.probability_all - default)
    assert judged(models, [Recipe()])["original"].change == 0


def test_that_a_second_image_gets_its_own_reference(models: Path) -> None:
    judges, recipe = Judges(models), [Recipe()]
    (first,), (second,) = (tuple(judges.judge(PATH, cell(kind, 4), recipe)) for kind in CellClass)
    assert first.reference != second.reference
    assert second.prediction == load_classifier(models=models).classify(cell(CellClass.HEM, 4))


def test_that_a_changed_model_is_refused_and_not_replaced(models: Path, tmp_path: Path) -> None:
    folder = write_model(tmp_path, change={"recipe": {"name": "original", "parameters": {}}})
    (folder / "head.npz").write_bytes(b"other")
    with pytest.raises(ModelDamaged, match="has changed"):
        judged(tmp_path, RECIPES)
