"""A card a patient: counted by reader and model, with an interval and a warning, and signed."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from alldetect_gui.core.reviews import Reading, SignOff
from alldetect_gui.evaluation.proportions import clopper_pearson
from alldetect_gui.gui import wording
from alldetect_gui.gui.models.review_page import ReviewPageModel
from alldetect_gui.workflows import roll_up_patients
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


@pytest.fixture
def user(drive: Drive, cells: Path, classifier: FakeClassifier) -> Driver:
    """Someone who has classified 20 cells of four patients and looks at the cards."""
    user = drive(classifier)
    user.open(cells)
    user.classify()
    user.window.workspace.tabs.setCurrentWidget(user.window.patients.panel)
    user.bot.waitUntil(lambda: user.window.patients.model.rowCount() == 4)
    return user


def press(user: Driver, text: str) -> None:
    (button,) = [b for b in user.window.patients.panel.findChildren(QPushButton) if b.text().startswith(text)]
    user.bot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_a_card_counts_cells_gives_the_interval_and_warns_of_few_cells(user: Driver) -> None:
    panel, model = user.window.patients.panel, user.window.patients.model
    user.bot.keyClick(panel.cards, Qt.Key.Key_Down)
    patient = model.patient(1)
    said = [r for r in user.window.state.results if r.record.subject == patient.subject]
    blasts = sum(r.prediction is not None and r.prediction.suggestion == "ALL" for r in said)
    counted = blasts + sum(r.prediction is not None and r.prediction.suggestion == "HEM" for r in said)
    low, high = clopper_pearson(blasts, counted)
    share = f"{blasts} of {wording.count(counted, 'cell')}, {wording.percent(blasts / counted)}"
    assert f"{share} (95 %: {wording.percent(low)} to {wording.percent(high)})" in panel.text
    assert "Fewer than 100 cells counted" in panel.text
    strip = panel.strips[0].model()
    first = strip.index(0, 0).data(ReviewPageModel.RecordRole)
    assert (
        first
        == max(
            (r for r in said if r.prediction), key=lambda r: r.prediction.probability_all if r.prediction else 0
        ).record
    )


def test_that_reading_a_cell_changes_its_card_and_lists_what_was_read_otherwise(user: Driver) -> None:
    panel, model = user.window.patients.panel, user.window.patients.model
    patient = model.patient(0)
    blast = next(
        r.record
        for r in user.window.state.results
        if r.record.subject == patient.subject and r.prediction is not None and r.prediction.suggestion == "ALL"
    )
    user.window.reviews.read([(blast, Reading.HEM)])
    user.bot.waitUntil(lambda: model.patient(0).blasts == patient.blasts - 1)
    assert "1 read otherwise than suggested" in panel.text
    assert panel.strips[1].model().index(0, 0).data(ReviewPageModel.RecordRole) == blast
    press(user, "Show in Table")
    assert user.window.workspace.results.count_text == "1 of 20"


def test_that_the_card_leads_to_its_cells_and_shows_the_signature(user: Driver) -> None:
    panel, model = user.window.patients.panel, user.window.patients.model
    subject = model.patient(0).subject
    user.window.reviews.sign(SignOff(subject, 5, 2, "smudged"))
    user.bot.waitUntil(lambda: "Signed with 2 open cells: smudged" in panel.text)
    press(user, "Review These Cells")
    assert user.window.workspace.tabs.currentWidget() is user.window.desk.panel
    assert {record.subject for record in user.window.desk.page.cells} == {subject}


def test_that_counting_anew_leaves_the_card_that_was_chosen(user: Driver) -> None:
    panel, model = user.window.patients.panel, user.window.patients.model
    viewed = user.window.state.selected
    assert viewed is not None
    other = next(row for row in range(4) if model.patient(row).subject != viewed.subject)
    panel.cards.setCurrentIndex(model.index(other))
    user.window.reviews.sign(SignOff(model.patient(other).subject, 5, 2, "smudged"))
    user.bot.waitUntil(lambda: model.patient(other).sign_off is not None)
    user.wait_idle()
    assert panel.cards.currentIndex().row() == other
    assert "Signed with 2 open cells: smudged" in panel.text


def test_that_intervals_are_found_behind_the_window_and_not_while_a_card_is_painted(
    user: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    def noted(blasts: int, counted: int) -> tuple[float, float]:
        threads.append(threading.get_ident())
        return clopper_pearson(blasts, counted)

    monkeypatch.setattr("alldetect_gui.workflows.roll_up_patients.clopper_pearson", noted)
    model = user.window.patients.model
    patient = model.patient(0)
    blast = next(
        r.record
        for r in user.window.state.results
        if r.record.subject == patient.subject and r.prediction is not None and r.prediction.suggestion == "ALL"
    )
    roll_up_patients._interval.cache_clear()
    user.window.reviews.read([(blast, Reading.HEM)])
    user.bot.waitUntil(lambda: model.patient(0).blasts == patient.blasts - 1)
    user.window.patients.panel.cards.viewport().repaint()
    assert threads
    assert threading.get_ident() not in threads
