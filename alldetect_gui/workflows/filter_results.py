"""Use case: which results a typed query selects.

A query is a row of terms that must all hold; `-` before a term turns it round, quotation marks keep spaces.

    p>0.4 p<0.6        P(ALL) between; also >=, <=, =; fit>1 likewise
    agree<3            how many models of the renderings suggest the same, of those that were asked
    patient:H12        the patient, whole; file:, note: and reason: look for a part
    reference:hem      all, hem, any or none; suggestion: all, hem, uncertain or none; read: all, hem, unsure, any, none
    wrong, right       the suggestion against the reference label
    uncertain, skipped, outside, reviewed, open, overruled, noted
    anything else      must occur in file, patient, labels, outcome or note
"""

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from alldetect_gui.core.labels import Outcome, Suggestion
from alldetect_gui.core.records import ImageResult
from alldetect_gui.core.reviews import UNREAD, Reading, Review

Test = Callable[[ImageResult, Review], bool]

_UNCERTAIN = Suggestion.UNCERTAIN  # an enumeration's member takes a while to find, for each of 100,000 rows
_TERM = re.compile(r'-?(?:[^\s"]*"[^"]*"?|[^\s"]+)+')
_COMPARISON = re.compile(r"(p|fit|agree)(>=|<=|>|<|=)(.*)", re.IGNORECASE)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "=": math.isclose,
}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """A parsed query. `complaint` says in words what could not be understood; such a term selects everything."""

    text: str
    tests: tuple[Test, ...] = ()
    complaint: str = ""

    def selects(self, result: ImageResult, review: Review = UNREAD) -> bool:
        """True when every term holds for this image."""
        return all(test(result, review) for test in self.tests)

    def flags(self, results: Sequence[ImageResult], reviews: Iterable[Review]) -> list[bool]:
        """`selects` for each of many; `reviews` has one a result, and may go on."""
        if not self.tests:
            return [True] * len(results)
        known = list(islice(reviews, len(results)))
        first, *others = self.tests
        chosen = list(map(first, results, known))
        for test in others:
            rows = zip(chosen, results, known, strict=True)
            chosen = [good and test(result, review) for good, result, review in rows]
        return chosen


def parse(text: str) -> Query:
    """The query that `text` means; never raises, because it is read at every key stroke."""
    tests: list[Test] = []
    complaint = ""
    for term in _TERM.findall(text):
        negated, word = term.startswith("-") and len(term) > 1, term.lstrip("-").replace('"', "")
        if not word:
            continue
        made = _term(word)
        if isinstance(made, str):
            complaint = complaint or made
        else:
            tests.append(_negate(made) if negated else made)
    return Query(text, tuple(tests), complaint)


def _term(word: str) -> Test | str:
    """The test that one term means, or the complaint about it."""
    comparison = _COMPARISON.fullmatch(word)
    if comparison is not None:
        return _comparison(*comparison.groups())
    name, colon, value = word.casefold().partition(":")
    if colon and name in _FIELDS:
        return _FIELDS[name](value)
    return WORDS.get(word.casefold()) or _occurs(word.casefold())


def _negate(test: Test) -> Test:
    return lambda result, review: not test(result, review)


