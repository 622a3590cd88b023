"""Saving the comparison in view as one picture."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from alldetect_gui.core.events import SheetWritten
from alldetect_gui.gui.language import report_words, tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.presenters.compare import ComparePresenter
from alldetect_gui.gui.presenters.judge import JudgePresenter
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases

if TYPE_CHECKING:
    from alldetect_gui.workflows.compare_sheet import Comparison


class SheetPresenter:
    """Writes what the panes show at this moment, with what the models have said by then."""

    def __init__(
        self,
        compare: ComparePresenter,
        judge: JudgePresenter,
        runner: TaskRunner,
        use_cases: UseCases,
        messages: Messages,
    ) -> None:
        self._compare, self._judge, self._runner = compare, judge, runner
        self._use_cases, self._messages = use_cases, messages
        runner.event_arrived.connect(self._tell)
        runner.failed.connect(messages.report)

    def comparison(self, hidden: bool = False) -> "Comparison | None":
        """What would be saved now; None, and the user is told, while there is no complete comparison.

        What is `hidden` in a blind read, or switched off, is not saved either.
        """
        renderings = self._compare.renderings
        if not renderings:
            self._messages.tell(tr("There is no comparison to save yet: choose an image and let every pane show it"))
            return None
        from alldetect_gui.workflows.compare_sheet import Comparison

        judged = {} if hidden or not self._judge.on else dict(self._judge.judged)
        return Comparison(renderings[0].path, renderings, judged, named=not hidden)

    def save(self, out: Path, comparison: "Comparison") -> None:
        """Write `comparison` to `out`."""
        words = report_words(QLocale().decimalPoint())
        self._runner.start(lambda: self._use_cases.write_sheet(out, comparison, words))

    def _tell(self, event: object) -> None:
        if isinstance(event, SheetWritten):
            self._messages.tell(tr("The comparison was written to {file}", file=event.path))
