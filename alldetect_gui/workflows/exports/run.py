"""What an export is made of: the outcomes of one run, what readers said, and where the images lie, if they do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity
from alldetect_gui.core.reviews import UNREAD, Review, SignOff
from alldetect_gui.core.words import ENGLISH, Words
from alldetect_gui.imaging.listing import display_name, list_images
from alldetect_gui.workflows.export_results import RESULTS, pending_in, read_results


class Format(StrEnum):
    """The kinds of file; the value is the ending, too."""

    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"
    PDF = "pdf"
    JSON = "json"


class Decimals(StrEnum):
    """How a spreadsheet of the user's country reads numbers: `DOT` 0.5 between commas, `COMMA` 0,5 between ;."""

    DOT = "dot"
    COMMA = "comma"


@dataclass(frozen=True)
class ExportRun:
    """One run. `images_here` is False where only names are known, as from a results.csv without its folder.

    `pending` counts the images that the run has not come to; `audit_head` is the last entry of the workspace's audit
    log, number and chained hash.
    """

    results: tuple[ImageResult, ...]
    model: ModelIdentity | None = None
    seconds: float = 0.0
    images_here: bool = False
    reviews: Mapping[Path, Review] = field(default_factory=dict)
    sign_offs: Mapping[str, SignOff] = field(default_factory=dict)
    pending: int = 0
    audit_head: tuple[int, str] | None = None

    def review(self, record: ImageRecord) -> Review:
        """What a reader said of one image."""
        return self.reviews.get(record.path, UNREAD)


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What the user may choose. Folder names stay out by default: a patient's name is often one."""

    decimals: Decimals = Decimals.DOT
    full_names: bool = False
    thumbnails: bool = True
    words: Words = ENGLISH  # of reports; tables and JSON are English

    def name(self, record: ImageRecord) -> str:
        """The image as the export calls it: its file name, or with `full_names` its path below the folder."""
        return record.relative if self.full_names else record.relative.rpartition("/")[2]


def read_run(path: Path, folder: Path | None = None) -> ExportRun:
    """The run in a results.csv, in a folder that holds one, or in an exported table.

    With `folder` the images are looked for below it, by their names; whether each is still the same image, its hash
    decides when it is read. Raises WrongUse.
    """
    file = path / RESULTS if path.is_dir() else path
    results, model = read_results(file)
    if not results:
        raise WrongUse(f"{path} holds no results")
    pending = pending_in(file)
    if folder is None:
        return ExportRun(tuple(results), model, pending=pending)
    return ExportRun(tuple(_found_below(folder, results)), model, images_here=True, pending=pending)


def _found_below(folder: Path, results: list[ImageResult]) -> list[ImageResult]:
    """The results with the paths of their images: by relative path, else by a file name that occurs once."""
    try:
        there = {display_name(str(path.relative_to(folder))): path for path in list_images(folder)}
    except OSError as error:
        raise WrongUse(f"{display_name(str(folder))} cannot be listed: {error.strerror or error}") from error
    by_name: dict[str, list[Path]] = {}
    for relative, path in there.items():
        by_name.setdefault(relative.rpartition("/")[2], []).append(path)
    found = []
    for result in results:
        relative = result.record.relative
        same_name = by_name.get(relative, [])
        path = there.get(relative) or (same_name[0] if len(same_name) == 1 else folder / "not there")
        found.append(replace(result, record=replace(result.record, path=path)))
    return found
