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
