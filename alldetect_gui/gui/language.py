"""The language of the window. Code is written in English; each text is looked up whole when it is shown.

`tr` is for the window's own texts, `said` for words that come from other rooms: those stay English in the workspace
file, in tables and on the command line, and are put into the reader's language at the last moment. The catalogue of a
language is resources/languages/CODE.json: "window" for the first kind, "said" for the second, "report" for the texts
of reports, which other rooms write with the words they are handed. What it lacks is shown in English.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from alldetect_gui import paths
from alldetect_gui.core.words import Words


class Language(StrEnum):
    """What the user may choose; SYSTEM follows the desktop, and is English where it speaks neither."""

    SYSTEM = "system"
    ENGLISH = "en"
    GERMAN = "de"


@dataclass(frozen=True)
class Catalogue:
    """English text to text; `said` may hold templates, “{number} megapixels”, that stand for whatever fits them."""

    window: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    report: Mapping[str, str] = field(default_factory=dict)


_spoken = Catalogue()
_language = Language.ENGLISH
_qt_words: list[QTranslator] = []  # kept, or Qt forgets them


def tr(text: str, /, **values: object) -> str:
    """`text` in the language spoken, with `values` in place of {names}."""
    found = _spoken.window.get(text, text)
    return found.format_map(values) if values else found


def marked(text: str) -> str:
    """`text` itself: a constant that is looked up with `tr` when it is shown."""
    return text


@lru_cache(maxsize=4096)
def said(text: str) -> str:
    """What another room said, in the language spoken; as it is where the catalogue does not know it."""
    found = _spoken.said.get(text)
    if found is not None:
        return found
    for template, pattern in _patterns():
        match = pattern.fullmatch(text)
        if match:
            values = {name: said(value) for name, value in match.groupdict().items()}
            return _spoken.said[template].format_map(values)
    return text


def speak(language: Language) -> Language:
    """Use a language from now on; what is on screen already stays. Returns the one that SYSTEM stands for."""
    desktop = QLocale.system()
    if language is Language.SYSTEM:
        german = any(name.startswith("de") for name in desktop.uiLanguages()[:1])
        language = Language.GERMAN if german else Language.ENGLISH
        QLocale.setDefault(desktop)
    else:
        chosen = QLocale(language.value)  # numbers as the desktop writes them where it speaks this language
        QLocale.setDefault(desktop if desktop.language() == chosen.language() else chosen)
    use(read_catalogue(language))
    _translate_qt(language)
    global _language
    _language = language
    return language


def spoken() -> Language:
    """The language in use, never SYSTEM."""
    return _language


def report_words(decimal_sign: str) -> Words:
    """The language spoken now, for a report that is written behind the window."""
    report = _spoken.report
    return Words(_language.value, lambda text: report.get(text, text), said, decimal_sign)


def use(catalogue: Catalogue) -> None:
    """Look texts up here."""
    global _spoken
    _spoken = catalogue
    said.cache_clear()
    _patterns.cache_clear()


def read_catalogue(language: Language) -> Catalogue:
    """The texts of a language; English has none. An installation without the file speaks English."""
    if language is Language.ENGLISH:
        return Catalogue()
    try:
        texts = json.loads((paths.resources() / "languages" / f"{language}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Catalogue()
    return Catalogue(texts["window"], texts["said"], texts["report"])


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """The templates of `said`, those with the most words first: they say the most."""
    templates = sorted((text for text in _spoken.said if "{" in text), key=len, reverse=True)
    return [(template, _pattern(template)) for template in templates]


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    words, names = parts[::2], parts[1::2]
    body = "".join(f"{re.escape(word)}(?P<{name}>.+?)" for word, name in zip(words, names, strict=False))
    return re.compile(body + re.escape(words[-1]), re.DOTALL)


def _translate_qt(language: Language) -> None:
    """Qt's own words: buttons, menus of lines, file dialogs."""
    application = QCoreApplication.instance()
    if application is None:
        return
    while _qt_words:
        application.removeTranslator(_qt_words.pop())
    words = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language is not Language.ENGLISH and words.load(f"qtbase_{language}", folder):
        application.installTranslator(words)
        _qt_words.append(words)
