"""Which packages are installed, and that the locks are what pyproject.toml and the machines need."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture import house

LOCKS = {name: house.ROOT / "requirements" / f"{name}.txt" for name in ("run", "dev")}
PROJECT = tomllib.loads((house.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PLATFORMS = {
    "Linux x86_64": {"sys_platform": "linux", "platform_machine": "x86_64"},
    "Linux arm64": {"sys_platform": "linux", "platform_machine": "aarch64"},
    "macOS arm64": {"sys_platform": "darwin", "platform_machine": "arm64"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64"},
}


def locked(path: Path) -> list[Requirement]:
    """The pinned packages of a lock, with their markers."""
    return [
        Requirement(line.removesuffix(" \\")) for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"[a-z0-9]", line)
    ]  # fmt: skip


def applies(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment)


def test_that_only_one_package_brings_cv2() -> None:
    assert set(metadata.packages_distributions()["cv2"]) == {"opencv-python-headless"}


def test_that_qt_is_older_than_the_release_that_aborts() -> None:
    assert Version(metadata.version("PySide6-Essentials")) < Version("6.12")


def test_that_qt_survives_five_thousand_signals() -> None:
    """PySide6 6.12.0 on Python 3.11 ends the process after some 560: every emit drops a reference to True."""
    code = (
        "from PySide6.QtCore import QObject, Signal\n"
        "class Sender(QObject):\n    told = Signal(int)\n"
        "sender = Sender(); heard = []\n"
        "sender.told.connect(heard.append)\n"
        "for number in range(5000): sender.told.emit(number)\n"
        "print(len(heard))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "5000\n"), done.stderr


@pytest.mark.parametrize("name", LOCKS)
def test_that_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = LOCKS[name].read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert len(blocks) > 40
    assert [block for block in blocks[1:] if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "--index" not in text and "--extra-index" not in text and "--find-links" not in text
    assert re.findall(r"(?:^|[\s(])/\w+/\S*", text) == []  # no path of anybody's machine


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_that_the_locks_pin_each_dependency_within_its_range(platform: str, python: str) -> None:
    environment = PLATFORMS[platform] | {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    wanted = {"run": PROJECT["dependencies"]}
    wanted["dev"] = [*wanted["run"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)]
    for name, lines in wanted.items():
        pinned = {canonicalize_name(item.name): item for item in locked(LOCKS[name]) if applies(item, environment)}
        for requirement in map(Requirement, lines):
            if applies(requirement, environment):
                version = next(iter(pinned[canonicalize_name(requirement.name)].specifier)).version
                assert requirement.specifier.contains(version), f"{name}: {requirement} but {version} is locked"


def test_that_the_tools_change_no_package_of_the_program() -> None:
    development = {str(item) for item in locked(LOCKS["dev"])}
    assert [str(item) for item in locked(LOCKS["run"]) if str(item) not in development] == []


def test_that_no_second_opencv_is_locked() -> None:
    for path in LOCKS.values():
        names = [item.name for item in locked(path)]
        assert [name for name in names if name.startswith("opencv")] == ["opencv-python-headless"]
        assert "pyside6-addons" not in names
