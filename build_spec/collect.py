"""What the spec collects beside PyInstaller's own analysis: our package and resources as whole trees."""

import importlib.util
import posixpath
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import lists
import project

Entry = tuple[str, str, str]  # place in the bundle, source, kind: PyInstaller's own shape
PACKAGE = project.ROOT / "alldetect_gui"


def own_modules(*, full: bool) -> list[str]:
    """Every module of the program: several are imported only when called, and new ones must not be forgotten."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if full or not name.startswith("alldetect_gui.training"):
            found.append(name)
    return found


def data_files(*, full: bool) -> list[tuple[str, str]]:
    """Resources, the manual and whatever in the package is no code, one by one: (source, folder in the bundle)."""
    files = [path for path in sorted((project.ROOT / "resources").rglob("*")) if path.is_file()]
    files += [path for path in sorted(PACKAGE.rglob("*"))
              if path.is_file() and path.suffix not in (".py", ".pyc")]  # fmt: skip
    found = [(str(path), str(path.parent.relative_to(project.ROOT))) for path in files]
    found += [(str(path), "manual") for path in sorted((project.ROOT / "docs" / "manual").iterdir())]
    found += [(str(path), "fonts") for path in _fonts()]
    found.append((str(project.ROOT / "build_spec" / "fonts.conf"), "."))
    found += [(str(path), str(Path("licences") / folder)) for folder, path in licence_files(full=full)]
    return found


def _fonts() -> list[Path]:
    """DejaVu Sans, for a system without any font: every letter would be a box. From Matplotlib's files."""
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise SystemExit("build_spec: Matplotlib, from which the fonts are taken, is not installed")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    return [folder / name for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf", "LICENSE_DEJAVU")]


# Distributions whose code is in the bundle. A test compares this with what is really found there.
SHIPPED = (
    "ai-edge-litert", "backports-strenum", "flatbuffers", "numpy", "opencv-python-headless", "pillow", "protobuf",
    "pyinstaller", "pyqtgraph", "pyside6-essentials", "safetensors", "shiboken6", "tqdm", "typing-extensions",
    "xlsxwriter", "colorama",
)  # fmt: skip
SHIPPED_FULL = (
    "absl-py", "astunparse", "gast", "google-pasta", "grpcio", "h5py", "joblib", "keras", "matplotlib", "ml-dtypes",
    "namex", "opt-einsum", "optree", "scikit-learn", "scipy", "six", "tensorflow-cpu", "termcolor", "threadpoolctl",
    "wrapt",
)  # fmt: skip
_LICENCE_WORDS = ("licen", "copying", "notice", "authors", "3rdparty", "third_party")


def licence_files(*, full: bool) -> list[tuple[str, Path]]:
    """(folder, file) of every licence text that the shipped distributions and this project carry."""
    own = [project.ROOT / "LICENSE", project.ROOT / "resources" / "models" / "NOTICE.md"]
    found = [("alldetect", path) for path in own]
    found += [("", path) for path in sorted((project.ROOT / "build_spec" / "licences").iterdir())]
    python = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")  # Debian's Python keeps it elsewhere
    found += [("python", path) for path in (python, Path("/usr/share/doc/python3/copyright")) if path.is_file()][:1]
    for distribution in (*SHIPPED, *(SHIPPED_FULL if full else ())):
        try:
            files = metadata.files(distribution) or []
        except metadata.PackageNotFoundError:  # this platform does without it
            continue
        for file in files:
            path = Path(str(file.locate()))
            stated = any(word in file.name.lower() for word in _LICENCE_WORDS)
            if stated and path.is_file() and path.suffix.lower() in ("", ".txt", ".md", ".rst", ".apache", ".bsd"):
                parts = [part for part in file.parts[1:-1] if part != ".."]
                found.append((str(Path(distribution, *parts)), path))
    return found


def sift(entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """(kept, dropped) by the reviewed lists; a link goes with what it points to."""
    gone = {place for place, _, _ in entries if lists.is_dropped(place)}
    gone |= {place for place, source, kind in entries if kind == "SYMLINK" and _target(place, source) in gone}
    return [entry for entry in entries if entry[0] not in gone], [entry for entry in entries if entry[0] in gone]


def _target(place: str, source: str) -> str:
    """Where in the bundle a link at `place` leads."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(place), source))


def finish(bundle: Path) -> None:
    """In the finished bundle: no symbols where that is safe, and no word of where Python was built. Linux only."""
    if not sys.platform.startswith("linux"):
        return
    for path in sorted(bundle.rglob("*.so*")):
        if path.is_file() and not path.is_symlink() and lists.is_stripped(path.relative_to(bundle).as_posix()):
            subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)
            path.write_bytes(without_build_place(path.read_bytes()))


def without_build_place(data: bytes) -> bytes:
    """Python's libraries remember where it was built, as RUNPATH and prefix: a place of equal length that is none.

    Only the folder above: a linker may let “3.11.7” be the end of “/place/3.11.7”, and that is Python's version.
    """
    if sys.base_prefix in ("/usr", "/usr/local"):
        return data
    place = str(Path(sys.base_prefix).parent).encode() + b"/"
    return data.replace(place, b"/" + b"-" * (len(place) - 2) + b"/")


def build_settings(folder: Path) -> Path:
    """A folder with Python's table of build settings without that place; the analysis looks there first."""
    name = f"_sysconfigdata_{sys.abiflags}_{sys.platform}_{getattr(sys.implementation, '_multiarch', '')}"
    spec = importlib.util.find_spec(name)
    folder.mkdir(parents=True, exist_ok=True)
    if spec is not None and spec.origin is not None:
        (folder / f"{name}.py").write_bytes(without_build_place(Path(spec.origin).read_bytes()))
    return folder


def windows_version(name: str, version: str, folder: Path) -> str:
    """A version resource for Windows' programs; returns the file. Not run: no such machine was at hand."""
    numbers = tuple([*(int(part) for part in version.split(".")[:3]), 0, 0, 0][:4])
    path = folder / "version_info.txt"
    strings = {"ProductName": "AllDetect", "FileDescription": "AllDetect (research use only)", "FileVersion": version,
               "ProductVersion": version, "OriginalFilename": f"{name}.exe",
               "LegalCopyright": "MIT licence"}  # fmt: skip
    rows = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in strings.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}), "
        f"kids=[StringFileInfo([StringTable('040904B0', [{rows}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n",
        encoding="utf-8",
    )
    return str(path)


def shipped_versions(*, full: bool) -> list[tuple[str, str]]:
    """(distribution, version) of everything in the bundle that is installed here."""
    found = []
    for name in (*SHIPPED, *(SHIPPED_FULL if full else ())):
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:  # this platform does without it
            continue
    return found


def versions(*, full: bool) -> list[tuple[str, str]]:
    """The packages' own statements of their versions, which the self-test, About and a model's manifest repeat."""
    from PyInstaller.utils.hooks import copy_metadata

    names = ("numpy", "opencv-python-headless", "ai-edge-litert", *(("scikit-learn",) if full else ()))
    return [entry for name in names for entry in copy_metadata(name)]
