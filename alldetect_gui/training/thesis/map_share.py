"""How much of a thesis model's explanation lies beside the cell: a sentence of its card, from its own maps."""

from dataclasses import dataclass

import numpy as np

from alldetect_gui.core.records import ModelIdentity
from alldetect_gui.imaging.cell_region import find_cell
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.explain import grad_cam
from alldetect_gui.inference.heads import Head
from alldetect_gui.training.datasets import LabelledImage
from alldetect_gui.training.thesis.frame_features import FrameFeatures

CELLS = 40
"""As many as the denoisers are measured on; a map takes a pass through the network."""


@dataclass(frozen=True)
class MapShare:
    """Means over `cells` images, 0 to 1."""

    cells: int
    evidence: float  # of the Grad-CAM map's absolute evidence, beside the cell
    area: float  # of the image's pixels, beside the cell


def map_share(features: FrameFeatures, head: Head, images: tuple[LabelledImage, ...], most: int = CELLS) -> MapShare:
    """Of the first `most` images, which are as good as drawn by lot when they are in the order of their hashes."""
    identity = ModelIdentity("in training", "", features.recipe.name, features.recipe.parameters)
    classifier = Classifier(identity, features.settings.extractor(threads=1), head, (0.5, 0.5))
    evidence, area = [], []
    for image in images[:most]:
        pixels = read_image(image.path).pixels
        region, found = find_cell(pixels), grad_cam(classifier, pixels)
        if region is not None and found is not None and found.outside is not None:
            evidence.append(found.outside)
            area.append(1 - region.area / region.mask.size)
    return MapShare(len(evidence), float(np.mean(evidence)), float(np.mean(area)))


def map_text(share: MapShare) -> str:
    """The sentence."""
    return (
        f"Its maps do not stay on the cell: {share.evidence:.0%} of the evidence in its Grad-CAM maps lies beside it "
        f"(mean of {share.cells} training images, in which {share.area:.0%} of the frame lies there). "
        "It pools the whole frame, and block 5 is coarse (one place is 32 pixels of its input); part of what it reads "
        "there is how much black there is, which is size."
    )
