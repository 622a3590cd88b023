"""Libraries in C, C++ and Fortran that wheels and Python bring along: what a scanner of Python packages cannot see.

A version is read from what is installed, never written here: from the library's own banner or the name of its file, or
asked of the package that holds it. Where a wheel does not say which version it holds, none is given.
"""

import importlib
import json
import re
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import lists

PYTHON = "python"  # the interpreter itself, which is no distribution


@dataclass(frozen=True)
class Library:
    """One library inside a distribution; `version` is empty where nothing says it, `evidence` how it was found."""

    name: str
    version: str
    inside: str
    licence: str
    evidence: str


_GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
# File name without “lib” and what a wheel's builder adds -> (name, licence).
FILES = {
    "aom": ("libaom", "BSD-2-Clause"), "avif": ("libavif", "BSD-2-Clause"),
    "avcodec": ("FFmpeg libavcodec", "LGPL-2.1-or-later"), "avformat": ("FFmpeg libavformat", "LGPL-2.1-or-later"),
    "avutil": ("FFmpeg libavutil", "LGPL-2.1-or-later"), "swscale": ("FFmpeg libswscale", "LGPL-2.1-or-later"),
    "swresample": ("FFmpeg libswresample", "LGPL-2.1-or-later"),
    "crypto": ("OpenSSL libcrypto", "OpenSSL"), "ssl": ("OpenSSL libssl", "OpenSSL"), "drm": ("libdrm", "MIT"),
    "gfortran": ("libgfortran", _GCC), "quadmath": ("libquadmath", "LGPL-2.1-or-later"), "gomp": ("libgomp", _GCC),
    "openblasp-r0": ("OpenBLAS", "BSD-3-Clause"), "scipy_openblas64_": ("OpenBLAS", "BSD-3-Clause"),
    "png16": ("libpng", "libpng-2.0"), "vpx": ("libvpx", "BSD-3-Clause"), "jpeg": ("libjpeg-turbo", "BSD-3-Clause"),
    "lzma": ("liblzma", "0BSD"), "openjp2": ("OpenJPEG", "BSD-2-Clause"), "tiff": ("libtiff", "libtiff"),
    "xcb": ("libxcb", "MIT"), "Xau": ("libXau", "MIT"), "zstd": ("Zstandard", "BSD-3-Clause"),
    "icudata": ("ICU", "Unicode-3.0"), "icui18n": ("ICU", "Unicode-3.0"), "icuuc": ("ICU", "Unicode-3.0"),
    "LiteRt": ("LiteRT", "Apache-2.0"),
}  # fmt: skip
# Of the others the number after “.so” is that of the interface, which says nothing about the version.
NUMBERED = ("aom", "avcodec", "avformat", "avutil", "swscale", "swresample", "crypto", "ssl", "lzma", "zstd", "icudata")
# Names that a wheel's own list of ingredients has for them; the version there has the distributor's patches, too.
LISTED = {
    "openssl-libs": ("OpenSSL libcrypto", "OpenSSL libssl"), "libdrm": ("libdrm",), "openblas-threads": ("OpenBLAS",),
    "libgfortran": ("libgfortran",), "libquadmath": ("libquadmath",), "libgomp": ("libgomp",), "libxcb": ("libxcb",),
}  # fmt: skip
CRATES = ("safetensors",)  # in Rust: the wheel lists all that is in it
_FILE = re.compile(r"lib(?P<stem>.+?)(?:-[0-9a-f]{6,})*(?:\.[\d.]+)?\.so(?:\.(?P<version>\d[\w.]*))?$")

