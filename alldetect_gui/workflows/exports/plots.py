"""Plots of a report as small SVG pictures of our own: nothing of a user's file is in them."""

from collections.abc import Sequence
from html import escape

from alldetect_gui.core.words import ENGLISH, Words
from alldetect_gui.evaluation.curves import CalibrationBin

_LEFT, _TOP, _SIDE, _WIDTH, _HEIGHT = 46, 10, 230, 300, 290
_BLUE, _GREY = "#1f5fa8", "#888888"


def roc_svg(
    points: Sequence[tuple[float, float]], operating: tuple[float, float] | None, words: Words = ENGLISH
) -> str:
    """The ROC curve; `operating` is (1 - specificity, sensitivity) at the threshold used, drawn as a ring."""
    line = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    marks = f'<polyline points="{line}" fill="none" stroke="{_BLUE}" stroke-width="2"/>'
    if operating is not None:
        marks += (
            f'<circle cx="{_x(operating[0]):.1f}" cy="{_y(operating[1]):.1f}" r="5" fill="#ffffff" '
            f'stroke="{_BLUE}" stroke-width="2"/>'
        )
    return _square(words("1 - specificity"), words("sensitivity"), marks, words)


def calibration_svg(bins: Sequence[CalibrationBin], words: Words = ENGLISH) -> str:
    """Observed share of ALL against the mean P(ALL) of each bin; the area of a dot grows with its images."""
    most = max((item.images for item in bins), default=1)
    line = " ".join(f"{_x(item.mean_probability):.1f},{_y(item.observed):.1f}" for item in bins)
    marks = f'<polyline points="{line}" fill="none" stroke="{_BLUE}" stroke-width="1.5"/>'
    for item in bins:
        radius = 2.5 + 5 * (item.images / most) ** 0.5
        marks += (
            f'<circle cx="{_x(item.mean_probability):.1f}" cy="{_y(item.observed):.1f}" r="{radius:.1f}" '
            f'fill="{_BLUE}"/>'
        )
    return _square(words("mean P(ALL)"), words("share with reference ALL"), marks, words)


def _x(value: float) -> float:
    return _LEFT + _SIDE * value


def _y(value: float) -> float:
    return _TOP + _SIDE * (1 - value)


def _square(x_title: str, y_title: str, marks: str, words: Words) -> str:
    """Axes from 0 to 1, the diagonal, and `marks` on them."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="11">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="{_GREY}"/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="{_GREY}" stroke-dasharray="4 4"/>',
    ]
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        label = words.number(tick, 1)
        parts.append(f'<text x="{_x(tick):.1f}" y="{_TOP + _SIDE + 16}" text-anchor="middle">{label}</text>')
        parts.append(f'<text x="{_LEFT - 6}" y="{_y(tick) + 4:.1f}" text-anchor="end">{label}</text>')
    middle = _LEFT + _SIDE / 2
    parts.append(f'<text x="{middle}" y="{_TOP + _SIDE + 36}" text-anchor="middle">{escape(x_title)}</text>')
    turned = f'transform="translate(12 {_TOP + _SIDE / 2}) rotate(-90)"'
    parts.append(f'<text {turned} text-anchor="middle">{escape(y_title)}</text>')
    return "".join([*parts, marks, "</svg>"])
