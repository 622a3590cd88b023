"""What a Linux system must bring before Qt can open a window, said before Qt is asked: Qt ends the whole process.

The names of Debian's packages were tried in a bare system; those of the others are from their package lists.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

FAMILIES = ("debian", "fedora", "suse", "arch")
# soname -> package in each of FAMILIES
QT = {
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd", "libglvnd"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd", "libglvnd"),
    "libstdc++.so.6": ("libstdc++6", "libstdc++", "libstdc++6", "gcc-libs"),
    "libgcc_s.so.1": ("libgcc-s1", "libgcc", "libgcc_s1", "gcc-libs"),
    "libexpat.so.1": ("libexpat1", "expat", "libexpat1", "expat"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon0", "libxkbcommon"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "libglib-2_0-0", "glib2"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "libfreetype6", "freetype2"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "libdbus-1-3", "dbus"),
}
X11 = {
    "libxcb.so.1": ("libxcb1", "libxcb", "libxcb1", "libxcb"),
    "libX11.so.6": ("libx11-6", "libX11", "libX11-6", "libx11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libX11-xcb1", "libx11"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-render-util.so.0": (
        "libxcb-render-util0", "xcb-util-renderutil", "libxcb-render-util0", "xcb-util-renderutil",
    ),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb-shape0", "libxcb"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb-randr0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb-xkb1", "libxcb"),
}  # fmt: skip
WAYLAND = {
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "libwayland-client0", "wayland"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "libwayland-cursor0", "wayland"),
    "libwayland-egl.so.1": ("libwayland-egl1", "libwayland-egl", "libwayland-egl1", "wayland"),
}
_PLATFORMS = {"xcb": X11, "wayland": WAYLAND}
_INSTALL = {
    "debian": "sudo apt-get install",
    "fedora": "sudo dnf install",
    "suse": "sudo zypper install",
    "arch": "sudo pacman -S",
}


def loads(soname: str) -> bool:
    """Whether the library is there. One that is, but lacks another one of ours, is: the other one will be named."""
    try:
        ctypes.CDLL(soname)
    except OSError as error:
        lacking = str(error.__cause__ or error).partition(":")[0]  # PyInstaller puts words of its own around it
        return lacking != soname and lacking in QT | X11 | WAYLAND
    return True


def complaint(environment: Mapping[str, str], family: str | None = None, loads: Callable[[str], bool] = loads) -> str:
    """Why no window can be opened here, as a sentence that names the packages; empty when one can."""
    if not sys.platform.startswith("linux"):
        return ""
    platforms = _platforms(environment)
    if not platforms:
        return (
            "There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set). "
            "The command “alldetect” works without one"
        )
    lacking = [_missing(QT | _PLATFORMS.get(platform, {}), loads) for platform in platforms]
    fewest = min(lacking, key=len)
    return _sentence(fewest, family or distribution_family()) if fewest else ""


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """Qt's platforms that may be tried here, as Qt itself decides."""
    if asked := environment.get("QT_QPA_PLATFORM"):
        return [name.partition(":")[0].partition("-")[0] for name in asked.split(";")]
    names = {"WAYLAND_DISPLAY": "wayland", "DISPLAY": "xcb"}
    return [platform for variable, platform in names.items() if environment.get(variable)]


def _missing(needed: Mapping[str, tuple[str, ...]], loads: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
    return {soname: packages for soname, packages in needed.items() if not loads(soname)}


def _sentence(missing: Mapping[str, tuple[str, ...]], family: str) -> str:
    known = family if family in FAMILIES else FAMILIES[0]
    packages = dict.fromkeys(names[FAMILIES.index(known)] for names in missing.values())
    whose = "" if family in FAMILIES else " (these are Debian's names)"
    return (
        f"AllDetect needs {_listed(missing)} from the system to open a window. "
        f"Please install{whose}: {_INSTALL[known]} {' '.join(packages)}"
    )


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def distribution_family(release: Path = Path("/etc/os-release")) -> str:
    """One of FAMILIES, or what the distribution calls itself."""
    try:
        lines = release.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    values = {name: value.strip("\"'") for name, _, value in (line.partition("=") for line in lines)}
    words = f"{values.get('ID', '')} {values.get('ID_LIKE', '')}".split()
    families = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse", "sles": "suse"}
    found = [families.get(word, word) for word in words]
    return next((word for word in found if word in FAMILIES), found[0] if found else "")


def tell(sentence: str, environment: Mapping[str, str]) -> None:
    """On standard error, and for someone who double-clicked, in whatever box the desktop has without Qt 6."""
    sys.stderr.write(f"alldetect-gui: {sentence}.\n")
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return
    boxes = (["zenity", "--error", "--no-markup", "--text"], ["kdialog", "--error"], ["xmessage"])
    for program, *options in boxes:
        if path := shutil.which(program, path=environment.get("PATH")):
            clean = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
            subprocess.run([path, *options, sentence], env=clean, check=False)  # noqa: S603 - one of the three above
            return
