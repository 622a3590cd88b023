"""The whole of `alldetect train` on drawn cells: small, but nothing is replaced."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from alldetect_gui import paths
from alldetect_gui.__main__ import main
from alldetect_gui.core.errors import RunFailed
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.inference.artifact import read_artifact
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.training import card_texts
from alldetect_gui.training.assess import Figure


@pytest.fixture(scope="module")
def drawn_cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six subjects a class, two cells each."""
    folder = tmp_path_factory.mktemp("cells")
    for kind in CellClass:
        for subject in range(6):
            for cell in range(2):
                prefix = "H" if kind is CellClass.HEM else ""
                name = f"UID_{prefix}{subject + 60}_1_{cell}_{kind.lower()}.png"
                (folder / name).write_bytes(png_bytes(draw_cell(kind, 10 * subject + cell)))
    return folder


@pytest.fixture(scope="module")
def trained(drawn_cells: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models folder that training wrote."""
    models, cache = tmp_path_factory.mktemp("models"), tmp_path_factory.mktemp("cache")
    words = ["train", "--data", str(drawn_cells), "--out", str(models), "--name", "lab", "--cache", str(cache)]
    assert main(words) == 0
    return models


def test_that_a_trained_model_loads_and_tells_drawn_cells_apart(trained: Path) -> None:
    classifier = load_classifier("lab", models=trained)
    blasts = [classifier.classify(draw_cell(CellClass.ALL, seed)).probability_all for seed in range(100, 103)]
    normals = [classifier.classify(draw_cell(CellClass.HEM, seed)).probability_all for seed in range(100, 103)]
    assert min(blasts) > max(normals)


def test_that_a_trained_model_can_be_imported_and_says_the_same(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "models")
    assert main(["models", "--import", str(trained / "lab")]) == 0
    image = draw_cell(CellClass.ALL, 100)
    assert load_classifier("lab").classify(image) == load_classifier("lab", models=trained).classify(image)


def test_that_the_card_says_through_what_the_model_looks(drawn_cells: Path, tmp_path: Path, trained: Path) -> None:
    words = ["train", "--data", str(drawn_cells), "--out", str(tmp_path / "models"), "--recipe", "gaussian"]
    assert main([*words, "--name", "smooth", "--cache", str(tmp_path / "cache")]) == 0
    card = (tmp_path / "models/smooth/MODEL_CARD.md").read_text(encoding="utf-8")
    assert "The image through Gaussian (kernel size 5, sigma 0)." in card and "CLAHE" not in card
    assert "through CLAHE (clip limit 2, tile grid 4)" in (trained / "lab/MODEL_CARD.md").read_text(encoding="utf-8")


def test_that_the_manifest_tells_what_was_trained_on(trained: Path) -> None:
    artifact = read_artifact(trained / "lab")
    artifact.verify()
    training = artifact.manifest["training"]
    assert (training["images"], training["subjects"], training["groups"]) == (24, 12, 12)
    assert artifact.manifest["metrics"]["figures"]["f1_weighted"]["value"] > 0.9
    json.dumps(artifact.manifest, allow_nan=False)


def test_that_the_card_has_a_row_for_every_subject_and_the_baselines(trained: Path) -> None:
    card = (trained / "lab" / "MODEL_CARD.md").read_text(encoding="utf-8")
    for kind in CellClass:
        for subject in range(6):
            name = f"{'H' if kind is CellClass.HEM else ''}{subject + 60}"
            assert f"| {name} | {kind} | 2 |" in card
    assert "cell area alone" in card
    assert "Not a medical device" in card


def test_that_training_twice_gives_the_same_bytes(trained: Path, drawn_cells: Path, tmp_path: Path) -> None:
    words = ["train", "--data", str(drawn_cells), "--out", str(tmp_path / "again"), "--name", "lab"]
    assert main([*words, "--cache", str(tmp_path / "cache")]) == 0
    again, first = tmp_path / "again" / "lab" / "head.npz", trained / "lab" / "head.npz"
    with np.load(again) as one, np.load(first) as other:
        for name in one.files:
            np.testing.assert_allclose(one[name], other[name], rtol=1e-5, atol=1e-6)


def test_that_a_laboratorys_own_cells_are_described_as_its_own(
    trained: Path, drawn_cells: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same cells under other names, with labels and patients from a file; one of them is no image."""
    lab, rows = tmp_path / "lab", ["image,label,subject"]
    lab.mkdir()
    for number, cell in enumerate(sorted(drawn_cells.iterdir())):
        name = f"cell-{number:02}.png"
        (lab / name).write_bytes(cell.read_bytes())
        rows.append(f"{name},{cell.stem.rsplit('_', 1)[1]},P{number // 2:02}")
    (lab / "notes.png").write_bytes(b"no image at all")
    rows.append("notes.png,all,P00")
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    words = ["train", "--data", str(lab), "--labels", str(tmp_path / "labels.csv"), "--out", str(tmp_path / "models")]
    assert main([*words, "--name", "own", "--cache", str(tmp_path / "cache")]) == 0
    assert "notes.png: left out" in capsys.readouterr().out
    card = (tmp_path / "models/own/MODEL_CARD.md").read_text(encoding="utf-8")
    assert "C-NMC 2019: Gupta" not in card and "prepared like those that it was trained on" in card
    assert "    alldetect train --data lab --out models --name own --labels labels.csv\n" in card
    assert "C-NMC 2019: Gupta" in (trained / "lab/MODEL_CARD.md").read_text(encoding="utf-8")
    manifest = read_artifact(tmp_path / "models/own").manifest
    assert manifest["attribution"] == [card_texts.VGG16]


def test_that_a_model_no_better_than_size_says_so_first() -> None:
    good, poor = ({name: Figure(value, None) for name in ("f1_weighted", "roc_auc")} for value in (0.9, 0.8))
    assert card_texts.warning_text(good, poor) == ""
    assert "no better than cell area alone" in card_texts.warning_text(poor, good)
    assert card_texts.warning_text(good, good)


@pytest.mark.parametrize("name", ["../x", "a/b", "", "vgg16-base"])
def test_that_a_name_that_is_no_folder_is_wrong_use(tmp_path: Path, name: str) -> None:
    assert main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "out"), "--name", name]) == 2
    assert not (tmp_path / "out").exists()


def test_that_too_few_patients_are_told_before_anything_is_computed(
    drawn_cells: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for cell in (*drawn_cells.glob("UID_61_1_*"), *drawn_cells.glob("UID_H61_1_*")):
        shutil.copy(cell, tmp_path)
    assert main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "add patients" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_that_training_without_labels_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cell.png").write_bytes(png_bytes(draw_cell(CellClass.ALL, 1)))
    assert main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "reference label" in capsys.readouterr().err


def test_that_a_conversion_which_loses_the_weights_is_noticed() -> None:
    tensorflow = pytest.importorskip("tensorflow")
    from alldetect_gui.training.export_base import _convert

    nothing_learned = tensorflow.keras.Sequential([tensorflow.keras.layers.Input((8, 8, 3))])
    nothing_learned.add(tensorflow.keras.layers.Conv2D(2, 3))
    with pytest.raises(RunFailed, match="weights are lost"):
        _convert(tensorflow, nothing_learned)
