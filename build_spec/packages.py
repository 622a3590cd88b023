"""Make what is handed to people from a bundle: an archive, a .deb, their checksums, and the list of ingredients.

make packages        (after make bundle)
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import collect
import lists
import project
import sbom

LINUX = project.ROOT / "build_spec" / "linux"
ICONS = project.ROOT / "build_spec" / "icons"
EPOCH = "1577836800"  # every file has this time: the same inputs give the same archive
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def main(arguments: Sequence[str]) -> int:
    """Everything this platform can make, into dist/."""
    parser = argparse.ArgumentParser(description="Make an archive and a .deb of a bundle.")
    parser.add_argument("--full", action="store_true", help="of the bundle with TensorFlow")
    full = parser.parse_args(arguments).full
    source = project.bundle(full=full)
    if not source.is_dir():
        print(f"{source} is not there; run “make bundle” first", file=sys.stderr)
        return 1
    made = [archive(source), deb(source)] if sys.platform.startswith("linux") else others()
    made.append(ingredients(source, project.DIST / f"{source.name}-{project.version()}.cdx.json"))
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made)
    (project.DIST / "SHA256SUMS").write_text(sums, encoding="utf-8")
    for path in made:
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.relative_to(project.ROOT)}")
    return 0


def others() -> list[Path]:
    """What the installers' own tools have made on Windows and macOS."""
    return sorted([*project.DIST.glob("*-setup.exe"), *project.DIST.glob("*.dmg")])


def archive(source: Path) -> Path:
    """A .tar.zst that keeps links and permissions (a zip would not), with a script that installs it for one user."""
    name = f"{source.name}-{project.version()}-linux-{platform.machine()}"
    stage = _stage("archive") / name
    shutil.copytree(source, stage, symlinks=True)
    share = stage / "share"
    share.mkdir()
    for file in (LINUX / "alldetect.desktop", ICONS / "alldetect.png"):
        shutil.copy(file, share)
    shutil.copy(project.ROOT / "resources" / "icon.svg", share / "alldetect.svg")
    shutil.copy(LINUX / "install.sh", stage)
    target = project.DIST / f"{name}.tar.zst"
    nobodys = ["--sort=name", f"--mtime=@{EPOCH}", "--owner=0", "--group=0", "--numeric-owner"]
    tar = ["tar", "--create", *nobodys, "--use-compress-program=zstd -10 -T0"]
    subprocess.run([*tar, "--file", str(target), "--directory", str(stage.parent), name], check=True)
    shutil.rmtree(stage.parent)
    return target


def deb(source: Path) -> Path:
    """A Debian package: the bundle in /usr/lib, both programs in /usr/bin, an entry in the menu, the licences."""
    stage = _stage("deb")
    shutil.copytree(source, stage / "usr" / "lib" / source.name, symlinks=True)
    _put(LINUX / "alldetect.desktop", stage / "usr/share/applications/alldetect.desktop")
    _put(ICONS / "alldetect.png", stage / "usr/share/icons/hicolor/256x256/apps/alldetect.png")
    _put(project.ROOT / "resources" / "icon.svg", stage / "usr/share/icons/hicolor/scalable/apps/alldetect.svg")
    licences = "".join(path.read_text(encoding="utf-8") + "\n\n" for path in (
        project.ROOT / "LICENSE", project.ROOT / "build_spec/licences/README.txt",
    ))  # fmt: skip
    copyright_file = stage / "usr/share/doc" / source.name / "copyright"
    copyright_file.parent.mkdir(parents=True)
    copyright_file.write_text(f"{licences}All texts: /usr/lib/{source.name}/lib/licences\n", encoding="utf-8")
    programs = stage / "usr" / "bin"
    programs.mkdir()
    for program in (project.name(), f"{project.name()}-gui"):
        (programs / program).symlink_to(f"../lib/{source.name}/{program}")
    control = stage / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(_control(source, stage), encoding="utf-8")
    architecture = _ARCHITECTURES[platform.machine()]
    target = project.DIST / f"{source.name}_{project.version()}_{architecture}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z12", "--build", str(stage), str(target)]
    subprocess.run(command, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH}, stdout=subprocess.DEVNULL)
    shutil.rmtree(stage)
    return target


def _control(source: Path, stage: Path) -> str:
    size = sum(path.lstat().st_size for path in stage.rglob("*") if path.is_file()) // 1024
    other = project.bundle_name(full=not source.name.endswith("full"))
    return (
        f"Package: {source.name}\nVersion: {project.version()}\nArchitecture: {_ARCHITECTURES[platform.machine()]}\n"
        f"Maintainer: The AllDetect authors <noreply@example.org>\nSection: science\nPriority: optional\n"
        f"Installed-Size: {size}\nDepends: {', '.join(lists.DEBIAN_DEPENDS)}\nConflicts: {other}\n"
        f"Description: assistant for images of single blood cells (research use only)\n {project.summary()}\n"
    )


def ingredients(source: Path, target: Path) -> Path:
    """What the bundle is made of, as CycloneDX: its packages as locked, and the libraries inside them that it holds."""
    full = source == project.bundle(full=True)
    sbom.write(target, [*collect.SHIPPED, *(collect.SHIPPED_FULL if full else ())], bundle=source)
    return target


def _stage(name: str) -> Path:
    """An empty folder to put a package together in."""
    folder = project.BUILD / f"stage-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
