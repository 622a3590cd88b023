"""The item models, watched by Qt's own model tester from before the first row."""

import random
from dataclasses import replace
from itertools import repeat
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, Prediction, Vote
from alldetect_gui.core.reviews import UNREAD, Reading
from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.gui import blind_order
from alldetect_gui.gui.blind_order import BlindOrder
from alldetect_gui.gui.models import results_columns, results_table
from alldetect_gui.gui.models.confusion_table import ConfusionTableModel
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.models.results_columns import Column
from alldetect_gui.gui.models.results_filter import QUERIES, Show
from alldetect_gui.gui.models.results_table import ResultsTableModel
from alldetect_gui.gui.models.thumbnail_cache import ThumbnailCache
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.workflows.filter_results import parse

pytestmark = pytest.mark.usefixtures("qapp")


def watch(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)


def record(name: str, subject: str = "", reference: CellClass | None = None) -> ImageRecord:
    return ImageRecord(Path("/data") / name, name, subject, reference)


def classified(
    name: str, probability: float, suggestion: Suggestion, reference: CellClass | None = None
) -> ImageResult:
    return ImageResult(record(name, "7", reference), Outcome.CLASSIFIED, "", Prediction(probability, suggestion))


RESULTS = (
    classified("cell_10.bmp", 0.9, Suggestion.ALL, CellClass.HEM),
    classified("cell_2.bmp", 0.2, Suggestion.HEM, CellClass.HEM),
    ImageResult(record("cell_1.bmp"), Outcome.SKIPPED, reason="file is incomplete"),
    classified("Ärztin/cell_3.bmp", 0.5, Suggestion.UNCERTAIN, CellClass.ALL),
)


def column(model: QAbstractItemModel, number: int) -> list[str]:
    return [model.index(row, number).data() for row in range(model.rowCount())]


def narrowed(model: ResultsTableModel, text: str) -> None:
    query = parse(text)
    model.filter(lambda results: query.flags(results, repeat(UNREAD)))


def test_that_rows_of_the_results_table_come_in_by_batches_and_only_those_that_the_filter_selects() -> None:
    model = ResultsTableModel()
    watcher = watch(model)
    model.append(RESULTS[:2])
    model.append(())
    model.append(RESULTS[2:])
    assert column(model, Column.FILE) == [result.record.relative for result in RESULTS]
    model.clear()
    assert (model.rowCount(), model.total) == (0, 0)
    narrowed(model, "p<0.6")
    model.append(RESULTS[:1])
    assert (model.rowCount(), model.total) == (0, 1)
    model.append(RESULTS[1:])
    assert column(model, Column.FILE) == ["cell_2.bmp", "Ärztin/cell_3.bmp"]
    assert [model.row_of(result.record) for result in RESULTS] == [-1, 0, -1, 1]
    model.filter(None)
    assert (model.rowCount(), model.total) == (4, 4)
    assert watcher is not None


def test_that_files_sort_by_number_and_probabilities_by_value() -> None:
    model = ResultsTableModel()
    watcher = watch(model)
    model.append(RESULTS)
    model.sort(Column.FILE, Qt.SortOrder.AscendingOrder)
    assert column(model, Column.FILE) == ["cell_1.bmp", "cell_2.bmp", "cell_10.bmp", "Ärztin/cell_3.bmp"]
    model.sort(Column.PROBABILITY, Qt.SortOrder.DescendingOrder)
    assert column(model, Column.PROBABILITY) == ["0.90", "0.50", "0.20", "–"]
    assert watcher is not None


def test_that_a_second_column_orders_what_the_first_leaves_equal() -> None:
    model = ResultsTableModel()
    model.append(RESULTS)
    model.sort_by([(Column.REFERENCE, True), (Column.PROBABILITY, False)])
    assert column(model, Column.REFERENCE) == ["–", "HEM", "HEM", "ALL"]
    assert column(model, Column.PROBABILITY) == ["–", "0.20", "0.90", "0.50"]
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in (Column.REFERENCE, Column.PROBABILITY)]
    assert heads == ["Reference ¹", "P(ALL) ²"]


