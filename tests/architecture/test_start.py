"""What a start loads, and that nothing of the program speaks to a network."""

import ast
import re
from pathlib import Path

import pytest

from alldetect_gui import __version__
from tests.architecture import house

HEAVY = {"numpy", "cv2", "PySide6", "shiboken6", "tensorflow", "keras", "ai_edge_litert"}
NETWORK = {"socket", "ssl", "http", "urllib", "urllib3", "requests", "ftplib", "smtplib", "xmlrpc"}


@pytest.mark.parametrize(
    "code",
    [
        "import alldetect_gui.__main__",
        "import sys\nfrom alldetect_gui.__main__ import main\nassert main(['--version']) == 0",
    ],
    ids=["import", "--version"],
)
def test_that_a_start_loads_nothing_heavy(code: str) -> None:
    assert house.roots_loaded_by(code) & HEAVY == set()


@pytest.mark.parametrize(("words", "threads"), [(["models"], "1"), (["train", "--help"], None)])
def test_that_numpy_is_loaded_with_one_thread_but_for_training(words: list[str], threads: str | None) -> None:
    """Its library reads the variable when it is loaded; idle threads of it spin, beside the network's."""
    code = f"""
import os, sys, importlib.abc
os.environ.pop("OPENBLAS_NUM_THREADS", None)
class Watch(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            print("numpy with", os.environ.get("OPENBLAS_NUM_THREADS"))
sys.meta_path.insert(0, Watch())
from alldetect_gui.__main__ import main
try:
    main({words})
except SystemExit:
    pass
"""
    assert f"numpy with {threads}\n" in house.printed_by(code)


@pytest.mark.parametrize("name", sorted({"numpy", "cv2", "ai_edge_litert"}))
def test_that_a_heavy_module_would_be_seen(name: str) -> None:
    assert name in house.roots_loaded_by(f"import alldetect_gui.__main__, {name}")


@pytest.mark.parametrize(
    ("code", "is_loaded"),
    [
        ("from alldetect_gui.gui.use_cases import try_threshold\nnext(iter(try_threshold([])))", True),
        (
            "from PySide6.QtWidgets import QApplication\napplication = QApplication([])\n"
            "from alldetect_gui.gui.panels.threshold import ThresholdPanel\n"
            "panel = ThresholdPanel()\npanel.show()\npanel.grab()",
            False,
        ),
    ],
    ids=["by the worker", "by the tab"],
)
def test_that_the_library_of_plots_is_loaded_where_their_figures_are_made(code: str, is_loaded: bool) -> None:
    """A worker makes them; a tab that is opened before there are any would load it in the window's thread."""
    assert ("pyqtgraph" in house.roots_loaded_by(code)) is is_loaded


def test_that_the_window_module_loads_neither_opencv_nor_a_runtime() -> None:
    assert (
        house.roots_loaded_by("import alldetect_gui.gui.app") & {"cv2", "tensorflow", "keras", "ai_edge_litert"}
        == set()
    )


@pytest.mark.parametrize("path", list(house.modules()), ids=lambda path: str(path.relative_to(house.PACKAGE)))
def test_that_no_module_imports_network_code(path: Path) -> None:
    """Ruff says the same, except in the files whose other bans are lifted."""
    imported = {name.partition(".")[0] for name in house.imports(ast.parse(path.read_text(encoding="utf-8")))}
    assert imported & NETWORK == set()
    assert not any(name.startswith("PySide6.QtNetwork") for name in house.imports(ast.parse(path.read_bytes())))


@pytest.mark.parametrize(
    "code", ["import urllib.request", "def f():\n    from http import client", "import socket as s"]
)
def test_that_an_import_of_network_code_would_be_seen(code: str) -> None:
    assert {name.partition(".")[0] for name in house.imports(ast.parse(code))} & NETWORK


@pytest.mark.parametrize("room", ["cli", "gui", "workflows"])
def test_that_files_of_unknown_origin_go_through_the_reader(room: str) -> None:
    """In these rooms `imaging.decode` may be asked for a file's bytes, for their hash, but never for pixels."""
    for path in sorted((house.PACKAGE / room).rglob("*.py")):
        imported = set(house.imports(ast.parse(path.read_bytes())))
        taken = {name for name in imported if name.startswith("alldetect_gui.imaging.decode.")}
        assert taken <= {"alldetect_gui.imaging.decode.read_bytes"}, path
        assert "alldetect_gui.imaging.decode" not in imported or taken, path


def test_that_the_version_is_stated_once_in_two_places() -> None:
    text = (house.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'^version = "(.*)"$', text, re.MULTILINE) == [__version__]
