"""The German texts: there is one for everything the window says, and it fits where it is put."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

from alldetect_gui import paths
from alldetect_gui.core.errors import ModelDamaged
from alldetect_gui.gui import language, wording
from alldetect_gui.gui.language import Catalogue, Language, read_catalogue, said, tr
from alldetect_gui.inference import artifact
from alldetect_gui.workflows import self_test
from tests.architecture import house

GUI = house.ROOT / "alldetect_gui" / "gui"
REPORTS = (
    GUI / "pdf.py",
    house.ROOT / "alldetect_gui" / "workflows" / "compare_sheet.py",
    *sorted((house.ROOT / "alldetect_gui" / "workflows" / "exports").glob("*.py")),
)
"""Modules that write for people, with the words they are handed."""
GERMAN = read_catalogue(Language.GERMAN)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    language.speak(Language.ENGLISH)


def texts_of(code: str, spoken: tuple[str, ...] = ("tr", "marked")) -> Iterator[str]:
    """What stands in tr("…") and marked("…"), in either half of a condition, and what wording.count makes."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in spoken and node.args:
            yield from (text for part in halves(node.args[0]) if isinstance(text := part, str))
        elif name == "count" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            words = [str(argument.value) for argument in node.args[1:] if isinstance(argument, ast.Constant)]
            yield from (f"{{count}} {words[0]}", f"{{count}} {words[1] if len(words) > 1 else words[0] + 's'}")


def halves(node: ast.expr) -> Iterator[object]:
    if isinstance(node, ast.IfExp):
        yield from halves(node.body)
        yield from halves(node.orelse)
    elif isinstance(node, ast.Constant):
        yield node.value


