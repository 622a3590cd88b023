"""Prove the packages in a root without Python: install, run, look at, remove. Needs root and the network for apt.

make bundle-test        (after make bundle and make packages)
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import inspect_bundle
import lists
import packages
import project
from bare_root import FOLDER, HOME, USER, BareRoot, minimal_root
from screen import DISPLAY, Screen

from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme

APP = f"{HOME}/{project.name()}"
SAMPLES = f"{APP}/lib/resources/samples"
X11 = {"DISPLAY": DISPLAY}


class Failed(Exception):
    """What was proved to be otherwise."""


class Report:
    """What was tried and what came of it, on screen and as JSON."""

    def __init__(self) -> None:
        self.steps: list[dict[str, object]] = []

    def step(self, name: str, act: Callable[[], str]) -> None:
        """One thing tried; the others go on when it failed."""
        began = time.monotonic()
        try:
            passed, detail = True, act()
        except (Failed, subprocess.SubprocessError, OSError, ValueError, KeyError) as error:
            passed, detail = False, f"{type(error).__name__}: {error}"
        self.steps.append({"step": name, "passed": passed, "detail": detail})
        print(f"{'ok    ' if passed else 'FAILED'} {name} ({time.monotonic() - began:.1f} s): {detail}", flush=True)

    @property
    def passed(self) -> bool:
        """Whether everything was as it should be."""
        return all(step["passed"] for step in self.steps)


def main(arguments: Sequence[str]) -> int:
    """Everything; 1 when one step failed."""
    parser = argparse.ArgumentParser(description="Try the packages in a root without Python.")
    parser.add_argument("--suite", default="bookworm", help="of Debian (default: %(default)s)")
    parser.add_argument("--root", type=Path, help="a minimal root made by someone else, which is copied")
    options = parser.parse_args(arguments)
    if os.geteuid() != 0:
        print("Only root can make a root file system to try the bundle in: sudo make bundle-test", file=sys.stderr)
        return 1
    archive = project.DIST / f"{project.name()}-{project.version()}-linux-x86_64.tar.zst"
    if not archive.exists() and packages.main([]):
        return 1
    report = Report()
    base = options.root or minimal_root(options.suite)
    with Screen() as screen:
        try_archive(BareRoot("archive", base), archive, screen, report)
        try_deb(BareRoot("deb", base), next(project.DIST.glob(f"{project.name()}_{project.version()}_*.deb")), report)
    (FOLDER / "report.json").write_text(json.dumps(report.steps, indent=1), encoding="utf-8")
    print(f"{'All passed' if report.passed else 'NOT all passed'}; report and pictures: {FOLDER}")
    return 0 if report.passed else 1


def try_archive(root: BareRoot, archive: Path, screen: Screen, report: Report) -> None:
    """Unpack, run before and after the system's libraries are there, look at the window, install for one user."""
    report.step("no Python, no compiler in the root", lambda: no_tools(root))
    report.step("archive unpacked", lambda: unpack(root, archive))
    report.step("system libraries that are missing", lambda: missing(root))
    report.step("without them, a sentence names the packages", lambda: sentence(root))
    report.step("without them, the command classifies a folder", lambda: classify(root))
    report.step("system libraries installed", lambda: install_libraries(root))
    report.step("self-test", lambda: self_test(root, f"{APP}/alldetect"))
    report.step("window", lambda: look_at_window(root, screen))
    for name, variables in {
        "X11": X11,
        "X11, scaled twice": X11 | {"QT_SCALE_FACTOR": "2"},
        "X11, German": X11 | {"LANG": "de_DE.UTF-8"},
        "X11, dark": X11 | {"XDG_DATA_HOME": f"{HOME}/dark"},
        "off screen": {"QT_QPA_PLATFORM": "offscreen"},
    }.items():
        report.step(f"start, {name}", lambda variables=variables: measure(root, f"{APP}/alldetect-gui", variables))
    report.step("installed for one user, run, removed", lambda: install_for_user(root))
    root.remove()


