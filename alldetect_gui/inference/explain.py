"""Where in an image a model finds what speaks for ALL or for HEM: class activation maps and occlusion.

The network below the pooling stays a black box; everything above it is differentiated by hand, so no TensorFlow is
needed. Feature maps are weighted, place by place, by the derivative of the head's logit (HiResCAM, Draelos & Carin
2020). For plain averaging that is Grad-CAM (Selvaraju et al. 2017) without its last ReLU; for a deviation Grad-CAM's
averaged derivative is 0 whatever the model does, and only the product at each place is right.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.imaging.cell_region import CellRegion, find_cell, frame_place, square_place
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.inference.artifact import View
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.engine import FeatureMap
from alldetect_gui.inference.features import FeatureExtractor, seen_by, to_model_input
from alldetect_gui.inference.pooling import Pooling
from alldetect_gui.inference.turns import turned, turned_back

PARTS = 8
"""Occlusion covers the cell's bounding box in this many steps a side."""

Map = NDArray[np.float64]


@dataclass(frozen=True)
class Attribution:
    """Evidence by pixel: above 0 speaks for ALL, below for HEM; shape (height, width) of the image."""

    evidence: Map
    logit: float  # of the image, before calibration
    outside: float | None = None  # share of the absolute evidence that lies beside the cell


@dataclass(frozen=True)
class _Look:
    """One turn of a view as the network saw it."""

    view: View
    turn: int
    cover: NDArray[np.float32]
    maps: dict[int, FeatureMap]


def grad_cam(classifier: Classifier, image: RgbImage) -> Attribution | None:
    """Feature maps of every view and block times the head's own derivative; None for a black image.

    Raises WrongUse for a model whose features are not the pooled maps that this function knows.
    """
    region = find_cell(image)
    if region is None:
        return None
    extractor = classifier.extractor
    looks = _looks(extractor, extractor.recipe.apply(image), region)
    features = _features(extractor, looks)
    own = extractor(image)
    if own is None or own.shape != features.shape or not np.allclose(own, features, rtol=1e-3, atol=1e-3):
        raise WrongUse(f"model “{classifier.identity.name}” has features that cannot be traced back to the image")
    gradient = classifier.head.logit_gradient(features)
    evidence = np.zeros(image.shape[:2])
    start = end = 0
    for look in looks:
        if look.turn:  # the same features again, of the square in another position
            end = start
        start = end
        for block in extractor.blocks:
            feature_map = look.maps[block]
            part = gradient[end : end + len(extractor.statistics) * feature_map.shape[2]] / look.view.turns
            slopes = pooled_gradient(feature_map, look.cover, extractor.statistics, part)
            _add(evidence, turned_back((slopes * feature_map).sum(axis=2), look.turn), look.view, region)
            end += part.size
    total = float(np.abs(evidence).sum())
    outside = float(np.abs(evidence[~region.mask]).sum()) / total if total else 0.0
    return Attribution(evidence, float(classifier.head.logits(features[np.newaxis])[0]), outside)


def pooled_gradient(
    feature_map: FeatureMap, cover: NDArray[np.float32], statistics: tuple[str, ...], upstream: Map
) -> Map:
    """Derivative by every value of `feature_map` of the sum of `upstream` times `pooled`; shape of `feature_map`.

    `upstream` (len(statistics) * channels,) is what one unit of each pooled feature is worth.
    """
    height, width, channels = feature_map.shape
    weight = cv2.resize(cover, (width, height), interpolation=cv2.INTER_AREA).reshape(-1, 1).astype(np.float64)
    weight = weight / weight.sum() if weight.sum() > 0 else np.full_like(weight, 1 / weight.size)
    flat = feature_map.reshape(-1, channels).astype(np.float64)
    mean = (weight * flat).sum(axis=0)
    result = np.zeros_like(flat)
    for statistic, worth in zip(statistics, upstream.reshape(len(statistics), channels), strict=True):
        if statistic == "mean":
            result += weight * (worth / (1 + mean))
        elif statistic == "deviation":
            deviation = np.sqrt((weight * np.square(flat - mean)).sum(axis=0))
            safe = np.where(deviation > 0, deviation, 1)  # a constant channel: no direction changes its deviation
            result += np.where(deviation > 0, weight * (flat - mean) / safe * (worth / (1 + deviation)), 0)
        elif statistic == "maximum":
            inside = np.where(weight > 0, flat, -np.inf)
            top = inside.argmax(axis=0)
            result[top, np.arange(channels)] += worth / (1 + inside.max(axis=0))
        elif statistic == "plain-mean":
            result += worth / flat.shape[0]
        else:
            raise ValueError(f"unknown statistic {statistic!r}")
    return result.reshape(height, width, channels)