def names_in(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_that_every_text_of_the_window_is_in_the_german_catalogue_and_nothing_else() -> None:
    texts = {text for path in GUI.rglob("*.py") for text in texts_of(path.read_text(encoding="utf-8"))}
    assert len(texts) > 400
    assert sorted(texts - GERMAN.window.keys()) == []
    assert sorted(GERMAN.window.keys() - texts) == []


def test_that_every_text_of_a_report_is_in_the_german_catalogue_and_nothing_else() -> None:
    texts = {text for path in REPORTS for text in texts_of(path.read_text(encoding="utf-8"), ("words", "marked"))}
    assert len(texts) > 70
    assert sorted(texts - GERMAN.report.keys()) == []
    assert sorted(GERMAN.report.keys() - texts) == []


def test_that_a_planted_text_is_found() -> None:
    code = 'a = tr("one" if b else "two"); c = marked("three"); d = wording.count(n, "cell"); e = count(2, "is", "are")'
    assert set(texts_of(code)) == {"one", "two", "three", "{count} cell", "{count} cells", "{count} is", "{count} are"}


@pytest.mark.parametrize("part", ["window", "said", "report"])
def test_that_a_german_text_fills_in_the_same_values_and_has_an_access_key_where_the_english_has_one(part: str) -> None:
    for english_text, german in getattr(GERMAN, part).items():
        assert german.strip(), english_text
        assert names_in(german) == names_in(english_text), english_text
        keys = [len(re.findall(r"&(?=\w)", text)) for text in (english_text, german)]
        assert keys[0] == keys[1], english_text
        assert english_text.endswith("…") == german.endswith("…"), english_text
        ends = [(len(text) - len(text.lstrip()), len(text) - len(text.rstrip())) for text in (english_text, german)]
        assert ends[0] == ends[1], english_text


def test_that_numbers_and_counts_are_german() -> None:
    language.use(GERMAN)
    QLocale.setDefault(QLocale("de_DE"))
    assert wording.count(1, "image") == "1 Bild"
    assert wording.count(1130, "image") == "1.130 Bilder"
    assert wording.percent(0.241) == "24,1 %"


def test_that_words_of_other_rooms_are_known_by_their_template() -> None:
    language.use(
        Catalogue(
            said={"gone": "weg", "{what} is {state}": "{what} ist {state}", "too large ({mb} MB)": "zu groß ({mb} MB)"}
        )
    )
    assert said("too large (9 MB)") == "zu groß (9 MB)"
    assert said("the file a {b} is gone") == "the file a {b} ist weg"
    assert said("never heard of") == "never heard of"
    assert wording.sentence("gone") == "Weg."


def test_that_a_text_without_a_translation_stays_english() -> None:
    language.use(Catalogue({"known {number}": "bekannt {number}"}))
    assert tr("known {number}", number=3) == "bekannt 3"
    assert tr("unknown {number}", number=3) == "unknown 3"


def test_that_the_system_language_is_german_only_on_a_german_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, expected in (("de_CH", Language.GERMAN), ("fr_FR", Language.ENGLISH), ("en_GB", Language.ENGLISH)):
        monkeypatch.setattr(QLocale, "system", lambda name=name: QLocale(name))
        assert language.speak(Language.SYSTEM) is expected
        assert QLocale().name() == name
    monkeypatch.setattr(QLocale, "system", lambda: QLocale("en_GB"))
    assert language.speak(Language.GERMAN) is Language.GERMAN
    assert QLocale().name() == "de_DE"
    assert tr("&Quit") == "B&eenden"


def raised_in(path: Path) -> Iterator[str]:
    """What the errors say that a module raises, “7” in place of each value."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            texts = [
                sample(argument) for argument in node.exc.args if isinstance(argument, ast.Constant | ast.JoinedStr)
            ]
            yield from (text for text in texts if " " in text)


def sample(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)


SPOKEN = (
    *(house.ROOT / "alldetect_gui" / "imaging").glob("header*.py"),
    *(house.ROOT / "alldetect_gui" / name for name in (
        "imaging/decode.py", "imaging/bmp_masks.py", "imaging/formats.py", "inference/classifier.py", "store/lock.py",
        "workflows/open_folder.py", "workflows/reference_labels.py", "workflows/filter_results.py",
        "workflows/classify_folder.py", "workflows/understand_names.py", "inference/imported.py",
        "inference/foreign.py", "inference/artifact.py", "inference/catalogue.py", "inference/arrays.py",
    )),
)  # fmt: skip
"""Modules whose refusals a reader meets in the window day by day."""
FOR_DEVELOPERS = (
    "7 threads are not possible: it is a whole number from 1 on",
    "7: 7",  # a name before what the reader of files refuses, of which each is in the catalogue
)


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: path.stem)
def test_that_what_other_rooms_refuse_is_said_in_german(path: Path) -> None:
    language.use(GERMAN)
    texts = [text for text in raised_in(path) if text not in FOR_DEVELOPERS]
    assert [text for text in texts if said(text) == text] == []


@pytest.mark.parametrize(
    ("change", "german"),
    [
        ('{"schema": 1}', "manifest.json ist beschädigt ('class_names' fehlt)"),
        ("[]", "manifest.json ist beschädigt (ein Wert von anderer Art als erwartet)"),
    ],
)
def test_that_what_a_manifest_lacks_is_said_in_german(change: str, german: str, tmp_path: Path) -> None:
    language.use(GERMAN)
    (tmp_path / artifact.MANIFEST).write_text(change)
    with pytest.raises(ModelDamaged) as caught:
        artifact.read_artifact(tmp_path)
    assert said(str(caught.value)) == f"Modell „{tmp_path.name}“: {german}"


def test_that_a_planted_refusal_is_found(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text('def f(a: int) -> None:\n    raise WrongUse(f"{a} is not a wish")\n')
    assert list(raised_in(tmp_path / "planted.py")) == ["7 is not a wish"]


def figures_of(values: dict[str, object]) -> Iterator[str]:
    """The names and words of a model's card that the window shows, as it asks for them."""
    for name, value in values.items():
        if name not in wording.MEASURE_NAMES:
            yield name.replace("_", " ")
        if isinstance(value, dict) and "value" not in value:
            yield from figures_of(value)
        elif isinstance(value, str):
            yield value


def test_that_the_cards_of_the_bundled_models_are_german_too() -> None:
    manifests = [json.loads(path.read_text()) for path in sorted(paths.models().glob("*/manifest.json"))]
    assert len(manifests) >= 2
    words = {word for manifest in manifests for word in (manifest["title"], *figures_of(manifest.get("metrics", {})))}
    language.speak(Language.GERMAN)
    assert sorted(word for word in words if said(word) == word) == []


def test_that_the_names_of_the_checks_of_the_self_test_are_german_too() -> None:
    language.speak(Language.GERMAN)
    names = [name for name, _ in self_test._checks() if " on " not in name]  # a model on an engine: names
    assert len(names) == 4
    assert [name for name in names if said(name) == name] == []


def test_that_the_german_manual_has_the_same_pictures_and_the_words_of_the_german_window() -> None:
    ours, german = ((paths.manual() / name).read_text(encoding="utf-8") for name in ("manual.md", "manual.de.md"))
    pictures = [re.findall(r"!\[.*?\]\((.*?)\)", text) for text in (ours, german)]
    assert pictures[0] == pictures[1]
    assert len(pictures[0]) >= 8
    plain = {text.replace("&", ""): words.replace("&", "") for text, words in GERMAN.window.items()}
    named = [" ".join(bold.split()) for bold in re.findall(r"\*\*(.+?)\*\*", ours, re.DOTALL)]
    labels = [plain[bold] for bold in named if bold in plain]
    assert len(labels) >= 8
    flat = " ".join(german.split())
    assert [label for label in labels if label not in flat] == []
