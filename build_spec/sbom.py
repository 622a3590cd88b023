"""Everything that is shipped, as a CycloneDX list: locked packages with their hashes, and the libraries inside them.

make sbom      dist/alldetect-VERSION.cdx.json; scope “required” is in the small bundle, “optional” what only
               an installation with TensorFlow has. “make packages” writes the same list of a bundle that is there.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import collect
import native
import project
from packaging.markers import Marker

SPEC = "1.6"
_LOCKED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.*?))? ?\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_EXPRESSION = re.compile(r"\(*[A-Za-z0-9.+-]+\)*(?: (?:AND|OR|WITH) \(*[A-Za-z0-9.+-]+\)*)*")  # of SPDX
_CLASSIFIER = "License :: OSI Approved :: "
# What older packages say in words, as SPDX has it.
_SPDX = {
    "Apache Software License": "Apache-2.0", "Apache 2.0": "Apache-2.0", "Apache License 2.0": "Apache-2.0",
    "MIT License": "MIT", "BSD License": "BSD-3-Clause", "3-Clause BSD License": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause", "BSD": "BSD-3-Clause",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-or-later",
}  # fmt: skip

Component = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Write the list and say what is in it."""
    if arguments:
        print("usage: sbom.py", file=sys.stderr)
        return 2
    project.DIST.mkdir(exist_ok=True)
    target = project.DIST / f"{project.name()}-{project.version()}.cdx.json"
    installed = set(locked("run.txt")) - set(collect.SHIPPED)
    written = write(target, collect.SHIPPED, sorted(installed | set(collect.SHIPPED_FULL)))
    inside = [item for item in written if item["type"] == "library" and _property(item, "inside")]
    print(f"{len(written)} components, {len(inside)} of them libraries inside others: {target}")
    return 0


def write(
    target: Path, required: Sequence[str], optional: Sequence[str] = (), bundle: Path | None = None
) -> list[Component]:
    """Write the list to `target`; returns its components. Raises SystemExit when the environment is not the lock."""
    found = [*packages(required, "required"), *packages(optional, "optional")]
    names = {str(item["name"]): str(item["bom-ref"]) for item in found}
    found += [_of_library(item, names) for item in native.libraries([*required, *optional], bundle)]
    found += models()
    root = {"type": "application", "bom-ref": "alldetect", "name": project.name(), "version": project.version(),
            "description": project.summary(), "licenses": [{"expression": "MIT"}]}  # fmt: skip
    content = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "version": 1,
        "metadata": {"component": root},  # no time and no serial number: the same inputs give the same file
        "components": found,
        "dependencies": _dependencies(found),
    }
    target.write_text(json.dumps(content, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    return found


def packages(names: Sequence[str], scope: str) -> Iterator[Component]:
    """The locked distributions among `names`, with the hashes of every file that the lock lets in."""
    lock = locked("dev.txt")
    for name in sorted(names):
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:  # this platform does without it
            continue
        version, hashes = lock[name]
        if version != installed:
            raise SystemExit(f"sbom: {name} {installed} is installed, the lock has {version}; run “make setup”")
        yield {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "scope": scope,
            "purl": f"pkg:pypi/{name}@{version}",
            "licenses": [_licence(licence_of(name))],
            "externalReferences": [{
                "type": "distribution",
                "url": f"https://pypi.org/project/{name}/{version}/",
                "hashes": [{"alg": "SHA-256", "content": item} for item in hashes],
            }],
        }  # fmt: skip


def locked(file: str) -> dict[str, tuple[str, list[str]]]:
    """Distribution -> (version, hashes), of the lines of a lock that are for this platform and Python."""
    found: dict[str, tuple[str, list[str]]] = {}
    current: list[str] = []
    for line in (project.ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines():
        match = _LOCKED.match(line)
        if match is not None:
            current = []
            if not match["marker"] or Marker(match["marker"]).evaluate():
                found[match["name"]] = (match["version"], current)
        current += _HASH.findall(line)
    return found


def licence_of(distribution: str) -> str:
    """The terms that a package states of itself, as an SPDX expression where that can be told; else its own words."""
    stated = metadata.metadata(distribution)
    said = [str(stated.get("License-Expression") or ""), str(stated.get("License") or "").partition("\n")[0].strip()]
    said += [item.removeprefix(_CLASSIFIER) for item in stated.get_all("Classifier") or []
             if item.startswith(_CLASSIFIER)]  # fmt: skip
    words = [_SPDX.get(word, word) for word in said if word]
    return next((word for word in words if _EXPRESSION.fullmatch(word)), words[0] if words else "not stated")


def models() -> Iterator[Component]:
    """The bundled models, each by the hash of its manifest, and the network below them all."""
    folder = project.ROOT / "resources" / "models"
    for file in sorted([*folder.glob("*/manifest.json"), *folder.glob("*/vgg16.tflite")]):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"model:{file.parent.name}",
            "name": file.parent.name,
            "version": project.version(),
            "scope": "required",
            "hashes": [{"alg": "SHA-256", "content": digest}],
            "properties": [{"name": "alldetect:hash-of", "value": file.relative_to(project.ROOT).as_posix()}],
        }


def _of_library(item: native.Library, packages_by_name: dict[str, str]) -> Component:
    purl = f"pkg:generic/{item.name.lower().replace(' ', '-')}"
    component: Component = {
        "type": "library",
        "bom-ref": f"{item.inside}:{item.name}",
        "name": item.name,
        "purl": f"{purl}@{item.version}" if item.version else purl,
        "licenses": [_licence(item.licence)],
        "properties": [
            {"name": "alldetect:inside", "value": packages_by_name.get(item.inside, item.inside)},
            {"name": "alldetect:found-by", "value": item.evidence},
        ],
    }
    return {**component, "version": item.version} if item.version else component


def _licence(words: str) -> Component:
    return {"expression": words} if _EXPRESSION.fullmatch(words) else {"license": {"name": words or "not stated"}}


def _dependencies(components: Sequence[Component]) -> list[Component]:
    """The program on its packages, models and Python; each package on what is inside it."""
    inside: dict[str, list[str]] = {}
    for item in components:
        holder = _property(item, "inside")
        inside.setdefault("alldetect" if holder in ("", native.PYTHON) else holder, []).append(item["bom-ref"])
    return [{"ref": ref, "dependsOn": sorted(members)} for ref, members in sorted(inside.items())]


def _property(component: Component, name: str) -> str:
    return next((item["value"] for item in component.get("properties", []) if item["name"] == f"alldetect:{name}"), "")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
