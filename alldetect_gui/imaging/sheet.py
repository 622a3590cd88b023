"""A comparison as one picture to print or mail: every pane with its parameters and figures written on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from alldetect_gui.imaging.steps import RgbImage
from alldetect_gui.imaging.thumbnails import thumbnail

SIDE = 450
"""Largest side of a pane in pixels: cells of the C-NMC files are shown pixel by pixel, larger images shrunk."""

_MARGIN, _LINE, _HISTOGRAM = 24, 24, 90
_PAPER, _INK, _SOFT = (255, 255, 255), (27, 39, 51), (93, 107, 120)
_CHANNELS = ((209, 73, 91), (58, 157, 93), (61, 126, 196))


TextMask = Callable[[str, int], NDArray[np.uint8]]
"""Draws a line of text so many pixels high: how much of each pixel is covered, 0 to 255, shape (height, width)."""


@dataclass(frozen=True, slots=True)
class SheetPane:
    """One rendering and what is written with it."""

    title: str
    lines: tuple[str, ...]  # parameters, P(ALL), model
    pixels: RgbImage
    histogram: NDArray[np.int64]  # (3, 256)


def draw_sheet(
    heading: Sequence[str], panes: Sequence[SheetPane], footer: str, mask: TextMask | None = None
) -> RgbImage:
    """White paper with `heading` above, `panes` in one row and `footer` below; uint8 RGB.

    `mask` draws the lines for which the typeface has no letters; without it these letters are written as escapes.
    """
    pictures = [thumbnail(pane.pixels, SIDE) for pane in panes]
    width = max(picture.shape[1] for picture in pictures)
    height = max(picture.shape[0] for picture in pictures)
    width = max(width, 260)  # room for words under a narrow image
    characters = width // 9
    texts = [[part for line in pane.lines for part in wrap(_simple(line), characters)] for pane in panes]
    top = _MARGIN + len(heading) * _LINE + 12
    below = top + _LINE + height + 8 + max(len(text) for text in texts) * _LINE + 4
    across = _MARGIN + len(panes) * (width + _MARGIN)
    foot = wrap(_simple(footer), across // 8)
    total = (across, below + _HISTOGRAM + 16 + len(foot) * _LINE + _MARGIN)
    paper = Image.new("RGB", total, _PAPER)
    pen = ImageDraw.Draw(paper)
    for number, line in enumerate(heading):
        _write(paper, (_MARGIN, _MARGIN + number * _LINE), line, 18 if number == 0 else 15, mask)
    for number, (pane, picture, text) in enumerate(zip(panes, pictures, texts, strict=True)):
        left = _MARGIN + number * (width + _MARGIN)
        _write(paper, (left, top), pane.title, 18, mask)
        paper.paste(Image.fromarray(picture), (left, top + _LINE))
        for row, line in enumerate(text):
            _write(paper, (left, top + _LINE + height + 8 + row * _LINE), line, 15, mask)
        _draw_histogram(pen, (left, below, left + width, below + _HISTOGRAM), pane.histogram)
    for row, line in enumerate(foot):
        _write(paper, (_MARGIN, below + _HISTOGRAM + 16 + row * _LINE), line, 14, mask, _SOFT)
    return np.asarray(paper, dtype=np.uint8)


def _draw_histogram(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], counts: NDArray[np.int64]) -> None:
    left, top, right, bottom = box
    pen.rectangle(box, outline=(210, 216, 222))
    tallest = max(int(counts.max()), 1)
    across = (right - left - 2) / 255
    grey = bool((counts == counts[0]).all())  # one line: the last of three would be taken for blue
    lines = [(counts[0], _INK)] if grey else zip(counts, _CHANNELS, strict=True)
    for channel, colour in lines:
        points = [(left + 1 + value * across, bottom - 1 - count / tallest * (bottom - top - 4))
                  for value, count in enumerate(channel.tolist())]  # fmt: skip
        pen.line(points, colour, 2)


def _write(
    paper: Image.Image,
    place: tuple[int, int],
    text: str,
    size: int,
    mask: TextMask | None,
    ink: tuple[int, int, int] = _INK,
) -> None:
    """One line; what the typeface has is written with it, so that most sheets look the same on every computer."""
    simple = _simple(text)
    if simple.isascii() or mask is None:
        ImageDraw.Draw(paper).text(place, _plain(simple), ink, _font(size))
    else:
        paper.paste(ink, place, Image.fromarray(mask(simple, size)))


def _simple(text: str) -> str:
    for typographic, simple in (("“", '"'), ("”", '"'), ("–", "-"), ("−", "-"), ("…", "...")):
        text = text.replace(typographic, simple)
    return text


def _plain(text: str) -> str:
    """The typeface has few letters beside ASCII: others are written as escapes, so that none turns into a box."""
    return _simple(text).encode("ascii", "backslashreplace").decode("ascii")


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """The typeface that comes with Pillow: sheets look the same on every computer."""
    return ImageFont.load_default(size)
