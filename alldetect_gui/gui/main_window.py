"""The main window: composition and wiring only. What happens is in the presenters, how it looks in the panels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from alldetect_gui import paths
from alldetect_gui.gui.actions import Actions
from alldetect_gui.gui.collector import Collector
from alldetect_gui.gui.dialogs.about import AboutDialog
from alldetect_gui.gui.dialogs.choose_file import ChooseFile, choose_new_file, choose_old_file
from alldetect_gui.gui.dialogs.choose_folder import ChooseFolder, choose_folder
from alldetect_gui.gui.dialogs.self_test import SelfTestDialog
from alldetect_gui.gui.icons import Icons
from alldetect_gui.gui.language import said, tr
from alldetect_gui.gui.menus import fill_menu_bar, fill_recent_menu
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.models.results_table import ResultsTableModel
from alldetect_gui.gui.panels.welcome import WelcomePanel
from alldetect_gui.gui.presenters.cell_images import CellImages
from alldetect_gui.gui.presenters.classify import ClassifyPresenter
from alldetect_gui.gui.presenters.export import ExportPresenter
from alldetect_gui.gui.presenters.folder import FolderPresenter
from alldetect_gui.gui.presenters.summary import SummaryPresenter
from alldetect_gui.gui.presenters.thumbnails import ThumbnailPresenter
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import Runners
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.widgets.focus_mark import FocusMark
from alldetect_gui.gui.widgets.folder_drop import FolderDrop
from alldetect_gui.gui.widgets.full_screen import FullScreen
from alldetect_gui.gui.widgets.intended_use_banner import IntendedUseBanner
from alldetect_gui.gui.wiring.assess import Assessing
from alldetect_gui.gui.wiring.batch import Batch
from alldetect_gui.gui.wiring.compare import Comparing, connect_comparing, make_comparing, sheet_saver
from alldetect_gui.gui.wiring.explain import Explaining
from alldetect_gui.gui.wiring.export import ExportDesk
from alldetect_gui.gui.wiring.help import Helping
from alldetect_gui.gui.wiring.keeping import Keeping
from alldetect_gui.gui.wiring.models import ModelDesk
from alldetect_gui.gui.wiring.opening import Opening
from alldetect_gui.gui.wiring.patients import Patients
from alldetect_gui.gui.wiring.review import Common, ReviewDesk
from alldetect_gui.gui.wiring.selecting import Selecting
from alldetect_gui.gui.wiring.settings import SettingsDesk
from alldetect_gui.gui.workspace import Workspace

if TYPE_CHECKING:
    from alldetect_gui.inference.artifact import Artifact


@dataclass(frozen=True)
class _Presenters:
    folder: FolderPresenter
    thumbnails: ThumbnailPresenter
    comparing: Comparing
    classify: ClassifyPresenter
    summary: SummaryPresenter
    export: ExportPresenter


class MainWindow(QMainWindow):
    """Tests hand in other use cases, messages and dialogs; the program takes the defaults."""

    renew_wanted = Signal()  # another language or workspace: whoever made this window makes a new one

    def __init__(
        self,
        settings: WindowSettings,
        use_cases: UseCases | None = None,
        messages: Callable[[QWidget], Messages] = Messages,
        choose: ChooseFolder = choose_folder,
        choose_file: ChooseFile = choose_new_file,
        choose_labels: ChooseFile = choose_old_file,
    ) -> None:
        super().__init__()
        self._settings, self._choose, self._choose_file = settings, choose, choose_file
        self._use_cases = use_cases or UseCases()
        self.messages = messages(self)
        self.actions_ = Actions(self)
        self.state = WorkspaceState(self)
        self.runners, self._collector = Runners.below(self), Collector(self)
        self.reviews = ReviewState(self)
        self.images = ImageListModel(self, order=self.reviews.order)
        self.results = ResultsTableModel(self, self.reviews)
        self.cells = CellImages(self.runners.cells, self._use_cases, self.messages, self)
        self.welcome = WelcomePanel(self.actions_)
        self.workspace = Workspace(self.actions_, self.images, self.results, self.reviews, self.cells)
        self._artifacts: Sequence[Artifact] = ()
        self._present = self._make_presenters()  # before the desk: a run's end is first theirs
        common = Common(self, self.state, self.actions_, self.runners, self._use_cases, self.messages)
        self.desk = ReviewDesk(common, self.reviews, self.cells)
        self.exporting = ExportDesk(common, self.reviews, settings, choose_file)
        self.desk.join(self.workspace.tabs)
        self.desk.follow_lists(self.images, self.workspace.folder.regroup)
        self.opening = Opening(
            self,
            self.workspace.confirm,
            self.actions_,
            self.state,
            self._present.folder,
            self.messages,
            choose_labels,
            self.reviews,
        )
        self.assessing = Assessing(common, self.workspace, self.reviews, self.images, self._present.summary)
        self.desk.actions.next_wrong.triggered.connect(self.assessing.next_misclassified)
        self.keeping = Keeping(common, self.reviews, self.workspace.run.show_ended, self._present.classify)
        self.opening.remember(self.keeping, self.runners.keeping, self._use_cases)
        self.batch = Batch(common, self.workspace, self._present.classify, self.keeping)
        self.patients = Patients(common, self.workspace, self.desk, self.assessing, self.cells)
        self.explaining = Explaining(
            self, self.workspace, self.state, self.runners, self._use_cases, self.messages, self.reviews.hides
        )
        self.settings = SettingsDesk(
            common, settings, self.workspace.run, (choose_labels, choose_file), self.renew_wanted.emit
        )
        self.models = ModelDesk(common, self.workspace.run, choose_labels)
        self._lay_out()
        self._connect_actions()
        self._connect_state()
        self._connect_panels()
        settings.write_aside(self.runners.settings.do)
        self.selecting = Selecting(common, self.workspace, self.reviews)  # after the tables have what is to be marked

    def _make_presenters(self) -> _Presenters:
        state, cases, messages, page, run = self.state, self._use_cases, self.messages, self.workspace, self.runners
        return _Presenters(
            FolderPresenter(state, page.folder, run.listing, cases, messages),
            ThumbnailPresenter(self.images, run.thumbnails, cases, messages),
            make_comparing(self, page.compare, run, cases, messages),
            ClassifyPresenter(state, page.run, run.batch, cases, messages),
            SummaryPresenter(state, page.confusion, run.summary, cases, messages),
            ExportPresenter(state, run.export, cases, messages),
        )

    def _lay_out(self) -> None:
        self.setWindowTitle("AllDetect")
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.workspace)
        self.banner = IntendedUseBanner()
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(self.banner)
        self.setCentralWidget(central)
        self._recent_menu = fill_menu_bar(self.menuBar(), self.actions_)
        self.desk.fill_menus(self.menuBar())
        self.exporting.fill_menu(self.menuBar())
        self.models.fill_menu(self.menuBar())
        self.helping = Helping(self, self.actions_, self.messages, self._settings)
        Icons(self, self.findChildren(QAction))
        self.resize(QSize(1280, 840).boundedTo(self.screen().availableGeometry().size() * 0.94))
        self.restoreGeometry(self._settings.layout("window"))
        self.workspace.restore(self._settings)
        self.welcome.set_recent(self._settings.recent_folders)

    def _connect_actions(self) -> None:
        actions = self.actions_
        actions.open_folder.triggered.connect(self._ask_folder)
        actions.open_samples.triggered.connect(self._open_samples)
        actions.clear_recent.triggered.connect(self._clear_recent)
        actions.export.triggered.connect(self._ask_export)
        actions.quit.triggered.connect(self.close)
        actions.find.triggered.connect(self.workspace.results.focus_filter)
        actions.next_image.triggered.connect(lambda: self.workspace.folder.step(1))
        actions.previous_image.triggered.connect(lambda: self.workspace.folder.step(-1))
        comparing = self._present.comparing
        save = sheet_saver(self, self.workspace.compare, comparing.sheet, self._settings, self._choose_file)
        connect_comparing(actions, self.workspace.compare, comparing, save)
        actions.classify.triggered.connect(self._classify)
        actions.save_workspace.triggered.connect(lambda: self.keeping.save_as(self._choose_file))
        actions.cancel.triggered.connect(self._present.classify.cancel)
        actions.self_test.triggered.connect(
            lambda: SelfTestDialog(self.runners.self_test, self._use_cases.self_test, self).open()
        )
        actions.about.triggered.connect(lambda: AboutDialog(self._artifacts, self).open())

    def _connect_state(self) -> None:
        state, present, page = self.state, self._present, self.workspace
        state.folder_opened.connect(self._show_folder)
        state.records_added.connect(self.images.append)
        state.folder_listed.connect(self._update_actions)
        state.selection_changed.connect(present.comparing.compare.show)
        state.results_cleared.connect(self.results.clear)
        state.results_cleared.connect(lambda: self.images.set_results(()))
        state.results_cleared.connect(present.summary.clear)
        for signal, follow in ((state.results_added, self.results.append), (state.votes_added, self.results.update)):
            signal.connect(follow)
            signal.connect(self.images.set_results)
        for signal in (state.results_added, state.results_cleared):
            signal.connect(page.folder.follow_results)
        state.results_added.connect(present.summary.follow)
        for signal in (self.reviews.reviews_changed, self.reviews.blind_changed, self.reviews.restored):
            signal.connect(self.explaining.presenter.refresh)
        for signal in (state.results_cleared, state.results_added):
            signal.connect(self._update_actions)

    def _connect_panels(self) -> None:
        page, present, batch = self.workspace, self._present, self.runners.batch
        page.folder.rows_in_sight.connect(present.thumbnails.request)
        page.folder.bar.look_changed.connect(present.thumbnails.forget)  # what is under way has the old size
        for ending in (batch.finished, batch.cancelled, batch.failed, self.state.run_restored):
            ending.connect(present.summary.complete)
            ending.connect(self._update_actions)
        self.runners.models.event_arrived.connect(self._know_models)
        self.runners.models.failed.connect(self.messages.report)
        self.welcome.folder_chosen.connect(self.open_folder)
        page.run.folder_wanted.connect(self.open_folder)
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        FocusMark(self)
        FullScreen(self, self.actions_.full_screen)
        FolderDrop(self).folder_dropped.connect(self.open_folder)

    def load_models(self) -> None:
        """Learn which models there are; called once the window has been painted."""
        self._collector.start()
        self.runners.models.start(self._use_cases.models)
        self.keeping.open()

    def open_folder(self, folder: Path) -> None:
        """Open `folder`. A run over another one goes on, and its results wait there."""
        self._present.folder.open(folder)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.save_layout("window", self.saveGeometry())
        self.workspace.save(self._settings)
        self.runners.shutdown()
        self._settings.settle()
        self.keeping.close()
        self._collector.stop()
        super().closeEvent(event)

    def _ask_folder(self) -> None:
        recent = self._settings.recent_folders
        self._choose(self, tr("Open Folder"), recent[0] if recent else Path.home(), self.open_folder)

    def _open_samples(self) -> None:
        try:
            self.open_folder(paths.samples())
        except FileNotFoundError as error:
            self.messages.tell(str(error))

    def _ask_export(self) -> None:
        if self.exporting.refuses():
            return

        def export(out: Path) -> None:
            self._settings.export_folder = out
            self._present.export.export_to(out)

        self._choose(self, tr("Export Results"), self._settings.export_folder, export)

    def _classify(self) -> None:
        self._start(self.workspace.run.model)

    def _start(self, model: str) -> None:
        self._present.classify.start(model, self.keeping.options())
        self._update_actions()

    def _show_folder(self, folder: Path) -> None:
        self._present.thumbnails.forget()
        self.images.reset()
        self.workspace.folder.begin_folder()
        self.workspace.results.reset_filter()
        self.pages.setCurrentWidget(self.workspace)
        self.setWindowTitle(f"{folder.name} – AllDetect")
        self._settings.add_recent(folder)
        self._update_actions()

    def _update_actions(self) -> None:
        running = self._present.classify.is_running
        self.actions_.classify.setEnabled(self.state.listed is not None and not running)
        self.actions_.export.setEnabled(bool(self.state.results) and not self.state.is_coming and not running)

    def _know_models(self, artifacts: "Sequence[Artifact]") -> None:
        self._artifacts = artifacts
        models = [(artifact.name, said(artifact.title)) for artifact in artifacts]
        self.workspace.run.set_models(models)
        self.settings.know_models(models)
        self._present.comparing.compare.prepare()
        self.assessing.presenter.know_bands({artifact.sha256: artifact.band for artifact in artifacts})
        if not artifacts:
            self.messages.tell(tr("No model is installed, so images can be compared but not classified"))

    def _fill_recent(self) -> None:
        fill_recent_menu(self._recent_menu, self._settings.recent_folders, self.actions_, self.open_folder)

    def _clear_recent(self) -> None:
        self._settings.clear_recent()
        self.welcome.set_recent([])
