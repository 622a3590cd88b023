"""Models of the lab's own: taking one in from the menu, and offering it for the next run."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenuBar

from alldetect_gui.gui.dialogs.choose_file import ChooseFile
from alldetect_gui.gui.language import marked, said, tr
from alldetect_gui.gui.menus import menu_of
from alldetect_gui.gui.panels.run import RunPanel
from alldetect_gui.gui.wiring.review import Common

if TYPE_CHECKING:
    from alldetect_gui.inference.artifact import Artifact

_KINDS = marked("Model (manifest.json *.safetensors)")


class ModelDesk(QObject):
    """A refused file changes nothing; one that is taken in is in the choice of models at once, and is not chosen."""

    def __init__(self, common: Common, run: RunPanel, choose: ChooseFile) -> None:
        super().__init__(common.window)
        self._common, self._run, self._choose = common, run, choose
        self._chosen = ""
        self.action = common.actions.make(
            tr("&Import Model…"),
            None,
            tr("Take in a model that “alldetect train” made, or a .safetensors file: only numbers, nothing in it runs"),
        )
        self.action.setObjectName("import_model")
        self.action.triggered.connect(self._ask)
        imports, batch = common.runners.imports, common.runners.batch
        imports.event_arrived.connect(self._receive)
        imports.failed.connect(common.messages.report)
        for ending in (common.runners.models.finished, common.runners.models.failed):
            ending.connect(self._offer)
        for signal in (common.state.results_added, batch.finished, batch.cancelled, batch.failed):
            signal.connect(self._enable)

    def fill_menu(self, bar: QMenuBar) -> None:
        """Below the runs that models make."""
        menu = menu_of(bar, "classify")
        menu.addSeparator()
        menu.addAction(self.action)

    def _ask(self) -> None:
        window = self._common.window
        self._choose(window, tr("Import Model"), Path.home(), tr(_KINDS), self._import)

    def _import(self, file: Path) -> None:
        self._common.runners.imports.start(lambda: self._common.use_cases.import_model(file))

    def _receive(self, artifact: "Artifact") -> None:
        self._common.messages.tell(
            tr(
                "The model “{title}” was taken in as “{name}” and can be chosen for the next run",
                title=said(artifact.title),
                name=artifact.name,
            )
        )
        self._chosen = self._run.model
        self._common.runners.models.start(self._common.use_cases.models)

    def _offer(self) -> None:
        """The list was read anew: what the user had chosen stays chosen."""
        if self._chosen:
            self._run.choose_model(self._chosen)
            self._chosen = ""

    def _enable(self) -> None:
        self.action.setEnabled(not self._common.runners.batch.is_running)
