"""Agreement over recipes: asked for from the menu, beside no run, and then a column, a filter, groups and an export."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from alldetect_gui.core.events import VotesCast
from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Vote
from alldetect_gui.gui.models.grouping import Grouping
from alldetect_gui.gui.models.results_columns import Column
from alldetect_gui.workflows.exports.run import Decimals, Format
from tests.ui.gui.window_driver import Driver, FakeClassifier

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]


class FakeModels:
    """Two other models: one says what the run says, the other always HEM."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, results: Sequence[ImageResult], model: ModelIdentity) -> Iterator[VotesCast]:
        for result in results:
            self.asked.append(result.record.relative)
            assert result.prediction is not None
            own = result.prediction.suggestion
            votes = (
                Vote("original", model.name, own, result.prediction.probability_all),
                Vote("clahe", "thesis-clahe", own, 0.8),
                Vote("gaussian", "thesis-gaussian", Suggestion.HEM, 0.2),
            )
            yield VotesCast(result.record.path, votes)


@pytest.fixture
def models() -> FakeModels:
    return FakeModels()


@pytest.fixture
def user(drive: Drive, cells: Path, classifier: FakeClassifier, models: FakeModels) -> Driver:
    """Someone who has classified 20 cells."""
    user = drive(classifier, ask_recipes=models)
    user.open(cells)
    user.classify()
    return user


def ask(user: Driver) -> None:
    """Switch it on in the menu and wait until every image was asked about."""
    with user.bot.waitSignal(user.window.runners.agreement.finished):
        user.window.actions_.agreement.trigger()


def column(user: Driver) -> dict[ImageRecord, str]:
    model = user.window.results
    return {model.result(row).record: str(model.index(row, Column.AGREEMENT).data()) for row in range(model.rowCount())}


def test_that_the_column_is_filled_on_demand_and_says_who_said_what(user: Driver, models: FakeModels) -> None:
    assert set(column(user).values()) == {"–"}
    assert models.asked == []
    ask(user)
    for record, text in column(user).items():
        prediction = user.window.state.outcomes[record.path].prediction
        hem = prediction is not None and prediction.suggestion is Suggestion.HEM
        assert text == ("–" if prediction is None else "3 of 3" if hem else "2 of 3")
    row = user.window.results.row_of(user.window.state.records[1])
    told = str(user.window.results.index(row, Column.AGREEMENT).data(Qt.ItemDataRole.ToolTipRole))
    assert "gaussian: HEM 0.20 (thesis-gaussian)" in told
    assert "agreement" not in user.window.workspace.results.status


def test_that_it_filters_sorts_and_groups(user: Driver) -> None:
    ask(user)
    results, folder = user.window.workspace.results, user.window.workspace.folder
    results.filter.setText("agree<3")
    shown = [result.agreeing for result in user.window.results.shown()]
    assert shown
    assert set(shown) == {2}
    assert user.window.images.rowCount() == len(shown)
    results.filter.setText("")
    results.table.sort_by(Column.AGREEMENT, add=False)
    order = [result.agreeing or 0 for result in user.window.results.shown()]
    assert order == sorted(order)
    folder.bar.grouping.setCurrentIndex(folder.bar.grouping.findData(Grouping.RECIPES))
    assert [name for name, _ in user.window.images.groups()] == ["Agreement 2 of 3", "Agreement 3 of 3", "Skipped"]


def test_that_it_waits_for_a_run_and_asks_anew_after_it(drive: Drive, cells: Path, models: FakeModels) -> None:
    classifier = FakeClassifier(hold_at=5)
    user = drive(classifier, ask_recipes=models)
    user.open(cells)
    user.window.actions_.classify.trigger()
    user.bot.waitUntil(classifier.held.is_set)
    user.bot.waitUntil(lambda: bool(user.window.state.results))
    user.window.actions_.agreement.trigger()
    assert not user.window.runners.agreement.is_running
    assert models.asked == []
    with user.bot.waitSignal(user.window.runners.agreement.finished):
        classifier.go.set()
    assert len(models.asked) == len(set(models.asked)) == 18  # two of 20 were skipped
    with user.bot.waitSignal(user.window.runners.agreement.finished):
        user.window.actions_.classify.trigger()
        assert set(column(user).values()) <= {"–"}
    assert len(models.asked) == 36


def test_that_a_fault_of_a_model_is_told_and_what_was_said_stays(drive: Drive, cells: Path) -> None:
    def broken(results: Sequence[ImageResult], model: ModelIdentity) -> Iterator[VotesCast]:
        prediction = results[0].prediction
        assert prediction is not None
        yield VotesCast(results[0].record.path, (Vote("original", model.name, prediction.suggestion, 0.9),))
        raise RuntimeError("broken on purpose")

    user = drive(FakeClassifier(), ask_recipes=broken)
    user.open(cells)
    user.classify()
    with user.bot.waitSignal(user.window.runners.agreement.failed):
        user.window.actions_.agreement.trigger()
    assert [str(error) for error in user.messages.crashes] == ["broken on purpose"]
    assert sorted(column(user).values())[0] == "1 of 1"


def test_that_a_blind_read_hides_it(user: Driver) -> None:
    ask(user)
    user.window.desk.actions.blind.trigger()
    assert set(column(user).values()) == {"hidden"}
    results = user.window.workspace.results
    results.filter.setText("agree<3")
    assert user.window.results.shown() == []


def test_that_it_is_exported(user: Driver, tmp_path: Path) -> None:
    ask(user)
    out = tmp_path / "r.csv"
    user.chosen.append(out)
    user.window.exporting.files[Format.CSV, Decimals.DOT].trigger()
    user.bot.waitUntil(lambda: bool(user.messages.told))
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    said = {(row["suggestion"], row["recipes_agreeing"], row["recipes_asked"]) for row in rows}
    assert said == {("ALL", "2", "3"), ("HEM", "3", "3"), ("UNCERTAIN", "2", "3"), ("", "", "")}
    assert rows[0]["recipes_said"] == "fake ALL 0.9000; thesis-clahe ALL 0.8000; thesis-gaussian HEM 0.2000"
