"""The language of what is written for people to read: reports and comparison sheets.

Rooms below the window know English alone; who asks for a report may hand in how another language says each text. What
programs read (the keys of CSV, XLSX and JSON, the manifest) is English always, with a decimal dot.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Words:
    """How a report speaks. Called with a text and its values, it gives the text in the language of the report."""

    language: str = "en"  # as HTML names it
    text: Callable[[str], str] = str  # a template of the report
    said: Callable[[str], str] = str  # what another room said: a reason, a recipe, a model's title
    decimal_sign: str = "."

    def __call__(self, text: str, /, **values: object) -> str:
        return self.text(text).format_map(values)

    def local(self, figure: str) -> str:
        """A figure written with a dot, with the decimal sign of the report."""
        return figure.replace(".", self.decimal_sign)

    def number(self, value: float | None, digits: int = 2) -> str:
        """A figure; a dash where it is not defined."""
        return "–" if value is None or not isfinite(value) else self.local(f"{value:.{digits}f}")

    def percent(self, share: float | None) -> str:
        """A share from 0 to 1 as a percentage."""
        return "–" if share is None else f"{self.number(100 * share, 1)} %"

    def short(self, value: float) -> str:
        """A setting, with no more digits than it has."""
        return self.local(f"{value:g}")

    def whole(self, number: int) -> str:
        """A count, its thousands apart."""
        return f"{number:,}".replace(",", "." if self.decimal_sign == "," else ",")


ENGLISH = Words()


def marked(text: str) -> str:
    """`text` itself: a constant that is looked up when it is written."""
    return text
