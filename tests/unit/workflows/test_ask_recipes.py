"""Agreement over recipes: one vote a recipe that has a model, each on the model's own rendering."""

from pathlib import Path

import pytest

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.reader import read_image
from alldetect_gui.inference.catalogue import list_artifacts, load_classifier
from alldetect_gui.workflows.ask_recipes import ask_recipes, other_models
from alldetect_gui.workflows.loaded_models import LoadedModels
from tests.unit.inference.small_model import cell, write_model

DEFAULT = ModelIdentity("default", "0" * 64, "original")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A default for the original, and a model for CLAHE with clip limit 3 on 4 tiles."""
    folder = tmp_path_factory.mktemp("models")
    write_model(folder, change={"recipe": {"name": "original", "parameters": {}}})
    write_model(folder, "thesis-clahe")
    return folder


@pytest.fixture
def seen(tmp_path: Path) -> ImageResult:
    """A cell that the run called ALL."""
    path = tmp_path / "cell.png"
    path.write_bytes(png_bytes(cell(CellClass.ALL, 3)))
    prediction = Prediction(0.9, Suggestion.ALL)
    record = ImageRecord(path, "cell.png")
    return ImageResult(record, Outcome.CLASSIFIED, read_image(path).sha256, prediction)


def test_that_the_run_speaks_for_its_own_recipe_and_each_other_model_for_its(models: Path, seen: ImageResult) -> None:
    skipped = ImageResult(ImageRecord(Path("/not/there.png"), "there.png"), Outcome.SKIPPED)
    (event,) = ask_recipes([skipped, seen], DEFAULT, LoadedModels(models))
    assert event.path == seen.record.path
    own, other = event.votes
    assert (own.model, own.recipe, own.suggestion, own.probability_all) == ("default", "original", Suggestion.ALL, 0.9)
    said = load_classifier("thesis-clahe", models=models).classify(cell(CellClass.ALL, 3))
    assert (other.model, other.recipe, other.suggestion) == ("thesis-clahe", "clahe", said.suggestion)
    assert other.probability_all == pytest.approx(said.probability_all)


def test_that_a_run_by_another_model_is_not_asked_twice(models: Path) -> None:
    artifacts = list_artifacts(models)
    assert [artifact.name for artifact in other_models(DEFAULT, artifacts)] == ["thesis-clahe"]
    run = ModelIdentity("thesis-clahe", "1" * 64, "clahe")
    assert [artifact.name for artifact in other_models(run, artifacts)] == ["default"]


def test_that_an_image_that_has_changed_or_is_gone_gets_no_votes(models: Path, seen: ImageResult) -> None:
    seen.record.path.write_bytes(png_bytes(cell(CellClass.HEM, 4)))
    assert [event.votes for event in ask_recipes([seen], DEFAULT, LoadedModels(models))] == [()]
    seen.record.path.unlink()
    assert [event.votes for event in ask_recipes([seen], DEFAULT, LoadedModels(models))] == [()]
