"""A small model for the commands, and a folder of drawn cells with trouble among them."""

import os
from pathlib import Path

import pytest

from alldetect_gui import paths
from alldetect_gui.core.labels import CellClass
from tests.unit.imaging import files
from tests.unit.inference.small_model import cell, write_model


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with two small models. Not to be changed."""
    folder = tmp_path_factory.mktemp("models")
    write_model(folder)
    write_model(folder, "second")
    return folder


@pytest.fixture
def models_folder(small_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as the models folder of the program."""
    monkeypatch.setattr(paths, "models", lambda: small_models)
    return small_models


@pytest.fixture(scope="session")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten drawn cells named as in C-NMC, six subjects, and three files that cannot be used. Not to be changed."""
    folder = tmp_path_factory.mktemp("cells")
    for number in range(1, 6):
        blast, normal = cell(CellClass.ALL, number), cell(CellClass.HEM, number)
        (folder / f"UID_{number % 3 + 1}_{number}_1_all.bmp").write_bytes(files.bmp(blast, header=124))
        (folder / f"UID_H{number % 3 + 1}_{number}_1_hem.bmp").write_bytes(files.bmp(normal))
    (folder / "notes.bmp").write_bytes(b"not an image")
    whole = files.bmp(cell(CellClass.ALL, 1))
    (folder / "UID_1_9_1_all.bmp").write_bytes(whole[: len(whole) // 2])
    name = b"bad\xff.bmp" if os.name == "posix" and os.uname().sysname == "Linux" else b"bad.bmp"
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"")
    return folder