def occlusion(classifier: Classifier, image: RgbImage) -> Iterator[tuple[int, int, Attribution]]:
    """How much the logit falls when a part of the cell is painted over with the cell's mean colour.

    Yields parts done, parts in all, and the map so far. Nothing for a black image.
    """
    region = find_cell(image)
    if region is None:
        return
    extractor, head = classifier.extractor, classifier.head
    rendered = extractor.recipe.apply(image)
    colour = rendered[region.mask].mean(axis=0).round().astype(np.uint8)
    whole = float(head.logits(_features(extractor, _looks(extractor, rendered, region))[np.newaxis])[0])
    evidence = np.zeros(image.shape[:2])
    windows = [window for window in _windows(region) if region.mask[window].any()]
    for number, window in enumerate(windows, 1):
        painted = rendered.copy()
        inside = region.mask[window]
        painted[window][inside] = colour
        features = _features(extractor, _looks(extractor, painted, region))
        evidence[window][inside] = whole - float(head.logits(features[np.newaxis])[0])
        yield number, len(windows), Attribution(evidence.copy(), whole)


def _windows(region: CellRegion) -> Iterator[tuple[slice, slice]]:
    rows = np.linspace(region.top, region.top + region.height, PARTS + 1).round().astype(int)
    columns = np.linspace(region.left, region.left + region.width, PARTS + 1).round().astype(int)
    for top, bottom in itertools.pairwise(rows):
        for left, right in itertools.pairwise(columns):
            yield slice(int(top), int(bottom)), slice(int(left), int(right))


def _looks(extractor: FeatureExtractor, rendered: RgbImage, region: CellRegion) -> list[_Look]:
    looks = []
    for view in extractor.views:
        square, cover = seen_by(view, rendered, region)
        prepared = to_model_input(square)
        for turn in range(view.turns):
            maps = extractor.engine.feature_maps(turned(prepared, turn))
            looks.append(_Look(view, turn, turned(cover, turn), maps))
    return looks


def _features(extractor: FeatureExtractor, looks: list[_Look]) -> NDArray[np.float32]:
    """What the extractor gives, from the same maps."""
    parts = []
    for _, found in itertools.groupby(looks, key=lambda look: look.view):
        same = list(found)
        pooling = Pooling(same[0].cover, extractor.blocks, extractor.statistics, len(same))
        for look in same:
            pooling.add({block: look.maps[block].copy() for block in extractor.blocks})
        parts.append(pooling.features())
    return np.concatenate(parts)


def _add(evidence: Map, small: Map, view: View, region: CellRegion) -> None:
    """Add the map of one block to the image, at its place and with its sum kept."""
    height, width = evidence.shape
    if view.region == "frame":
        left, top, edge = frame_place(evidence.shape, region)
    else:
        left, top, edge = square_place(region, view.side(region.side))
    large = cv2.resize(small, (edge, edge), interpolation=cv2.INTER_LINEAR) * (small.size / edge**2)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + edge, width), min(top + edge, height)
    if x1 > x0 and y1 > y0:
        evidence[y0:y1, x0:x1] += large[y0 - top : y1 - top, x0 - left : x1 - left]
