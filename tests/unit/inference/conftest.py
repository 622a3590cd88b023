"""One small model for the whole room."""

from pathlib import Path

import pytest

from tests.unit.inference.small_model import write_model


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with the small model as its default. Not to be changed."""
    folder = tmp_path_factory.mktemp("models")
    write_model(folder)
    return folder
