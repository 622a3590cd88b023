"""One image under every recipe; a turned parameter renders only what it changes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.events import ImageUnreadable, OriginalDecoded, RenderingReady
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases

if TYPE_CHECKING:
    from alldetect_gui.imaging.recipe import Recipe
    from alldetect_gui.imaging.steps import RgbImage


class CompareView(Protocol):
    """What the presenter needs of the compare panel."""

    def set_recipes(self, recipes: "Sequence[Recipe]") -> None: ...
    def show_parameters(self, recipe: "Recipe") -> None: ...
    def show_waiting(self) -> None: ...
    def show_rendering(self, recipe: "Recipe", ready: RenderingReady) -> None: ...
    def show_unreadable(self, reason: str) -> None: ...


class Judge(Protocol):
    """Who says P(ALL) under the panes; see presenters.judge."""

    def forget(self) -> None: ...
    def judge(self, path: Path, pixels: "RgbImage", recipes: "Iterable[Recipe]") -> None: ...


class ComparePresenter:
    """Keeps the recipes in force and which of their renderings are still owed."""

    def __init__(
        self, view: CompareView, runner: TaskRunner, use_cases: UseCases, messages: Messages, judge: Judge
    ) -> None:
        self._view, self._runner, self._use_cases, self._messages = view, runner, use_cases, messages
        self._judge = judge
        self._difference = False
        self._ready: dict[str, RenderingReady] = {}
        self._recipes: dict[str, Recipe] = {}
        self._owed: set[str] = set()
        self._path: Path | None = None
        self._pixels: RgbImage | None = None
        self._working: list[str] = []  # whose renderings are in work
        self._again = False  # parameters have changed since the rendering in work began
        runner.event_arrived.connect(self._receive)
        runner.finished.connect(self._go_on)
        runner.failed.connect(messages.report)

    def show(self, record: ImageRecord) -> None:
        """Compare this image."""
        self.prepare()
        self._path, self._pixels = record.path, None
        self._ready = {}
        self._again = False
        self._judge.forget()
        self._view.show_waiting()
        self._owe(self._recipes)

    def change(self, name: str, parameters: Mapping[str, float]) -> None:
        """Set the parameters of one recipe."""
        try:
            recipe = self._recipes[name].with_parameters(parameters)
        except WrongUse as error:
            self._messages.report(error)
            self._view.show_parameters(self._recipes[name])
            return
        if recipe != self._recipes[name]:
            self._recipes[name] = recipe
            self._owed.add(name)
            if self._runner.is_running and self._working == [name]:
                self._again = True  # a large image would never be seen to change if each move began anew
            else:
                self._owe(())
            self._ask_judge([recipe])

    def reset(self) -> None:
        """Every recipe as it was at the start."""
        from alldetect_gui.imaging.recipe import RECIPES

        changed = [recipe for recipe in RECIPES if recipe != self._recipes.get(recipe.name, recipe)]
        for recipe in changed:
            self._recipes[recipe.name] = recipe
            self._view.show_parameters(recipe)
        self._owe([recipe.name for recipe in changed])
        self._ask_judge(changed)

    def show_difference(self, difference: bool) -> None:
        """Show how the renderings differ from the original, or the renderings again."""
        self._difference = difference
        self._owe(self._recipes)

    @property
    def renderings(self) -> tuple[RenderingReady, ...]:
        """What the panes show, in their order; empty until every pane shows this image with these parameters."""
        complete = not self._owed and len(self._ready) == len(self._recipes)
        return tuple(self._ready[name] for name in self._recipes) if complete else ()

    @property
    def recipes(self) -> "tuple[Recipe, ...]":
        """The recipes in force, in the order of the panes."""
        return tuple(self._recipes.values())

    def _ask_judge(self, recipes: "Sequence[Recipe]") -> None:
        if self._path is not None and self._pixels is not None and recipes:
            self._judge.judge(self._path, self._pixels, recipes)

    def prepare(self) -> None:
        """Make the panes. OpenCV comes in with the recipes: not before a worker has loaded it, or an image is to be
        shown."""
        if self._recipes:
            return
        from alldetect_gui.imaging.recipe import RECIPES

        self._recipes = {recipe.name: recipe for recipe in RECIPES}
        self._view.set_recipes(RECIPES)

    def _owe(self, names: "Sequence[str] | Mapping[str, Recipe]") -> None:
        """Render these and whatever else is still owed; this replaces the run in progress."""
        path, pixels, difference = self._path, self._pixels, self._difference
        self._owed.update(names)
        if path is None or not self._owed:
            return
        recipes = [recipe for name, recipe in self._recipes.items() if name in self._owed]
        self._working, self._again = [recipe.name for recipe in recipes], False
        if pixels is None:
            self._runner.start(lambda: self._use_cases.compare(path, recipes, difference))
        else:
            self._runner.start(lambda: self._use_cases.render(path, pixels, recipes, difference))

    def _go_on(self) -> None:
        if self._again:
            self._owe(())

    def _receive(self, event: object) -> None:
        if isinstance(event, OriginalDecoded):
            self._pixels = event.pixels
            self._ask_judge(self.recipes)
        elif isinstance(event, RenderingReady):
            current = self._recipes[event.recipe]
            shown = current.with_parameters(dict(event.parameters))
            if shown == current:
                self._owed.discard(event.recipe)
            self._ready[event.recipe] = event
            self._view.show_rendering(shown, event)
        elif isinstance(event, ImageUnreadable):
            self._owed.clear()
            self._path = None
            self._view.show_unreadable(event.reason)
