"""Sets everything up on a machine that has Python and nothing else, then runs or tests AllDetect.

Called by the Makefile. Standard library only, because it runs before anything is installed.
"""

import contextlib
import functools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import environment
import system
from environment import ROOT, VENV

LINT = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports", "--no-logo"],
}
PYTEST = {"pytest": ["pytest"]}


def main(arguments: list[str]) -> int:
    """Run one of COMMANDS; the exit code is 0 when all is well, 1 when set-up failed, else the program's own."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"usage: bootstrap.py {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[arguments[0]]()
    except system.SetUpFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
    except OSError as error:
        print(f"\nSet-up failed: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted; repeat the command to go on.", file=sys.stderr)
        return 130
    return 1


def run() -> int:
    """Open the window on a folder, or classify that folder where no window can be opened."""
    folder = chosen_folder(os.environ)
    shown = system.has_display(os.environ)
    set_up("run", lambda: system.missing_for_window(os.environ, shown=True) if shown else {})
    if not shown:
        print("There is no display, so no window is opened; the folder is classified here instead.", flush=True)
    elif complaint := window_complaint():
        print(f"The display cannot be used ({complaint}), so the folder is classified here instead.", flush=True)
        shown = False
    program = window_command(folder) if shown else classify_command(folder)
    os.chdir(ROOT)
    os.execve(program[0], program, environment.clean_environment())


def test() -> int:
    """Everything a change has to pass."""
    set_up("dev", lambda: system.missing_for_window(os.environ, shown=False))
    return check(LINT | PYTEST)


def test_offline() -> int:
    """Every test in a network namespace of its own, in which not even a loopback device is up. Linux only."""
    set_up("dev", lambda: system.missing_for_window(os.environ, shown=False))
    alone = ["unshare", "--net"] + (["--map-current-user"] if os.getuid() else [])
    try:
        if subprocess.run([*alone, "true"]).returncode:
            raise system.SetUpFailed("A network namespace may not be made here; try it as root.")
    except FileNotFoundError as error:
        raise system.SetUpFailed("unshare (util-linux) is not here.") from error
    command = [*alone, str(VENV / "bin" / "pytest")]
    return subprocess.run(command, cwd=ROOT, env=tool_environment()).returncode


def lint() -> int:
    """The checks that need no test run."""
    set_up("dev", dict)
    return check(LINT)


def setup() -> int:
    """Only the environment."""
    set_up("run", dict)
    print(f"Ready: {VENV}")
    return 0


def lock() -> int:
    """Write the lock files anew: one lock for all platforms and for Python 3.11 to 3.13."""
    set_up("dev", dict)
    common = [str(environment.python()), "-m", "uv", "pip", "compile", "--quiet", "--universal", "--upgrade",
              "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links",
              "--custom-compile-command", "make lock"]  # fmt: skip
    sources = ["pyproject.toml", "requirements/install.in"]
    dev = ["--extra", "dev", "--extra", "build", "--constraint", "requirements/run.txt"]
    for extra, target in ([], "requirements/run.txt"), (dev, "requirements/dev.txt"):
        if subprocess.run([*common, *sources, *extra, "--output-file", target], cwd=ROOT).returncode:
            raise system.SetUpFailed(f"{target} could not be written (uv's reason is above).")
    return 0


def bench() -> int:
    """Measure how fast the program is here."""
    set_up("run", dict)
    return subprocess.run([str(environment.python()), "-m", "benchmarks"], cwd=ROOT, env=tool_environment()).returncode


def package(name: str) -> int:
    """One of PACKAGING: the bundle and what is made of it, from an environment that holds the lock."""
    papers = name in ("sbom", "licences")  # they only read what is installed
    set_up("dev", dict if papers else lambda: system.missing_for_bundle(bare=name == "bundle-test"))
    script, *words = PACKAGING[name]
    command = [str(environment.python()), str(ROOT / "build_spec" / script), *words]
    return subprocess.run(command, cwd=ROOT, env=tool_environment()).returncode


PACKAGING = {
    "bundle": ["build.py"],
    "bundle-full": ["build.py", "--full"],
    "bundle-test": ["bare_test.py"],
    "bundle-report": ["report.py"],
    "packages": ["packages.py"],
    "sbom": ["sbom.py"],
    "licences": ["write_licences.py"],
}
COMMANDS: dict[str, Callable[[], int]] = {
    "run": run, "test": test, "test-offline": test_offline, "lint": lint, "setup": setup, "lock": lock, "bench": bench,
    **{name: functools.partial(package, name) for name in PACKAGING},
}  # fmt: skip


def set_up(lock_name: str, missing: Callable[[], dict[str, str]]) -> None:
    """System packages first (they are named in one go, before anything is downloaded), then .venv."""
    system.check_platform()
    with only_one():
        creating = "create" in environment.steps(environment.read_stamp(), environment.wanted_stamp(lock_name))
        system.provide(lambda: (system.missing_for_venv() if creating else {}) | missing())
        environment.bring_up(lock_name)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the set-up of this checkout; a second one waits. The lock ends with the process, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    folder = os.open(ROOT / "scripts", os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up of this checkout is running; waiting for it.", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def check(tools: dict[str, list[str]]) -> int:
    """Run all tools, also after one has failed, and say at the end which did."""
    failed = []
    for name, (program, *arguments) in tools.items():
        print(f"== {name}", flush=True)
        if subprocess.run([str(VENV / "bin" / program), *arguments], cwd=ROOT, env=tool_environment()).returncode:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def tool_environment() -> dict[str, str]:
    """Tools find each other in .venv first."""
    cleaned = environment.clean_environment()
    return cleaned | {"PATH": f"{VENV / 'bin'}{os.pathsep}{cleaned.get('PATH', os.defpath)}"}


def chosen_folder(variables: "os._Environ[str] | dict[str, str]") -> Path:
    """The folder of FOLDER=…, else the sample cells."""
    chosen = variables.get("ALLDETECT_FOLDER")
    return Path(chosen).expanduser().resolve() if chosen else ROOT / "resources" / "samples"


def window_command(folder: Path) -> list[str]:
    """The window on `folder`."""
    return [str(VENV / "bin" / "alldetect-gui"), str(folder)]


def classify_command(folder: Path) -> list[str]:
    """The same job without a window; results go to out/ in the checkout."""
    return [str(VENV / "bin" / "alldetect"), "classify", str(folder), "--out", f"out/{folder.name or 'results'}"]


def window_complaint() -> str:
    """Why Qt cannot open the display; empty when it can. Qt ends the whole process, so a small one asks first."""
    code = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    asked = subprocess.run([str(environment.python()), "-c", code], capture_output=True, text=True,
                           env=environment.clean_environment())  # fmt: skip
    if asked.returncode == 0:
        return ""
    lines = [line for line in asked.stderr.splitlines() if line.strip()]
    return lines[0] if lines else f"exit code {asked.returncode}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