def test_that_rows_that_come_in_later_are_put_in_order_and_a_held_index_follows_its_row() -> None:
    model = ResultsTableModel()
    watcher = watch(model)
    model.append(RESULTS[:2])
    model.sort(Column.PROBABILITY, Qt.SortOrder.AscendingOrder)
    held = QPersistentModelIndex(model.index(1, Column.FILE))
    assert held.data() == "cell_10.bmp"
    model.append(RESULTS[2:])
    assert column(model, Column.PROBABILITY) == ["–", "0.20", "0.50", "0.90"]
    assert (held.row(), held.data()) == (3, "cell_10.bmp")
    assert [model.row_of(result.record) for result in RESULTS] == [3, 1, 0, 2]
    model.sort(-1)
    assert column(model, Column.FILE) == [result.record.relative for result in RESULTS]
    assert watcher is not None


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.EVERYTHING, 4),
        (Show.ALL, 1),
        (Show.HEM, 1),
        (Show.UNCERTAIN, 1),
        (Show.SKIPPED, 1),
        (Show.DIFFERENT, 1),
        (Show.OUTSIDE, 0),
        (Show.OPEN, 3),
        (Show.READ, 0),
        (Show.OVERRULED, 0),
    ],
)
def test_that_each_kind_of_result_can_be_shown_alone(show: Show, expected: int) -> None:
    model = ResultsTableModel()
    watcher = watch(model)
    model.append(RESULTS)
    assert parse(QUERIES[show]).complaint == ""
    narrowed(model, QUERIES[show])
    assert model.rowCount() == expected
    assert watcher is not None


def test_that_a_reading_is_shown_in_its_row_and_a_blind_read_hides_the_rest() -> None:
    reviews = ReviewState()
    model = ResultsTableModel(None, reviews)
    watcher = watch(model)
    other = record("cell_4.bmp")
    ImageListModel(order=reviews.order).append([*(result.record for result in RESULTS), other])
    model.append(RESULTS)
    reviews.read([(RESULTS[0].record, Reading.HEM)])
    reviews.write_note(RESULTS[0].record, "odd")
    reviews.set_blind(True)
    rows = {name: column(model, Column[name]) for name in ("FILE", "READING", "NOTE", "SUGGESTION", "PROBABILITY")}
    assert rows["FILE"] == ["cell_10.bmp", "Cell 2", "Cell 1", "Cell 5"], "by the order of all five that are listed"
    assert rows["READING"] == ["HEM", "–", "–", "–"]
    assert rows["NOTE"] == ["odd", "", "", ""]
    assert rows["SUGGESTION"] == ["ALL", "hidden", "hidden", "hidden"]
    assert rows["PROBABILITY"] == ["0.90", "hidden", "hidden", "hidden"]
    model.sort(Column.READING, Qt.SortOrder.DescendingOrder)
    assert column(model, Column.READING)[0] == "HEM"
    reviews.stack.undo()
    reviews.stack.undo()
    reviews.read([(RESULTS[1].record, Reading.UNSURE)])
    model.sort(Column.READING, Qt.SortOrder.DescendingOrder)
    assert column(model, Column.READING) == ["unsure", "–", "–", "–"]
    assert watcher is not None


def test_that_the_blind_order_is_the_same_however_it_was_worked_out() -> None:
    records = [record(f"{n}.bmp", str(n % 3)) for n in range(50)]
    at_once, by_steps = BlindOrder(), BlindOrder()
    at_once.add(records)
    for start in range(0, 50, 10):
        by_steps.add(records[start : start + 10])
        assert by_steps.work_ahead(7)
    while by_steps.work_ahead(4):
        pass
    assert sorted(at_once.order) == list(range(50))
    assert by_steps.order == at_once.order != list(range(50))
    assert [by_steps.number(cell) for cell in records] == at_once.numbers(records)
    assert not at_once.work_ahead(1)


