"""Use case: where in one image a model finds what it says."""

from collections.abc import Iterator
from pathlib import Path

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.core.events import ExplanationReady, ImageUnreadable
from alldetect_gui.imaging.overlay import evidence_overlay
from alldetect_gui.imaging.reader import read_image
from alldetect_gui.inference.explain import grad_cam, occlusion
from alldetect_gui.workflows.loaded_models import LoadedModels

GRAD_CAM, OCCLUSION = "grad-cam", "occlusion"


class Explainer:
    """Asks the models of this installation, or those below a folder. Belongs to one thread at a time."""

    def __init__(self, models: Path | LoadedModels | None = None) -> None:
        self._models = models if isinstance(models, LoadedModels) else LoadedModels(models)

    def explain(self, path: Path, model: str) -> Iterator[ExplanationReady | ImageUnreadable]:
        """One class activation map, then a growing occlusion map. To cancel, close the generator between events.

        Raises WrongUse (no such model, or one that cannot be explained) and ModelDamaged.
        """
        try:
            image = read_image(path).pixels
        except ImageRefused as refusal:
            yield ImageUnreadable(path, refusal.reason)
            return
        with self._models.borrow(model) as classifier:
            rendered = classifier.extractor.recipe.apply(image)
            found = grad_cam(classifier, image)
            parts = occlusion(classifier, image)
        if found is None:
            yield ImageUnreadable(path, "no cell found: the image is black")
            return
        overlay = evidence_overlay(rendered, found.evidence)
        yield ExplanationReady(path, model, GRAD_CAM, rendered, overlay, found.logit, 1, 1, found.outside)
        while True:
            with self._models.borrow(model):  # given back between parts: the comparison may be waiting for it
                step = next(parts, None)
            if step is None:
                return
            done, total, part = step
            overlay = evidence_overlay(rendered, part.evidence)
            yield ExplanationReady(path, model, OCCLUSION, rendered, overlay, part.logit, done, total)
