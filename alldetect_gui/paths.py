"""The only module that knows where resources and user data lie, in a checkout, a wheel or a frozen bundle."""

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resources() -> Path:
    """The folder with the bundled models and sample cells.

    Raises FileNotFoundError when the installation is incomplete: a program without its model must say so.
    """
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen) / "resources"] if frozen else []
    candidates += [_PACKAGE / "_resources", _PACKAGE.parent / "resources"]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError("the resources folder of AllDetect is missing; install it again")


def models() -> Path:
    """The folder that holds one sub-folder per model artefact."""
    return resources() / "models"


def samples() -> Path:
    """The folder with the synthetic sample cells."""
    return resources() / "samples"


def icon() -> Path:
    """The program's icon. An installation that is incomplete has none, and says so elsewhere."""
    try:
        return resources() / "icon.svg"
    except FileNotFoundError:
        return Path("icon.svg")


def self_test_values() -> Path:
    """The probabilities that the bundled models gave for the sample cells when they were released."""
    return resources() / "self_test.json"


def licences() -> Path | None:
    """The folder with the licences of everything in a bundle; None where packages bring their own."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) / "licences" if frozen else None


def workspace() -> Path:
    """The workspace file of this user, where no other is named."""
    return user_data() / "workspace.alldetect"


def user_models() -> Path:
    """The folder with the models that this user imported."""
    return user_data() / "models"


def manual() -> Path:
    """The folder with the manual's text and pictures. Raises FileNotFoundError where it was not installed."""
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen) / "manual"] if frozen else []
    candidates += [_PACKAGE / "_manual", _PACKAGE.parent / "docs" / "manual"]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError("the manual did not come with this installation")


def user_data() -> Path:
    """The folder for this user's own settings and work; not created here.

    Linux: $XDG_DATA_HOME (default ~/.local/share); Windows: %LOCALAPPDATA%; macOS: ~/Library/Application Support.
    """
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "alldetect"


def command() -> list[str]:
    """The words that start this program's commands anew, in a process of their own."""
    if getattr(sys, "frozen", False):
        return [str(_beside("alldetect"))]
    return [sys.executable, "-m", "alldetect_gui"]


def window_command() -> list[str]:
    """The words that start another window."""
    if getattr(sys, "frozen", False):
        return [str(_beside("alldetect-gui"))]
    return [*command(), "gui"]


def _beside(name: str) -> Path:
    """A program of the bundle that is running."""
    return Path(sys.executable).with_name(name).with_suffix(Path(sys.executable).suffix)
