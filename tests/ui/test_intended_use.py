"""The statement of intended use is one constant, and stands word for word wherever it is promised."""

import io
import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from alldetect_gui import paths
from alldetect_gui.cli.main import main
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.words import ENGLISH, Words
from alldetect_gui.gui import language
from alldetect_gui.gui.dialogs.about import AboutDialog
from alldetect_gui.gui.dialogs.sign_off import SignOffDialog
from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.pdf import pdf_bytes
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.workflows.exports.content import Content
from alldetect_gui.workflows.exports.export import export_bytes
from alldetect_gui.workflows.exports.run import ExportOptions, Format
from alldetect_gui.workflows.exports.table import clipboard_text
from tests.architecture.house import ROOT
from tests.unit.workflows.exports.samples import hostile_run, read_csv

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("propagateSizeHints"),  # said by the offscreen platform about any window
]


def shown(widget: QWidget) -> str:
    """What the labels in sight say."""
    labels = [label for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return "\n".join(label.text() for label in labels)


def exported(kind: Format, words: Words = ENGLISH) -> bytes:
    return export_bytes(Content(hostile_run(), ExportOptions(words=words)), kind, pdf_bytes)


def sheets() -> list[str]:
    """Heading and foot of each sheet: it is on the screen and on each printed page."""
    book = openpyxl.load_workbook(io.BytesIO(exported(Format.XLSX)))
    assert len(book.sheetnames) == 5
    return [str(text) for sheet in book for text in ([cell.value for cell in sheet[1]], sheet.oddFooter.left.text)]


def pdf_pages(words: Words = ENGLISH) -> list[str]:
    data = exported(Format.PDF, words)
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not here")
    text = subprocess.run([tool, "-layout", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
    pages = text.rstrip("\f").split("\f")
    assert len(pages) > 1
    return pages


def html_places(words: Words = ENGLISH) -> list[str]:
    """Begin and end on the screen, and the foot that is printed on each page."""
    html = exported(Format.HTML, words).decode()
    body = html.partition("<body>")[2]
    foot = re.search(r'<div class="foot">(.*?)</div>', html)
    assert foot is not None and ".foot{display:block;position:fixed" in html
    return [body[:1000], body[-1000:], foot[1]]


PLACES: dict[str, Callable[[], list[str]]] = {
    "CSV, each row": lambda: [row["intended_use"] for row in read_csv(exported(Format.CSV))],
    "clipboard, each row": lambda: clipboard_text(Content(hostile_run(), ExportOptions())).splitlines()[1:],
    "XLSX, each sheet": sheets,
    "HTML": html_places,
    "PDF, each page": pdf_pages,
    "JSON": lambda: [json.loads(exported(Format.JSON))["intended_use"]],
    "README": lambda: [(ROOT / "README.md").read_text(encoding="utf-8")],
    "docs": lambda: [(ROOT / "docs" / "intended-use.md").read_text(encoding="utf-8")],
    "model cards": lambda: [path.read_text(encoding="utf-8") for path in sorted(paths.models().glob("*/*_CARD.md"))],
    "experiments": lambda: [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/experiments/h*.md"))],
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_that_the_statement_stands_there_word_for_word(place: str) -> None:
    found = PLACES[place]()
    assert found
    for text in found:
        words = " ".join(re.sub(r"\n>|page \d+ of \d+", " ", text).split())
        assert INTENDED_USE in words, words[:200]


@pytest.mark.parametrize("places", [html_places, pdf_pages])
def test_that_a_german_report_states_it_in_german_at_the_same_places(places: Callable[[Words], list[str]]) -> None:
    language.speak(language.Language.GERMAN)
    try:
        found = places(language.report_words(","))
        german = language.said(INTENDED_USE)
    finally:
        language.speak(language.Language.ENGLISH)
    assert found and german != INTENDED_USE
    for text in found:
        assert german in " ".join(re.sub(r"Seite \d+ von \d+", " ", text).split()), text[-300:]


def test_that_window_about_and_signature_show_it(qtbot: QtBot, tmp_path: Path) -> None:
    window = MainWindow(WindowSettings(tmp_path / "window.json"))
    qtbot.addWidget(window)
    for page in (window.welcome, window.workspace):
        window.pages.setCurrentWidget(page)
        assert INTENDED_USE in shown(window)
    about, signature = AboutDialog((), window), SignOffDialog("1", 5, 0, lambda reason: None, window)
    for dialog in (about, signature):
        qtbot.addWidget(dialog)
        assert INTENDED_USE in shown(dialog)
    window.close()


def test_that_commands_say_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert INTENDED_USE in " ".join(capsys.readouterr().out.split())
    one = tmp_path / "all"  # the folder's name is a reference label
    one.mkdir()
    shutil.copy(next(paths.samples().rglob("*.png")), one)
    assert main(["classify", str(one), "--out", str(tmp_path / "out"), "--workspace", str(tmp_path / "w")]) == 0
    assert INTENDED_USE in " ".join(capsys.readouterr().out.split())
    assert json.loads((tmp_path / "out" / "summary.json").read_bytes())["intended_use"] == INTENDED_USE
    assert main(["evaluate", str(tmp_path / "out" / "results.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["intended_use"] == INTENDED_USE


def test_that_the_wheel_takes_its_description_from_the_readme() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    assert project["readme"] == "README.md" and "Research use only" in project["description"]


def test_that_the_code_holds_the_statement_once() -> None:
    sources = [path for path in (ROOT / "alldetect_gui").rglob("*.py") if "not for diagnosis." in path.read_text()]
    assert [path.name for path in sources] == ["intended_use.py"]