# (distribution, file, name, licence, what to look for in its bytes; a group is the version).
BANNERS = (
    ("pyside6-essentials", "libQt6Core.so.6", "zlib", "Zlib", rb"unexpected zlib error"),
    ("pyside6-essentials", "libQt6Core.so.6", "PCRE2", "BSD-3-Clause", rb"PCRE2 does not support"),
    ("pyside6-essentials", "libQt6Gui.so.6", "libpng", "libpng-2.0", rb"libpng version ([\d.]+)"),
    ("pyside6-essentials", "libQt6Gui.so.6", "FreeType", "FTL", rb"Failed to create FreeType font engine"),
    ("pyside6-essentials", "libQt6Gui.so.6", "HarfBuzz", "MIT", rb"harfbuzz "),
    ("pyside6-essentials", "libQt6Gui.so.6", "MD4C", "MIT", rb"mity/md4c"),
    ("pyside6-essentials", "libqjpeg.so", "libjpeg-turbo", "BSD-3-Clause", rb"libjpeg-turbo version ([\d.]+)"),
    *(("ai-edge-litert", "libpywrap_litert_common.so", name, licence, marker) for name, licence, marker in (
        ("XNNPACK", "BSD-3-Clause", rb"failed to create XNNPACK runtime"),
        ("pthreadpool", "BSD-2-Clause", rb"pthreadpool"), ("cpuinfo", "BSD-2-Clause", rb"cpuinfo"),
        ("Protocol Buffers", "BSD-3-Clause", rb"com_google_protobuf"),
        ("FlatBuffers", "Apache-2.0", rb"flatbuffers"), ("Abseil", "Apache-2.0", rb"com_google_absl"),
        ("Eigen", "MPL-2.0", rb"Eigen"), ("ruy", "Apache-2.0", rb"external/ruy"),
        ("gemmlowp", "Apache-2.0", rb"gemmlowp"), ("FarmHash", "MIT", rb"farmhash"),
    )),
)  # fmt: skip

# Name, licence, and the line of OpenCV's own list that says its version (no group: that it is there).
OPENCV = (
    ("libjpeg-turbo", "BSD-3-Clause", r"JPEG: +build-libjpeg-turbo \(ver ([\d.]+)"),
    ("libpng", "libpng-2.0", r"PNG: .*\(ver ([\d.]+)\)"),
    ("libtiff", "libtiff", r"TIFF: +build \(ver \d+ - ([\d.]+)\)"),
    ("OpenJPEG", "BSD-2-Clause", r"JPEG 2000: +build \(ver ([\d.]+)\)"),
    ("libavif", "BSD-2-Clause", r"AVIF: .*\(ver ([\d.]+)\)"),
    ("libwebp", "BSD-3-Clause", r"WEBP: +build"),
    ("zlib", "Zlib", r"ZLib: .*\(ver ([\d.]+)\)"),
    ("Protocol Buffers", "BSD-3-Clause", r"Protobuf: +build \(([\d.]+)\)"),
    ("FlatBuffers", "Apache-2.0", r"Flatbuffers: .*\(([\d.]+)\)"),
    ("Intel IPP", "Intel Simplified Software License", r"Intel IPP: +([\d.]+)"),
    ("Intel ITT", "BSD-3-Clause", r"Intel ITT\(([\d.]+)\)"),
    ("MLAS", "MIT", r"DNN MLAS: +YES"),
)

# Pillow's names of what it was built with.
PILLOW = (
    ("libjpeg_turbo", "libjpeg-turbo", "BSD-3-Clause"), ("libtiff", "libtiff", "libtiff"),
    ("jpg_2000", "OpenJPEG", "BSD-2-Clause"), ("zlib_ng", "zlib-ng", "Zlib"),
)  # fmt: skip


def libraries(distributions: Sequence[str], bundle: Path | None = None) -> list[Library]:
    """What those of `distributions` that are installed, and Python, hold: each library once, by name.

    Files count that the bundle's lists do not drop, and of them only those that are in `bundle`, where one is given.
    """
    there = None if bundle is None else {path.name for path in bundle.rglob("*.so*")}
    found: dict[tuple[str, str, str], Library] = {}
    for library in (
        *_listed(distributions),
        *_asked(distributions),
        *_banners(distributions),
        *_files(distributions, there),
        *python(),
    ):
        known = {name for inside, name, _ in found if inside == library.inside}
        if library.name not in known:  # a package's own word stands before a file's number
            found[library.inside, library.name, library.version] = library
    return sorted(found.values(), key=lambda item: (item.inside, item.name.lower()))


def shared_files(distribution: str) -> list[Path]:
    """The shared libraries of an installed distribution that go into the bundle; modules for Python not among them."""
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:  # this platform does without it
        return []
    chosen = [file for file in files if _FILE.match(file.name) and not lists.is_dropped(file.as_posix())]
    return sorted(Path(str(file.locate())) for file in chosen)


