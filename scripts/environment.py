"""The virtual environment .venv: built from the hash lock, completed, or rebuilt. Standard library only."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import asdict, dataclass
from pathlib import Path

from system import SetUpFailed

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = {"run": ROOT / "requirements" / "run.txt", "dev": ROOT / "requirements" / "dev.txt"}  # dev holds all of run
FREE_BYTES = 3_500_000_000  # TensorFlow alone unpacks to 1.3 GB, and pip needs room beside it


@dataclass
class Stamp:
    """What .venv holds; written when that is complete, removed before anything is changed."""

    root: str = ""  # a moved checkout: the scripts in .venv/bin point to the old place
    python: str = ""
    lock: str = ""  # "run" or "dev"
    lock_sha256: str = ""
    project_sha256: str = ""


def read_stamp(folder: Path = VENV) -> Stamp:
    """The stamp of a finished environment; an empty one when there is none or it cannot be understood."""
    try:
        return Stamp(**json.loads((folder / "alldetect-stamp.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Stamp()


def write_stamp(stamp: Stamp, folder: Path = VENV) -> None:
    """Written beside and moved into place: a stamp is whole or absent."""
    partial = folder / "alldetect-stamp.partial"
    partial.write_text(json.dumps(asdict(stamp), indent=2), encoding="utf-8")
    partial.replace(folder / "alldetect-stamp.json")


def wanted_stamp(lock: str) -> Stamp:
    """The stamp that .venv has to carry."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Stamp(str(ROOT), python, lock, _sha256(LOCKS[lock]), _sha256(ROOT / "pyproject.toml"))


def steps(found: Stamp, wanted: Stamp) -> list[str]:
    """Which of "create", "install", "project" are needed to get from one stamp to the other."""
    current = {name: _sha256(path) for name, path in LOCKS.items()}
    stale = found.lock not in current or found.lock_sha256 != current[found.lock]
    if stale or (found.root, found.python) != (wanted.root, wanted.python):
        return ["create", "install", "project"]
    needed = []
    if found.lock == "run" and wanted.lock == "dev":
        needed.append("install")
    if needed or found.project_sha256 != wanted.project_sha256:
        needed.append("project")
    return needed


def bring_up(lock: str) -> None:
    """Make .venv hold what `lock` says and the project itself. Nothing is done when it does already."""
    found, wanted = read_stamp(), wanted_stamp(lock)
    needed = steps(found, wanted)
    if not needed:
        return
    if needed == ["project"]:
        wanted.lock, wanted.lock_sha256 = found.lock, found.lock_sha256
    (VENV / "alldetect-stamp.json").unlink(missing_ok=True)
    if "create" in needed:
        create()
    if "install" in needed:
        install(wanted.lock)
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    write_stamp(wanted)


def create() -> None:
    """An empty environment, whatever was there before."""
    free = shutil.disk_usage(ROOT).free
    if not VENV.exists() and free < FREE_BYTES:
        raise SetUpFailed(f"{free / 1e9:.1f} GB are free at {ROOT}; {FREE_BYTES / 1e9:.1f} GB are needed.")
    print(f"{'Rebuilding' if VENV.exists() else 'Making'} {VENV}", flush=True)
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    venv.create(VENV, clear=True, symlinks=True, with_pip=True)


def install(lock: str) -> None:
    """The locked packages, each checked against its hash."""
    count = sum("==" in line and not line.startswith((" ", "#")) for line in LOCKS[lock].read_text().splitlines())
    print(f"Installing {count} packages, TensorFlow among them (270 MB): this takes some minutes, once.", flush=True)
    pip("install", "--require-hashes", "--requirement", str(LOCKS[lock]))


def pip(*arguments: str) -> None:
    """Run the environment's own pip. Raises SetUpFailed; pip has said why."""
    command = [str(python()), "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, env=clean_environment(), cwd=ROOT, stdin=subprocess.DEVNULL).returncode:
        raise SetUpFailed("pip could not install the packages (its reason is above). Repeat the command to try again.")


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would lead Python or pip out of .venv; index settings stay."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIREMENT"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | {"PIP_USER": "0", "VIRTUAL_ENV": str(VENV)}


def python() -> Path:
    """The environment's interpreter."""
    return VENV / "bin" / "python"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
