"""Writing the results: never over a file without asking, never behind the user's back."""

from collections.abc import Callable
from pathlib import Path

from alldetect_gui.gui.language import tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.wording import count
from alldetect_gui.workflows.export_results import RESULTS, SUMMARY


class ExportPresenter:
    """Exports what the table holds, complete run or not."""

    def __init__(self, state: WorkspaceState, runner: TaskRunner, use_cases: UseCases, messages: Messages) -> None:
        self._state, self._runner, self._use_cases, self._messages = state, runner, use_cases, messages
        self._count = 0
        runner.event_arrived.connect(self._tell)
        runner.failed.connect(messages.report)

    def export_to(self, out: Path) -> None:
        """Write into `out`; asks first where that would replace files."""
        write = self._writer(out)
        there = [name for name in (RESULTS, SUMMARY) if (out / name).exists()]
        if there:
            self._messages.confirm(
                tr("{out} already holds {names}.", out=out, names=tr(" and ").join(there)), tr("Replace"), write
            )
        else:
            write()

    def _writer(self, out: Path) -> Callable[[], None]:
        results, seconds, model = tuple(self._state.results), self._state.seconds, self._state.model
        self._count = len(results)
        return lambda: self._runner.start(lambda: self._use_cases.export(out, results, seconds, model))

    def _tell(self, files: object) -> None:
        if isinstance(files, tuple):
            names = tr(" and ").join(str(file) for file in files)
            self._messages.tell(tr("{results} written to {names}", results=count(self._count, "result"), names=names))
