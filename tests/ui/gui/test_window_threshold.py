"""The matrix filters, the threshold is dragged, and the reader stands in where there are no labels."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QPushButton

from alldetect_gui.core.reviews import Reading
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import Language, speak
from alldetect_gui.gui.theme import Theme, is_dark
from alldetect_gui.gui.wording import decimal
from alldetect_gui.workflows.try_threshold import Truth
from tests.ui.gui.window_driver import Driver, FakeClassifier, write_cells

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # said by the offscreen platform about any window

Drive = Callable[..., Driver]
Left = Qt.MouseButton.LeftButton


@pytest.fixture
def user(drive: Drive, cells: Path, classifier: FakeClassifier) -> Driver:
    """Someone who has classified 20 cells and sees the matrix."""
    user = drive(classifier)
    user.open(cells)
    user.classify()
    user.bot.waitUntil(user.window.workspace.confusion.table.isVisible)
    return user


class Watch(QObject):
    """Tells each new size of the watched widget."""

    def __init__(self, then: Callable[[QSize], None]) -> None:
        super().__init__()
        self._then = then

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QResizeEvent):
            self._then(event.size())
        return False


def shown(user: Driver) -> set[str]:
    return {result.record.relative for result in user.window.workspace.results.model.shown()}


def listed(user: Driver) -> set[str]:
    return {user.window.images.record(row).relative for row in range(user.window.images.rowCount())}


def expected(user: Driver, label: str, above: bool) -> set[str]:
    return {
        result.record.relative
        for result in user.window.state.results
        if result.prediction is not None
        and result.record.reference == label
        and (result.prediction.probability_all >= 0.5) == above
    }


def test_that_a_click_on_the_matrix_filters_table_and_list_to_those_images(user: Driver) -> None:
    panel = user.window.workspace.confusion
    index = panel.model.index(0, 1)
    user.bot.mouseClick(panel.table.viewport(), Left, pos=panel.table.visualRect(index).center())
    missed = expected(user, "ALL", above=False)
    assert missed
    assert shown(user) == listed(user) == missed
    assert index.data().startswith(f"{len(missed)}\n")
    header = panel.table.verticalHeader()
    place = QPoint(10, header.sectionViewportPosition(1) + 5)
    user.bot.mouseClick(header.viewport(), Left, pos=place)
    assert shown(user) == listed(user) == expected(user, "HEM", above=False) | expected(user, "HEM", above=True)
    user.window.workspace.results.filter.clear()
    assert len(listed(user)) == 20


def test_that_a_trial_begins_at_the_band_by_which_the_run_was_made(user: Driver, cells: Path) -> None:
    """It began at 0.4 to 0.6 whatever the model, and promised a reader less to do than the run says."""
    panel, made_by = user.window.assessing.panel, user.window.state.model
    assert made_by is not None
    user.window.assessing.presenter.know_bands({"another": (0.1, 0.9), made_by.sha256: (0.2, 0.75)})
    user.bot.waitUntil(lambda: bool(panel.workload.text()))
    assert (panel.low.value(), panel.threshold.value(), panel.high.value()) == (0.2, 0.5, 0.75)
    panel.high.setValue(0.9)
    assert panel.high.value() == 0.9
    (reset,) = [button for button in panel.findChildren(QPushButton) if button.text() == "Reset"]
    user.bot.mouseClick(reset, Left)
    assert (panel.low.value(), panel.high.value()) == (0.2, 0.75)


def test_that_the_key_m_goes_from_one_misclassified_cell_to_the_next(user: Driver) -> None:
    wrong = expected(user, "ALL", above=False) | expected(user, "HEM", above=True)
    user.window.activateWindow()
    table = user.window.workspace.results.table
    table.setFocus()
    visited = []
    for _ in range(len(wrong) + 1):
        user.bot.keyClick(table, Qt.Key.Key_M)
        assert user.window.state.selected is not None
        visited.append(user.window.state.selected.relative)
    assert set(visited) == wrong
    assert visited[0] == visited[-1], "round the end"


def test_that_dragging_the_line_moves_the_figures_and_the_workload_at_once(user: Driver) -> None:
    panel, assessing = user.window.assessing.panel, user.window.assessing.presenter
    user.window.workspace.tabs.setCurrentWidget(panel)
    user.bot.waitUntil(
        lambda: panel.plots is not None and panel.threshold.value() == 0.5 and bool(panel.workload.text())
    )
    plots = panel.plots
    assert plots is not None
    user.bot.waitExposed(plots)
    before = {name: label.text() for name, label in panel.values.items()}
    view = plots.distribution

    def at(probability: float) -> QPoint:
        box = view.plotItem.vb
        return view.mapFromScene(box.mapViewToScene(QPointF(probability, box.viewRange()[1][1] / 2)))

    viewport = view.viewport()
    user.bot.mousePress(viewport, Left, pos=at(0.5))
    for step in range(1, 9):
        user.bot.mouseMove(viewport, at(0.5 + 0.05 * step))
    user.bot.mouseRelease(viewport, Left, pos=at(0.9))
    assert assessing.threshold == pytest.approx(0.9, abs=0.03)
    operating = assessing._operating
    assert operating is not None
    matrix = operating.curve.confusion(assessing.threshold)
    assert panel.values["sensitivity"].text() == wording.measure("sensitivity", matrix.sensitivity)
    assert panel.values["sensitivity"].text() != before["sensitivity"]
    assert panel.high.value() >= panel.threshold.value(), "the band holds its threshold"
    in_band = operating.curve.workload(panel.low.value(), panel.high.value())
    assert panel.workload.text().startswith(f"{in_band} of 18 images")


def test_that_the_plots_do_not_move_when_intervals_come_and_go(user: Driver) -> None:
    panel = user.window.assessing.panel
    user.window.workspace.tabs.setCurrentWidget(panel)
    user.bot.waitUntil(lambda: panel.plots is not None and panel.plots.isVisible() and bool(panel.workload.text()))
    user.wait_idle()
    assert panel.plots is not None
    resized: list[QSize] = []
    watch = Watch(resized.append)
    panel.plots.distribution.installEventFilter(watch)
    panel.show_intervals(dict.fromkeys(panel.intervals, (0.857, 1.0)))
    user.bot.waitUntil(lambda: panel.intervals["npv"].width() >= panel.intervals["npv"].sizeHint().width() > 0)
    panel.threshold.setValue(0.3)
    user.bot.waitUntil(lambda: panel.intervals["npv"].text() == "")
    user.window.grab()  # lays out what waits for it
    assert resized == []


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.GERMAN])
def test_that_no_plot_is_cut_off_in_the_smallest_window(drive: Drive, cells: Path, language: Language) -> None:
    speak(language)
    try:
        user = drive(FakeClassifier())
        user.open(cells)
        user.classify()
        panel = user.window.assessing.panel
        user.window.workspace.tabs.setCurrentWidget(panel)
        user.bot.waitUntil(lambda: panel.plots is not None and panel.plots.isVisible())
        user.window.resize(960, 540)
        user.bot.waitUntil(lambda: user.window.height() == 540)
        user.wait_idle()
        plots = panel.plots
        assert plots is not None
        assert plots.line.label.format == decimal(0.5, 3)
        three = (plots.distribution, plots.roc, plots.calibration)
        boxes = [plot.getPlotItem().vb for plot in three]  # find their place with the next turns of the loop
        user.bot.waitUntil(lambda: all(box.sceneBoundingRect().width() >= 40 for box in boxes), timeout=60_000)
        for plot in three:
            item = plot.getPlotItem()
            inside = QRectF(plot.viewport().rect()).adjusted(-4, -4, 4, 4)  # what a letter does not fill of its box
            texts = [item.getAxis(side).label for side in ("left", "bottom")]
            for part in [item, *(text for text in texts if text.isVisible())]:
                assert inside.contains(part.sceneBoundingRect()), plot.accessibleName()
            assert item.vb.sceneBoundingRect().height() >= 40, "and there is a curve to be seen"
    finally:
        speak(Language.ENGLISH)


def test_that_the_boxes_do_the_same_by_key_and_show_the_images_of_the_band(user: Driver) -> None:
    panel = user.window.assessing.panel
    user.window.workspace.tabs.setCurrentWidget(panel)
    user.bot.waitUntil(lambda: bool(panel.workload.text()))
    for box, text in ((panel.low, "0.5"), (panel.high, "0.52")):
        box.setFocus()
        box.selectAll()
        user.bot.keyClicks(box, text)
        user.bot.keyClick(box, Qt.Key.Key_Return)
    assert panel.workload.text().startswith("2 of 18 images (11.1 %) go to a reader")
    panel.band_wanted.emit(panel.low.value(), panel.high.value())
    assert user.window.workspace.results.count_text == "2 of 20"
    assert user.window.workspace.tabs.currentIndex() == 0


def test_that_the_plots_take_the_colours_of_another_theme_while_they_are_in_sight(user: Driver) -> None:
    panel, actions = user.window.assessing.panel, user.window.actions_
    user.window.workspace.tabs.setCurrentWidget(panel)
    user.bot.waitUntil(lambda: panel.plots is not None and bool(panel.workload.text()))
    plots = panel.plots
    assert plots is not None
    colours = {}
    for theme in (Theme.LIGHT, Theme.DARK):
        actions.themes[theme].trigger()
        user.bot.waitUntil(lambda theme=theme: is_dark(plots.palette()) == (theme is Theme.DARK))  # type: ignore[misc]
        colours[theme] = [
            plots.distribution.backgroundBrush().color(),
            plots.roc.backgroundBrush().color(),
            plots.roc.getAxis("left").pen().color(),
            plots.roc.listDataItems()[0].opts["pen"].color(),
            plots.roc.listDataItems()[1].opts["pen"].color(),
            plots.calibration.listDataItems()[1].opts["pen"].color(),
            plots.line.pen.color(),
            plots.legend.palette().color(QPalette.ColorRole.WindowText),
        ]
    assert all(light != dark for light, dark in zip(*colours.values(), strict=True))
    actions.themes[Theme.LIGHT].trigger()


def test_that_without_labels_the_model_is_compared_with_the_reader(
    drive: Drive, tmp_path: Path, classifier: FakeClassifier
) -> None:
    user = drive(classifier)
    user.open(write_cells(tmp_path / "plain", 6, labels=False))
    user.classify()
    panel = user.window.workspace.confusion
    assert not panel.table.isVisible()
    records = user.window.state.records
    user.window.reviews.read([(records[0], Reading.ALL), (records[1], Reading.HEM)])
    user.bot.waitUntil(panel.table.isVisible)
    assert panel.model.headerData(0, Qt.Orientation.Vertical) == "Read ALL"
    assert panel.model.index(2, 2).data() == "2"
    assert "a reading and no proof" in panel._axis.text()


def test_that_plots_out_of_sight_are_not_drawn_anew_and_are_right_when_shown_again(user: Driver) -> None:
    """A run brings new figures more than once a second."""
    panel, tabs = user.window.assessing.panel, user.window.workspace.tabs
    tabs.setCurrentWidget(panel)
    user.bot.waitUntil(lambda: panel.plots is not None and panel.plots._curve is not None)
    plots = panel.plots
    assert plots is not None
    before = plots._curve
    tabs.setCurrentIndex(0)
    user.window.state.add_results(())
    user.window.assessing.presenter.choose_truth(Truth.REFERENCE)
    user.bot.waitUntil(lambda: not user.window.runners.bounds.is_running)
    assert panel._operating is not None
    assert panel._operating.curve is not before
    assert plots._curve is before
    tabs.setCurrentWidget(panel)
    user.bot.waitUntil(lambda: panel._operating is not None and plots._curve is panel._operating.curve)
