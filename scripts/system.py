"""What the operating system must bring: Python's venv part, Qt's libraries, a font. Standard library only."""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

# soname -> Debian's and Ubuntu's package. Read from the DT_NEEDED entries of Qt's libraries in PySide6-Essentials.
QT = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libX11.so.6": "libx11-6",
}
X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
BUNDLE_TOOLS = {"objdump": "binutils", "zstd": "zstd", "dpkg-deb": "dpkg", "xz": "xz-utils"}
BARE_TOOLS = {
    "debootstrap": "debootstrap", "Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick",
    "unshare": "util-linux",
}  # fmt: skip
"""For a root without Python in which the bundle is tried: only root can make one."""
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_ENDINGS = {".ttf", ".otf", ".ttc", ".pfb"}


class SetUpFailed(Exception):
    """Set-up cannot go on; the message says what to do."""


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a window may be opened at all."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def loads(soname: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_for_window(environment: Mapping[str, str], *, shown: bool) -> dict[str, str]:
    """What Qt lacks here, as need -> package; `shown` for a window on a display, else only for drawing off screen."""
    if not sys.platform.startswith("linux"):
        return {}
    needed = dict(QT)
    if shown and environment.get("DISPLAY"):
        needed |= X11
    if shown and environment.get("WAYLAND_DISPLAY") and not environment.get("DISPLAY"):
        needed |= WAYLAND
    missing = {soname: package for soname, package in needed.items() if not loads(soname)}
    if not has_font():
        missing["a font"] = FONT_PACKAGE
    return missing


def missing_for_bundle(*, bare: bool) -> dict[str, str]:
    """What building a bundle lacks: its tools, and all libraries of Qt, because it takes them along."""
    if not sys.platform.startswith("linux"):
        return {}
    tools = BUNDLE_TOOLS | (BARE_TOOLS if bare else {})
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = {name: package for name, package in tools.items() if not shutil.which(name, path=path)}
    return missing | {soname: package for soname, package in (QT | X11 | WAYLAND).items() if not loads(soname)}


def has_font(folders: Iterable[str] = FONT_FOLDERS) -> bool:
    """Whether at least one font is installed; without one, every letter is a box."""
    for folder in folders:
        for _, _, names in os.walk(os.path.expanduser(folder)):  # noqa: PTH111 - Path's own raises without a home
            if any(Path(name).suffix.lower() in FONT_ENDINGS for name in names):
                return True
    return False


def missing_for_venv() -> dict[str, str]:
    """Debian and Ubuntu ship Python without ensurepip; asked of a new process, so that it can be asked twice."""
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0:
        return {}
    if sys.base_prefix != "/usr":
        raise SetUpFailed(f"The Python at {sys.base_prefix} was built without ensurepip; use another with PYTHON=…")
    return {"Python's venv and ensurepip": f"python3.{sys.version_info.minor}-venv"}


def check_platform() -> None:
    """Refuse early where the locked packages do not exist. Raises SetUpFailed."""
    kind, version = platform.libc_ver()
    if sys.platform.startswith("linux") and kind == "glibc":
        arm = platform.machine() == "aarch64"
        needed, enough = ("2.39", "Debian 13 and Ubuntu 24.04") if arm else ("2.34", "Debian 12 and Ubuntu 22.04")
        if _numbers(version) < _numbers(needed):
            raise SetUpFailed(f"This system's C library, glibc {version}, is too old; {enough} are new enough.")
    if sys.platform == "darwin" and platform.machine() != "arm64":
        raise SetUpFailed("On macOS only Apple silicon is supported: TensorFlow has no packages for Intel any more.")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def provide(missing: Callable[[], dict[str, str]]) -> None:
    """Install what `missing()` names where that is allowed; raise SetUpFailed with the exact command elsewhere."""
    needs = missing()
    if not needs:
        return
    packages = sorted(set(needs.values()))
    if not shutil.which("apt-get"):
        raise SetUpFailed(f"Please install with your system's package manager: {', '.join(needs)}")
    if os.geteuid() != 0:
        raise SetUpFailed(
            f"This system lacks {', '.join(needs)}.\nPlease type this, then repeat:\n  {command(packages)}"
        )
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    install(packages)
    needs = missing()
    if needs:
        raise SetUpFailed(f"Still missing after installing {' '.join(packages)}: {', '.join(needs)}")


def command(packages: Iterable[str]) -> str:
    """The line to type for installing packages."""
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"


def install(packages: Iterable[str]) -> None:
    """Run apt-get as root. Raises SetUpFailed with its last words."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    environment["PATH"] = environment.get("PATH", "") + ":/usr/sbin:/sbin"  # dpkg insists on them
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "-qq", *wait, *step],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if done.returncode:
            raise SetUpFailed(f"apt-get {step[0]} failed:\n{done.stdout[-2000:]}\nIt was run for: {command(packages)}")
