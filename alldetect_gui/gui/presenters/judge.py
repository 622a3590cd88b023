"""P(ALL) under each pane: asked for when renderings have come to rest, one image at a time."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer

from alldetect_gui.core.events import RenderingJudged
from alldetect_gui.gui.language import said, tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases

if TYPE_CHECKING:
    from alldetect_gui.imaging.recipe import Recipe
    from alldetect_gui.imaging.steps import RgbImage

SETTLE_MS = 150
"""A step through a folder, or a slider, is judged where it stops: a model costs more than a rendering, and of a slider
on its way the answer would come when the pane shows something else."""


class JudgeView(Protocol):
    """What the presenter needs of the compare panel."""

    def show_judging(self, recipes: Iterable[str]) -> None: ...
    def show_judgement(self, judged: RenderingJudged) -> None: ...
    def show_not_judged(self, reason: str) -> None: ...


class JudgePresenter(QObject):
    """Keeps which panes still wait for their model; the latest parameters of a pane replace older ones."""

    def __init__(
        self, view: JudgeView, runner: TaskRunner, use_cases: UseCases, messages: Messages, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._view, self._runner, self._use_cases, self._messages = view, runner, use_cases, messages
        self._owed: dict[str, Recipe] = {}
        self.judged: dict[str, RenderingJudged] = {}
        self._path: Path | None = None
        self._pixels: RgbImage | None = None
        self._broken = ""
        self.on = True  # off: nothing is asked, and no model is loaded for it
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._start)
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(self._fail)

    def set_on(self, on: bool) -> None:
        """Judge, or leave it; what was missed meanwhile is made up for."""
        self.on = on
        if not on:
            self._settle.stop()
            self._runner.abandon()
        elif self._owed:
            self._settle.start()

    def forget(self) -> None:
        """Another image is coming: what is under way belongs to the old one."""
        self._runner.abandon()
        self._settle.stop()
        self._owed.clear()
        self.judged = {}
        self._path = self._pixels = None
        self._view.show_not_judged("")

    def judge(self, path: Path, pixels: "RgbImage", recipes: "Iterable[Recipe]") -> None:
        """Ask for these renderings of the decoded `pixels`, beside whatever is still owed."""
        if self._broken:
            self._view.show_not_judged(self._broken)
            return
        self._path, self._pixels = path, pixels
        for recipe in recipes:
            self._owed[recipe.name] = recipe
            self.judged.pop(recipe.name, None)
        self._view.show_judging(self._owed)
        if self.on:
            self._settle.start()

    def _start(self) -> None:
        path, pixels, recipes = self._path, self._pixels, tuple(self._owed.values())
        if path is not None and pixels is not None and recipes:
            self._runner.start(lambda: self._use_cases.judge(path, pixels, recipes))

    def _receive(self, event: object) -> None:
        if isinstance(event, RenderingJudged):
            recipe = self._owed.get(event.recipe)
            if recipe is not None and tuple(recipe.parameters.items()) == event.parameters:
                del self._owed[event.recipe]
                self.judged[event.recipe] = event
                self._view.show_judgement(event)

    def _fail(self, error: Exception) -> None:
        """Said once, not for every image that is looked at."""
        self._broken = tr("no P(ALL): {reason}", reason=said(str(error)))
        self._owed.clear()
        self._view.show_not_judged(self._broken)
        self._messages.report(error)
