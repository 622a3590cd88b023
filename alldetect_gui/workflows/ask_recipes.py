"""Use case: do the models of the other renderings suggest the same? Asked image by image, after a run."""

import contextlib
from collections.abc import Generator, Sequence

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.core.events import VotesCast
from alldetect_gui.core.records import ImageResult, ModelIdentity, Vote
from alldetect_gui.imaging.decoded import DecodedImage
from alldetect_gui.imaging.reader import read_images
from alldetect_gui.imaging.recipe import RECIPES
from alldetect_gui.inference.artifact import Artifact
from alldetect_gui.inference.catalogue import list_artifacts
from alldetect_gui.workflows.judge_renderings import made_for
from alldetect_gui.workflows.loaded_models import LoadedModels


def other_models(model: ModelIdentity, artifacts: Sequence[Artifact]) -> list[Artifact]:
    """The artefact made for each recipe but that of the run's `model`, which speaks for its own."""
    made = (made_for(recipe, artifacts) for recipe in RECIPES if recipe.name != model.recipe)
    return [artifact for artifact in made if artifact is not None and artifact.name != model.name]


def ask_recipes(
    results: Sequence[ImageResult], model: ModelIdentity, models: LoadedModels
) -> Generator[VotesCast, None, None]:
    """One VotesCast for each classified image of a run by `model`, in the order given; skipped ones are left out.

    The run's own vote is its suggestion; an image that has changed since gets no votes. Raises ModelDamaged.
    """
    others = other_models(model, list_artifacts(models.models))
    asked = [result for result in results if result.prediction is not None]
    with contextlib.closing(read_images(result.record.path for result in asked)) as images:
        for result, image in zip(asked, images, strict=True):
            yield VotesCast(result.record.path, _votes(result, image, model, others, models))


def _votes(
    result: ImageResult,
    image: DecodedImage | ImageRefused,
    model: ModelIdentity,
    others: Sequence[Artifact],
    models: LoadedModels,
) -> tuple[Vote, ...]:
    own = result.prediction
    if own is None or isinstance(image, ImageRefused) or image.sha256 != result.sha256:
        return ()
    votes = [Vote(model.recipe, model.name, own.suggestion, own.probability_all)]
    for artifact in others:
        with models.borrow(artifact.name) as classifier:
            said = classifier.classify(image.pixels)
        votes.append(Vote(artifact.recipe.name, artifact.name, said.suggestion, said.probability_all))
    return tuple(votes)
