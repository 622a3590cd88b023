"""Build the bundle from the locked environment: `make bundle`, `make bundle-full`.

.venv/bin/python build_spec/build.py [--full]
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import collect
import lists
import project

_NOT_FOUND = re.compile(r"Library not found: could not resolve '([^']+)'")


def main(arguments: Sequence[str]) -> int:
    """Build, then look at the log: PyInstaller only warns of a missing library and writes a bundle that cannot run."""
    parser = argparse.ArgumentParser(description="Build the bundle.")
    parser.add_argument("--full", action="store_true", help="with TensorFlow, so that training works from the bundle")
    full = parser.parse_args(arguments).full
    target = project.bundle(full=full)
    work = project.BUILD / target.name
    work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    began = time.monotonic()
    log = work / "pyinstaller.log"
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(command(work), env=environment(full=full), cwd=project.ROOT, stdout=file,
                              stderr=subprocess.STDOUT)  # fmt: skip
    text = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        print(text[-4000:], file=sys.stderr)
        return 1
    if missing := missing_libraries(text):
        print(f"PyInstaller did not find {', '.join(missing)}; the bundle would not run elsewhere.", file=sys.stderr)
        shutil.rmtree(target, ignore_errors=True)
        return 1
    collect.finish(target)
    write_sources(target, full=full)
    print(f"{target}: built in {time.monotonic() - began:.0f} s; log: {log}")
    return 0


def command(work: Path) -> list[str]:
    """PyInstaller on the spec, everything anew."""
    return [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level=INFO",
            "--distpath", str(project.DIST), "--workpath", str(work),
            str(project.ROOT / "build_spec" / "alldetect.spec")]  # fmt: skip


def environment(*, full: bool) -> dict[str, str]:
    """A fixed hash seed and time, so that the same inputs give the same archive; no cache of another user."""
    fixed = {"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "1577836800", "ALLDETECT_FULL": "1" if full else "0",
             "PYINSTALLER_CONFIG_DIR": str(project.BUILD / "pyinstaller-cache")}  # fmt: skip
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | fixed


def missing_libraries(log: str) -> list[str]:
    """Libraries that the log reports as not found, beyond those whose users are dropped."""
    found = sorted(set(_NOT_FOUND.findall(log)))
    return [name for name in found if not name.startswith(lists.MAY_BE_MISSING)]


def write_sources(target: Path, *, full: bool) -> None:
    """Which versions are in the bundle: the LGPL asks that one can find exactly their sources."""
    lines = [f"{name} {version}\n" for name, version in collect.shipped_versions(full=full)]
    (licences(target) / "sources.txt").write_text("".join(lines), encoding="utf-8")


def licences(target: Path) -> Path:
    """The folder with the licences in a finished bundle."""
    return target / "lib" / "licences"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
