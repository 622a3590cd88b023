"""Opening a folder: what was understood of it, and correcting that."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from alldetect_gui.core.errors import KnownError
from alldetect_gui.core.events import FolderListed
from alldetect_gui.gui.actions import Actions
from alldetect_gui.gui.dialogs.choose_file import ChooseFile
from alldetect_gui.gui.dialogs.understanding import UnderstandingDialog
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.panels.confirm import ConfirmPanel
from alldetect_gui.gui.presenters.folder import FolderPresenter, understood
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import OpenedWorkspace, UseCases
from alldetect_gui.gui.wiring.keeping import Keeping
from alldetect_gui.workflows.understand_names import Understanding


class Opening:
    """Shows the strip when a folder has been listed, and the dialog when it is asked for."""

    def __init__(
        self,
        window: QWidget,
        strip: ConfirmPanel,
        actions: Actions,
        state: WorkspaceState,
        presenter: FolderPresenter,
        messages: Messages,
        choose_file: ChooseFile,
        reviews: ReviewState,
    ) -> None:
        self._window, self._strip, self._state, self._presenter = window, strip, state, presenter
        self._messages, self._choose_file, self._reviews = messages, choose_file, reviews
        self._corrected: Understanding | None = None  # what the user has just said
        self._keep: Callable[[], None] = lambda: None
        self._recall: Callable[[Path], Understanding | None] = lambda folder: None
        self._action = actions.correct_names
        self._action.triggered.connect(self.open_dialog)
        strip.correct_requested.connect(self._action.trigger)
        state.folder_listed.connect(self._ask)
        state.folder_opened.connect(self._wait)

    def remember(self, keeping: Keeping, runner: TaskRunner, use_cases: UseCases) -> None:
        """What the user says of a folder holds when it is opened again, as far as a workspace is open."""

        def recall(folder: Path) -> Understanding | None:
            return use_cases.kept_names(keeping.file, folder) if keeping.file is not None else None

        def keep() -> None:
            if keeping.file is not None and self._state.folder is not None:
                try:
                    use_cases.keep_names(keeping.file, self._state.folder, self._presenter.names)
                except KnownError as error:
                    self._messages.report(error)

        def read_again(event: object) -> None:
            """A folder may have been listed, or be about to be, before its workspace was open."""
            folder = self._presenter.coming or self._state.folder
            if not isinstance(event, OpenedWorkspace) or folder is None:
                return
            names = recall(folder)
            if self._presenter.coming is None and names == self._presenter.names:
                self._strip.hide()
            elif names is not None and (self._presenter.coming or not self._state.results):
                self._presenter.open(folder)

        self._presenter.recall, self._recall, self._keep = recall, recall, keep
        self._strip.agree.clicked.connect(keep)
        runner.event_arrived.connect(read_again)

    def open_dialog(self) -> None:
        """Let the user say what names and folders mean."""
        folder = self._state.folder
        if folder is None:
            return
        if self._reviews.blind:
            self._messages.tell(tr("Names and labels are hidden in the blind read: end it to correct them"))
            return
        dialog = UnderstandingDialog(
            self._state.records, folder, self._presenter.names, self._choose_file, self._window
        )
        dialog.applied.connect(self._apply)
        dialog.open()

    def _wait(self) -> None:
        self._strip.hide()
        self._action.setEnabled(False)

    def _ask(self, listed: FolderListed) -> None:
        self._action.setEnabled(True)
        known = self._presenter.recalled or self._recall(listed.folder) == self._presenter.names
        if self._corrected is not None and self._corrected == self._presenter.names:
            self._keep()
            known = False  # what came of the correction is to be seen
        self._corrected = None
        if not known:
            self._strip.ask(understood(listed))

    def _apply(self, names: Understanding) -> None:
        def read() -> None:
            self._corrected = names
            self._presenter.read_again(names)

        if self._state.results:
            question = tr("The folder is read again, and the results in view are cleared: run it again after that.")
            self._messages.confirm(question, tr("Read again"), read)
        else:
            read()
