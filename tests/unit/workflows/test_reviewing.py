"""The queue of cells that wait for a reader, and what the cells of a patient amount to."""

import math
from pathlib import Path

import pytest

from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, Prediction
from alldetect_gui.core.reviews import Reading, Review, SignOff
from alldetect_gui.workflows.blind_read import all_kept_back
from alldetect_gui.workflows.review_cells import acceptable, cells_per_minute, doubt, next_open, queue
from alldetect_gui.workflows.roll_up_patients import roll_up


def cell(name: str, subject: str = "7") -> ImageRecord:
    return ImageRecord(Path("/d") / name, name, subject)


CELLS = {name: cell(name) for name in ("sure", "close", "uncertain", "outside", "nan", "skipped", "unseen")}
UNSEEN_BY_MODEL = "unseen"
RESULTS = {
    record.path: ImageResult(record, Outcome.CLASSIFIED, "", prediction)
    for record, prediction in {
        CELLS["sure"]: Prediction(0.99, Suggestion.ALL, "", 0.3),
        CELLS["close"]: Prediction(0.45, Suggestion.HEM, "", 0.3),
        CELLS["uncertain"]: Prediction(0.8, Suggestion.UNCERTAIN, "in the band", 0.3),
        CELLS["outside"]: Prediction(0.99, Suggestion.UNCERTAIN, "outside", 1.5),
        CELLS["nan"]: Prediction(math.nan, Suggestion.UNCERTAIN),
    }.items()
}
RESULTS[CELLS["skipped"].path] = ImageResult(CELLS["skipped"], Outcome.SKIPPED, reason="empty")


def test_that_the_queue_begins_with_the_most_doubtful_and_leaves_skipped_images_out() -> None:
    names = [record.relative for record in queue(CELLS.values(), RESULTS)]
    assert names == ["nan", "outside", "uncertain", "close", "sure", "unseen"]


def test_that_doubt_is_measured_from_the_threshold_on_each_side() -> None:
    def of(probability: float) -> float:
        return doubt(Prediction(probability, Suggestion.ALL), threshold=0.8)

    assert of(0.8) == 1
    assert of(0.4) == pytest.approx(of(0.9)) == pytest.approx(0.5)
    assert of(0.0) == of(1.0) == 0


def test_that_the_next_open_cell_is_found_round_the_end_and_none_when_all_are_read() -> None:
    cells = [cell(str(number)) for number in range(4)]
    reviews = {cells[2].path: Review(Reading.HEM)}
    assert next_open(cells, reviews, None) == cells[0]
    assert next_open(cells, reviews, cells[1]) == cells[3]
    assert next_open(cells, reviews, cells[3]) == cells[0]
    everything = {item.path: Review(Reading.ALL) for item in cells}
    assert next_open(cells, everything, cells[1]) is None


def test_that_accepting_never_touches_what_was_read_and_never_guesses() -> None:
    reviews = {CELLS["sure"].path: Review(Reading.HEM)}
    assert acceptable(CELLS.values(), RESULTS, reviews) == [(CELLS["close"], Reading.HEM)]


def test_that_a_pace_needs_three_readings_and_forgets_old_ones() -> None:
    assert cells_per_minute([10, 11], 12) is None
    assert cells_per_minute([0, 1, 2, 1000, 1010, 1020], 1030) == pytest.approx(6.0)


def test_that_a_patient_is_counted_by_the_reader_first_and_the_model_second() -> None:
    other = cell("other", "8")
    reviews = {CELLS["sure"].path: Review(Reading.HEM), CELLS["outside"].path: Review(Reading.ALL)}
    signed = SignOff("8", 1, 1, "only one cell")
    seven, eight = roll_up([*CELLS.values(), other], RESULTS, reviews, {"8": signed})
    assert (seven.subject, seven.cells, seven.skipped, seven.read, seven.open_cells) == ("7", 6, 1, 2, 4)
    assert (seven.blasts, seven.others, seven.undecided, seven.counted) == (1, 2, 2, 3)
    assert seven.share == pytest.approx(1 / 3)
    assert seven.interval == pytest.approx((0.008, 0.906), abs=0.001)  # scipy.stats.binomtest(1, 3)
    assert seven.overruled == (CELLS["sure"],)
    assert [record.relative for record in seven.most_blast_like] == ["sure", "outside", "uncertain", "close"]
    assert (eight.counted, eight.share, eight.sign_off) == (0, None, signed)


def test_that_signing_over_open_cells_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        SignOff("7", 10, 3, "  ")
    assert SignOff("7", 10, 0).reason == ""


def test_that_of_many_unread_cells_no_more_is_told_than_whether_there_is_something_to_read() -> None:
    results = [*RESULTS.values(), ImageResult(CELLS["skipped"], Outcome.SKIPPED, reason="file is incomplete")]
    kept = all_kept_back(results, {CELLS["close"].path})
    assert kept[1] is results[1]
    assert [result.outcome for result in kept] == [result.outcome for result in results]
    unread = [result for result in kept if result is not results[1]]
    assert not any(said for result in unread for said in (result.prediction, result.reason, result.record.subject))
    assert not any(result.record.relative for result in unread)
    assert len({id(result) for result in unread}) == 2, "one stands for many: 100,000 are not copied one by one"
