"""The comparison of one image as a picture, from the command line."""

from pathlib import Path

import pytest

from alldetect_gui.__main__ import main
from alldetect_gui.imaging.decode import read_image

Captured = pytest.CaptureFixture[str]


def test_that_the_sheet_shows_every_recipe_and_says_whose_probability_stands_under_it(
    models_folder: Path, cells: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "sheet.png"
    image = cells / "UID_1_3_1_all.bmp"
    assert main(["preprocess", str(image), "--sheet", "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{out}: 5 renderings"
    assert "no model was made for this rendering" in lines[1]
    assert "exploratory: trained with clip limit 3, tile grid 4" in lines[3]
    assert "model default" in lines[3]
    picture, sheet = read_image(image).pixels, read_image(out).pixels
    assert sheet.shape[0] > picture.shape[0]
    assert sheet.shape[1] > 5 * picture.shape[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sheet", "--recipe", "clahe"], "without --recipe"),
        (["--sheet", "--set", "clip_limit=3"], "without --recipe"),
        ([], "--recipe NAME"),
    ],
)
def test_that_a_sheet_and_one_recipe_are_two_wishes(
    cells: Path, tmp_path: Path, capsys: Captured, arguments: list[str], words: str
) -> None:
    out = tmp_path / "o.png"
    assert main(["preprocess", str(cells / "UID_1_3_1_all.bmp"), *arguments, "--out", str(out)]) == 2
    assert words in capsys.readouterr().err
    assert not out.exists()
