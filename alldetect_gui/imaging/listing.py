"""List the images of a folder and what their names tell. No file is opened here."""

import heapq
import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

IMAGE_SUFFIXES = frozenset({".bmp", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})
"""Names that promise an image. What the file really is, its content decides when it is decoded."""

_RUN = 4096  # names, some milliseconds to sort
_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> str:
    """Sort key that puts cell_2 before cell_10, and names that begin with a letter before those with a digit.

    One string, because lists of strings are sorted several times faster than lists of tuples: each part ends with the
    lowest character, so that a shorter text comes first, and before a number stands how many digits it has.
    """
    parts = _DIGITS.split(name.casefold())
    parts[1::2] = map(_number_key, parts[1::2])
    return ("0" if parts[0] or len(parts) == 1 else "1") + "\0".join(parts)


@lru_cache(maxsize=1 << 14)  # the numbers of a folder are few: patients, images, cells
def _number_key(digits: str) -> str:
    """Sorts by value, then as it is written."""
    value = str(int(digits))
    return f"{chr(len(value))}{value}{digits}"


def list_images(folder: Path) -> Iterator[Path]:
    """Every entry below `folder` that is named like an image, in natural order, sub-folders after files.

    Links to folders are not followed, so a loop cannot occur and each real file comes once. A link, a pipe or a
    device named like an image is yielded, and so is a sub-folder that may not be opened: each is refused with
    its reason when it is decoded, so that nothing is passed over in silence. Hidden entries (a leading dot) are
    other programs' notes and are left out. Raises OSError when `folder` itself cannot be listed.
    """
    return (path for path, _ in list_with_names(folder))


def list_with_names(folder: Path) -> Iterator[tuple[Path, str]]:
    """As `list_images`, each with its name below `folder` as `display_name` writes it."""
    waiting = [(folder, "")]
    while waiting:
        current, above = waiting.pop()
        try:
            with os.scandir(current) as entries:
                runs = _sorted_runs(entry for entry in entries if entry.name[0] != ".")
        except OSError:
            if current == folder:
                raise
            yield current, above.removesuffix("/")
            continue
        folders = []
        for _, name, _, entry in heapq.merge(*map(_used_up, runs)):
            if entry.is_dir(follow_symlinks=False):
                folders.append((current / name, f"{above}{display_name(name)}/"))
            elif name[name.rfind(".") :].lower() in IMAGE_SUFFIXES and not _is_link_to_folder(entry):
                yield current / name, above + display_name(name)
        waiting.extend(reversed(folders))


_Keyed = tuple[str, str, int, os.DirEntry[str]]


def _sorted_runs(entries: Iterable[os.DirEntry[str]]) -> list[list[_Keyed]]:
    """Key, name, number and entry of each, in runs of `_RUN`, each sorted downwards.

    The interpreter's lock is held for as long as a list is sorted or given up: one of 100,000 names would keep the
    window from answering. The number decides where a disk tells a name twice; entries cannot be compared.
    """
    keyed = ((natural_key(entry.name), entry.name, number, entry) for number, entry in enumerate(entries))
    return list(iter(lambda: sorted(islice(keyed, _RUN), reverse=True), []))


def _used_up(run: list[_Keyed]) -> Iterator[_Keyed]:
    """From its end; what was taken is let go."""
    while run:
        yield run.pop()


def _is_link_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # a link to itself, or one that leads where no permission reaches
        return False


def display_name(path: str) -> str:
    """`path` with forward slashes and any bytes that are not UTF-8 written as escapes, safe for every output."""
    if path.isascii():
        return path.replace(os.sep, "/")
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return text.replace(os.sep, "/")
