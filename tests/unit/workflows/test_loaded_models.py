"""One copy of a model for everyone who looks at the image in view."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait  # noqa: TID251 - a second caller, as the window has two
from pathlib import Path

import numpy as np
import pytest

from alldetect_gui.core.events import ExplanationReady
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.workflows import loaded_models
from alldetect_gui.workflows.explain_image import Explainer
from alldetect_gui.workflows.judge_renderings import Judges
from alldetect_gui.workflows.loaded_models import LoadedModels
from tests.unit.inference.small_model import RECIPE, cell, write_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
    write_model(models)
    return models


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were loaded, in their order."""
    names: list[str] = []

    def load(name: str, **options: object) -> object:
        names.append(name)
        return load_classifier(name, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(loaded_models, "load_classifier", load)
    return names


def test_that_comparison_and_explanation_share_one_copy_and_say_the_same(
    folder: Path, loads: list[str], tmp_path: Path
) -> None:
    pixels = cell(CellClass.ALL, 3)
    (tmp_path / "cell.png").write_bytes(png_bytes(np.ascontiguousarray(pixels)))
    models = LoadedModels(folder)
    recipe = recipe_named(RECIPE["name"], RECIPE["parameters"])  # type: ignore[arg-type]
    (judged,) = Judges(models).judge(tmp_path / "cell.png", pixels, [recipe])
    parts = Explainer(models).explain(tmp_path / "cell.png", "default")
    first, second = next(parts), next(parts)
    (again,) = Judges(models).judge(tmp_path / "cell.png", pixels, [recipe])  # between two parts the model is free
    assert loads == ["default"]
    assert isinstance(first, ExplanationReady)
    assert isinstance(second, ExplanationReady)
    assert judged.prediction == again.prediction == load_classifier(models=folder).classify(pixels)


def test_that_a_model_serves_one_thread_at_a_time_and_is_loaded_once(folder: Path, loads: list[str]) -> None:
    models = LoadedModels(folder)
    inside, order = threading.Event(), []

    def other() -> None:
        inside.set()
        with models.borrow("default"):
            order.append("other")

    with ThreadPoolExecutor(1) as pool:
        with models.borrow("default"):
            done = pool.submit(other)
            assert inside.wait(60)
            wait([done], timeout=0.2)
            order.append("first")
        done.result(60)
    assert order == ["first", "other"]
    assert loads == ["default"]


def test_that_models_of_one_network_share_its_runtime_and_say_what_each_says_alone() -> None:
    """The bundled models of the thesis' renderings differ in recipe and head alone; each runtime takes 60 MB."""
    names = ("thesis-clahe", "thesis-gaussian", "default")
    models, pixels = LoadedModels(), cell(CellClass.ALL, 3)
    engines, said = {}, {}
    for name in names:
        with models.borrow(name) as classifier:
            engines[name] = classifier.extractor.engine
            said[name] = classifier.classify(pixels)
    assert engines["thesis-clahe"] is engines["thesis-gaussian"]
    assert engines["default"] is not engines["thesis-clahe"]
    assert said == {name: load_classifier(name).classify(pixels) for name in names}
