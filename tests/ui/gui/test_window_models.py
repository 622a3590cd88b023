"""Importing a lab's own model from the menu: taken in and offered, or refused in words."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox

from alldetect_gui import paths
from alldetect_gui.gui import language, use_cases
from alldetect_gui.gui.menus import menu_of
from alldetect_gui.inference import catalogue
from tests.ui.gui.window_driver import Driver, FakeClassifier
from tests.unit.inference.hostile_models import lab_model
from tests.unit.inference.small_model import write_model
from tests.unit.inference.test_imported import CHANGES, FILES, HEADS

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


@pytest.fixture
def user(drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """Someone with two bundled models and none of their own."""
    for name in ("default", "second"):
        write_model(tmp_path / "program", name)
    monkeypatch.setattr(paths, "models", lambda: tmp_path / "program")
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "user" / "models")
    user = drive(FakeClassifier(), models=use_cases.models)
    user.window.load_models()
    user.bot.waitUntil(lambda: user.window.workspace.run.model == "default")
    return user


def choose(user: Driver, file: Path) -> str:
    """Choose the file in the menu's dialog; what is said of it."""
    user.messages.told.clear()
    user.chosen.append(file)
    user.window.models.action.trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told or user.messages.crashes))
    assert user.messages.crashes == []
    (said,) = user.messages.told
    return said


def offered(user: Driver) -> list[str]:
    """The names in the choice of models."""
    (box,) = user.window.workspace.run.findChildren(QComboBox)
    return [box.itemData(row) for row in range(box.count())]


def test_that_a_trained_model_is_offered_and_what_was_chosen_stays_chosen(user: Driver, tmp_path: Path) -> None:
    assert user.window.models.action in menu_of(user.window.menuBar(), "classify").actions()
    user.window.workspace.run.choose_model("second")
    folder = write_model(tmp_path / "trained", "lab")
    assert "was taken in as “lab”" in choose(user, folder / "manifest.json")
    user.bot.waitUntil(lambda: offered(user) == ["default", "second", "lab"])
    user.bot.waitUntil(lambda: user.window.workspace.run.model == "second")
    assert catalogue.find_artifact("lab").root == tmp_path / "user" / "models"


def test_that_a_model_of_a_bundled_name_gets_a_number_and_a_second_time_no_other(user: Driver, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "trained", "default")
    for _ in range(2):
        assert "was taken in as “default-2”" in choose(user, folder / "manifest.json")
    user.bot.waitUntil(lambda: offered(user) == ["default", "second", "default-2"])


def test_that_what_is_no_model_is_refused_in_words_and_changes_nothing(user: Driver, tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"\x89HDF\r\n\x1a\n")
    assert "it is HDF5" in choose(user, file)
    folder = write_model(tmp_path / "trained", "lab")
    content = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({**content, "files": {}}), encoding="utf-8")
    assert "has changed" in choose(user, folder / "manifest.json")
    assert offered(user) == ["default", "second"]
    assert not list((tmp_path / "user").rglob("manifest.json"))


@pytest.mark.parametrize("part", ["files", "heads", "manifests"])
def test_that_malicious_models_are_refused_from_the_menu_in_english_and_german_and_none_runs(
    part: str, user: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")  # where a payload would leave its mark
    made = {
        "files": lambda: _files(tmp_path),
        "heads": lambda: [lab_model(tmp_path / what, head=make()) / "manifest.json" for what, make in HEADS.items()],
        "manifests": lambda: [lab_model(tmp_path / w, change=c) / "manifest.json" for w, c in CHANGES.items()],
    }[part]()
    english = [choose(user, file) for file in made]
    german = [_in_german(text) for text in english]
    assert len(made) >= 14
    assert [text for text in english if " " not in text or "Error" in text or "Traceback" in text] == []
    assert [text for text, other in zip(english, german, strict=True) if text == other] == []
    assert offered(user) == ["default", "second"]
    assert list((tmp_path / "here").iterdir()) == []
    assert not list((tmp_path / "user").rglob("manifest.json"))


def _files(folder: Path) -> list[Path]:
    made = []
    for number, (what, make) in enumerate(FILES.items()):
        made.append(folder / f"{number}.{'safetensors' if what.startswith('safetensors') else 'keras'}")
        made[-1].write_bytes(make())
    return made


def _in_german(text: str) -> str:
    language.use(language.read_catalogue(language.Language.GERMAN))
    try:
        return language.said(text)
    finally:
        language.use(language.Catalogue())


def test_that_nothing_is_imported_while_a_run_is_on(drive: Drive, cells: Path) -> None:
    classifier = FakeClassifier(hold_at=3)
    user = drive(classifier)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(lambda: not user.window.models.action.isEnabled())
    classifier.go.set()
    user.bot.waitUntil(lambda: user.window.models.action.isEnabled())
