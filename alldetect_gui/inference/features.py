"""From an image to the feature vector that a head reads."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.imaging.cell_region import CellRegion, cut_square, find_cell, whole_frame
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.engine import Engine
from alldetect_gui.inference.pooling import Pooling
from alldetect_gui.inference.turns import turned

_IMAGENET_BGR = np.array([103.939, 116.779, 123.68], np.float32)


def to_model_input(image: RgbImage) -> NDArray[np.float32]:
    """VGG16's input normalisation: RGB to BGR, minus the ImageNet means, not scaled (Keras, mode "caffe")."""
    height, width, _ = image.shape
    lines = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2BGR).astype(np.float32).reshape(height, width * 3)
    lines -= np.tile(_IMAGENET_BGR, width)  # by lines: numpy is slow where three values are taken from three each time
    return lines.reshape(height, width, 3)


def seen_by(view: View, rendered: RgbImage, region: CellRegion) -> tuple[RgbImage, NDArray[np.float32]]:
    """The square of `rendered` that a view shows to the network, and the cell's cover of it, both (size, size)."""
    through = view.through.apply if view.through else None
    if view.region == "frame":
        return whole_frame(through(rendered) if through else rendered, region, view.size)
    return cut_square(rendered, region, view.side(region.side), view.size, through)


@dataclass(frozen=True)
class FeatureExtractor:
    """Recipe, views, VGG16 base and pooling, as one function. The same object serves training and classification."""

    engine: Engine
    recipe: Recipe
    views: tuple[View, ...]
    blocks: tuple[int, ...]
    statistics: tuple[str, ...]

    def __call__(self, image: RgbImage) -> NDArray[np.float32] | None:
        """The features of `image` (uint8 RGB, any size): shape (n_features,); None when it is black all over."""
        region = find_cell(image)
        return None if region is None else self.features(image, region)

    def features(self, image: RgbImage, region: CellRegion) -> NDArray[np.float32]:
        """The same where the cell has been found: shape (n_features,)."""
        rendered = self.recipe.apply(image)
        return np.concatenate([self._of_view(view, *seen_by(view, rendered, region)) for view in self.views])

    def _of_view(self, view: View, square: RgbImage, cover: NDArray[np.float32]) -> NDArray[np.float32]:
        """The mean over the view's turns."""
        prepared = to_model_input(square)
        pooling = Pooling(cover, self.blocks, self.statistics, view.turns)
        for number in range(view.turns):
            self.engine.read(turned(prepared, number), pooling.add)
        return pooling.features()
