"""Files, functions and the window stay small: growth is slow and one-way, and only a number stops it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import house

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
LINES_OF_THE_WINDOW = 350
METHODS_OF_THE_WINDOW = 25
FOLDERS = ("alldetect_gui", "scripts", "build_spec", "benchmarks")


def too_long(path: Path) -> Iterator[str]:
    """What in one file is over the limits, in words."""
    text = path.read_text(encoding="utf-8")
    if (lines := len(text.splitlines())) > LINES_OF_A_FILE:
        yield f"{path.name} has {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := length(node)) > LINES_OF_A_FUNCTION:
            yield f"{path.name}: {node.name} has {lines} lines"
        if isinstance(node, ast.ClassDef) and node.name == "MainWindow":
            methods = sum(isinstance(item, ast.FunctionDef) for item in node.body)
            if (lines := length(node)) > LINES_OF_THE_WINDOW:
                yield f"{path.name}: MainWindow has {lines} lines"
            if methods > METHODS_OF_THE_WINDOW:
                yield f"{path.name}: MainWindow has {methods} methods"


def length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Lines from the first decorator to the end."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return (node.end_lineno or node.lineno) - first + 1


def test_that_nothing_is_too_long() -> None:
    files = [path for folder in FOLDERS for path in sorted((house.ROOT / folder).rglob("*.py"))]
    assert len(files) > 50
    assert [complaint for path in files for complaint in too_long(path)] == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("A = 1\n" * (LINES_OF_A_FILE + 1), "planted.py has 401 lines"),
        ("def long():\n" + "    pass\n" * LINES_OF_A_FUNCTION, "planted.py: long has 61 lines"),
        ("class MainWindow:\n" + "    a = 1\n" * LINES_OF_THE_WINDOW, "planted.py: MainWindow has 351 lines"),
        ("class MainWindow:\n" + "    def a(self): ...\n" * 26, "planted.py: MainWindow has 26 methods"),
    ],
)
def test_that_a_planted_giant_is_reported(text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text(text, encoding="utf-8")
    assert list(too_long(path)) == [complaint]


@pytest.mark.parametrize("lines", [LINES_OF_A_FUNCTION])
def test_that_a_function_may_reach_the_limit(lines: int, tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text("def long():\n" + "    pass\n" * (lines - 1), encoding="utf-8")
    assert list(too_long(path)) == []
