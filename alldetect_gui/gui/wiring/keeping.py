"""The workspace file behind the window: what was made and said is kept at once, and shown again with its folder."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from alldetect_gui.core.errors import KnownError
from alldetect_gui.core.events import EarlierWork, FolderListed
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.core.reviews import Review, SignOff
from alldetect_gui.gui import wording
from alldetect_gui.gui.dialogs.choose_file import ChooseFile
from alldetect_gui.gui.language import said, tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.presenters.classify import ClassifyPresenter
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.use_cases import DamagedWorkspace, FolderWork, OpenedWorkspace, RestoredWorkspace
from alldetect_gui.gui.wiring.review import Common

if TYPE_CHECKING:
    from alldetect_gui.store.workspace_file import WorkspaceFile
    from alldetect_gui.workflows.keep_work import FolderKeeper


class _Log:
    """Keeps each step. A step that cannot be kept stays on screen, and the user is told: it is not lost silently."""

    def __init__(self, keeper: "FolderKeeper", messages: Messages) -> None:
        self._keeper, self._messages = keeper, messages
        self._told = False

    def keep(
        self, reviews: Sequence[tuple[ImageRecord, Review]], sign_offs: Sequence[tuple[str, SignOff | None]]
    ) -> None:
        try:
            self._keeper.keep(reviews, sign_offs)
            self._told = False
        except KnownError as error:
            if not self._told:
                self._messages.tell(tr("What you just said of a cell is not kept: {error}", error=said(str(error))))
            self._told = True


class Keeping(QObject):
    """Opens the workspace file behind the window and gives each folder what was kept of it."""

    def __init__(
        self, common: Common, reviews: ReviewState, tell_ended: Callable[[str], None], classify: ClassifyPresenter
    ) -> None:
        """`classify` starts a run, and knows which folder it is over."""
        super().__init__(common.window)
        self._common, self._reviews = common, reviews
        self._tell_ended, self._classify = tell_ended, classify
        self.file: WorkspaceFile | None = None
        self._folder: Path | None = None  # listed, and waiting for what was kept of it
        runner = common.runners.keeping
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(self._common.messages.report)
        common.state.folder_opened.connect(self._forget)
        common.state.folder_listed.connect(self._listed)

    def open(self) -> None:
        """Open the file; once the window has been painted."""
        self._common.runners.keeping.start(self._common.use_cases.open_workspace)

    def close(self) -> None:
        """Let go of the file. Every runner is at rest by now."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def save_as(self, choose: ChooseFile) -> None:
        """Ask where, then write a whole copy there."""
        file = self.file
        if file is None:
            self._common.messages.tell(tr("No workspace file is open, so there is nothing to save"))
            return
        kinds = tr("AllDetect workspace (*.alldetect)")
        proposed = file.path.with_name("copy.alldetect")
        choose(self._common.window, tr("Save Workspace As"), proposed, kinds, lambda target: self._save(file, target))

    def _save(self, file: "WorkspaceFile", target: Path) -> None:
        self._common.runners.keeping.start(lambda: self._common.use_cases.save_workspace(file, target))

    def options(self) -> dict[str, object]:
        """What a run needs to be kept: nothing where no workspace is open, or one that another window writes into."""
        folder = self._common.state.folder
        if self.file is None or not self.file.writes or folder is None:
            return {}
        return {"folder": folder, "workspace": self.file}

    def _resume(self, model: str) -> None:
        """Go on with the model of the run, whichever is chosen for the next one."""
        self._classify.start(model, self.options())

    def _forget(self) -> None:
        self._folder, self._reviews.log = None, None

    def _listed(self, listed: FolderListed) -> None:
        self._folder = listed.folder
        self._ask()

    def _ask(self) -> None:
        file, folder = self.file, self._folder
        if file is not None and folder is not None:
            records = tuple(self._common.state.records)
            self._common.runners.keeping.start(lambda: self._common.use_cases.folder_work(file, folder, records))

    def _receive(self, event: object) -> None:
        if isinstance(event, Path):
            self._common.messages.tell(
                tr("The workspace with all runs, readings and the audit log is copied to {file}", file=event)
            )
        if isinstance(event, OpenedWorkspace):
            self.file = event.file
            if event.in_use:
                self._tell_in_use(event)
            self._ask()
        elif isinstance(event, DamagedWorkspace):
            self._offer_backup(event)
        elif isinstance(event, RestoredWorkspace):
            self._common.messages.tell(
                tr(
                    "The backup {backup} is the workspace now. What was there before is kept as {aside}",
                    backup=event.backup.name, aside=event.aside or "–",
                )
            )  # fmt: skip
            self.open()
        elif isinstance(event, FolderWork) and event.folder == self._common.state.folder:
            self._restore(event)
            if event.earlier is not None:
                self._show(event.earlier)

    def _tell_in_use(self, opened: OpenedWorkspace) -> None:
        """What is kept is shown all the same. Only a mark of another computer can be passed over."""
        only_shown = tr("What is kept is shown here, but nothing that is done in this window is kept.")
        reason = wording.sentence(opened.in_use)
        if not opened.elsewhere:
            self._common.messages.tell(f"{reason} {only_shown}")
            return
        question = tr("Open it for writing, because no AllDetect has it open there any more?")
        self._common.messages.confirm(f"{reason} {only_shown}\n\n{question}", tr("Open All the Same"), self._take_over)

    def _take_over(self) -> None:
        self.close()
        self._common.runners.keeping.start(lambda: self._common.use_cases.open_workspace(take_over=True))

    def _offer_backup(self, damaged: DamagedWorkspace) -> None:
        question = tr("Put the backup in its place? The damaged file is kept under another name.")
        self._common.messages.confirm(
            f"{wording.sentence(damaged.reason)}\n\n{question}", tr("Restore the Backup"),
            lambda: self._common.runners.keeping.start(
                lambda: self._common.use_cases.restore_workspace(damaged.path)
            ),
        )  # fmt: skip

    def _restore(self, work: FolderWork) -> None:
        """What was said while the workspace was being opened is newer than what was kept."""
        reviews = self._reviews
        records = self._common.state.records if reviews.reviews else ()
        early = [(record, reviews.review(record)) for record in records if record.path in reviews.reviews]
        reviews.restore({**work.reviews, **reviews.reviews}, work.sign_offs)
        reviews.log = _Log(work.keeper, self._common.messages)
        if early:
            reviews.log.keep(early, ())

    def _show(self, earlier: EarlierWork) -> None:
        state = self._common.state
        if state.results or self._classify.is_running_over(state.folder) or not earlier.results:
            return  # what is being made now comes first
        state.model, state.seconds = earlier.run.model, earlier.run.seconds
        state.restore_results(earlier.results)
        text = tr(
            "Kept from {day}: {results}",
            day=wording.day(earlier.run.utc),
            results=wording.count(len(earlier.results), "result"),
        )
        goes_on = not earlier.run.is_finished and self.file is not None and self.file.writes
        if goes_on:
            text = tr("{text} of {total}; Classify goes on from there", text=text, total=earlier.run.total)
        if earlier.changed:
            text = tr("{text}; {images} changed since", text=text, images=wording.count(earlier.changed, "image"))
        if self._classify.is_running or self._classify.elsewhere is not None:
            return  # the strip speaks of the run over another folder
        self._tell_ended(text)
        if goes_on:
            done, total = wording.whole(earlier.run.done), wording.whole(earlier.run.total)
            question = tr("Resume? {done} of {total} done", done=done, total=total)
            self._common.messages.confirm(question, tr("Resume"), lambda: self._resume(earlier.run.model.name))
