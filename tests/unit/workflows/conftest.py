"""One small model for the room, and the program made to use it."""

from pathlib import Path

import pytest

from alldetect_gui import paths
from tests.unit.inference.small_model import write_model


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with the small model as its default. Not to be changed."""
    folder = tmp_path_factory.mktemp("models")
    write_model(folder)
    return folder


@pytest.fixture
def models_folder(small_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as the models folder of the program."""
    monkeypatch.setattr(paths, "models", lambda: small_models)
    return small_models
