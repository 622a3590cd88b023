"""One run as one file of the user's choice, or on the clipboard; when it cannot be written, another name is offered."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from alldetect_gui.core.errors import KnownError
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.wording import count, sentence
from alldetect_gui.workflows.exports.run import ExportOptions, ExportRun, Format

AskForFile = Callable[[Format, str, Callable[[Path], None]], None]
"""Format, name proposed, what to do with the file chosen."""

NAME = "alldetect-results"  # not the folder's: it may be a patient's


class ExportFilePresenter:
    """Exports what the table holds at the moment of asking, complete run or not."""

    def __init__(
        self, state: WorkspaceState, reviews: ReviewState, runner: TaskRunner, use_cases: UseCases,
        messages: Messages, ask: AskForFile,
    ) -> None:  # fmt: skip
        self._state, self._reviews, self._runner = state, reviews, runner
        self._use_cases, self._messages, self._ask = use_cases, messages, ask
        self._count = 0
        self._again: Callable[[], None] | None = None
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(self._fail)
        runner.cancelled.connect(lambda: messages.tell(tr("The export was cancelled")))

    def export(self, kind: Format, options: ExportOptions) -> None:
        """Ask for a file, then write the run as it is now."""
        self._ask_and_write(kind, options, self._run(), 1)

    def copy(self, options: ExportOptions) -> None:
        """Put the rows on the clipboard, for pasting into a spreadsheet."""
        run = self._run()
        self._again = None
        self._runner.start(lambda: self._use_cases.rows_as_text(run, options))

    def _run(self) -> ExportRun:
        state = self._state
        self._count = len(state.results)
        return ExportRun(
            tuple(state.results), state.model, state.seconds, images_here=True,
            reviews=dict(self._reviews.reviews), sign_offs=dict(self._reviews.sign_offs),
            pending=max(0, len(state.records) - len(state.results)),
        )  # fmt: skip

    def _ask_and_write(self, kind: Format, options: ExportOptions, run: ExportRun, attempt: int) -> None:
        def write(out: Path) -> None:
            self._again = lambda: self._ask_and_write(kind, options, run, attempt + 1)
            self._runner.start(lambda: self._use_cases.export_file(run, kind, out, options))

        self._ask(kind, f"{NAME}.{kind}" if attempt == 1 else f"{NAME}-{attempt}.{kind}", write)

    def _receive(self, event: object) -> None:
        if isinstance(event, Path):
            self._messages.tell(tr("{results} written to {file}", results=count(self._count, "result"), file=event))
        elif isinstance(event, str):
            QGuiApplication.clipboard().setText(event)
            self._messages.tell(
                tr("{results} copied; paste them into a spreadsheet", results=count(self._count, "result"))
            )

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, KnownError) and self._again is not None:
            question = f"{sentence(str(error))} {tr('Nothing was lost: a file of that name is as it was.')}"
            self._messages.confirm(question, tr("Choose another name…"), self._again)
        else:
            self._messages.report(error)
