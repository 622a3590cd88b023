"""Opening a folder: the one in view stays until the new one has shown that it holds images."""

from pathlib import Path
from typing import Protocol

from alldetect_gui.core.events import FolderListed, ImagesListed
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.wording import count


class FolderView(Protocol):
    """What the presenter needs of the list of images."""

    def show_folder(self, name: str, summary: str) -> None: ...


class FolderPresenter:
    """Lists a folder in the background and fills the state."""

    def __init__(
        self, state: WorkspaceState, view: FolderView, runner: TaskRunner, use_cases: UseCases, messages: Messages
    ) -> None:
        self._state, self._view, self._runner = state, view, runner
        self._use_cases, self._messages = use_cases, messages
        self._target: Path | None = None  # asked for, not yet in view
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(self._fail)

    def open(self, folder: Path) -> None:
        """List `folder`."""
        folder = folder.absolute()
        self._target = folder
        self._runner.start(lambda: self._use_cases.open_folder(folder))

    def _receive(self, event: object) -> None:
        if isinstance(event, ImagesListed):
            if self._target is not None:
                self._state.open(self._target)
                self._target = None
            self._state.add_records(event.records)
            self._view.show_folder(self._name(), f"{count(len(self._state.records), 'image')} so far…")
        elif isinstance(event, FolderListed):
            if event.found == 0:
                self._messages.tell(f"No image was found in {event.folder} (BMP, PNG, JPEG or TIFF)")
                self._resume()
                return
            self._state.finish_listing(event)
            self._view.show_folder(self._name(), understood(event))

    def _fail(self, error: Exception) -> None:
        self._messages.report(error)
        self._resume()

    def _resume(self) -> None:
        """The folder asked for shows nothing: list the one in view again if its own listing was cut short."""
        shown, asked, self._target = self._state.folder, self._target, None
        if shown is not None and self._state.listed is None and asked not in (None, shown):
            self.open(shown)

    def _name(self) -> str:
        return str(self._state.folder or "")


def understood(listed: FolderListed) -> str:
    """What the program took from names and folders, so that the user can see whether it is right."""
    parts = [count(listed.found, "image")]
    if listed.subjects:
        parts.append(count(listed.subjects, "patient"))
    if listed.with_reference == listed.found:
        parts.append("all with reference label")
    else:
        parts.append(f"{listed.with_reference or 'none'} with reference label")
    return " · ".join(parts)
