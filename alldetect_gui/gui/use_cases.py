"""The workflows as the window uses them, imported when first called.

OpenCV and the model runtime take their time to load; the window is painted before any of this is imported, and
tests hand in other functions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity
from alldetect_gui.core.reviews import Review, SignOff
from alldetect_gui.core.words import ENGLISH, Words

if TYPE_CHECKING:
    from alldetect_gui.core.events import EarlierWork
    from alldetect_gui.imaging.recipe import Recipe
    from alldetect_gui.imaging.steps import RgbImage
    from alldetect_gui.inference.artifact import Artifact
    from alldetect_gui.store.workspace_file import WorkspaceFile
    from alldetect_gui.workflows.compare_sheet import Comparison
    from alldetect_gui.workflows.explain_image import Explainer
    from alldetect_gui.workflows.exports.run import ExportOptions, ExportRun, Format
    from alldetect_gui.workflows.judge_renderings import Judges
    from alldetect_gui.workflows.keep_work import FolderKeeper
    from alldetect_gui.workflows.loaded_models import LoadedModels
    from alldetect_gui.workflows.try_threshold import Operating
    from alldetect_gui.workflows.understand_names import Understanding


class Classify(Protocol):
    """The signature of workflows.classify_folder.classify_images, as far as the window uses it."""

    def __call__(self, records: Sequence[ImageRecord], *, model: str, **options: Any) -> Iterator[object]: ...


@dataclass(frozen=True)
class OpenedWorkspace:
    """The workspace file is open; for reading only where `in_use` says who writes into it, or why nobody can."""

    file: "WorkspaceFile"
    in_use: str = ""  # a sentence
    elsewhere: bool = False  # it is only marked so, by another computer


@dataclass(frozen=True)
class DamagedWorkspace:
    """It cannot be opened as it is, but `backup` can take its place; `reason` is a sentence."""

    reason: str
    path: Path
    backup: Path


@dataclass(frozen=True)
class RestoredWorkspace:
    """`backup` has taken the place of the workspace file, which is now `aside` (None: there was none)."""

    path: Path
    backup: Path
    aside: Path | None


@dataclass(frozen=True)
class FolderWork:
    """What was kept of a folder, and where more is kept."""

    folder: Path
    keeper: "FolderKeeper"
    reviews: Mapping[Path, Review]  # of images that are there
    sign_offs: Sequence[SignOff]
    earlier: "EarlierWork | None"


def open_folder(folder: Path, names: "Understanding | None" = None) -> Iterator[object]:
    """See workflows.open_folder; None for `names` takes them as they are found."""
    import alldetect_gui.imaging.recipe  # noqa: F401  # OpenCV: the first image needs it in the window's thread
    from alldetect_gui.imaging.reader import start_ahead
    from alldetect_gui.workflows.open_folder import open_folder as work

    start_ahead()  # the first thumbnails are wanted as soon as there are names
    from alldetect_gui.workflows.understand_names import AS_FOUND

    yield from work(folder, names=names or AS_FOUND)


def compare(path: Path, recipes: "Iterable[Recipe]", difference: bool = False) -> Iterator[object]:
    """See workflows.compare_preprocessing."""
    from alldetect_gui.workflows.compare_preprocessing import compare_preprocessing as work

    yield from work(path, recipes, difference)


def render(path: Path, pixels: "RgbImage", recipes: "Iterable[Recipe]", difference: bool = False) -> Iterator[object]:
    """See workflows.compare_preprocessing."""
    from alldetect_gui.workflows.compare_preprocessing import render as work

    yield from work(path, pixels, recipes, difference)


def judge(path: Path, pixels: "RgbImage", recipes: "Sequence[Recipe]") -> Iterator[object]:
    """See workflows.judge_renderings; the models stay loaded from one image to the next."""
    yield from _judges().judge(path, pixels, recipes)


def ask_recipes(results: Sequence[ImageResult], model: ModelIdentity) -> Iterator[object]:
    """See workflows.ask_recipes."""
    from alldetect_gui.workflows.ask_recipes import ask_recipes as work

    yield from work(results, model, _loaded_models())


def explain(path: Path, model: str) -> Iterator[object]:
    """See workflows.explain_image; an empty `model` is the default one."""
    from alldetect_gui.inference.catalogue import DEFAULT_MODEL

    yield from _explainer().explain(path, model or DEFAULT_MODEL)


@cache
def _explainer() -> "Explainer":
    from alldetect_gui.workflows.explain_image import Explainer

    return Explainer(_loaded_models())


def write_sheet(out: Path, comparison: "Comparison", words: Words = ENGLISH) -> Iterator[object]:
    """See workflows.compare_sheet."""
    from alldetect_gui.gui.text_mask import text_mask
    from alldetect_gui.workflows.compare_sheet import write_sheet as work

    yield from work(out, comparison, text_mask, words)


@cache
def _loaded_models() -> "LoadedModels":
    """Comparison and explanation look at the same image with the same models: one copy of each serves both."""
    from alldetect_gui.workflows.loaded_models import LoadedModels

    return LoadedModels()


@cache
def _judges() -> "Judges":
    from alldetect_gui.workflows.judge_renderings import Judges

    return Judges(_loaded_models())


def thumbnails(paths: Iterable[Path], side: int) -> Iterator[object]:
    """See workflows.compare_preprocessing."""
    from alldetect_gui.workflows.compare_preprocessing import make_thumbnails as work

    yield from work(paths, side)


def open_workspace(
    path: Path | None = None, who: Callable[[], str] | None = None, *, take_over: bool = False
) -> Iterator[OpenedWorkspace | DamagedWorkspace]:
    """One event: the workspace file, made if need be; None: that of this user. Raises KnownError if unusable.

    One that another AllDetect writes into, or that cannot be written at all, is opened for reading. `who` tells who
    reads, each time something is said; None: the account. `take_over`: see store.workspace_file.
    """
    from alldetect_gui import paths
    from alldetect_gui.store.clock import account_name
    from alldetect_gui.store.errors import WorkspaceDamaged, WorkspaceInUse, WorkspaceUnwritable
    from alldetect_gui.store.workspace_file import open_for_reading
    from alldetect_gui.store.workspace_file import open_workspace as work

    path = path or paths.workspace()
    event: OpenedWorkspace | DamagedWorkspace
    try:
        event = OpenedWorkspace(work(path, who=who or account_name, take_over=take_over))
    except (WorkspaceInUse, WorkspaceUnwritable) as error:
        if not path.is_file():
            raise
        event = OpenedWorkspace(open_for_reading(path), str(error), getattr(error, "elsewhere", False))
    except WorkspaceDamaged as error:
        if error.backup is None:
            raise
        event = DamagedWorkspace(str(error), path, error.backup)
    yield event


def restore_workspace(path: Path) -> Iterator[RestoredWorkspace]:
    """One event: see store.restore."""
    from alldetect_gui.store.restore import restore

    yield RestoredWorkspace(path, *restore(path))


def save_workspace(file: "WorkspaceFile", target: Path) -> Iterator[Path]:
    """One event: the whole copy that was written."""
    file.save_as(target)
    yield target


def folder_work(file: "WorkspaceFile", folder: Path, records: Sequence[ImageRecord]) -> Iterator[FolderWork]:
    """One event: see workflows.keep_work."""
    from alldetect_gui.workflows.keep_work import FolderKeeper, earlier_work

    keeper = FolderKeeper(file, folder)
    reviews, sign_offs = keeper.load()
    earlier = earlier_work(file, folder, records)
    there = {record.relative: record.path for record in records} if reviews else {}
    kept = {there[name]: review for name, review in reviews if name in there}
    yield FolderWork(folder, keeper, kept, sign_offs, earlier)


def kept_names(file: "WorkspaceFile", folder: Path) -> "Understanding | None":
    """See workflows.keep_names."""
    from alldetect_gui.workflows.keep_names import kept_names as work

    return work(file, folder)


def keep_names(file: "WorkspaceFile", folder: Path, names: "Understanding") -> None:
    """See workflows.keep_names."""
    from alldetect_gui.workflows.keep_names import keep_names as work

    work(file, folder, names)


def classify(records: Sequence[ImageRecord], *, model: str, **options: Any) -> Iterator[object]:
    """See workflows.classify_folder; an empty `model` is the default one. Options: `folder`, `workspace`."""
    from alldetect_gui.inference.catalogue import DEFAULT_MODEL
    from alldetect_gui.workflows.classify_folder import classify_images as work

    yield from work(records, model=model or DEFAULT_MODEL, **options)


def self_test() -> Iterator[object]:
    """See workflows.self_test."""
    from alldetect_gui.workflows.self_test import self_test as work

    yield from work()


def models() -> "Iterator[tuple[Artifact, ...]]":
    """One event: the bundled artefacts, the default first, then the imported ones. Without any, an empty tuple.

    Raises ModelDamaged for a bundled one of which a bit has changed, and, after the event, for an imported one.
    """
    from alldetect_gui.inference.catalogue import list_artifacts, list_imported

    try:
        bundled = list_artifacts()
    except FileNotFoundError:
        bundled = ()
    for artifact in bundled:
        artifact.verify()
    imported, damaged = list_imported()
    yield (*bundled, *imported)
    for error in damaged:
        raise error


def import_model(file: Path) -> "Iterator[Artifact]":
    """One event: the lab's model, taken in under its own name or, where that is taken, with a number.

    A manifest stands for its folder: a dialog for files cannot choose one.
    """
    from alldetect_gui.inference.artifact import MANIFEST
    from alldetect_gui.inference.catalogue import import_under_free_name

    yield import_under_free_name(file.parent if file.name == MANIFEST else file)


def summarise(
    results: Sequence[ImageResult], seconds: float, model: ModelIdentity | None, intervals: bool
) -> Iterator[object]:
    """One event: the RunSummary."""
    from alldetect_gui.workflows.evaluate_run import summarise as work

    yield work(results, seconds=seconds, model=model, intervals=intervals)


def try_threshold(results: Sequence[ImageResult]) -> Iterator[object]:
    """One event: see workflows.try_threshold.prepare. What plots it is imported before, which holds up no window."""
    import alldetect_gui.gui.widgets.threshold_plots  # noqa: F401
    from alldetect_gui.workflows.try_threshold import prepare

    yield prepare(results)


def intervals_at(operating: "Operating", threshold: float) -> Iterator[object]:
    """One event: see workflows.try_threshold.intervals_at."""
    from alldetect_gui.workflows.try_threshold import intervals_at as work

    yield work(operating, threshold)


def export(
    out: Path, results: Sequence[ImageResult], seconds: float, model: ModelIdentity | None
) -> Iterator[tuple[Path, Path]]:
    """One event: the two files written, with the summary computed from exactly these results."""
    from alldetect_gui.workflows.evaluate_run import summarise as sum_up
    from alldetect_gui.workflows.export_results import write_run

    yield write_run(out, results, sum_up(results, seconds=seconds, model=model))


def export_file(run: "ExportRun", kind: "Format", out: Path, options: "ExportOptions") -> Iterator[object]:
    """See workflows.exports; the last event is the file written."""
    from alldetect_gui.gui.pdf import pdf_bytes
    from alldetect_gui.workflows.exports.export import export_events

    yield from export_events(run, kind, out, options, pdf_bytes)


def rows_as_text(run: "ExportRun", options: "ExportOptions") -> Iterator[str]:
    """One event: the rows with tabs between, for the clipboard."""
    from alldetect_gui.workflows.exports.content import Content
    from alldetect_gui.workflows.exports.table import clipboard_text

    yield clipboard_text(Content(run, options))


@dataclass(frozen=True)
class UseCases:
    """Every workflow that the window can start."""

    open_folder: "Callable[[Path, Understanding | None], Iterable[object]]" = open_folder
    compare: "Callable[[Path, Iterable[Recipe], bool], Iterable[object]]" = compare
    render: "Callable[[Path, RgbImage, Iterable[Recipe], bool], Iterable[object]]" = render
    judge: "Callable[[Path, RgbImage, Sequence[Recipe]], Iterable[object]]" = judge
    ask_recipes: Callable[[Sequence[ImageResult], ModelIdentity], Iterable[object]] = ask_recipes
    explain: Callable[[Path, str], Iterable[object]] = explain
    write_sheet: "Callable[[Path, Comparison, Words], Iterable[object]]" = write_sheet
    thumbnails: Callable[[Iterable[Path], int], Iterable[object]] = thumbnails
    classify: Classify = classify
    open_workspace: Callable[..., Iterable[object]] = open_workspace
    restore_workspace: Callable[[Path], Iterable[object]] = restore_workspace
    save_workspace: "Callable[[WorkspaceFile, Path], Iterable[object]]" = save_workspace
    folder_work: "Callable[[WorkspaceFile, Path, Sequence[ImageRecord]], Iterable[object]]" = folder_work
    kept_names: "Callable[[WorkspaceFile, Path], Understanding | None]" = kept_names
    keep_names: "Callable[[WorkspaceFile, Path, Understanding], None]" = keep_names
    self_test: Callable[[], Iterable[object]] = self_test
    models: "Callable[[], Iterable[tuple[Artifact, ...]]]" = models
    import_model: "Callable[[Path], Iterable[Artifact]]" = import_model
    summarise: Callable[[Sequence[ImageResult], float, ModelIdentity | None, bool], Iterable[object]] = summarise
    try_threshold: Callable[[Sequence[ImageResult]], Iterable[object]] = try_threshold
    intervals_at: "Callable[[Operating, float], Iterable[object]]" = intervals_at
    export: Callable[[Path, Sequence[ImageResult], float, ModelIdentity | None], Iterable[tuple[Path, Path]]] = export
    export_file: "Callable[[ExportRun, Format, Path, ExportOptions], Iterable[object]]" = export_file
    rows_as_text: "Callable[[ExportRun, ExportOptions], Iterable[str]]" = rows_as_text
