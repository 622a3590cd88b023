"""The house as its guards see it: its rooms, copies of it with planted faults, and what the guards say of a copy."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "alldetect_gui"
TOOLS = Path(sys.executable).parent  # not resolved: the tools lie beside the environment's python

_FOLDERS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
_FILES = {path.stem for path in PACKAGE.glob("[!_]*.py")}
ROOMS_WITHOUT_QT = sorted(_FOLDERS - {"gui"} | _FILES)


@dataclass(frozen=True)
class Fault:
    """A new file that breaks a wall. `report` is what its guard has to say, as a pattern."""

    name: str
    file: str  # below alldetect_gui/
    code: str
    guard: str  # a contract of import-linter, or the code of a rule of ruff
    report: str = ""


def copy_of_the_house(folder: Path) -> Path:
    """The package and its configuration in `folder`; returns the copied package."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder / PACKAGE.name


def plant(package: Path, fault: Fault) -> None:
    """Write the fault into a copy of the package."""
    path = package / fault.file
    for folder in (path.parent, *path.parent.parents):
        if folder == package:
            break
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    assert not path.exists(), f"{fault.file} is a real file; a fault must not replace it"
    path.write_text(fault.code, encoding="utf-8")


def lint_imports(folder: Path) -> tuple[int, dict[str, str]]:
    """Exit code of import-linter, and contract -> what it says about it; kept contracts say nothing."""
    done = subprocess.run(
        [TOOLS / "lint-imports", "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "1000", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert "Contracts: " in done.stdout, done.stdout + done.stderr  # it came to its end
    sections = re.split(r"^(.+)\n-{3,}\n", done.stdout.partition("Broken contracts")[2], flags=re.MULTILINE)
    return done.returncode, dict(zip(sections[1::2], sections[2::2], strict=True))


def ruff(folder: Path) -> tuple[int, str]:
    """Exit code and report of ruff: one line a finding, “path:line:column: CODE message”."""
    done = subprocess.run(
        [TOOLS / "ruff", "check", "--no-cache", "--output-format=concise", PACKAGE.name],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, done.stdout


FRESH = """
import importlib, pkgutil, sys
sys.modules["PySide6"] = sys.modules["shiboken6"] = None
room = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
    importlib.import_module(found.name)
print(sorted({name.partition(".")[0] for name in sys.modules}))
"""


def fresh_import(folder: Path, room: str) -> subprocess.CompletedProcess[str]:
    """Import every module of a room in a new interpreter where Qt cannot be imported; prints what got loaded."""
    return subprocess.run(
        [sys.executable, "-c", FRESH, f"alldetect_gui.{room}"], cwd=folder, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def roots_loaded_by(code: str) -> set[str]:
    """The top-level modules that a new interpreter has loaded after `code`."""
    ending = "\nimport sys; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    return set(ast.literal_eval(printed_by(code + ending).splitlines()[-1]))


def printed_by(code: str) -> str:
    """What a new interpreter prints that runs `code`."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def modules() -> Iterator[Path]:
    """Every Python file of the package."""
    yield from sorted(PACKAGE.rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    """The full names of all modules that a file imports, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
