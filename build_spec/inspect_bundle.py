"""Look at a finished bundle without running it: what it needs from the system, its floor, and what must not be in it.

.venv/bin/python build_spec/inspect_bundle.py [--full] [--hashes FILE]
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import project

GLIBC_FLOOR = (2, 36)
_FORBIDDEN = {"tensorflow", "keras", "h5py", "sklearn", "scipy", "matplotlib", "openpyxl"}
_ALWAYS_THERE = re.compile(r"(ld-linux.*|libc|libm|libdl|librt|libpthread|libresolv|libutil)\.so\.\d+")


def main(arguments: Sequence[str]) -> int:
    """Print what was found; 1 when something is wrong."""
    parser = argparse.ArgumentParser(description="Look at a finished bundle.")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--hashes", type=Path, metavar="FILE", help="write SHA-256 and place of every file")
    options = parser.parse_args(arguments)
    bundle = project.bundle(full=options.full)
    if options.hashes:
        options.hashes.write_text("\n".join(hashes(bundle)) + "\n", encoding="utf-8")
    floor = glibc_floor(bundle)
    print(f"{size(bundle) / 1e6:.0f} MB in {len(files(bundle))} files, {project.bundle_name(full=options.full)}")
    print(f"highest glibc version asked for: {'.'.join(map(str, floor))}")
    print(f"needed from the system: {' '.join(sorted(needed(bundle)))}")
    wrong = list(complaints(bundle, full=options.full))
    if floor > GLIBC_FLOOR:
        wrong.append(f"needs glibc {floor}, stated is {GLIBC_FLOOR}")
    for line in wrong:
        print(f"WRONG: {line}", file=sys.stderr)
    return 1 if wrong else 0


def files(bundle: Path) -> list[Path]:
    """Every regular file, in order."""
    return sorted(path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink())


def size(bundle: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in files(bundle))


def hashes(bundle: Path) -> Iterator[str]:
    """One line a file or link, as sha256sum writes it."""
    for path in sorted(bundle.rglob("*")):
        place = path.relative_to(bundle)
        if path.is_symlink():
            yield f"link to {os.readlink(path)}  {place}"  # noqa: PTH115 - its text, not where it leads
        elif path.is_file():
            yield f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {place}"


def libraries(bundle: Path) -> list[Path]:
    """Every ELF file."""
    return [path for path in files(bundle) if path.open("rb").read(4) == b"\x7fELF"]


def needed(bundle: Path) -> set[str]:
    """Libraries that the bundle asks of the system: DT_NEEDED of all, without what it holds and the C library."""
    asked: set[str] = set()
    for path in libraries(bundle):
        done = subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=True)
        asked |= set(re.findall(r"^\s+NEEDED\s+(\S+)", done.stdout, re.MULTILINE))
    held = {path.name for path in bundle.rglob("*")}
    return {name for name in asked - held if not _ALWAYS_THERE.fullmatch(name)}


def glibc_floor(bundle: Path) -> tuple[int, ...]:
    """The newest GLIBC_ version that any library asks for."""
    found = {(2, 0)}
    for path in libraries(bundle):
        done = subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=True)
        found |= {(int(a), int(b)) for a, b in re.findall(r"GLIBC_(\d+)\.(\d+)", done.stdout)}
    return max(found)


def complaints(bundle: Path, *, full: bool) -> Iterator[str]:
    """What must not be in a bundle: training in the small one, a path of this machine, a link to nowhere."""
    if not full:
        there = {path.name for path in (bundle / "lib").iterdir()} & _FORBIDDEN
        yield from (f"{name} is in the small bundle" for name in sorted(there))
    yield from (f"{path.relative_to(bundle)} leads nowhere" for path in bundle.rglob("*")
                if path.is_symlink() and not path.exists())  # fmt: skip
    ours = [place.encode() for place in (str(project.ROOT), sys.base_prefix) if place not in ("/usr", "/usr/local")]
    for path in files(bundle):
        packed = unpacked(path) if path.parent == bundle else ()
        for text in (path.read_bytes(), *packed):
            if found := [mark for mark in ours if mark in text]:
                yield f"{path.relative_to(bundle)} holds the path {found[0].decode()} of this machine"
                break


def unpacked(path: Path) -> Iterator[bytes]:
    """The code in the archive of a program."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(path))
    for name in archive.toc:
        if name.startswith("PYZ"):
            modules = archive.open_embedded_archive(name)
            for module in modules.toc:
                kept = modules.extract(module, raw=True)
                yield kept if isinstance(kept, bytes) else b""
        else:
            try:
                yield archive.extract(name)
            except (KeyError, ValueError, zlib.error):
                continue


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