def _comparison(name: str, sign: str, text: str) -> Test | str:
    """Both decimal signs are understood: a comma is what many keyboards offer."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return f"“{name}{sign}” needs a number"
    value, compare = _MEASURES[name.casefold()], _COMPARE[sign]
    return lambda result, _: compare(value(result), number)  # NaN compares false with everything


def _probability(result: ImageResult) -> float:
    return math.nan if (prediction := result.prediction) is None else prediction.probability_all


def _fit(result: ImageResult) -> float:
    fit = result.prediction.fit if result.prediction is not None else None
    return math.nan if fit is None else fit


def _agreeing(result: ImageResult) -> float:
    return math.nan if result.agreeing is None else result.agreeing


_MEASURES: Mapping[str, Callable[[ImageResult], float]] = {"p": _probability, "fit": _fit, "agree": _agreeing}


def _one_of(
    name: str, values: tuple[str, ...], said: Callable[[ImageResult, Review], str]
) -> Callable[[str], Test | str]:
    """A field with few values; `any` is every one of them, `none` is their absence."""

    def make(value: str) -> Test | str:
        if value not in (*values, "any", "none"):
            return f"“{name}:” is one of {', '.join(values)}, any or none"
        if value == "any":
            return lambda result, review: bool(said(result, review))
        wanted = "" if value == "none" else value.upper()
        return lambda result, review: said(result, review) == wanted

    return make


def _part_of(name: str, said: Callable[[ImageResult, Review], str]) -> Callable[[str], Test | str]:
    """A field of free text; the value occurs somewhere in it."""

    def make(value: str) -> Test | str:
        if not value:
            return f"“{name}:” needs a word"
        return lambda result, review: value in said(result, review).casefold()

    return make


def _patient(value: str) -> Test | str:
    return lambda result, _: result.record.subject.casefold() == value


def _reference(result: ImageResult, _: Review) -> str:
    return result.record.reference or ""


def _suggestion(result: ImageResult, _: Review) -> str:
    return result.prediction.suggestion if result.prediction is not None else ""


def _reading(_: ImageResult, review: Review) -> str:
    return review.reading or ""


_FIELDS: Mapping[str, Callable[[str], Test | str]] = {
    "patient": _patient,
    "reference": _one_of("reference", ("all", "hem"), _reference),
    "suggestion": _one_of("suggestion", ("all", "hem", "uncertain"), _suggestion),
    "read": _one_of("read", ("all", "hem", "unsure"), _reading),
    "file": _part_of("file", lambda result, _: result.record.relative),
    "note": _part_of("note", lambda _, review: review.note),
    "reason": _part_of("reason", lambda result, _: result.reason),
}


def is_wrong(result: ImageResult) -> bool:
    """True when a class was suggested and it is not the reference label; UNCERTAIN is never wrong."""
    reference, prediction = result.record.reference, result.prediction
    return (
        reference is not None
        and prediction is not None
        and prediction.suggestion is not _UNCERTAIN
        and prediction.suggestion != str(reference)
    )


def is_overruled(result: ImageResult, review: Review) -> bool:
    """True when a class was suggested and the reader gave the other one; UNSURE overrules nothing."""
    gave_class = review.reading in (Reading.ALL, Reading.HEM)
    return gave_class and _suggests_class(result) and review.reading != _suggestion(result, review)


def is_outside(result: ImageResult) -> bool:
    """True when the image is unlike the cells that the model knows."""
    return _fit(result) > 1


def _suggests_class(result: ImageResult) -> bool:
    return result.prediction is not None and result.prediction.suggestion is not _UNCERTAIN


def _agrees(result: ImageResult) -> bool:
    return result.prediction is not None and result.prediction.suggestion == str(result.record.reference)


WORDS: Mapping[str, Test] = {
    "wrong": lambda result, _: is_wrong(result),
    "right": lambda result, _: _agrees(result),
    "uncertain": lambda result, review: _suggestion(result, review) == Suggestion.UNCERTAIN,
    "skipped": lambda result, _: result.outcome is Outcome.SKIPPED,
    "outside": lambda result, _: is_outside(result),
    "reviewed": lambda _, review: review.is_read,
    "open": lambda result, review: result.outcome is Outcome.CLASSIFIED and not review.is_read,
    "overruled": is_overruled,
    "noted": lambda _, review: bool(review.note),
}
"""The terms that are one word."""


def _occurs(word: str) -> Test:
    """The name of each file is searched; what else is said of images are few different things, each searched once."""
    known: dict[tuple[str, ...], bool] = {}

    def test(result: ImageResult, review: Review) -> bool:
        record, prediction = result.record, result.prediction
        if word in record.relative.casefold():
            return True
        suggestion = "" if prediction is None else prediction.suggestion
        said = (record.subject, record.reference or "", suggestion, result.reason, review.note)
        found = known.get(said)
        if found is None:
            found = known[said] = any(word in text.casefold() for text in said)
        return found

    return test