def test_that_the_blind_order_is_worked_out_when_nothing_more_is_listed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the listing of 100,000 it made that a third longer."""
    ranked = list[ImageRecord]()
    really = blind_order.blind_rank

    def rank(cell: ImageRecord) -> bytes:
        ranked.append(cell)
        return really(cell)

    monkeypatch.setattr(blind_order, "blind_rank", rank)
    model = ImageListModel()
    records = [record(f"{n}.bmp") for n in range(2500)]
    model.append(records[:10])
    model.append(records[10:])
    assert ranked == []
    qtbot.waitUntil(lambda: ranked == records)


def test_that_the_image_list_grows_shows_results_and_forgets() -> None:
    model = ImageListModel()
    watcher = watch(model)
    records = [record(f"cell_{number}.bmp") for number in range(5)]
    model.append(records[:3])
    model.append(records[3:])
    assert column(model, 0) == [item.relative for item in records]
    assert model.row_of(records[4]) == 4
    result = ImageResult(records[4], Outcome.SKIPPED, reason="empty")
    model.set_results([result])
    assert model.index(4).data(ImageListModel.ResultRole) is result
    model.set_results(())
    assert model.index(4).data(ImageListModel.ResultRole) is None
    model.reset()
    assert (model.rowCount(), model.row_of(records[4])) == (0, -1)
    assert watcher is not None


def test_that_a_thumbnail_is_shown_and_the_reason_for_a_missing_one_is_told() -> None:
    model = ImageListModel()
    good, bad = record("a.bmp", "7"), record("b.bmp")
    model.append([good, bad])
    assert model.lacks_thumbnail(0)
    model.set_thumbnail(good.path, QImage(4, 4, QImage.Format.Format_RGB888))
    model.set_thumbnail(bad.path, "the file is empty")
    assert isinstance(model.index(0).data(Qt.ItemDataRole.DecorationRole), QImage)
    assert model.index(1).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.describe(bad) == "Cannot be shown: the file is empty"
    assert not model.lacks_thumbnail(1)


def test_that_the_cache_keeps_to_its_megabytes_and_drops_what_was_unseen_longest() -> None:
    image = QImage(256, 256, QImage.Format.Format_RGB32)  # a quarter of a megabyte
    cache = ThumbnailCache(megabytes=1)
    paths = [Path(f"/{number}") for number in range(5)]
    for path in paths[:4]:
        cache.put(path, image)
    cache.get(paths[0])
    cache.put(paths[4], image)
    assert [path in cache for path in paths] == [True, False, True, True, True]


def test_that_the_confusion_table_has_rows_true_and_columns_predicted() -> None:
    model = ConfusionTableModel()
    watcher = watch(model)
    model.set_matrix(ConfusionMatrix(tp=8, fn=2, fp=1, tn=4))
    heads = [model.headerData(n, Qt.Orientation.Vertical) for n in range(3)]
    tops = [model.headerData(n, Qt.Orientation.Horizontal).replace("\n", " ") for n in range(3)]
    assert heads == ["True ALL", "True HEM", "Total"]
    assert tops == ["Predicted ALL", "Predicted HEM", "Total"]
    rows = [[model.index(row, number).data() for number in range(3)] for row in range(3)]
    assert rows == [["8\n80.0 %", "2\n20.0 %", "10"], ["1\n20.0 %", "4\n80.0 %", "5"], ["9", "6", "15"]]
    assert watcher is not None


@pytest.mark.parametrize("column_", list(Column))
def test_that_every_column_sorts_the_same_whether_rows_come_at_once_or_one_by_one(column_: Column) -> None:
    at_once, one_by_one = ResultsTableModel(), ResultsTableModel()
    at_once.append(RESULTS)
    at_once.sort_by([(column_, False)])
    one_by_one.sort_by([(column_, False)])
    for result in RESULTS:
        one_by_one.append([result])
    assert at_once.shown() == one_by_one.shown()
    at_once.sort_by([(column_, True)])
    at_once.sort_by([(column_, False)])
    assert at_once.shown() == one_by_one.shown()


def test_that_patients_sort_by_their_numbers_and_images_without_one_come_last() -> None:
    model = ResultsTableModel()
    subjects = ("H10", "", "12", "H9", "2")
    model.append([ImageResult(record(f"{s}.bmp", s), Outcome.SKIPPED, reason="gone") for s in subjects])
    model.sort_by([(Column.PATIENT, False)])
    assert column(model, Column.PATIENT) == ["2", "12", "H9", "H10", "–"]


def test_that_rows_that_come_in_stand_where_sorting_anew_would_put_them() -> None:
    """Whatever was read in between: equal rows keep the order of the run."""
    reviews = ReviewState()
    model, anew = ResultsTableModel(reviews=reviews), ResultsTableModel(reviews=reviews)
    results = [ImageResult(record(f"{n}.bmp", str(n % 3)), Outcome.SKIPPED, reason="gone") for n in range(30)]
    for column_, downwards in ((Column.PATIENT, True), (Column.READING, False), (Column.NOTE, True)):
        model.clear()
        model.sort_by([(column_, downwards)])
        for start in range(0, 30, 3):
            model.append(results[start : start + 3])
            reviews.read([(results[start].record, Reading.ALL)])
        model.append([ImageResult(record("last.bmp", "1"), Outcome.SKIPPED, reason="gone")])
        anew.clear()
        anew.append([model.result(model.row_of(r.record)) for r in results])
        anew.append([ImageResult(record("last.bmp", "1"), Outcome.SKIPPED, reason="gone")])
        anew.sort_by([(column_, downwards)])
        assert model.shown() == anew.shown(), column_
        reviews.stack.undo()


@pytest.mark.parametrize("seed", range(12))
def test_that_a_filter_shows_rows_as_a_new_table_would_whatever_was_done_before(seed: int) -> None:
    """A filter takes rows out of an order that was made before: readings, votes and other runs may have changed it."""
    draw = random.Random(seed)
    reviews = ReviewState()
    model = ResultsTableModel(reviews=reviews)
    reviews.order.add([record(f"{n}.bmp") for n in range(40)])
    results = [classified(f"{n}.bmp", draw.choice((0.1, 0.5, 0.9)), Suggestion.ALL) for n in range(40)]
    model.append(results[:20])
    there, keys = 20, list[tuple[Column, bool]]()
    for _ in range(40):
        cell = draw.randrange(there)
        match draw.randrange(6):
            case 0:
                keys = [(column_, draw.random() < 0.5) for column_ in draw.sample(list(Column), draw.randrange(3))]
                model.sort_by(keys)
            case 1:
                reviews.read([(results[cell].record, draw.choice((Reading.ALL, Reading.HEM)))])
            case 2:
                reviews.write_note(results[cell].record, draw.choice("abc"))
            case 3:
                vote = Vote("original", "other", draw.choice((Suggestion.ALL, Suggestion.HEM)), 0.5)
                results[cell] = replace(results[cell], votes=(vote,))
                model.update([results[cell]])
            case 4 if there < len(results):
                model.append(results[there : there + 4])
                there += 4
            case 5:
                reviews.set_blind(not reviews.blind)
        if draw.random() < 0.3:
            results.reverse()
            model.clear()
            model.append(results[:there])
        query = draw.choice(("", "", "p>0.4", "read:all", "1"))
        narrowed(model, query) if query else model.filter(None)
        anew = ResultsTableModel(reviews=reviews)
        anew.append(results[:there])
        narrowed(anew, query) if query else anew.filter(None)
        anew.sort_by(keys)
        assert model.shown() == anew.shown(), (query, keys)


def test_that_few_rows_and_many_are_found_where_they_stand() -> None:
    model = ResultsTableModel()
    results = [ImageResult(record(f"{n}.bmp"), Outcome.SKIPPED, reason="gone") for n in range(200)]
    model.append(results)
    model.sort_by([(Column.FILE, True)])
    assert [model.row_of(result.record) for result in results] == list(range(199, -1, -1))
    assert model.row_of(record("other.bmp")) == -1
    model.sort_by([])
    assert [model.row_of(result.record) for result in results] == list(range(200))


def test_that_new_rows_of_a_large_table_find_their_place_a_moment_later(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time that some come in, all would have to be placed anew; at 100,000 that is felt."""
    monkeypatch.setattr(results_table, "MANY", 3)
    model = ResultsTableModel()
    tester = watch(model)
    model.sort_by([(Column.PROBABILITY, False)])

    def probabilities() -> list[float]:
        return [result.prediction.probability_all for result in model.shown() if result.prediction]

    for number, values in enumerate([(0.5, 0.9, 0.1), (0.7, 0.3), (0.2, 0.8)]):
        model.append([classified(f"{number}-{value}", value, Suggestion.ALL) for value in values])
    assert probabilities() == [0.1, 0.5, 0.9, 0.7, 0.3, 0.2, 0.8]
    held = QPersistentModelIndex(model.index(3, 0))
    qtbot.waitUntil(lambda: probabilities() == sorted(probabilities()))
    assert held.row() == 4
    model.append([classified("last", 0.6, Suggestion.ALL)])
    model.clear()
    with qtbot.waitSignal(model.layoutChanged):
        pass
    assert probabilities() == []
    del tester


