"""One image in, one prediction out."""

import math
from dataclasses import dataclass

import numpy as np

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.core.records import ModelIdentity, Prediction
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.features import FeatureExtractor
from alldetect_gui.inference.head import LogisticHead


@dataclass(frozen=True)
class Classifier:
    """A loaded artefact, ready for images."""

    identity: ModelIdentity
    extractor: FeatureExtractor
    head: LogisticHead
    band: tuple[float, float]

    def classify(self, image: RgbImage) -> Prediction:
        """What the model says about `image` (uint8 RGB, any size). A value that is not finite is never a class."""
        features = self.extractor(image)
        if features is None:
            return Prediction(math.nan, Suggestion.UNCERTAIN, "no cell found: the image is black")
        probability = float(self.head.probability_all(features[np.newaxis])[0])
        return decide(probability, self.identity.threshold, self.band)


def decide(probability: float, threshold: float, band: tuple[float, float]) -> Prediction:
    """The suggestion for a calibrated P(ALL): UNCERTAIN strictly inside `band`, else by the threshold."""
    if not math.isfinite(probability):
        return Prediction(math.nan, Suggestion.UNCERTAIN, "the model gave no finite value")
    low, high = band
    if low < probability < high:
        return Prediction(
            probability,
            Suggestion.UNCERTAIN,
            f"P(ALL) lies in the model's uncertain band ({low:.2f} to {high:.2f})",
        )
    return Prediction(probability, Suggestion.ALL if probability >= threshold else Suggestion.HEM)
