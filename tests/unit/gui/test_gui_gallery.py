"""Groups of images, and a list that does no work for what is not in sight."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, Prediction, Vote
from alldetect_gui.gui.models.grouping import HIDDEN, Grouping, group_of
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.widgets.image_browser import ImageBrowser

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("propagateSizeHints"),  # said by the offscreen platform about any window
]


def record(name: str, subject: str = "", reference: CellClass | None = None) -> ImageRecord:
    return ImageRecord(Path("/data") / name, name, subject, reference)


def result(of: ImageRecord, suggestion: Suggestion | None, fit: float | None = None) -> ImageResult:
    if suggestion is None:
        return ImageResult(of, Outcome.SKIPPED, reason="empty")
    return ImageResult(of, Outcome.CLASSIFIED, "", Prediction(0.5, suggestion, fit=fit))


BLAST, NORMAL, PLAIN = record("a", "10", CellClass.ALL), record("b", "9", CellClass.HEM), record("c")


@pytest.mark.parametrize(
    ("of", "suggestion", "grouping", "group"),
    [
        (BLAST, Suggestion.ALL, Grouping.SUGGESTION, "ALL"),
        (BLAST, Suggestion.ALL, Grouping.PATIENT, "Patient 10"),
        (PLAIN, Suggestion.ALL, Grouping.PATIENT, "No patient known"),
        (NORMAL, Suggestion.ALL, Grouping.REFERENCE, "Reference HEM"),
        (PLAIN, Suggestion.ALL, Grouping.REFERENCE, "No reference label"),
        (NORMAL, Suggestion.ALL, Grouping.OUTCOME, "Classified"),
        (NORMAL, None, Grouping.OUTCOME, "Skipped"),
        (NORMAL, None, Grouping.SUGGESTION, "Skipped"),
        (NORMAL, Suggestion.ALL, Grouping.AGREEMENT, "Unlike the reference label"),
        (NORMAL, Suggestion.HEM, Grouping.AGREEMENT, "As the reference label"),
        (NORMAL, Suggestion.UNCERTAIN, Grouping.AGREEMENT, "Uncertain"),
        (PLAIN, Suggestion.HEM, Grouping.AGREEMENT, "No reference label"),
        (PLAIN, Suggestion.HEM, Grouping.FIT, "Fit unknown"),
        (BLAST, Suggestion.ALL, Grouping.NONE, ""),
    ],
)
def test_that_an_image_belongs_to_its_group(
    of: ImageRecord, suggestion: Suggestion | None, grouping: Grouping, group: str
) -> None:
    assert group_of(of, result(of, suggestion), grouping) == group


def test_that_fit_above_1_is_a_group_of_its_own_and_images_without_result_are_another() -> None:
    groups = [group_of(PLAIN, result(PLAIN, Suggestion.HEM, fit), Grouping.FIT) for fit in (1.0, 1.01)]
    assert groups == ["Like the known cells", "Unlike the known cells"]
    assert group_of(PLAIN, None, Grouping.FIT) == "Not classified yet"


@pytest.mark.parametrize("grouping", [Grouping.SUGGESTION, Grouping.REFERENCE, Grouping.AGREEMENT, Grouping.FIT])
def test_that_no_group_gives_away_what_a_blind_read_hides(grouping: Grouping) -> None:
    assert group_of(BLAST, result(BLAST, Suggestion.ALL), grouping, hidden=True) == HIDDEN


def filled() -> tuple[ImageListModel, QAbstractItemModelTester]:
    model = ImageListModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.append([record(f"{n}.bmp", str(10 - n % 2)) for n in range(6)])
    return model, tester


def names(model: ImageListModel) -> list[str]:
    return [model.record(row).relative for row in range(model.rowCount())]


def test_that_groups_come_in_natural_order_and_keep_the_listing_within() -> None:
    model, _tester = filled()
    model.arrange(Grouping.PATIENT)
    assert model.groups() == [("Patient 9", 3), ("Patient 10", 3)]
    assert names(model) == ["1.bmp", "3.bmp", "5.bmp", "0.bmp", "2.bmp", "4.bmp"]
    assert model.row_of(model.record(3)) == 3


def test_that_one_group_can_be_shown_alone_and_all_come_back() -> None:
    model, _tester = filled()
    model.arrange(Grouping.PATIENT, "Patient 10")
    assert names(model) == ["0.bmp", "2.bmp", "4.bmp"]
    assert model.row_of(record("1.bmp")) == -1
    assert [size for _, size in model.groups()] == [3, 3]
    model.arrange(Grouping.NONE)
    assert names(model) == [f"{n}.bmp" for n in range(6)]


def test_that_images_listed_while_grouped_are_not_lost() -> None:
    model, _tester = filled()
    model.arrange(Grouping.PATIENT)
    model.append([record("6.bmp", "9")])
    assert model.rowCount() == 6
    model.arrange(Grouping.PATIENT)
    assert "6.bmp" in names(model)
    model.arrange(Grouping.NONE)
    model.append([record("7.bmp")])
    assert names(model)[-2:] == ["6.bmp", "7.bmp"]


@pytest.mark.parametrize("gallery", [False, True])
def test_that_the_rows_in_sight_are_few_whatever_the_number_of_images(qtbot: QtBot, gallery: bool) -> None:
    model, browser = ImageListModel(), ImageBrowser()
    qtbot.addWidget(browser)
    browser.setModel(model)
    browser.resize(400, 600)
    browser.show_as(gallery=gallery, side=64)
    model.append([record(f"{n}.bmp") for n in range(5000)])
    browser.show()
    qtbot.waitExposed(browser)
    qtbot.waitUntil(lambda: browser.rows_in_sight() is not None, timeout=60_000)
    rows = browser.rows_in_sight()
    assert rows is not None
    first, last, side = rows
    assert first == 0
    assert last < 100
    if gallery:
        assert side == 64
        assert last >= browser.sections.across * (600 // browser.sections.height)


def test_that_small_tiles_tell_the_cells_of_one_patient_apart(qtbot: QtBot) -> None:
    """The middle of a name was left out, and every tile said “UID_1_…ll.bmp”."""
    model, browser = ImageListModel(), ImageBrowser()
    qtbot.addWidget(browser)
    browser.setModel(model)
    browser.resize(400, 600)
    browser.show_as(gallery=True, side=92)
    model.append([record("UID_1_10_3_all.bmp"), record("UID_1_10_4_all.bmp")])
    browser.show()
    qtbot.waitExposed(browser)
    one, other = (browser.viewport().grab(browser.visualRect(model.index(row))).toImage() for row in (0, 1))
    assert one != other


def test_that_a_thumbnail_that_comes_in_lays_nothing_out_anew(qtbot: QtBot) -> None:
    """Qt's own list begins its layout again for every change of data: with 100,000 images it never rests."""
    model, browser = ImageListModel(), ImageBrowser()
    qtbot.addWidget(browser)
    browser.setModel(model)
    browser.show()
    model.append([record(f"{n}.bmp") for n in range(100)])
    laid_out: list[bool] = []
    browser.doItemsLayout = lambda: laid_out.append(True)  # type: ignore[method-assign]
    qtbot.wait(50)
    laid_out.clear()
    model.set_thumbnail(model.record(0).path, "cannot be read")
    qtbot.wait(50)
    assert laid_out == []


