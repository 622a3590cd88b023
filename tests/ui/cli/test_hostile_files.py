"""The command meets some three hundred hostile files in one folder: each gets its row, none gets in the way."""

import csv
import json
import os
import re
import sys
from pathlib import Path

import pytest

from alldetect_gui.__main__ import main
from alldetect_gui.imaging import reader
from tests.drills import hostile as drills
from tests.unit.imaging import hostile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes, sockets and names that are not UTF-8")


def test_that_hostile_files_are_classified_or_refused_in_words_and_none_is_lost(
    tmp_path: Path, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "deep").mkdir()
    (folder / "deep" / "up.bmp").symlink_to(folder)  # a link to a folder is no image and no folder to look into
    files = hostile.everything()
    for number, file in enumerate(files):
        path = Path(os.fsdecode(os.fsencode(folder) + f"/{number:04d}".encode() + file.name))
        file.make(path)
    assert len(files) >= 250

    assert main(["classify", str(folder), "--out", str(tmp_path / "out"), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))

    assert summary["found"] == summary["classified"] + summary["skipped"] == len(files) == len(rows)
    seen = {int(re.match(r"\d{4}", row["path"])[0]): row for row in rows}  # type: ignore[index]
    assert sorted(seen) == list(range(len(files)))
    wrong = [
        (file.what, file.verdict, row["outcome"], row["reason"])
        for number, file in enumerate(files)
        if not _as_it_should_be(file.verdict, row := seen[number])
    ]
    assert wrong == []


def _as_it_should_be(verdict: str, row: dict[str, str]) -> bool:
    if row["outcome"] == "skipped":
        in_words = " " in row["reason"] and not re.search(r"Error|Traceback|cv2|0x", row["reason"])
        stopped = row["reason"] in (reader.STOPPED, reader.SLOW)
        return verdict != "read" and in_words and not stopped and not row["suggestion"]
    return verdict != "refused" and row["suggestion"] in ("ALL", "HEM", "UNCERTAIN")


def test_that_files_that_chance_has_broken_are_refused_in_words_and_nothing_cut_off_is_classified(
    tmp_path: Path, models_folder: Path
) -> None:
    """`make drill-hostile` takes 6,000."""
    told = drills.drill(tmp_path, 900, seed=11)
    assert told.cases >= 900
    assert told.cut >= 200
    assert told.read >= 100
    assert told.wrong == []
