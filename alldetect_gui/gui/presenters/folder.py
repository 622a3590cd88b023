"""Opening a folder: the one in view stays until the new one has shown that it holds images."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from alldetect_gui.core.errors import KnownError
from alldetect_gui.core.events import FolderListed, ImagesListed
from alldetect_gui.gui.language import said, tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.wording import count, sentence
from alldetect_gui.workflows.understand_names import AS_FOUND, Understanding


class FolderView(Protocol):
    """What the presenter needs of the list of images."""

    def show_folder(self, name: str, summary: str) -> None: ...


@dataclass(frozen=True)
class _Names:
    """How the names of the folder that is being listed are read; `recalled`: as the user said of it before."""

    names: Understanding
    recalled: bool


class FolderPresenter:
    """Lists a folder in the background and fills the state."""

    def __init__(
        self, state: WorkspaceState, view: FolderView, runner: TaskRunner, use_cases: UseCases, messages: Messages
    ) -> None:
        self._state, self._view, self._runner = state, view, runner
        self._use_cases, self._messages = use_cases, messages
        self._target: Path | None = None  # asked for, not yet in view
        self._asked = self._shown = _Names(AS_FOUND, recalled=False)  # of the folder asked for, and of that in view
        self.recall: Callable[[Path], Understanding | None] = lambda folder: None  # asked on the worker's thread
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(self._fail)

    @property
    def coming(self) -> Path | None:
        """The folder that was asked for, until the first of its images comes in."""
        return self._target

    @property
    def names(self) -> Understanding:
        """How the names of the folder in view are read."""
        return self._shown.names

    @property
    def recalled(self) -> bool:
        """True when that is what the user said of this folder before."""
        return self._shown.recalled

    def open(self, folder: Path, names: Understanding | None = None) -> None:
        """List `folder`, taking from its names what `names` says; without, what was said of it before, if anything."""
        folder = folder.absolute()
        self._target, self._asked = folder, _Names(names or AS_FOUND, recalled=False)
        self._runner.start(lambda: self._list(folder, names))

    def _list(self, folder: Path, names: Understanding | None) -> Iterator[object]:
        """On the worker's thread."""
        if names is None:
            try:
                names = self.recall(folder)
            except KnownError:  # a workspace that cannot be read is told where it is opened, and closes no folder
                names = None
            if names is not None:
                yield _Names(names, recalled=True)
        yield from self._use_cases.open_folder(folder, names or AS_FOUND)

    def read_again(self, names: Understanding) -> None:
        """The user knows better what the names in the folder in view mean."""
        if self._state.folder is not None:
            self.open(self._state.folder, names)

    def _receive(self, event: object) -> None:
        if isinstance(event, _Names):
            self._asked = event
        elif isinstance(event, ImagesListed):
            if (target := self._target) is not None:
                self._shown, self._target = self._asked, None
                self._state.open(target)
            self._state.add_records(event.records)
            self._view.show_folder(
                self._name(), tr("{images} so far…", images=count(len(self._state.records), "image"))
            )
        elif isinstance(event, FolderListed):
            if event.found == 0:
                self._messages.tell(tr("No image was found in {folder} (BMP, PNG, JPEG or TIFF)", folder=event.folder))
                self._resume()
                return
            self._state.finish_listing(event)
            self._view.show_folder(self._name(), understood(event))

    def _fail(self, error: Exception) -> None:
        target = self._target
        if target is not None and self._asked.recalled and isinstance(error, KnownError):
            self._messages.tell(
                tr("What was said of this folder before cannot be used: {reason}", reason=sentence(str(error)))
            )
            self.open(target, AS_FOUND)
            return
        self._messages.report(error)
        self._resume()

    def _resume(self) -> None:
        """The folder asked for shows nothing: list the one in view again if its own listing was cut short."""
        shown, asked, self._target = self._state.folder, self._target, None
        if shown is not None and self._state.listed is None and asked not in (None, shown):
            self.open(shown, self.names)

    def _name(self) -> str:
        return str(self._state.folder or "")


def understood(listed: FolderListed) -> str:
    """What the program took from names and folders, so that the user can see whether it is right."""
    parts = [count(listed.found, "image")]
    if listed.subjects:
        parts.append(
            tr(
                "{patients} from {subjects_from}",
                patients=count(listed.subjects, "patient"),
                subjects_from=said(listed.subjects_from),
            )
        )
    else:
        parts.append(tr("no patients known"))
    if not listed.with_reference:
        parts.append(tr("no reference labels"))
    elif listed.with_reference == listed.found:
        parts.append(tr("reference labels from {labels_from}", labels_from=said(listed.labels_from)))
    else:
        parts.append(
            tr(
                "reference labels from {labels_from} for {with_reference} of them",
                labels_from=said(listed.labels_from),
                with_reference=listed.with_reference,
            )
        )
    return ", ".join(parts)
