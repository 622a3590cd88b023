"""One image in, one prediction out."""

import math
from dataclasses import dataclass, replace

import numpy as np

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.records import ModelIdentity, Prediction
from alldetect_gui.imaging.cell_region import cell_measures, find_cell
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.features import FeatureExtractor
from alldetect_gui.inference.fit_score import FitReference
from alldetect_gui.inference.heads import Head

OUTSIDE = "outside: unlike the cells that the model knows"


@dataclass(frozen=True)
class Classifier:
    """A loaded artefact, ready for images."""

    identity: ModelIdentity
    extractor: FeatureExtractor
    head: Head
    band: tuple[float, float]
    known: FitReference | None = None

    def on(self, recipe: Recipe) -> "Classifier":
        """The same model, looking at images prepared by `recipe` instead of the one that it was trained with."""
        identity = replace(self.identity, recipe=recipe.name, parameters=recipe.parameters)
        return replace(self, identity=identity, extractor=replace(self.extractor, recipe=recipe))

    def classify(self, image: RgbImage) -> Prediction:
        """What the model says about `image` (uint8 RGB, any size). A value that is not finite is never a class."""
        region = find_cell(image)
        if region is None:
            return Prediction(math.nan, Suggestion.UNCERTAIN, "no cell found: the image is black")
        features = self.extractor.features(image, region)
        probability = float(self.head.probability_all(features[np.newaxis])[0])
        fit = None
        if self.known:
            fit = float(self.known.score(features[np.newaxis], cell_measures(image, region)[np.newaxis])[0])
        return decide(probability, self.identity.threshold, self.band, fit)


def decide(probability: float, threshold: float, band: tuple[float, float], fit: float | None = None) -> Prediction:
    """The suggestion for a calibrated P(ALL) and a fit score.

    UNCERTAIN for an image unlike the known cells (`fit` above 1) and strictly inside `band`; else by the threshold.
    """
    if not math.isfinite(probability) or (fit is not None and not math.isfinite(fit)):
        return Prediction(math.nan, Suggestion.UNCERTAIN, "the model gave no finite value")
    if fit is not None and fit > 1:
        return Prediction(probability, Suggestion.UNCERTAIN, OUTSIDE, fit)
    low, high = band
    if low < probability < high:
        return Prediction(
            probability,
            Suggestion.UNCERTAIN,
            f"P(ALL) lies in the model's uncertain band ({low:.2f} to {high:.2f})",
            fit,
        )
    return Prediction(probability, Suggestion.ALL if probability >= threshold else Suggestion.HEM, fit=fit)
