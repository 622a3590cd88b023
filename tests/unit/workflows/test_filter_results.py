"""The query language of the results table."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, Prediction, Vote
from alldetect_gui.core.reviews import UNREAD, Reading, Review
from alldetect_gui.workflows.filter_results import WORDS, parse


def image(
    name: str,
    probability: float,
    said: Suggestion,
    label: CellClass | None = None,
    fit: float | None = 0.5,
    votes: tuple[Suggestion, ...] = (),
) -> ImageResult:
    record = ImageRecord(Path("/d") / name, name, name.split("_")[0], label)
    cast = tuple(Vote("clahe", "m", vote, 0.5) for vote in votes)
    return ImageResult(record, Outcome.CLASSIFIED, "", Prediction(probability, said, "", fit), votes=cast)


A, H = Suggestion.ALL, Suggestion.HEM
ROWS = {
    "blast": (
        image("H12_1.bmp", 0.9, Suggestion.ALL, CellClass.ALL, votes=(A, A, A, A)),
        Review(Reading.ALL, "large nucleus"),
    ),
    "missed": (image("H12_2.bmp", 0.2, Suggestion.HEM, CellClass.ALL, votes=(H, A, A, H)), Review(Reading.ALL)),
    "doubtful": (image("H1_3.bmp", 0.5, Suggestion.UNCERTAIN, CellClass.HEM, fit=2.0), UNREAD),
    "healthy": (image("H1_4.bmp", 0.1, Suggestion.HEM), Review(Reading.UNSURE)),
    "broken": (
        ImageResult(ImageRecord(Path("/d/x y.bmp"), "x y.bmp"), Outcome.SKIPPED, reason="file is incomplete"),
        UNREAD,
    ),
    "nothing": (image("H1_5.bmp", math.nan, Suggestion.UNCERTAIN, fit=None), UNREAD),
}


def selected(text: str) -> set[str]:
    query = parse(text)
    return {name for name, row in ROWS.items() if query.selects(*row)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set(ROWS)),
        ("p>0.4 p<0.6", {"doubtful"}),
        ("P>=0.5", {"blast", "doubtful"}),
        ("p<=0,1", {"healthy"}),
        ("p=0.2", {"missed"}),
        ("-p>0.4", {"missed", "healthy", "broken", "nothing"}),
        ("fit>1", {"doubtful"}),
        ("agree<3", {"missed"}),
        ("agree=4", {"blast"}),
        ("-agree<3", {"blast", "doubtful", "healthy", "broken", "nothing"}),
        ("patient:H12", {"blast", "missed"}),
        ("patient:h1", {"doubtful", "healthy", "nothing"}),
        ("wrong", {"missed"}),
        ("right", {"blast"}),
        ("uncertain", {"doubtful", "nothing"}),
        ("skipped", {"broken"}),
        ("outside", {"doubtful"}),
        ("reviewed", {"blast", "missed", "healthy"}),
        ("open", {"doubtful", "nothing"}),
        ("overruled", {"missed"}),
        ("noted", {"blast"}),
        ("reference:any", {"blast", "missed", "doubtful"}),
        ("reference:none", {"healthy", "broken", "nothing"}),
        ("reference:all p<0.5", {"missed"}),
        ("suggestion:none", {"broken"}),
        ("read:unsure", {"healthy"}),
        ("note:nucleus", {"blast"}),
        ('"large nucleus"', {"blast"}),
        ('file:"x y"', {"broken"}),
        ("reason:incomplete", {"broken"}),
        ("incomplete", {"broken"}),
        ("-skipped -reviewed", {"doubtful", "nothing"}),
        ("nobody", set()),
    ],
)
def test_that_a_query_selects(text: str, expected: set[str]) -> None:
    assert selected(text) == expected
    assert parse(text).complaint == ""


@pytest.mark.parametrize("text", ["p>", "p>x", "reference:dog", "note:", "read:"])
def test_that_a_term_that_means_nothing_is_told_and_narrows_nothing(text: str) -> None:
    assert parse(text).complaint
    assert selected(text) == set(ROWS)
    assert selected(f"{text} wrong") == {"missed"}


@given(st.text(alphabet='pfit<>=:-"0.4,wrong skiped\n\t', max_size=40))
def test_that_no_text_breaks_the_parser(text: str) -> None:
    query = parse(text)
    for row in ROWS.values():
        assert query.selects(*row) in (True, False)


@given(st.sampled_from(sorted(WORDS)), st.sampled_from(sorted(WORDS)))
def test_that_terms_narrow_and_their_order_does_not_matter(first: str, second: str) -> None:
    both = selected(f"{first} {second}")
    assert both == selected(first) & selected(second) == selected(f"{second} {first}")
    assert selected(f"-{first}") == set(ROWS) - selected(first)


@given(st.floats(0, 1), st.floats(0, 1))
def test_that_a_threshold_written_with_all_its_digits_splits_without_a_gap(
    threshold: float, probability: float
) -> None:
    row = image("a", probability, Suggestion.ALL)
    above, below = parse(f"p>={threshold!r}"), parse(f"p<{threshold!r}")
    assert above.selects(row) == (probability >= threshold)
    assert above.selects(row) != below.selects(row)