def test_that_no_name_is_made_into_a_key_again_when_a_blind_read_begins_goes_on_or_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With 100,000 rows and a run going on, each of these would hold up the window."""
    made: list[str] = []
    key = results_columns.natural_key
    monkeypatch.setattr(results_columns, "natural_key", lambda text: (made.append(text), key(text))[1])
    reviews = ReviewState()
    model = ResultsTableModel(reviews=reviews)
    results = [classified(f"{n}.bmp", 0.9, Suggestion.ALL) for n in range(30)]
    reviews.order.add([result.record for result in results])
    model.append(results[:20])
    for act in (
        lambda: reviews.set_blind(True),
        lambda: reviews.read([(results[0].record, Reading.ALL)]),
        lambda: reviews.set_blind(False),
    ):
        made.clear()
        act()
        there = model.total
        model.append(results[there : there + 1])
        assert made == [results[there].record.relative]


def test_that_hidden_is_what_was_suggested_and_is_not_read() -> None:
    reviews = ReviewState()
    assert reviews.hidden(RESULTS) == 0
    reviews.set_blind(True)
    assert reviews.hidden(RESULTS) == 3, "of the skipped one there is nothing to hide"
    reviews.read([(RESULTS[0].record, Reading.HEM), (RESULTS[2].record, Reading.ALL)])
    reviews.write_note(RESULTS[1].record, "odd")
    assert reviews.hidden(RESULTS) == 2
    assert reviews.hidden(RESULTS[:1]) == 0


def test_that_of_some_images_those_in_the_rows_are_counted() -> None:
    model = ResultsTableModel()
    model.append(RESULTS)
    asked = {RESULTS[0].record.path, RESULTS[1].record.path, Path("/data/other.bmp")}
    assert model.shown_among(asked) == 2
    narrowed(model, "p>0.4")
    assert model.shown_among(asked) == 1
    model.clear()
    assert model.shown_among(asked) == 0
