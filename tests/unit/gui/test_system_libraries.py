"""What the system lacks for a window is said in one sentence with the package's name, before Qt ends the process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alldetect_gui.gui import system_libraries
from alldetect_gui.gui.system_libraries import complaint, distribution_family

DISPLAY = {"DISPLAY": ":0"}
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems bring these libraries")


def without(*missing: str) -> "object":
    return lambda soname: soname not in missing


@linux_only
@pytest.mark.parametrize(
    ("family", "words"),
    [
        ("debian", "sudo apt-get install libgl1 libxcb-cursor0"),
        ("fedora", "sudo dnf install libglvnd-glx xcb-util-cursor"),
        ("suse", "sudo zypper install libglvnd libxcb-cursor0"),
        ("arch", "sudo pacman -S libglvnd xcb-util-cursor"),
        ("gentoo", "(these are Debian's names): sudo apt-get install libgl1 libxcb-cursor0"),
    ],
)
def test_that_the_sentence_names_what_is_missing_and_how_to_get_it(family: str, words: str) -> None:
    sentence = complaint(DISPLAY, family, without("libGL.so.1", "libxcb-cursor.so.0"))
    assert "libGL.so.1 and libxcb-cursor.so.0" in sentence
    assert sentence.endswith(words)


@linux_only
@pytest.mark.parametrize(
    ("environment", "missing", "told"),
    [
        ({}, (), "no display"),
        (DISPLAY, (), ""),
        ({"QT_QPA_PLATFORM": "offscreen"}, ("libxcb.so.1",), ""),
        ({"QT_QPA_PLATFORM": "offscreen:size=1x1"}, ("libEGL.so.1",), "libegl1"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ("libwayland-cursor.so.0",), "libwayland-cursor0"),
        ({"WAYLAND_DISPLAY": "wayland-0", **DISPLAY}, ("libwayland-cursor.so.0",), ""),  # X11 will do
    ],
)
def test_that_only_what_this_display_needs_is_asked_for(
    environment: dict[str, str], missing: tuple[str, ...], told: str
) -> None:
    sentence = complaint(environment, "debian", without(*missing))
    assert (told in sentence) if told else sentence == ""


@linux_only
def test_that_a_start_without_a_display_ends_with_a_sentence_and_no_dump() -> None:
    kept = {name: value for name, value in os.environ.items() if "DISPLAY" not in name and name != "QT_QPA_PLATFORM"}
    done = subprocess.run([sys.executable, "-m", "alldetect_gui", "gui"], capture_output=True, text=True, env=kept)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1 and "no display" in done.stderr


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("ID=debian", "debian"),
        ("NAME=Ubuntu\nID=ubuntu\nID_LIKE=debian", "debian"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"', "fedora"),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"', "suse"),
        ("ID=gentoo", "gentoo"),
    ],
)
def test_that_the_distribution_is_known(text: str, family: str, tmp_path: Path) -> None:
    (tmp_path / "os-release").write_text(text)
    assert distribution_family(tmp_path / "os-release") == family
    assert distribution_family(tmp_path / "none") == ""


@linux_only
def test_that_whoever_double_clicked_sees_a_box(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = tmp_path / "kdialog"
    box.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/shown\n')
    box.chmod(0o755)
    system_libraries.tell("AllDetect needs x", {"PATH": str(tmp_path), "DISPLAY": ":0"})
    assert (tmp_path / "shown").read_text() == "--error AllDetect needs x\n"
    assert capsys.readouterr().err == "alldetect-gui: AllDetect needs x.\n"
