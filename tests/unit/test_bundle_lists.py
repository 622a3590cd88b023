"""The bundle's lists: the program can do without what they leave out, and they drop nothing that it uses."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "build_spec"

BLOCKED = """
import importlib, sys

class Blocked:
    def __init__(self, names):
        self.names = names
    def find_spec(self, name, path=None, target=None):
        if any(name == item or name.startswith(item + ".") for item in self.names):
            raise ModuleNotFoundError(f"the bundle has no {name}", name=name)

blocked, modules = (words.split(",") for words in sys.argv[1:])
sys.meta_path.insert(0, Blocked(blocked))
for name in modules:
    importlib.import_module(name)
print(len(modules))
"""


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Loads a module of build_spec/, which is no package."""
    monkeypatch.syspath_prepend(str(SPEC))

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    yield load
    for name in ("lists", "collect", "project", "build", "packages"):
        sys.modules.pop(name, None)


def test_that_every_module_but_training_is_imported_without_what_the_small_bundle_leaves_out(script) -> None:  # type: ignore[no-untyped-def]
    modules = script("collect").own_modules(full=False)
    assert len(modules) > 100 and "alldetect_gui.training" not in modules
    later = {"alldetect_gui.__main__", "alldetect_gui.inference.tensorflow_engine"}
    command = [sys.executable, "-c", BLOCKED]
    excluded = ",".join(script("lists").excluded_modules(full=False))
    done = subprocess.run([*command, excluded, ",".join(set(modules) - later)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    needed = subprocess.run([*command, "numpy", "alldetect_gui.imaging.decode"], capture_output=True, text=True)
    assert "the bundle has no numpy" in needed.stderr  # the block blocks


def test_that_the_full_bundle_trains_and_the_small_one_has_no_tensorflow(script) -> None:  # type: ignore[no-untyped-def]
    lists, collect = script("lists"), script("collect")
    assert {"tensorflow", "keras", "sklearn", "alldetect_gui.training"} <= set(lists.excluded_modules(full=False))
    assert {"tensorflow", "alldetect_gui.training"}.isdisjoint(lists.excluded_modules(full=True))
    assert "alldetect_gui.training.command" in collect.own_modules(full=True)


@pytest.mark.parametrize(
    ("place", "dropped"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", False),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", False),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", False),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", False),
        ("PySide6/Qt/plugins/iconengines/libqsvgicon.so", False),
        ("PySide6/Qt/lib/libQt6Widgets.so.6", False),
        ("resources/models/default/head.npz", False),
        ("PIL/_imaging.cpython-311-x86_64-linux-gnu.so", False),
        ("libxcb-cursor.so.0", False),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("PySide6/Qt/translations/qtbase_da.qm", True),
        ("PySide6/Qt/translations/qtbase_fr.qm", True),
        ("PySide6/Qt/translations/qt_de.qm", True),
        ("PySide6/Qt/translations/designer_de.qm", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", True),
        ("PySide6/Qt/lib/libQt6Network.so.6", True),
        ("libstdc++.so.6", True),
        ("libgtk-3.so.0", True),
    ],
)
def test_that_qt_keeps_what_a_window_needs_and_loses_the_rest(place: str, dropped: bool, script) -> None:  # type: ignore[no-untyped-def]
    assert script("lists").is_dropped(place) is dropped


def test_that_a_link_goes_with_the_library_it_points_to(script) -> None:  # type: ignore[no-untyped-def]
    network, core = "PySide6/Qt/lib/libQt6Network.so.6", "PySide6/Qt/lib/libQt6Core.so.6"
    entries = [
        (network, "/from", "BINARY"), (core, "/from", "BINARY"),
        ("libQt6Network.so.6", network, "SYMLINK"), ("libQt6Core.so.6", core, "SYMLINK"),
    ]  # fmt: skip
    kept, dropped = script("collect").sift(entries)
    assert [place for place, _, _ in kept] == [core, "libQt6Core.so.6"]
    assert len(dropped) == 2


def test_that_openblas_is_never_stripped(script) -> None:  # type: ignore[no-untyped-def]
    lists = script("lists")
    assert lists.is_stripped("libpython3.11.so.1.0") and lists.is_stripped("ai_edge_litert/_pywrap.so")
    assert not lists.is_stripped("numpy.libs/libscipy_openblas64_-32a4b2a6.so")


def test_that_resources_and_licences_are_collected(script) -> None:  # type: ignore[no-untyped-def]
    found = {f"{folder}/{Path(source).name}" for source, folder in script("collect").data_files(full=False)}
    everything = [path for path in (ROOT / "resources").rglob("*") if path.is_file()]
    assert {str(path.relative_to(ROOT)) for path in everything} <= found
    assert {"licences/LGPL-3.0.txt", "licences/GPL-3.0.txt", "licences/README.txt", "fonts/DejaVuSans.ttf"} <= found
    assert "licences/opencv-python-headless/LICENSE-3RD-PARTY.txt" in found


def test_that_name_and_version_are_those_of_pyproject(script) -> None:  # type: ignore[no-untyped-def]
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    stated = re.search(r'^version = "(.+)"$', text, re.MULTILINE)
    assert stated is not None
    assert (script("project").name(), script("project").version()) == ("alldetect", stated[1])


@pytest.mark.parametrize(
    ("name", "missing"), [("libxcb-icccm.so.4", ["libxcb-icccm.so.4"]), ("libgtk-3.so.0", []), ("libQt6Core.so", None)]
)
def test_that_a_library_that_was_not_found_fails_the_build(name: str, missing: list[str] | None, script) -> None:  # type: ignore[no-untyped-def]
    line = f"18051 WARNING: Library not found: could not resolve '{name}', dependency of '/x/libq.so'.\n"
    expected = [name] if missing is None else missing
    assert script("build").missing_libraries("before\n" + line + line) == expected


def test_that_the_desktop_entry_starts_the_program(script) -> None:  # type: ignore[no-untyped-def]
    lines = (SPEC / "linux" / "alldetect.desktop").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "[Desktop Entry]"
    values = dict(line.split("=", 1) for line in lines[1:])
    assert values["Exec"] == "alldetect-gui %f" and values["Icon"] == "alldetect" and values["Terminal"] == "false"