class Paints(QObject):
    """How often a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.number = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.number += event.type() is QEvent.Type.Paint
        return False


@pytest.mark.parametrize("gallery", [False, True])
def test_that_rows_below_those_in_sight_are_not_painted_and_make_the_scroll_bar_longer(
    qtbot: QtBot, gallery: bool
) -> None:
    model, browser = ImageListModel(), ImageBrowser()
    qtbot.addWidget(browser)
    browser.setModel(model)
    browser.show_as(gallery=gallery, side=64)
    paints, bar = Paints(browser.viewport()), browser.verticalScrollBar()
    browser.show()
    qtbot.waitExposed(browser)
    for rows, are_seen in ((1, True), (2, True), (5000, True), (1, False), (2000, False)):
        qtbot.wait(50)  # what was asked for before is done
        paints.number, height = 0, bar.maximum()
        model.append([record(f"{model.total + number}.bmp") for number in range(rows)])
        if are_seen:
            qtbot.waitUntil(lambda: paints.number > 0, timeout=60_000)
        else:
            qtbot.wait(50)
            assert paints.number == 0
        assert bar.maximum() >= height
    assert bar.maximum() + browser.viewport().height() == browser.sections.total


def test_that_what_changes_out_of_sight_is_not_painted(qtbot: QtBot) -> None:
    model, browser = ImageListModel(), ImageBrowser()
    qtbot.addWidget(browser)
    browser.setModel(model)
    records = [record(f"{n}.bmp") for n in range(5000)]
    model.append(records)
    paints = Paints(browser.viewport())
    browser.show()
    qtbot.waitExposed(browser)
    browser.scrollTo(model.index(2500))
    browser.setCurrentIndex(model.index(2500))
    for rows, are_seen in (((0, 100), False), ((4000, 4999), False), ((2500, 2500), True), ((0, 4999), True)):
        qtbot.wait(50)  # what was asked for before is done
        paints.number = 0
        model.set_results([result(records[row], Suggestion.ALL) for row in rows])
        if are_seen:
            qtbot.waitUntil(lambda: paints.number > 0, timeout=60_000)
        else:
            qtbot.wait(50)
            assert paints.number == 0


def test_that_images_are_grouped_by_the_agreement_of_the_models() -> None:
    seen = result(PLAIN, Suggestion.HEM, 0.5)
    assert group_of(PLAIN, seen, Grouping.RECIPES) == "Not asked yet"
    votes = tuple(Vote("clahe", "m", said, 0.5) for said in (Suggestion.HEM, Suggestion.ALL))
    assert group_of(PLAIN, replace(seen, votes=votes), Grouping.RECIPES) == "Agreement 1 of 2"
    assert group_of(PLAIN, replace(seen, votes=votes), Grouping.RECIPES, hidden=True) == HIDDEN