def _files(distributions: Sequence[str], there: set[str] | None) -> Iterator[Library]:
    for distribution in distributions:
        for path in shared_files(distribution):
            if there is not None and path.name not in there:
                continue
            match = _FILE.match(path.name)
            assert match is not None
            name, licence = FILES.get(match["stem"], ("", ""))
            version = (match["version"] or "") if match["stem"] in NUMBERED else ""
            if name == "LiteRT":
                version = metadata.version(distribution)
            elif match["stem"].startswith("Qt6"):
                name, licence = f"Qt {match['stem'].removeprefix('Qt6')}", "LGPL-3.0-only"
                version = metadata.version(distribution)  # PySide6 has the number of the Qt that it holds
            if name:
                yield Library(name, version, distribution, licence, f"the file {path.name}")


def _banners(distributions: Sequence[str]) -> Iterator[Library]:
    held: dict[str, bytes] = {}
    for distribution, file, name, licence, marker in BANNERS:
        if distribution not in distributions:
            continue
        if file not in held:
            held[file] = next((path.read_bytes() for path in _all_files(distribution) if path.name == file), b"")
        match = re.search(marker, held[file])
        if match is not None:
            version = match[1].decode().rstrip(".") if match.groups() else ""
            yield Library(name, version, distribution, licence, f"a text in {file}")


def _all_files(distribution: str) -> Iterator[Path]:
    try:
        for file in metadata.files(distribution) or []:
            yield Path(str(file.locate()))
    except metadata.PackageNotFoundError:
        return


def _listed(distributions: Sequence[str]) -> Iterator[Library]:
    """From the lists of ingredients that some wheels carry."""
    for distribution in distributions:
        for path in _all_files(distribution):
            if path.parent.name != "sboms" or path.suffix != ".json":
                continue
            for item in json.loads(path.read_bytes())["components"]:
                name, version = str(item["name"]), str(item.get("version", ""))
                if distribution in CRATES and name != distribution:
                    terms = item.get("licenses", [{}])[0]
                    licence = terms.get("expression") or terms.get("license", {}).get("id", "")
                    yield Library(name, version, distribution, licence, path.name)
                for own in LISTED.get(name, ()):
                    licence = next(licence for called, licence in FILES.values() if called == own)
                    yield Library(own, version, distribution, licence, path.name)


def _asked(distributions: Sequence[str]) -> Iterator[Library]:
    """Packages that say themselves what they were built with."""
    if "opencv-python-headless" in distributions:
        said = importlib.import_module("cv2").getBuildInformation()
        for name, licence, pattern in OPENCV:
            match = re.search(pattern, said)
            if match is not None:
                version = match[1] if match.groups() else ""
                yield Library(name, version, "opencv-python-headless", licence, "cv2.getBuildInformation()")
    if "pillow" in distributions:
        version_of: Callable[[str], str | None] = importlib.import_module("PIL.features").version
        for key, name, licence in PILLOW:
            yield Library(name, version_of(key) or "", "pillow", licence, f"PIL.features.version({key!r})")
    if "numpy" in distributions:
        blas = importlib.import_module("numpy.__config__").CONFIG["Build Dependencies"]["blas"]
        yield Library("OpenBLAS", blas["version"], "numpy", "BSD-3-Clause", "numpy.show_config()")


def python() -> list[Library]:
    """The interpreter, and what its standard library links. OpenSSL gives hashes; nothing here opens a connection."""
    expat = importlib.import_module("pyexpat").EXPAT_VERSION.removeprefix("expat_")
    ssl = importlib.import_module("ssl").OPENSSL_VERSION.split()[1]
    number = "{}.{}.{}".format(*sys.version_info[:3])
    return [
        Library("CPython", number, PYTHON, "PSF-2.0", "sys.version_info"),
        Library("SQLite", sqlite3.sqlite_version, PYTHON, "blessing", "sqlite3.sqlite_version"),
        Library("zlib", zlib.ZLIB_RUNTIME_VERSION, PYTHON, "Zlib", "zlib.ZLIB_RUNTIME_VERSION"),
        Library("Expat", expat, PYTHON, "MIT", "pyexpat.EXPAT_VERSION"),
        Library("OpenSSL", ssl, PYTHON, "Apache-2.0", "ssl.OPENSSL_VERSION"),
        Library("bzip2", "", PYTHON, "bzip2-1.0.6", "the module bz2"),
        Library("liblzma", "", PYTHON, "0BSD", "the module lzma"),
        Library("libffi", "", PYTHON, "MIT", "the module ctypes"),
    ]
