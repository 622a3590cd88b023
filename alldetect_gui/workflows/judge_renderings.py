"""Use case: what the model made for each rendering says about it, beside what the default says."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from alldetect_gui.core.events import RenderingJudged
from alldetect_gui.core.records import Prediction
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.artifact import Artifact
from alldetect_gui.inference.catalogue import DEFAULT_MODEL, list_artifacts
from alldetect_gui.workflows.loaded_models import LoadedModels


def made_for(recipe: Recipe, artifacts: Iterable[Artifact]) -> Artifact | None:
    """The artefact trained on `recipe`: with exactly these parameters, else with others; None when there is none.

    The order of `artifacts` decides between equals; an artefact for another recipe is never taken instead.
    """
    same = [artifact for artifact in artifacts if artifact.recipe.name == recipe.name]
    exact = [artifact for artifact in same if artifact.recipe == recipe]
    return next(iter(exact or same), None)


class Judges:
    """Asks the models of this installation, or those below a folder. Belongs to one thread at a time."""

    def __init__(self, models: Path | LoadedModels | None = None) -> None:
        self._models = models if isinstance(models, LoadedModels) else LoadedModels(models)
        self._artifacts: tuple[Artifact, ...] | None = None
        self._seen: RgbImage | None = None
        self._reference: Prediction | None = None

    def judge(self, path: Path, pixels: RgbImage, recipes: Sequence[Recipe]) -> Iterator[RenderingJudged]:
        """One event a recipe, in their order. `pixels` is the decoded image, before any recipe.

        Raises ModelDamaged for an artefact that cannot be trusted.
        """
        if self._artifacts is None:
            self._artifacts = list_artifacts(self._models.models)
        default = next((artifact for artifact in self._artifacts if artifact.name == DEFAULT_MODEL), None)
        if default is not None and self._seen is not pixels:
            with self._models.borrow(default.name) as classifier:
                self._reference, self._seen = classifier.classify(pixels), pixels
        for recipe in recipes:
            yield self._judge(path, pixels, recipe, default)

    def _judge(self, path: Path, pixels: RgbImage, recipe: Recipe, default: Artifact | None) -> RenderingJudged:
        parameters = tuple(recipe.parameters.items())
        artifact = made_for(recipe, self._artifacts or ())
        if artifact is None:
            return RenderingJudged(path, recipe.name, parameters, reason="no model was made for this rendering")
        reference = self._reference if default is not None else None
        if artifact is default and recipe == default.recipe and reference is not None:
            prediction = reference
        else:
            with self._models.borrow(artifact.name) as classifier:
                prediction = classifier.on(recipe).classify(pixels)
        return RenderingJudged(
            path,
            recipe.name,
            parameters,
            artifact.name,
            tuple(artifact.recipe.parameters.items()),
            prediction,
            reference.probability_all if reference is not None else None,
            prediction.reason,
        )
