"""Use case: one image under several recipes side by side, and thumbnails of many."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.core.events import ImageUnreadable, OriginalDecoded, RenderingReady, ThumbnailReady
from alldetect_gui.imaging.difference import signed_difference
from alldetect_gui.imaging.histogram import cell_histogram
from alldetect_gui.imaging.reader import read_image, read_thumbnail
from alldetect_gui.imaging.recipe import Recipe
from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.imaging.thumbnails import reductions


def compare_preprocessing(
    path: Path, recipes: Iterable[Recipe], difference: bool = False
) -> Iterator[OriginalDecoded | RenderingReady | ImageUnreadable]:
    """Decode `path` once and yield it, then its rendering by each recipe; or say why it cannot be shown."""
    try:
        pixels = read_image(path).pixels
    except ImageRefused as refusal:
        yield ImageUnreadable(path, refusal.reason)
        return
    yield OriginalDecoded(path, pixels)
    yield from render(path, pixels, recipes, difference)


def render(
    path: Path, pixels: RgbImage, recipes: Iterable[Recipe], difference: bool = False
) -> Iterator[RenderingReady]:
    """The rendering of decoded `pixels` by each recipe: what a moved slider asks for.

    With `difference` also how it differs from the original.
    """
    for recipe in recipes:
        rendering = recipe.apply(pixels)
        parameters = tuple(recipe.parameters.items())
        differs = signed_difference(rendering, pixels) if difference else None
        counts = cell_histogram(rendering, pixels)
        shown = rendering if differs is None or recipe.name == "original" else differs
        yield RenderingReady(path, recipe.name, parameters, rendering, counts, differs, reductions(shown))


def make_thumbnails(paths: Iterable[Path], side: int) -> Iterator[ThumbnailReady | ImageUnreadable]:
    """A small rendering of each image, at most `side` pixels a side, in the order asked for."""
    for path in paths:
        try:
            yield ThumbnailReady(path, read_thumbnail(path, side).pixels)
        except ImageRefused as refusal:
            yield ImageUnreadable(path, refusal.reason)
