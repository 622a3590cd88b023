"""The licences of everything that is shipped, as texts and as one table, from what is installed.

make licences  dist/licences; the bundle holds the same texts. Fails when a package brings no text and none of ours
               stands in for it.
"""

import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import collect
import native
import project
import sbom

TABLE = "INDEX.txt"
# Packages without a text of their own, and the text in licences/ that holds for them.
STAND_IN = {
    "pyside6-essentials": "LGPL-3.0.txt", "shiboken6": "LGPL-3.0.txt", "flatbuffers": "Apache-2.0.txt",
}  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Write the folder anew; 1 when a licence is missing."""
    if arguments:
        print("usage: write_licences.py", file=sys.stderr)
        return 2
    target = project.DIST / "licences"
    shutil.rmtree(target, ignore_errors=True)
    missing = write(target)
    for name in missing:
        print(f"licences: {name} brings no text of its licence; add one to STAND_IN", file=sys.stderr)
    if not missing:
        count = sum(1 for path in target.rglob("*") if path.is_file()) - 1
        print(f"{count} texts, and who they are for: {target / TABLE}")
    return 1 if missing else 0


def write(target: Path) -> list[str]:
    """Texts and table into `target`; returns the packages for which there is no text."""
    texts: dict[str, list[str]] = {}
    for folder, source in collect.licence_files(full=True):
        place = Path(folder, source.name)
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / place)
        texts.setdefault(place.parts[0] if folder else "", []).append(place.as_posix())
    found = [(native.PYTHON, platform.python_version()), *collect.shipped_versions(full=True)]
    missing = [name for name, _ in found if name not in texts and not (target / STAND_IN.get(name, "none")).is_file()]
    (target / TABLE).write_text(_table(found, texts), encoding="utf-8")
    return missing


def _table(found: Sequence[tuple[str, str]], texts: dict[str, list[str]]) -> str:
    lines = ["AllDetect is under the MIT licence (alldetect/LICENSE); its models: alldetect/NOTICE.md.", ""]
    for name, version in found:
        lines.append(f"{name} {version}: {'PSF-2.0' if name == native.PYTHON else sbom.licence_of(name)}")
        lines += [f"    {text}" for text in dict.fromkeys(texts.get(name, [STAND_IN.get(name, "no text")]))]
    lines += ["", "Libraries inside these packages, and inside Python:"]
    for item in native.libraries([name for name, _ in found[1:]]):
        lines.append(f"    {item.inside}: {item.name}{f' {item.version}' if item.version else ''}: {item.licence}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
