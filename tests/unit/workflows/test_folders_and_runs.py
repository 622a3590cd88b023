"""Opening a folder, classifying it, comparing recipes: the streams of events and what they add up to."""

import hashlib
import itertools
import math
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alldetect_gui.core.errors import ModelDamaged, WrongUse
from alldetect_gui.core.events import (
    FolderListed,
    ImageDone,
    ImagesListed,
    ImageUnreadable,
    OriginalDecoded,
    RenderingReady,
    RunFinished,
    RunStarted,
    ThumbnailReady,
)
from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.imaging import reader
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.imaging.recipe import RECIPES, recipe_named
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.lanes import MOST_LANES
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.compare_preprocessing import compare_preprocessing, make_thumbnails
from alldetect_gui.workflows.evaluate_run import summarise
from alldetect_gui.workflows.open_folder import image_records, open_folder
from alldetect_gui.workflows.reference_labels import LabelFile
from tests.unit.imaging import files
from tests.unit.inference.small_model import cell, write_model

CELL = files.bmp(cell(CellClass.ALL, 1), header=124)
AHEAD = 2 * MOST_LANES + 1  # images that may be read beyond those that are done


def finished(records: tuple[ImageRecord, ...], threads: int | None = None) -> RunFinished:
    """The last event of a run over `records`."""
    *_, last = classify_images(records, threads=threads)
    assert isinstance(last, RunFinished)
    return last


def test_that_a_large_folder_comes_in_batches_and_every_image_once(tmp_path: Path) -> None:
    for number in range(2403):
        (tmp_path / f"UID_{number % 7}_{number}_1_{'all' if number % 7 else 'hem'}.bmp").touch()
    (tmp_path / "notes.txt").touch()
    *batches, last = open_folder(tmp_path)
    assert [len(batch.records) for batch in batches if isinstance(batch, ImagesListed)] == [200, 2000, 203]
    names = [record.relative for batch in batches if isinstance(batch, ImagesListed) for record in batch.records]
    assert len(set(names)) == 2403
    assert isinstance(last, FolderListed)
    assert (last.folder, last.found, last.subjects, last.with_reference) == (tmp_path, 2403, 7, 2403)


def test_that_an_exact_batch_is_not_followed_by_an_empty_one(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"{number}.bmp").touch()
    first, last = open_folder(tmp_path)
    assert isinstance(first, ImagesListed)
    assert isinstance(last, FolderListed)
    assert (last.found, last.subjects, last.with_reference) == (200, 0, 0)


def test_that_an_empty_folder_is_told_by_its_count_and_refused_as_a_batch(tmp_path: Path) -> None:
    (only,) = open_folder(tmp_path)
    assert isinstance(only, FolderListed)
    assert only.found == 0
    with pytest.raises(WrongUse, match=r"no image found in .*BMP, PNG, JPEG or TIFF"):
        image_records(tmp_path)


@pytest.mark.parametrize("name", ["gone", "file.bmp", "n" * 300])
def test_that_what_is_no_folder_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.bmp").touch()
    with pytest.raises(WrongUse, match=f"there is no folder .*{name}"):
        list(open_folder(tmp_path / name))


def test_that_the_opened_folder_itself_may_tell_the_label(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "HEM" / "fold").mkdir(parents=True)
    (tmp_path / "HEM" / "fold" / "1.bmp").touch()
    (record,) = image_records(tmp_path / "HEM")
    assert (record.relative, record.reference) == ("fold/1.bmp", CellClass.HEM)
    monkeypatch.chdir(tmp_path / "HEM")
    (record,) = image_records(Path())
    assert record.reference is CellClass.HEM


def test_that_folders_above_the_opened_one_do_not_tell_a_label(tmp_path: Path) -> None:
    (tmp_path / "all" / "mine").mkdir(parents=True)
    (tmp_path / "all" / "mine" / "1.bmp").touch()
    (record,) = image_records(tmp_path / "all" / "mine")
    assert record.reference is None


