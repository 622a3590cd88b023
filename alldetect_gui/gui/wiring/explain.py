"""The explanation of the selected image, in a tab beside the results."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.panels.explain import ExplainPanel
from alldetect_gui.gui.presenters.explain import ExplainPresenter
from alldetect_gui.gui.state import WorkspaceState
from alldetect_gui.gui.tasks import Runners
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.workspace import Workspace


class Explaining:
    """Panel and presenter, joined to the window's state; `hides` is true for what a blind read hides."""

    def __init__(
        self,
        window: QWidget,
        page: Workspace,
        state: WorkspaceState,
        run: Runners,
        cases: UseCases,
        messages: Messages,
        hides: Callable[[ImageRecord], bool],
    ) -> None:
        self.panel = ExplainPanel()
        page.tabs.addTab(self.panel, tr("Explain"))
        self.presenter = ExplainPresenter(
            self.panel, run.explain, cases, messages, lambda: page.run.model, hides, window
        )
        self.panel.sight_changed.connect(self.presenter.set_in_sight)
        state.selection_changed.connect(self.presenter.show)
        page.run.model_chosen.connect(self.presenter.refresh)
