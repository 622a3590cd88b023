"""The thesis' three models as shipped: one base, own renderings, figures by subject; and what is no cell."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from alldetect_gui import paths
from alldetect_gui.__main__ import main
from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.recipe import recipe_named
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.inference.catalogue import find_artifact, load_classifier

RECIPES = ("gaussian", "clahe", "clahe-grayscale")


@pytest.mark.parametrize("recipe", RECIPES)
def test_that_each_rendering_of_the_thesis_has_its_model_on_the_shared_base(recipe: str) -> None:
    artifact, default = find_artifact(f"thesis-{recipe}"), find_artifact("default")
    assert artifact.recipe == recipe_named(recipe)
    assert artifact.base == default.base
    assert artifact.files[artifact.base] == default.files[default.base]
    assert artifact.head_kind == "dense"


@pytest.mark.parametrize("recipe", RECIPES)
def test_that_its_card_tells_figures_by_subject_and_that_it_is_no_better_than_they_say(
    recipe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = find_artifact(f"thesis-{recipe}").manifest["metrics"]
    low, high = figures["figures"]["f1_weighted"]["interval_95"]
    assert low < figures["figures"]["f1_weighted"]["value"] < high
    subjects = figures["per_subject"]
    assert len(subjects) == 43  # one of the 44 has no image of its own
    assert sum(row["images"] for row in subjects) == find_artifact(f"thesis-{recipe}").manifest["training"]["images"]
    assert main(["models", "--card", f"thesis-{recipe}"]) == 0
    card = capsys.readouterr().out
    assert "cell area alone" in card
    assert "| H24 | HEM |" in card


def not_cells() -> dict[str, RgbImage]:
    """What must not get a class."""
    generator = np.random.default_rng(0)
    page = np.full((450, 450, 3), 255, np.uint8)
    for line in range(12):
        cv2.putText(page, "not a cell at all", (10, 40 + 34 * line), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
    return {
        "noise": generator.integers(0, 256, (450, 450, 3)).astype(np.uint8),
        "text": page,
        "black": np.zeros((450, 450, 3), np.uint8),
        "white": np.full((450, 450, 3), 255, np.uint8),
        "inverted": 255 - draw_cell(CellClass.ALL, 1, caption=False),
    }


@pytest.mark.parametrize("recipe", RECIPES)
def test_that_what_is_no_cell_is_uncertain(recipe: str) -> None:
    classifier = load_classifier(f"thesis-{recipe}", threads=1)
    for name, image in not_cells().items():
        prediction = classifier.classify(image)
        assert prediction.suggestion == "UNCERTAIN", name
        assert ("black" if name == "black" else "outside") in prediction.reason, name


@pytest.mark.real_cells
@pytest.mark.parametrize("recipe", RECIPES)
def test_that_known_cells_are_told_apart_and_not_outside(recipe: str, cnmc: Path, tmp_path: Path) -> None:
    """The model has seen most of these subjects, so this shows that the chain is whole, not how good it is."""
    with (cnmc / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = sorted((row for row in csv.DictReader(file) if not row["duplicate_of"]), key=lambda row: row["sha256"])
    taken: dict[str, int] = {}
    for row in rows:
        taken[row["label"]] = taken.get(row["label"], 0) + 1
        if taken[row["label"]] <= 15:
            pixels = cv2.imread(str(cnmc / "training_data" / row["fold"] / row["label"] / f"{row['name']}.webp"))  # noqa: TID251 - not a product file
            cv2.imwrite(str(tmp_path / f"{row['name']}.bmp"), pixels)  # noqa: TID251 - not a product file
    assert main(["classify", str(tmp_path), "--model", f"thesis-{recipe}", "--out", str(tmp_path / "out")]) == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["classified"] == 30
    assert summary["roc_auc"] > 0.75
    with (tmp_path / "out" / "results.csv").open(newline="", encoding="utf-8") as file:
        assert sum(float(row["fit"]) > 1 for row in csv.DictReader(file)) <= 3


def test_that_the_models_need_no_tensorflow() -> None:
    code = (
        "import sys; from alldetect_gui.inference.catalogue import load_classifier; load_classifier('thesis-clahe');"
        "assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=paths.resources().parent)
