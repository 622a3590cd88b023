"""The letter of a suggestion stands in the table in every language."""

from collections.abc import Iterator

import pytest

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import Language, speak
from alldetect_gui.gui.widgets.suggestion_chip import mark_of


@pytest.fixture(autouse=True)
def english_again(qapp: object) -> Iterator[None]:
    yield
    speak(Language.ENGLISH)


@pytest.mark.parametrize("language", [Language.GERMAN, Language.ENGLISH])
def test_that_the_mark_of_a_suggestion_is_found_in_every_language(language: Language) -> None:
    speak(language)
    assert [mark_of(wording.suggestion(item)) for item in Suggestion] == list(Suggestion)
    assert mark_of("something else") is None