def try_deb(root: BareRoot, deb: Path, report: Report) -> None:
    """Install with apt, which brings the libraries, run, purge; nothing may be left."""
    before = root.packages()
    report.step(".deb installed by apt", lambda: install_deb(root, deb, before))
    report.step(".deb: self-test", lambda: self_test(root, "alldetect"))
    report.step(".deb: window", lambda: measure(root, "alldetect-gui", X11, "/usr/lib/alldetect/lib/resources/samples"))
    report.step(".deb purged, nothing left", lambda: purge(root))
    root.remove()


def no_tools(root: BareRoot) -> str:
    there = [name for name in ("python3", "gcc", "pip") if root.run("sh", "-c", f"command -v {name}").returncode == 0]
    expect(not there, f"{', '.join(there)} is there")
    return f"{len(root.packages())} packages in {root.path.name}"


def unpack(root: BareRoot, archive: Path) -> str:
    home = root.path / HOME[1:]
    subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", str(home)], check=True)
    (home / archive.name.removesuffix(".tar.zst")).rename(root.path / APP[1:])
    subprocess.run(["chmod", "-R", "a-w", str(root.path / APP[1:])], check=True)  # the program must not need to write
    return archive.name


def missing(root: BareRoot) -> str:
    asked = inspect_bundle.needed(root.path / APP[1:])
    there = root.sonames()
    return f"asks for {' '.join(sorted(asked))}; lacks {' '.join(sorted(asked - there)) or 'nothing'}"


def sentence(root: BareRoot) -> str:
    done = root.run(f"{APP}/alldetect-gui", **X11)
    expect(done.returncode == 3 and "sudo apt-get install" in done.stderr and done.stderr.count("\n") == 1,
           f"{done.returncode}: {done.stderr[-600:]}")  # fmt: skip
    return done.stderr.strip()


def classify(root: BareRoot) -> str:
    done = root.run(f"{APP}/alldetect", "classify", SAMPLES, "--out", f"{HOME}/out", "--json")
    expect(done.returncode == 0, f"{done.returncode}: {done.stderr[-600:]}")
    summary = json.loads(done.stdout)
    expect(summary["classified"] == summary["found"] == 24, str(summary))
    return f"{summary['classified']} of {summary['found']} images classified in {summary['seconds']} s"


def install_libraries(root: BareRoot) -> str:
    before = root.packages()
    root.apt("update")
    names = [name.partition(" ")[0] for name in lists.DEBIAN_DEPENDS]
    root.apt("install", "--no-install-recommends", *names)
    lacking = inspect_bundle.needed(root.path / APP[1:]) - root.sonames()
    wayland = {name for name in lacking if name.startswith("libwayland-")}
    expect(lacking == wayland, f"still missing: {lacking - wayland}")
    return (
        f"{len(root.packages() - before)} packages for {' '.join(names)}; only for Wayland: {' '.join(sorted(wayland))}"
    )


def self_test(root: BareRoot, program: str) -> str:
    done = root.run(program, "self-test")
    expect(done.returncode == 0, f"{done.returncode}: {done.stderr[-1500:]}")
    checks = json.loads(done.stdout)["checks"]
    return "; ".join(f"{check['name']}: {check['outcome']}" for check in checks)


def look_at_window(root: BareRoot, screen: Screen) -> str:
    running = root.start(f"{APP}/alldetect-gui", SAMPLES, **X11)
    try:
        window = screen.window()
        expect(bool(window), "no window appeared")
        opened = screen.settled(FOLDER / "window.png")
        screen.press(window, "ctrl+r")
        colours = screen.settled(FOLDER / "classified.png", unlike=opened)
        screen.press(window, "ctrl+q")
        code = running.wait(timeout=60)
    finally:
        running.kill()
    words = (running.stderr.read() if running.stderr else "").strip()
    expect(code == 0 and colours != opened, f"exit code {code}, the picture is {colours}, {words[-500:]}")
    return f"opened, classified by Ctrl+R, closed by Ctrl+Q; it said: {words[-200:] or 'nothing'}"


