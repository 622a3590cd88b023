"""Opening a folder: what was understood of it, and correcting that."""

from PySide6.QtWidgets import QWidget

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
        self._action = actions.correct_names
        self._action.triggered.connect(self.open_dialog)
        strip.correct_requested.connect(self._action.trigger)
        state.folder_listed.connect(self._ask)
        state.folder_opened.connect(self._wait)

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
        self._strip.ask(understood(listed))

    def _apply(self, names: Understanding) -> None:
        def read() -> None:
            self._presenter.read_again(names)

        if self._state.results:
            question = tr("The folder is read again, and the results in view are cleared: run it again after that.")
            self._messages.confirm(question, tr("Read again"), read)
        else:
            read()
