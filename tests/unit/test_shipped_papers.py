"""`make sbom` and `make licences`: everything that is shipped is listed, with its true version and its terms."""

import importlib
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("lists", "collect", "project", "native", "sbom", "write_licences")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Loads a module of build_spec/, which is no package."""
    monkeypatch.syspath_prepend(str(ROOT / "build_spec"))

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    yield load
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def listed(script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The list as `make sbom` writes it."""
    monkeypatch.setattr(script("project"), "DIST", tmp_path)
    assert script("sbom").main([]) == 0
    (file,) = tmp_path.glob("*.cdx.json")
    text = file.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    content: dict[str, Any] = json.loads(text)
    return content


def test_that_the_list_holds_the_whole_lock_with_versions_and_hashes(listed: dict[str, Any]) -> None:
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    items = {item["name"]: item for item in listed["components"] if item["bom-ref"].startswith("pkg:pypi/")}
    for name in set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)):
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:  # for another platform
            continue
        assert items[name]["version"] == version
        hashes = [item["content"] for item in items[name]["externalReferences"][0]["hashes"]]
        assert hashes and all(f"--hash=sha256:{item}" in lock for item in hashes)
    assert items["numpy"]["scope"] == "required" and items["keras"]["scope"] == "optional"


def test_that_libraries_inside_the_packages_are_listed_with_their_true_versions(listed: dict[str, Any]) -> None:
    def inside(name: str) -> dict[str, Any]:
        return {
            item["name"]: item.get("version")
            for item in listed["components"]
            for entry in item.get("properties", [])
            if entry["name"] == "alldetect:inside" and entry["value"].removeprefix("pkg:pypi/").startswith(name)
        }

    from PIL import features
    from PySide6.QtCore import qVersion

    assert inside("python")["SQLite"] == sqlite3.sqlite_version
    assert inside("pyside6-essentials")["Qt Core"] == qVersion()
    assert inside("pillow")["libtiff"] == features.version("libtiff")
    opencv = inside("opencv-python-headless")
    assert {"FFmpeg libavcodec", "libjpeg-turbo", "libpng", "libtiff"} <= set(opencv)
    (codec,) = [file.name for file in metadata.files("opencv-python-headless") or [] if "avcodec" in file.name]
    assert codec.endswith(f".so.{opencv['FFmpeg libavcodec']}")
    assert {"LiteRT", "XNNPACK"} <= set(inside("ai-edge-litert"))
    refs = {item["bom-ref"] for item in listed["components"]}
    assert {ref for entry in listed["dependencies"] for ref in entry["dependsOn"]} == refs


def test_that_an_environment_beside_the_lock_is_no_list(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script("sbom"), "locked", lambda file: {"numpy": ("0.1", [])})
    with pytest.raises(SystemExit, match=r"the lock has 0\.1"):
        list(script("sbom").packages(["numpy"], "required"))


def test_that_every_package_has_the_text_of_its_licence(script: Any, tmp_path: Path) -> None:
    writer = script("write_licences")
    assert writer.write(tmp_path) == []
    table = (tmp_path / writer.TABLE).read_text(encoding="utf-8")
    texts = [line.strip() for line in table.splitlines() if line.startswith("    ") and ": " not in line]
    assert len(texts) > 60 and [text for text in texts if not (tmp_path / text).is_file()] == []
    assert "not stated" not in table.partition("namex")[0]
    writer.STAND_IN.pop("flatbuffers")
    assert writer.write(tmp_path / "again") == ["flatbuffers"]