def test_that_with_a_label_file_only_that_file_speaks(tmp_path: Path) -> None:
    for name in ("UID_1_1_1_all.bmp", "UID_2_1_1_all.bmp"):
        (tmp_path / name).touch()
    labels = LabelFile({"UID_1_1_1_all.bmp": CellClass.HEM}, {"UID_1_1_1_all.bmp": "P1"})
    first, second = image_records(tmp_path, labels)
    assert (first.reference, first.subject) == (CellClass.HEM, "P1")
    assert (second.reference, second.subject) == (None, "2")


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are not UTF-8 exist on Linux alone")
def test_that_a_name_that_is_not_utf8_is_listed_with_escapes_and_still_opens(
    tmp_path: Path, models_folder: Path
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/cell\xff.bmp"))
    path.write_bytes(CELL)
    (result,) = finished(image_records(tmp_path)).results
    assert result.record.relative == "cell\\xff.bmp"
    assert result.outcome is Outcome.CLASSIFIED


def write_mixed_folder(folder: Path) -> dict[str, str]:
    """One usable image and one of each kind of trouble: name to a word of its reason (empty where there is none)."""
    content = {
        "1_good.bmp": (CELL, ""),
        "2_text.bmp": (b"a note", "content is text"),
        "3_cut.bmp": (CELL[: len(CELL) // 2], "incomplete"),
        "4_empty.png": (b"", "empty"),
        "5_zip.tif": (b"PK\x03\x04", "ZIP"),
        "6_good.png": (files.png(cell(CellClass.HEM, 1)), ""),
        "7_bad.png": (files.png_with_missing_rows(files.speckled()), "damaged PNG"),
    }
    for name, (data, _) in content.items():
        (folder / name).write_bytes(data)
    (folder / "8_link.bmp").symlink_to("1_good.bmp")
    (folder / "9_loop.bmp").symlink_to("9_loop.bmp")
    os.mkfifo(folder / "10_pipe.bmp")
    words = {name: word for name, (_, word) in content.items()}
    return {**words, "8_link.bmp": "link", "9_loop.bmp": "link", "10_pipe.bmp": "not a regular file"}


@pytest.mark.timeout(60)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_that_bad_files_are_skipped_with_their_reason_and_the_batch_goes_on(
    tmp_path: Path, models_folder: Path
) -> None:
    expected = write_mixed_folder(tmp_path)
    before = {path.name: path.lstat().st_mtime_ns for path in tmp_path.iterdir()}
    records = image_records(tmp_path)
    events = list(classify_images(records))
    assert isinstance(events[0], RunStarted)
    assert events[0].total == len(expected) == len(records)
    done = [event for event in events if isinstance(event, ImageDone)]
    assert [event.result.record for event in done] == list(records)
    assert [event.progress.done for event in done] == list(range(1, len(expected) + 1))
    assert done[-1].progress.remaining in (0, None)
    assert isinstance(events[-1], RunFinished)
    assert events[-1].results == tuple(event.result for event in done)
    for result in events[-1].results:
        word = expected[result.record.relative]
        assert (result.outcome is Outcome.SKIPPED) == bool(word), result
        assert word in result.reason
        assert (result.prediction is None) == bool(word)
    assert {path.name: path.lstat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_that_the_hash_is_of_the_bytes_also_where_they_are_no_image(tmp_path: Path, models_folder: Path) -> None:
    content = {"1.bmp": CELL, "2.bmp": CELL[:-1], "3.bmp": b""}
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    hashes = [result.sha256 for result in finished(image_records(tmp_path)).results]
    assert hashes == [hashlib.sha256(CELL).hexdigest(), hashlib.sha256(CELL[:-1]).hexdigest(), ""]


KINDS = {
    "good": CELL,
    "black": files.png(np.zeros((20, 20, 3), np.uint8)),
    "tiny": files.png(np.full((1, 1, 3), 200, np.uint8)),
    "grey": files.tiff(files.speckled()[:, :, 0]),
    "cut": CELL[:100],
    "text": b"note",
    "empty": b"",
    "noise": bytes(range(256)),
}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from([*KINDS, "gone"]), min_size=1, max_size=6))
def test_that_found_is_always_classified_plus_skipped(
    kinds: list[str], models_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mixed")
    for number, kind in enumerate(kinds):
        (folder / f"{number}.bmp").write_bytes(KINDS.get(kind, b""))
    records = image_records(folder)
    for number, kind in enumerate(kinds):
        if kind == "gone":
            (folder / f"{number}.bmp").unlink()
    run = finished(records)
    summary = summarise(run.results, seconds=run.seconds, model=run.model)
    usable = sum(kind in ("good", "black", "tiny", "grey") for kind in kinds)
    assert summary.found == len(kinds) == summary.classified + summary.skipped
    assert summary.classified == usable == summary.suggested_all + summary.suggested_hem + summary.uncertain
    assert sum(summary.skip_reasons.values()) == summary.skipped
    shutil.rmtree(folder)


def test_that_a_folder_that_vanishes_in_mid_run_leaves_rows_with_reasons(tmp_path: Path, models_folder: Path) -> None:
    for number in range(10):
        (tmp_path / f"{number}.bmp").write_bytes(CELL)
    events = classify_images(image_records(tmp_path))
    first = list(itertools.islice(events, 2))
    shutil.rmtree(tmp_path)
    *_, last = events
    assert isinstance(first[1], ImageDone)
    assert isinstance(last, RunFinished)
    outcomes = [result.outcome for result in last.results]
    assert outcomes[0] is Outcome.CLASSIFIED
    read = 1 + AHEAD  # while the first was classified
    assert outcomes[read:] == [Outcome.SKIPPED] * (10 - read)
    assert {result.reason for result in last.results[read:]} == {"not there any more"}


def test_that_closing_the_stream_early_reads_no_further_image(
    tmp_path: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        (tmp_path / f"{number}.bmp").write_bytes(CELL)
    asked: list[str] = []
    ask = reader.Reader.ask

    def counted(self: reader.Reader, path: Path, side: int = 0, known: str = "") -> None:
        asked.append(path.name)
        ask(self, path, side, known)

    monkeypatch.setattr(reader.Reader, "ask", counted)
    events = classify_images(image_records(tmp_path))
    assert isinstance(events, Iterator)
    assert [type(event) for event in itertools.islice(events, 3)] == [RunStarted, ImageDone, ImageDone]
    events.close()
    assert list(events) == []
    assert asked == [f"{number}.bmp" for number in range(len(asked))]
    assert 3 <= len(asked) <= 2 + AHEAD


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="stops a process by a signal")
def test_that_a_batch_goes_on_when_its_reader_is_killed(
    tmp_path: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        (tmp_path / f"{number}.bmp").write_bytes(CELL)
    ask = reader.Reader.ask

    def killed_at_the_third(self: reader.Reader, path: Path, side: int = 0, known: str = "") -> None:
        process = self._started()
        if path.name == "2.bmp":
            process.send_signal(signal.SIGSTOP)  # so that it is in the middle of this file and of no other
        ask(self, path, side, known)
        if path.name == "2.bmp":
            process.kill()

    monkeypatch.setattr(reader.Reader, "ask", killed_at_the_third)
    *_, last = classify_images(image_records(tmp_path))
    assert isinstance(last, RunFinished)
    assert [result.outcome for result in last.results] == [
        Outcome.CLASSIFIED, Outcome.CLASSIFIED, Outcome.SKIPPED, Outcome.CLASSIFIED
    ]  # fmt: skip
    assert last.results[2].reason == reader.STOPPED


def test_that_a_value_that_is_not_finite_becomes_uncertain_and_is_left_out_of_the_figures(
    tmp_path: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UID_1_1_1_all.bmp", "UID_2_1_1_all.bmp"):
        (tmp_path / name).write_bytes(CELL)
    features = iter([np.full(256, np.nan, np.float32), np.zeros(256, np.float32)])

    class Broken:
        """An extractor whose network overflowed on the first image."""

        def features(self, *_: object) -> np.ndarray:
            return next(features)

    from alldetect_gui.inference.catalogue import load_classifier

    loaded = load_classifier()
    broken = Classifier(loaded.identity, Broken(), loaded.head, loaded.band)  # type: ignore[arg-type]
    monkeypatch.setattr("alldetect_gui.workflows.classify_folder.load_classifier", lambda *_, **__: broken)
    run = finished(image_records(tmp_path), threads=1)  # one lane: the images come in order
    first, second = (result.prediction for result in run.results)
    assert first is not None
    assert second is not None
    assert first.suggestion is Suggestion.UNCERTAIN
    assert math.isnan(first.probability_all)
    summary = summarise(run.results, model=run.model)
    assert (summary.found, summary.classified, summary.skipped) == (2, 2, 0)
    assert summary.evaluation is not None
    assert summary.evaluation.confusion.total == 1


def test_that_rows_and_their_order_do_not_depend_on_the_number_of_threads(tmp_path: Path, models_folder: Path) -> None:
    for number in range(9):
        kind = CellClass.ALL if number % 2 else CellClass.HEM
        content = files.bmp(cell(kind, number)) if number % 4 else b"note"
        (tmp_path / f"{number}.bmp").write_bytes(content)
    records = image_records(tmp_path)
    one, two, many = (finished(records, threads).results for threads in (1, 2, 7))
    assert [result.record for result in one] == list(records)
    assert one == two == many


@pytest.mark.parametrize("threads", [0, -1])
def test_that_no_thread_at_all_is_wrong_use(threads: int, models_folder: Path) -> None:
    with pytest.raises(WrongUse, match="threads are not possible"):
        next(classify_images((), threads=threads))


def test_that_a_run_without_images_finishes(models_folder: Path) -> None:
    started, last = classify_images(())
    assert isinstance(started, RunStarted)
    assert isinstance(last, RunFinished)
    assert last.results == ()
    assert summarise(last.results).found == 0


def test_that_a_damaged_or_unknown_model_stops_before_the_first_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_model(tmp_path)
    (folder / "MODEL_CARD.md").write_text("another card")
    monkeypatch.setattr("alldetect_gui.paths.models", lambda: tmp_path)
    record = ImageRecord(tmp_path / "1.bmp", "1.bmp")
    with pytest.raises(ModelDamaged, match=r"MODEL_CARD\.md has changed"):
        next(classify_images((record,)))
    with pytest.raises(WrongUse, match="there is no model “other”"):
        next(classify_images((record,), model="other"))


def test_that_a_comparison_gives_each_recipe_from_one_decoding(tmp_path: Path) -> None:
    path = tmp_path / "1.bmp"
    path.write_bytes(CELL)
    first, *panes = compare_preprocessing(path, RECIPES)
    assert isinstance(first, OriginalDecoded)
    np.testing.assert_array_equal(first.pixels, read_image(path).pixels)
    assert len(panes) == len(RECIPES)
    for pane, recipe in zip(panes, RECIPES, strict=True):
        assert isinstance(pane, RenderingReady)
        assert (pane.recipe, dict(pane.parameters)) == (recipe.name, recipe.parameters)
        np.testing.assert_array_equal(pane.pixels, recipe.apply(first.pixels))


def test_that_the_parameters_of_a_pane_are_those_that_made_it(tmp_path: Path) -> None:
    path = tmp_path / "1.bmp"
    path.write_bytes(CELL)
    _, pane = compare_preprocessing(path, [recipe_named("clahe", {"clip_limit": 4})])
    assert isinstance(pane, RenderingReady)
    assert dict(pane.parameters) == {"clip_limit": 4.0, "tile_grid": 8}
    np.testing.assert_array_equal(pane.pixels, recipe_named("clahe", {"clip_limit": 4}).apply(cell(CellClass.ALL, 1)))


def test_that_an_image_that_cannot_be_shown_says_why(tmp_path: Path) -> None:
    path = tmp_path / "1.bmp"
    path.write_bytes(CELL[:-1])
    assert list(compare_preprocessing(path, RECIPES)) == [ImageUnreadable(path, "file is incomplete")]


def test_that_thumbnails_come_in_order_and_a_bad_file_does_not_stop_them(tmp_path: Path) -> None:
    good, bad, gone = tmp_path / "1.bmp", tmp_path / "2.bmp", tmp_path / "3.bmp"
    good.write_bytes(CELL)
    bad.write_bytes(b"note")
    first, second, third, fourth = make_thumbnails([good, bad, gone, good], 64)
    assert isinstance(first, ThumbnailReady)
    assert first.pixels.shape == (64, 64, 3)
    assert isinstance(second, ImageUnreadable)
    assert third == ImageUnreadable(gone, "not there any more")
    assert isinstance(fourth, ThumbnailReady)
