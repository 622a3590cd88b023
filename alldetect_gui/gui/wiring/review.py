"""Reviewing, put together: its state, its page, its actions and what they follow."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenuBar, QTabBar, QTabWidget, QWidget

from alldetect_gui.gui.actions import Actions
from alldetect_gui.gui.dialogs.sign_off import SignOffDialog
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.menus import menu_of
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.models.review_page import ReviewPageModel
from alldetect_gui.gui.panels.review import ReviewPanel
from alldetect_gui.gui.presenters.cell_images import CellImages
from alldetect_gui.gui.presenters.review import ReviewPresenter
from alldetect_gui.gui.review_actions import ReviewActions
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import Runners
from alldetect_gui.gui.use_cases import UseCases


@dataclass(frozen=True)
class Common:
    """What every concern of the window works with."""

    window: QWidget
    state: WorkspaceState
    actions: Actions
    runners: Runners
    use_cases: UseCases
    messages: Messages


class ReviewDesk(QObject):
    """The concern of reading cells."""

    def __init__(self, common: Common, reviews: ReviewState, images: CellImages) -> None:
        super().__init__(common.window)
        self._common = common
        state = common.state
        self.reviews, self.images = reviews, images
        self.actions = ReviewActions(common.actions, self.reviews.stack)
        self.page = ReviewPageModel(state, self.reviews, self.images, self)
        self.panel = ReviewPanel(self.page, self.actions)
        self.presenter = ReviewPresenter(
            state, self.reviews, self.panel, common.messages, self._ask_signature, common.runners.queue
        )
        self._connect_actions()
        self._connect_panel()
        self._connect_state()

    def join(self, tabs: QTabWidget) -> None:
        """Stand among the tabs. Whoever turns to the cells has the keys there, except on a walk along the tabs."""
        tabs.addTab(self.panel, tr("Review"))
        tabs.currentChanged.connect(lambda: self._take_keys(tabs.tabBar()))

    def _take_keys(self, bar: QTabBar) -> None:
        if self.panel.isVisible() and not bar.hasFocus():
            self.panel.grid.setFocus()

    def _connect_actions(self) -> None:
        actions, present = self.actions, self.presenter
        for reading, action in actions.readings.items():
            action.triggered.connect(lambda _=False, reading=reading: present.read(reading))
        actions.unread.triggered.connect(lambda: present.read(None))
        actions.accept_page.triggered.connect(present.accept_page)
        actions.next_doubtful.triggered.connect(present.next_doubtful)
        actions.blind.toggled.connect(present.set_blind)
        actions.sign_off.triggered.connect(lambda: present.ask_sign_off())
        actions.set_enabled(False)

    def _connect_panel(self) -> None:
        panel, present = self.panel, self.presenter
        panel.cell_chosen.connect(self._common.state.select)
        panel.patient_chosen.connect(present.choose_patient)
        panel.note_written.connect(present.write_note)
        panel.page_resized.connect(present.resize_page)
        panel.pictures_wanted.connect(self.images.request)
        panel.grid.stepped.connect(present.step)
        panel.grid.turned.connect(present.turn)

    def _connect_state(self) -> None:
        state, present, batch = self._common.state, self.presenter, self._common.runners.batch
        state.folder_opened.connect(self._begin)
        state.folder_listed.connect(present.restart)
        state.folder_listed.connect(lambda: self.actions.set_enabled(True))
        state.selection_changed.connect(present.follow)
        state.results_added.connect(self.page.refresh)
        for ending in (batch.finished, batch.cancelled, batch.failed, state.run_restored):
            ending.connect(present.end_run)
        for change in (state.results_added, state.results_cleared):
            change.connect(present.expect)
        self.reviews.reviews_changed.connect(present.update)
        self.reviews.sign_offs_changed.connect(present.update)
        self.reviews.restored.connect(present.update)

    def fill_menus(self, bar: QMenuBar) -> None:
        """Undo and redo in Edit, and a menu of its own before Help."""
        self.actions.fill_edit_menu(menu_of(bar, "edit"))
        review = bar.addMenu(tr("&Review"))
        self.actions.fill_menu(review)
        bar.insertMenu(menu_of(bar, "help").menuAction(), review)

    def _begin(self, _folder: Path) -> None:
        self.images.forget()
        self._common.runners.queue.abandon()
        self.reviews.restore({}, ())
        self.actions.set_enabled(False)

    def follow_lists(self, images: ImageListModel, arrange: Callable[[], None]) -> None:
        """In a blind read the list of images gives nothing away either, not even by its order."""
        images.hide(self.reviews.hides)
        for change in (self.reviews.blind_changed, self._common.state.folder_listed):
            change.connect(lambda: images.set_blind(self.reviews.blind))
            change.connect(arrange)
        for signal in (self.reviews.reviews_changed, self.reviews.blind_changed, self.reviews.restored):
            signal.connect(images.refresh)

    def _ask_signature(self, subject: str, cells: int, open_cells: int, then: Callable[[str], None]) -> None:
        SignOffDialog(subject, cells, open_cells, then, self._common.window).open()
