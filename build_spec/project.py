"""Name and version of the program: pyproject.toml says them, once. Standard library only."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
BUILD = ROOT / "build"


def _project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: dict[str, Any] = tomllib.load(file)["project"]
    return found


def name() -> str:
    """The program's name in file names."""
    return str(_project()["name"])


def version() -> str:
    """The version as released."""
    return str(_project()["version"])


def summary() -> str:
    """One sentence about the program."""
    return str(_project()["description"])


def bundle_name(*, full: bool) -> str:
    """The folder in dist/ that holds the bundle."""
    return f"{name()}-full" if full else name()


def bundle(*, full: bool = False) -> Path:
    """Where the bundle is built."""
    return DIST / bundle_name(full=full)
