"""List the images of a folder and what their names tell. No file is opened here."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

IMAGE_SUFFIXES = frozenset({".bmp", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})
"""Names that promise an image. What the file really is, its content decides when it is decoded."""

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts cell_2 before cell_10."""
    parts = _DIGITS.split(name.casefold())
    return tuple((1, int(part), part) if part.isdecimal() else (0, 0, part) for part in parts if part)


def list_images(folder: Path) -> Iterator[Path]:
    """Every entry below `folder` that is named like an image, in natural order, sub-folders after files.

    Links to folders are not followed, so a loop cannot occur and each real file comes once. A link, a pipe or a
    device named like an image is yielded, and so is a sub-folder that may not be opened: each is refused with
    its reason when it is decoded, so that nothing is passed over in silence. Hidden entries (a leading dot) are
    other programs' notes and are left out. Raises OSError when `folder` itself cannot be listed.
    """
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        try:
            with os.scandir(current) as entries:
                visible = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError:
            if current == folder:
                raise
            yield current
            continue
        visible.sort(key=lambda entry: (natural_key(entry.name), entry.name))
        folders = []
        for entry in visible:
            if entry.is_dir(follow_symlinks=False):
                folders.append(current / entry.name)
            elif Path(entry.name).suffix.lower() in IMAGE_SUFFIXES and not _is_link_to_folder(entry):
                yield current / entry.name
        waiting.extend(reversed(folders))


def _is_link_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # a link to itself, or one that leads where no permission reaches
        return False


def display_name(path: str) -> str:
    """`path` with forward slashes and any bytes that are not UTF-8 written as escapes, safe for every output."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return text.replace(os.sep, "/")
