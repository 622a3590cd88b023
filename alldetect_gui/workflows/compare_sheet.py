"""Use case: a comparison as one PNG, with everything printed on it that is needed to make it again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from alldetect_gui import __version__
from alldetect_gui.core.errors import RunFailed
from alldetect_gui.core.events import ImageUnreadable, OriginalDecoded, RenderingJudged, RenderingReady, SheetWritten
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.whole_file import write_whole
from alldetect_gui.core.words import ENGLISH, Words
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.listing import display_name
from alldetect_gui.imaging.recipe import RECIPES, Recipe, recipe_named
from alldetect_gui.imaging.sheet import SheetPane, TextMask, draw_sheet
from alldetect_gui.workflows.compare_preprocessing import compare_preprocessing
from alldetect_gui.workflows.judge_renderings import Judges


@dataclass(frozen=True)
class Comparison:
    """What the panes show of one image: renderings in their order, and what was said about them so far."""

    path: Path
    renderings: tuple[RenderingReady, ...]
    judged: Mapping[str, RenderingJudged]  # by recipe; a pane without one says nothing about P(ALL)
    named: bool = True  # False in a blind read: a file name may hold the label


def compare_image(path: Path, recipes: Sequence[Recipe] = RECIPES) -> Comparison:
    """Render `path` and judge every rendering. Raises RunFailed when it cannot be read, ModelDamaged."""
    renderings: list[RenderingReady] = []
    judged: dict[str, RenderingJudged] = {}
    for event in compare_preprocessing(path, recipes):
        if isinstance(event, ImageUnreadable):
            raise RunFailed(f"{display_name(str(path))}: {event.reason}")
        if isinstance(event, OriginalDecoded):
            judged = {item.recipe: item for item in Judges().judge(path, event.pixels, recipes)}
        else:
            renderings.append(event)
    return Comparison(path, tuple(renderings), judged)


def write_sheet(
    out: Path, comparison: Comparison, mask: TextMask | None = None, words: Words = ENGLISH
) -> Iterator[SheetWritten]:
    """Draw `comparison` and write it to `out`, a PNG in the language of `words`; `mask` as in draw_sheet.

    Raises RunFailed when it cannot be written there.
    """
    panes = [_pane(ready, comparison.judged.get(ready.recipe), words) for ready in comparison.renderings]
    height, width = comparison.renderings[0].pixels.shape[:2]
    heading = (
        display_name(comparison.path.name) if comparison.named else words("Cell of a blind read"),
        words(
            "{width} x {height} pixels; AllDetect {version}; histograms without the black background",
            width=width, height=height, version=__version__,
        ),
    )  # fmt: skip
    data = png_bytes(draw_sheet(heading, panes, words.said(INTENDED_USE), mask))
    try:
        write_whole(out, data)
    except OSError as error:
        raise RunFailed(f"{display_name(str(out))} cannot be written: {error.strerror or error}") from error
    yield SheetWritten(out)


def _pane(ready: RenderingReady, judged: RenderingJudged | None, words: Words) -> SheetPane:
    lines = (
        _settings(ready.parameters, words) or words("no parameters"),
        *(judgement_lines(judged, words) if judged else ()),
    )
    return SheetPane(words.said(recipe_named(ready.recipe).title), lines, ready.pixels, ready.histogram)


def _settings(parameters: Iterable[tuple[str, float]], words: Words) -> str:
    return ", ".join(f"{words.said(name.replace('_', ' '))} {words.short(value)}" for name, value in parameters)


def judgement_lines(judged: RenderingJudged, words: Words = ENGLISH) -> tuple[str, ...]:
    """What is said about one rendering."""
    prediction, reason = judged.prediction, words.said(judged.reason)
    if prediction is None or not isfinite(prediction.probability_all):
        return (f"P(ALL): {reason}",)
    first = f"P(ALL) {words.number(prediction.probability_all)}"
    if judged.change is not None:
        change = words.local(f"{judged.change:+.2f}")
        first = words("{probability} ({change} against the default)", probability=first, change=change)
    lines = [f"{first}: {words.said(prediction.suggestion)}", words("model {name}", name=judged.model)]
    if judged.exploratory:
        lines.append(words("exploratory: trained with {settings}", settings=_settings(judged.trained_with, words)))
    return (*lines, reason) if reason else tuple(lines)
