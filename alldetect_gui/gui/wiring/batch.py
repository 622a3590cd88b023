"""A run, put together: pausing it, and its skipped images in a tab of their own."""

from PySide6.QtCore import QObject

from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.skipped import SkippedModel
from alldetect_gui.gui.panels.skipped import SkippedPanel
from alldetect_gui.gui.presenters.classify import ClassifyPresenter
from alldetect_gui.gui.wiring.agreement import Agreement
from alldetect_gui.gui.wiring.keeping import Keeping
from alldetect_gui.gui.wiring.review import Common
from alldetect_gui.gui.workspace import Workspace


class Batch(QObject):
    """The list of skipped images follows the run; its tab says how many there are."""

    def __init__(self, common: Common, page: Workspace, present: ClassifyPresenter, keeping: Keeping) -> None:
        super().__init__(common.window)
        self._page, self._common, self._present = page, common, present
        self.skipped = SkippedModel(self)
        self.panel = SkippedPanel(self.skipped, common.actions)
        page.tabs.addTab(self.panel, tr("Skipped"))
        state, actions, batch = common.state, common.actions, common.runners.batch
        state.results_cleared.connect(self.skipped.clear)
        state.results_added.connect(self.skipped.append)
        self.skipped.rowsInserted.connect(self._tell)
        self.skipped.modelReset.connect(self._tell)
        self.panel.record_chosen.connect(state.select)
        actions.pause.triggered.connect(present.pause_or_resume)
        actions.retry.triggered.connect(lambda: present.retry(keeping.options()))
        for signal in (batch.finished, batch.cancelled, batch.failed, state.run_restored):
            signal.connect(self._tell)
        actions.cancel.enabledChanged.connect(self._tell)
        self.agreement = Agreement(common, page)

    def _tell(self) -> None:
        number = self.skipped.rowCount()
        self._page.tabs.setTabText(
            self._page.tabs.indexOf(self.panel), tr("Skipped ({number})", number=number) if number else tr("Skipped")
        )
        self._common.actions.retry.setEnabled(bool(number) and not self._present.is_running)
