"""Work to keep: a model, images and results that differ in every way a row can."""

import hashlib
import math
import os
from pathlib import Path

from alldetect_gui.core.kept import FINISHED
from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.core.reviews import Reading, Review, SignOff
from alldetect_gui.store.said import keep_reviews
from alldetect_gui.store.workspace_file import FileState, WorkspaceFile

MODEL = ModelIdentity("small", "5" * 64, "clahe", {"clip_limit": 3.0, "tile_grid": 4}, 0.5, "litert")
FOLDER = Path("/images/plate 1")


def result(number: int, folder: Path = FOLDER) -> ImageResult:
    """Every fourth image is skipped, one has no finite value, one has a name that is no UTF-8."""
    name = os.fsdecode(b"sub/bad\xff.bmp") if number == 2 else f"sub/UID_{number % 3}_{number}_1_all.bmp"
    relative = "sub/bad\\xff.bmp" if number == 2 else name
    record = ImageRecord(folder / name, relative, f"H{number % 3}", CellClass.ALL if number % 2 else None)
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    if number % 4 == 3:
        return ImageResult(record, Outcome.SKIPPED, "" if number == 3 else sha256, None, "the file is incomplete")
    probability = math.nan if number == 4 else (number * 37 % 100) / 99
    said = Prediction(probability, Suggestion.UNCERTAIN, "in the band – “0.4”", None if number == 5 else number / 7)
    return ImageResult(record, Outcome.CLASSIFIED, sha256, said, said.reason)


def fill(file: WorkspaceFile, number: int = 12, folder: Path = FOLDER) -> int:
    """A finished run of `number` images, some read and signed; returns the run's number."""
    run = file.begin_run(folder, MODEL, number)
    for position in range(number):
        file.add_result(run, position, result(position, folder), FileState(1000 + position, 10**18 + position))
    file.end_run(run, FINISHED, 1.5, 0)
    record = result(1, folder).record
    sha256 = result(1).sha256
    keep_reviews(file, folder, [(record, sha256, Review(Reading.HEM, "smudge", blind=True))], [], why="second look")
    keep_reviews(file, folder, [(record, sha256, Review(Reading.ALL))], [("H1", SignOff("H1", 4, 1, "enough seen"))])
    return run
