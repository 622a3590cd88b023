"""One small model for the whole room, and a program and a user for imports."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from alldetect_gui import paths
from tests.unit.inference.hostile_models import MARKER
from tests.unit.inference.small_model import write_model


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with the small model as its default. Not to be changed."""
    folder = tmp_path_factory.mktemp("models")
    write_model(folder)
    return folder


@pytest.fixture
def lab_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program with one model called default, a user without any, and a working folder for markers."""
    write_model(tmp_path / "program")
    monkeypatch.setattr(paths, "models", lambda: tmp_path / "program")
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "user" / "models")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[None]:
    """Nothing has run, little memory was taken, and the models are those that there were."""
    older = tmp_path / "user" / "models" / "older"
    older.mkdir(parents=True)
    (older / "manifest.json").write_bytes(b"{}")
    before = {path: path.read_bytes() for path in sorted((tmp_path / "user").rglob("*")) if path.is_file()}
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300e6
    assert not list(tmp_path.rglob(MARKER)) and not Path("/tmp", MARKER).exists()
    assert {path: path.read_bytes() for path in sorted((tmp_path / "user").rglob("*")) if path.is_file()} == before
