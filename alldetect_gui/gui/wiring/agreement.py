"""Agreement over recipes, put together: switched on from the menu, shown in table and groups."""

from PySide6.QtCore import QObject

from alldetect_gui.gui.presenters.agreement import AgreementPresenter
from alldetect_gui.gui.wiring.review import Common
from alldetect_gui.gui.workspace import Workspace


class Agreement(QObject):
    """It waits while a run is on, and goes on when the run has ended."""

    def __init__(self, common: Common, page: Workspace) -> None:
        super().__init__(common.window)
        state, batch, results = common.state, common.runners.batch, page.results
        self.presenter = present = AgreementPresenter(
            state,
            results,
            common.runners.agreement,
            common.use_cases,
            common.messages,
            lambda: batch.is_running and not batch.is_paused,
        )
        present.first = results.model.shown
        state.results_cleared.connect(present.clear)
        state.votes_added.connect(results.follow_votes)
        state.votes_added.connect(page.folder.follow_results)
        for ending in (batch.finished, batch.cancelled, batch.failed, state.run_restored):
            ending.connect(present.follow)
        common.actions.pause.toggled.connect(lambda held: present.follow() if held else present.hold())
        for begins in (common.actions.classify.triggered, common.actions.retry.triggered):
            begins.connect(present.hold)
        common.actions.agreement.toggled.connect(present.set_on)
        present.set_on(common.actions.agreement.isChecked())
