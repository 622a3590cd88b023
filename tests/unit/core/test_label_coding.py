"""The two public codings of labels are opposite; which one a file follows is said, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alldetect_gui.core.errors import ImageRefused, KnownError, ModelDamaged, RunFailed, WrongUse
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import CellClass, LabelCoding, Outcome, Suggestion


@pytest.mark.parametrize(
    ("coding", "text", "expected"),
    [
        (LabelCoding.THESIS, "0", CellClass.ALL),
        (LabelCoding.THESIS, "1", CellClass.HEM),
        (LabelCoding.CHALLENGE, "1", CellClass.ALL),
        (LabelCoding.CHALLENGE, "0", CellClass.HEM),
        (LabelCoding.THESIS, " 0 ", CellClass.ALL),
        (LabelCoding.CHALLENGE, "\t1\n", CellClass.ALL),
    ],
)
def test_that_a_number_means_what_its_coding_says(coding: LabelCoding, text: str, expected: CellClass) -> None:
    assert coding.parse(text) is expected


@pytest.mark.parametrize("coding", list(LabelCoding))
@pytest.mark.parametrize("text", ["all", "ALL", "All", " hem", "HEM", "Hem"])
def test_that_words_mean_the_same_under_both_codings(coding: LabelCoding, text: str) -> None:
    assert coding.parse(text) is CellClass[text.strip().upper()]


@pytest.mark.parametrize("coding", list(LabelCoding))
@given(text=st.text(max_size=6))
def test_that_anything_else_is_refused(coding: LabelCoding, text: str) -> None:
    if text.strip().upper() in {"0", "1", "ALL", "HEM"}:
        return
    with pytest.raises(WrongUse) as caught:
        coding.parse(text)
    assert "expected 0, 1, all or hem" in str(caught.value)


@pytest.mark.parametrize("text", ["", "2", "-1", "1.0", "01", "true", "blast", "ALL HEM"])
def test_that_near_misses_are_refused_too(text: str) -> None:
    for coding in LabelCoding:
        with pytest.raises(WrongUse):
            coding.parse(text)


def test_that_there_are_two_classes_three_suggestions_and_two_outcomes() -> None:
    assert list(CellClass) == ["ALL", "HEM"]
    assert list(Suggestion) == ["ALL", "HEM", "UNCERTAIN"]
    assert list(Outcome) == ["classified", "skipped"]


def test_that_every_error_of_normal_work_can_be_told_in_one_sentence() -> None:
    for kind in (WrongUse, ModelDamaged, RunFailed, ImageRefused):
        error = kind("no such folder")
        assert isinstance(error, KnownError)
        assert str(error) == "no such folder"
    assert ImageRefused("file is incomplete").reason == "file is incomplete"


def test_that_the_intended_use_says_research_no_device_and_review() -> None:
    for words in ("Research use only", "Not a medical device", "not for diagnosis", "must review"):
        assert words in INTENDED_USE
