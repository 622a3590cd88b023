"""What is loaded is what the manifest pins; anything else blocks, in a sentence that names the file."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alldetect_gui import paths
from alldetect_gui.core.errors import ModelDamaged, WrongUse
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.inference.artifact import read_artifact
from alldetect_gui.inference.catalogue import find_artifact, list_artifacts, load_classifier
from alldetect_gui.inference.head import head_from_bytes
from alldetect_gui.training.write_artifact import views_content
from tests.unit.inference import small_model

FAKE_BASE = b"TFL3 stands for the base where no network runs"


def blocked(models: Path, name: str = "default") -> str:
    """The sentence with which loading is blocked."""
    with pytest.raises(ModelDamaged) as caught:
        load_classifier(name, models=models)
    return str(caught.value)


@pytest.mark.parametrize("file", ["vgg16-base/vgg16.tflite", "default/head.npz", "default/MODEL_CARD.md"])
@pytest.mark.parametrize("place", [0, 0.5, -1])
def test_that_one_changed_byte_blocks_and_the_file_is_named(tmp_path: Path, file: str, place: float) -> None:
    small_model.write_model(tmp_path)
    path = tmp_path / file
    data = bytearray(path.read_bytes())
    data[int(len(data) * place) if place >= 0 else -1] ^= 1
    path.write_bytes(data)
    message = blocked(tmp_path)
    assert f"the file {file} has changed" in message
    assert "blocked" in message
    assert hashlib.sha256(data).hexdigest()[:12] in message


@pytest.mark.parametrize("file", ["vgg16-base/vgg16.tflite", "default/head.npz", "default/MODEL_CARD.md"])
@pytest.mark.parametrize("harm", ["missing", "empty", "a folder", "cut"])
def test_that_a_missing_or_cut_file_blocks_and_is_named(tmp_path: Path, file: str, harm: str) -> None:
    small_model.write_model(tmp_path, base=FAKE_BASE)
    path = tmp_path / file
    data = path.read_bytes()
    path.unlink()
    if harm == "a folder":
        path.mkdir()
    elif harm != "missing":
        path.write_bytes(b"" if harm == "empty" else data[:-1])
    assert file in blocked(tmp_path)


def test_that_two_swapped_files_block(tmp_path: Path) -> None:
    folder = small_model.write_model(tmp_path, base=FAKE_BASE)
    head, card = (folder / "head.npz").read_bytes(), (folder / "MODEL_CARD.md").read_bytes()
    (folder / "head.npz").write_bytes(card)
    (folder / "MODEL_CARD.md").write_bytes(head)
    assert "MODEL_CARD.md has changed" in blocked(tmp_path)


def test_that_an_intact_model_is_known_by_the_hash_of_its_manifest(models_folder: Path) -> None:
    classifier = load_classifier(models=models_folder)
    manifest = (models_folder / "default" / "manifest.json").read_bytes()
    assert classifier.identity.sha256 == hashlib.sha256(manifest).hexdigest()
    assert classifier.identity.name == "default"
    assert (classifier.identity.recipe, dict(classifier.identity.parameters)) == (
        "clahe",
        {"clip_limit": 3.0, "tile_grid": 4},
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "3", "{}", '"x"', "\x00\x01", '{"schema": 1}', '{"schema": NaN}', "<html></html>"]
)
def test_that_a_broken_manifest_blocks_and_is_named(tmp_path: Path, text: str) -> None:
    folder = small_model.write_model(tmp_path, base=FAKE_BASE)
    (folder / "manifest.json").write_text(text)
    message = blocked(tmp_path)
    assert "manifest.json is damaged" in message
    assert "“default”" in message


def test_that_a_manifest_that_is_not_utf8_blocks(tmp_path: Path) -> None:
    folder = small_model.write_model(tmp_path, base=FAKE_BASE)
    (folder / "manifest.json").write_bytes(b'{"name": "\xff\xfe"}')
    assert "manifest.json is damaged" in blocked(tmp_path)


def test_that_a_missing_manifest_blocks_and_is_named(tmp_path: Path) -> None:
    folder = small_model.write_model(tmp_path, base=FAKE_BASE)
    (folder / "manifest.json").unlink()
    assert "manifest.json is missing" in blocked(tmp_path)


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "default/../../secret"])
def test_that_a_manifest_cannot_reach_outside_the_models_folder(tmp_path: Path, path: str) -> None:
    models = tmp_path / "models"
    (tmp_path / "secret").write_bytes(b"s")
    small_model.write_model(models, base=FAKE_BASE, change={"files": {path: hashlib.sha256(b"s").hexdigest()}})
    assert "outside the models folder" in blocked(models)


@pytest.mark.parametrize("role", ["base", "head"])
def test_that_a_file_without_a_hash_is_not_loaded(tmp_path: Path, role: str) -> None:
    small_model.write_model(tmp_path, base=FAKE_BASE, change={role: "default/other.bin"})
    (tmp_path / "default" / "other.bin").write_bytes(b"anything")
    with pytest.raises(ModelDamaged, match=r"no hash for default/other\.bin"):
        find_artifact("default", tmp_path).verified_bytes("default/other.bin")


def test_that_a_views_own_recipe_is_read(tmp_path: Path) -> None:
    through = {"name": "clahe", "parameters": {"clip_limit": 3.0, "tile_grid": 4}}
    change = {"input": {"views": [small_model.VIEW | {"through": through}, small_model.VIEW]}}
    small_model.write_model(tmp_path, base=FAKE_BASE, change=change)
    views = find_artifact("default", tmp_path).views
    assert [view.through for view in views] == [recipe_named("clahe", through["parameters"]), None]
    assert views_content(views) == [
        small_model.VIEW | {"turns": 1, "through": through},
        small_model.VIEW | {"turns": 1},
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"class_names": ["HEM", "ALL"]},
        {"positive_class": "HEM"},
        {"threshold": 1.5},
        {"threshold": float("nan")},
        {"threshold": "high"},
        {"uncertain_band": [0.6, 0.7]},
        {"uncertain_band": [0.55, 0.45]},
        {"uncertain_band": [0.5]},
        {"recipe": {"name": "median", "parameters": {}}},
        {"recipe": {"name": "clahe", "parameters": {"clip_limit": 400}}},
        {"recipe": {"name": "clahe", "parameters": {"clip_limit": "3"}}},
        {"recipe": "clahe"},
        {"input": {"views": []}},
        {"input": {"views": [{"name": "fit", "region": "fit", "extent": 1.06}]}},
        {"input": {"views": [{"name": "fit", "region": "everything", "extent": 1.06, "size": 64}]}},
        {"input": {"views": [{"name": "fit", "region": "fit", "extent": 0, "size": 64}]}},
        {"input": {"views": [{"name": "fit", "region": "fit", "extent": 1.06, "size": 8}]}},
        {"input": {"views": [{"name": "fit", "region": "fit", "extent": 1.06, "size": "64"}]}},
        {"input": {"views": [small_model.VIEW | {"through": {"name": "median", "parameters": {}}}]}},
        {"input": {"views": [small_model.VIEW | {"through": {"name": "clahe", "parameters": {"clip_limit": 400}}}]}},
        {"input": {"views": [small_model.VIEW | {"through": {"name": "clahe"}}]}},
        {"input": {"views": [small_model.VIEW | {"through": "clahe"}]}},
        {"features": {"blocks": [10], "statistics": ["mean"]}},
        {"features": {"blocks": [], "statistics": ["mean"]}},
        {"features": {"blocks": [2], "statistics": ["median"]}},
        {"features": {"blocks": [2], "statistics": []}},
        {"files": ["default/head.npz"]},
    ],
)
def test_that_an_impossible_manifest_blocks_before_anything_is_computed(tmp_path: Path, change: dict[str, Any]) -> None:
    small_model.write_model(tmp_path, base=FAKE_BASE, change=change)
    with pytest.raises(ModelDamaged, match=r"manifest\.json is damaged"):
        find_artifact("default", tmp_path)


@settings(max_examples=100, deadline=None)
@given(draw=st.data())
def test_that_any_damage_to_a_manifest_blocks_or_leaves_its_meaning_alone(
    tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject
) -> None:
    content: dict[str, Any] = small_model.manifest_content("default", {"default/head.npz": b"", small_model.BASE: b""})
    junk = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.just([]),
        st.just({}),
        st.just([{}]),
    )
    content[draw.draw(st.sampled_from(sorted(content)))] = draw.draw(junk)
    folder = tmp_path_factory.mktemp("models") / "default"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(content))
    try:
        artifact = read_artifact(folder)
    except ModelDamaged as error:
        assert "manifest.json" in str(error)
    else:
        assert 0 <= artifact.band[0] <= artifact.threshold <= artifact.band[1] <= 1


@pytest.mark.parametrize(
    "changes",
    [
        {"mean": np.zeros((2, 128), np.float32)},
        {"scale": np.zeros(small_model.FEATURES, np.float32)},
        {"scale": np.ones(3, np.float32)},
        {"scale": -np.ones(small_model.FEATURES, np.float32)},
        {"weights": np.zeros((2, 3), np.float32)},
        {"weights": np.zeros((0, small_model.FEATURES), np.float32), "bias": np.zeros(0, np.float32)},
        {"bias": np.zeros(5, np.float32)},
        {"bias": np.array([np.nan, 0], np.float32)},
        {"weights": np.full((2, small_model.FEATURES), np.inf, np.float32)},
        {"calibration": np.array([1.0, 0.0, 0.0], np.float32)},
        {"calibration": np.array([np.nan, 0.0], np.float32)},
        {"calibration": None},
        {"mean": np.array(["a"])},
        {"bias": np.array([object(), 1], dtype=object)},
    ],
)
def test_that_a_head_with_impossible_shapes_or_values_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ModelDamaged, match="head"):
        head_from_bytes(small_model.head_file(**changes))


@pytest.mark.parametrize("data", [b"", b"\0", b"PK\x03\x04 not a zip", b"\x93NUMPY", b"<html>", b"\x80\x04K\x01."])
def test_that_a_head_that_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(ModelDamaged, match="head"):
        head_from_bytes(data)


def test_that_a_single_array_is_not_taken_for_a_head(tmp_path: Path) -> None:
    np.save(tmp_path / "head.npy", np.ones(3, np.float32))
    with pytest.raises(ModelDamaged, match="head"):
        head_from_bytes((tmp_path / "head.npy").read_bytes())


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_that_a_damaged_head_is_refused_or_still_a_head(data: st.DataObject) -> None:
    content = bytearray(small_model.head_file())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.sampled_from([len(content), len(content) // 2, 10]))
    try:
        head = head_from_bytes(bytes(content[:cut]))
    except ModelDamaged as error:
        assert "head" in str(error)
    else:
        assert np.isfinite(head.weights).all()


def test_that_a_head_for_another_number_of_features_blocks(tmp_path: Path) -> None:
    small_model.write_model(tmp_path, change={"features": {"blocks": [3], "statistics": ["mean", "deviation"]}})
    assert "reads 256 features, its base gives 512" in blocked(tmp_path)


def test_that_a_base_that_is_no_network_blocks(tmp_path: Path) -> None:
    small_model.write_model(tmp_path, base=FAKE_BASE)
    assert "base" in blocked(tmp_path)


@pytest.mark.parametrize("name", ["nobody", "", ".", "..", "default/..", "../models", "Default ", "/etc"])
def test_that_an_unknown_model_is_answered_with_those_there_are(tmp_path: Path, name: str) -> None:
    small_model.write_model(tmp_path / "models", base=FAKE_BASE)
    small_model.write_model(tmp_path / "models", "second", base=FAKE_BASE)
    with pytest.raises(WrongUse) as caught:
        find_artifact(name, tmp_path / "models")
    assert f"“{name}”" in str(caught.value)
    assert "default, second" in str(caught.value)


def test_that_the_default_is_listed_first(tmp_path: Path) -> None:
    for name in ("alpha", "default", "omega"):
        small_model.write_model(tmp_path, name, base=FAKE_BASE)
    assert [artifact.name for artifact in list_artifacts(tmp_path)] == ["default", "alpha", "omega"]


def test_that_an_unknown_engine_is_answered_with_those_there_are(models_folder: Path) -> None:
    with pytest.raises(WrongUse, match=r"“onnx” \(there are: litert, tensorflow\)"):
        load_classifier(engine="onnx", models=models_folder)


def test_that_a_damaged_model_is_not_replaced_by_an_intact_one(tmp_path: Path) -> None:
    small_model.write_model(tmp_path, "second")
    folder = small_model.write_model(tmp_path)
    (folder / "head.npz").write_bytes(small_model.head_file(bias=np.array([0.2, 0.1], np.float32)))
    assert "“default”" in blocked(tmp_path)
    assert load_classifier("second", models=tmp_path).identity.name == "second"


def test_that_an_installation_without_resources_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise FileNotFoundError("the resources folder of AllDetect is missing; install it again")

    monkeypatch.setattr(paths, "models", missing)
    with pytest.raises(ModelDamaged, match="resources folder of AllDetect is missing"):
        load_classifier()
    with pytest.raises(ModelDamaged, match="resources folder of AllDetect is missing"):
        list_artifacts()