def measure(root: BareRoot, program: str, variables: dict[str, str], samples: str = SAMPLES) -> str:
    settings = root.path / HOME[1:] / "dark" / "alldetect"
    settings.mkdir(parents=True, exist_ok=True)
    WindowSettings(settings / "window.json").theme = Theme.DARK
    root.run("chown", "-R", USER, HOME, user="root")
    file = root.path / HOME[1:] / "start.json"
    file.unlink(missing_ok=True)
    began = time.time()  # noqa: TID251 - compared with the start in another process
    done = root.run(program, samples, "--measure", f"{HOME}/start.json", **variables)
    expect(done.returncode == 0 and file.exists(), f"{done.returncode}: {done.stderr[-800:]}")
    told = json.loads(file.read_text(encoding="utf-8"))
    expect(told["letters"] and not told["loaded"] and told["first_result"], str(told))
    expect(told["pixel_ratio"] == float(variables.get("QT_SCALE_FACTOR", 1)), f"pixel ratio {told['pixel_ratio']}")
    expect(told["dark"] is ("XDG_DATA_HOME" in variables), f"dark is {told['dark']}")
    expect(not variables.get("LANG", "").startswith("de") or told["locale"] == "de_DE", f"locale {told['locale']}")
    painted, result = told["painted"] - began, told["first_result"] - began
    return (f"painted after {painted:.2f} s, first result after {result:.2f} s, {told['platform']}, "
            f"pixel ratio {told['pixel_ratio']}, dark {told['dark']}, {told['locale']}")  # fmt: skip


def install_for_user(root: BareRoot) -> str:
    root.run("chmod", "-R", "u+w", APP, user="root")
    done = root.run("sh", f"{APP}/install.sh")
    expect(done.returncode == 0, done.stderr[-800:])
    entry = (root.path / HOME[1:] / ".local/share/applications/alldetect.desktop").read_text(encoding="utf-8")
    expect(f'Exec="{HOME}/.local/opt/alldetect/alldetect-gui" %f' in entry, entry)
    version = root.run(f"{HOME}/.local/bin/alldetect", "--version")
    expect(version.stdout.strip() == f"alldetect {project.version()}", version.stderr[-800:])
    measure(root, f"{HOME}/.local/bin/alldetect-gui", X11)
    removed = root.run("sh", f"{APP}/install.sh", "--remove")
    left = [line for line in root.run("find", f"{HOME}/.local", "-iname", "*alldetect*").stdout.splitlines()
            if not line.startswith(f"{HOME}/.local/share/alldetect")]  # fmt: skip
    expect(removed.returncode == 0 and not left, f"left: {left}")
    return "menu entry and command installed, version and window run, all removed but the user's own data"


def install_deb(root: BareRoot, deb: Path, before: set[str]) -> str:
    shutil.copy(deb, root.path / "alldetect.deb")
    root.apt("update")
    root.apt("install", "--no-install-recommends", "/alldetect.deb")
    for place in ("usr/share/applications/alldetect.desktop", "usr/share/icons/hicolor/scalable/apps/alldetect.svg",
                  "usr/share/doc/alldetect/copyright", "usr/lib/alldetect/lib/licences/LGPL-3.0.txt"):  # fmt: skip
        expect((root.path / place).is_file(), f"{place} is missing")
    return f"{len(root.packages() - before)} packages with it"


def purge(root: BareRoot) -> str:
    root.apt("purge", "alldetect")
    (root.path / "alldetect.deb").unlink()
    search = root.run("find", "/usr", "/opt", "/etc", "/var/lib/dpkg/info", "-iname", "*alldetect*", user="root")
    expect(not search.stdout.strip(), search.stdout)
    return "no file of that name in /usr, /opt, /etc"


def expect(holds: bool, otherwise: str) -> None:
    """Raise Failed, saying what was found, unless it holds."""
    if not holds:
        raise Failed(otherwise)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
