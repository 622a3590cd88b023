"""Which files of a folder are images to be, in which order; no link is followed and nothing is lost in silence."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from alldetect_gui.imaging.listing import display_name, list_images, natural_key


def make(folder: Path, *names: str) -> None:
    """Empty files: listing never opens one."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def listed(folder: Path) -> list[str]:
    """Relative names in the order listed."""
    return [path.relative_to(folder).as_posix() for path in list_images(folder)]


def test_that_numbers_are_ordered_as_people_count(tmp_path: Path) -> None:
    make(tmp_path, "cell_10.bmp", "cell_2.bmp", "Cell_1.bmp", "cell_2b.bmp", "1_10.bmp", "1_9.bmp")
    names = listed(tmp_path)
    assert [name for name in names if "ell" in name] == ["Cell_1.bmp", "cell_2.bmp", "cell_2b.bmp", "cell_10.bmp"]
    assert [name for name in names if "ell" not in name] == ["1_9.bmp", "1_10.bmp"]


@pytest.mark.parametrize(
    "names",
    [
        ("cell", "cell_2", "cell_2b", "cell_10", "cells"),
        ("a", "9a", "10"),  # letters before digits
        ("a01", "a1", "a1b", "a1bc", "a1b 2"),
        ("a99x", f"a1{'0' * 40}", "ab"),
        ("a2\u0663", "a\u0663"),  # any script's digits are numbers
    ],
)
def test_that_the_key_of_a_name_sorts_text_as_text_and_numbers_by_value(names: tuple[str, ...]) -> None:
    def parts(name: str) -> list[tuple[int, int, str]]:
        found = [part for part in re.split(r"(\d+)", name) if part]
        return [(1, int(part), part) if part.isdecimal() else (0, 0, part) for part in found]

    assert sorted(names, key=natural_key) == sorted(names, key=parts)


def tell(
    monkeypatch: pytest.MonkeyPatch, entries_of: Callable[[list[os.DirEntry[str]]], list[os.DirEntry[str]]]
) -> None:
    """Let the disk tell what `entries_of` makes of a folder's entries."""

    class Told:
        def __init__(self, folder: Path) -> None:
            self.entries = entries_of(list(scandir(folder)))

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *_: object) -> None:
            pass

    scandir = os.scandir
    monkeypatch.setattr("alldetect_gui.imaging.listing.os.scandir", Told)


def test_that_the_order_does_not_depend_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.bmp", "A.bmp", "aA.bmp", "Aa.bmp", "b.bmp")
    once = listed(tmp_path)
    tell(monkeypatch, lambda entries: entries[::-1])
    assert listed(tmp_path) == once


def test_that_a_folder_sorted_in_parts_is_in_the_order_of_one_sorted_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alldetect_gui.imaging.listing._RUN", 4)
    names = [f"{letter}{number}.bmp" for letter in "bAa" for number in (10, 9, 100, 1, 7)]
    make(tmp_path, *names)
    tell(monkeypatch, lambda entries: sorted(entries, key=lambda entry: names.index(entry.name)))
    assert listed(tmp_path) == [
        *("A1.bmp", "a1.bmp", "A7.bmp", "a7.bmp", "A9.bmp", "a9.bmp", "A10.bmp", "a10.bmp", "A100.bmp", "a100.bmp"),
        *("b1.bmp", "b7.bmp", "b9.bmp", "b10.bmp", "b100.bmp"),
    ]


def test_that_a_name_told_twice_by_the_disk_is_listed_and_compared_with_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a.bmp", "b.bmp")
    scandir = os.scandir
    tell(monkeypatch, lambda entries: [*entries, *scandir(tmp_path)])
    assert listed(tmp_path) == ["a.bmp", "a.bmp", "b.bmp", "b.bmp"]


def test_that_files_come_before_sub_folders_and_sub_folders_in_order(tmp_path: Path) -> None:
    make(tmp_path, "z.bmp", "fold_10/a.bmp", "fold_2/b/c.bmp", "fold_2/a.bmp")
    assert listed(tmp_path) == ["z.bmp", "fold_2/a.bmp", "fold_2/b/c.bmp", "fold_10/a.bmp"]


def test_that_only_names_that_promise_an_image_are_listed_in_any_case(tmp_path: Path) -> None:
    make(tmp_path, "a.BMP", "b.Png", "c.jpg", "d.JPEG", "e.tif", "f.tiff", "notes.txt", "bmp", "g.bmp.txt", "h.gif")
    assert listed(tmp_path) == ["a.BMP", "b.Png", "c.jpg", "d.JPEG", "e.tif", "f.tiff"]


def test_that_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "._cell.bmp", ".thumbnails/a.bmp", "cell.bmp")
    assert listed(tmp_path) == ["cell.bmp"]


@pytest.mark.timeout(20)
def test_that_links_to_folders_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    make(tmp_path, "a/cell.bmp")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "up.bmp").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "a")
    assert listed(tmp_path) == ["a/cell.bmp"]


def test_that_a_link_named_like_an_image_is_listed_so_that_its_refusal_is_seen(tmp_path: Path) -> None:
    make(tmp_path, "cell.bmp")
    (tmp_path / "dangling.bmp").symlink_to("nowhere.bmp")
    (tmp_path / "link.bmp").symlink_to("cell.bmp")
    assert listed(tmp_path) == ["cell.bmp", "dangling.bmp", "link.bmp"]


def test_that_a_link_to_itself_does_not_stop_the_listing(tmp_path: Path) -> None:
    make(tmp_path, "cell.bmp")
    (tmp_path / "loop.bmp").symlink_to("loop.bmp")
    assert listed(tmp_path) == ["cell.bmp", "loop.bmp"]


def test_that_a_folder_named_like_an_image_is_searched(tmp_path: Path) -> None:
    make(tmp_path, "x.bmp/cell.bmp")
    assert listed(tmp_path) == ["x.bmp/cell.bmp"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_that_a_pipe_named_like_an_image_is_listed_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bmp")
    assert listed(tmp_path) == ["pipe.bmp"]


def test_that_a_folder_that_is_not_there_is_an_error_and_not_an_empty_list(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        listed(tmp_path / "gone")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX permissions")
def test_that_an_unreadable_sub_folder_is_listed_so_that_it_is_counted(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    make(tmp_path, "cell.bmp", "closed/inside.bmp")
    (tmp_path / "closed").chmod(0)
    code = (
        "import os\nfrom pathlib import Path\nfrom alldetect_gui.imaging.listing import list_images\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        f"print([path.name for path in list_images(Path({str(tmp_path)!r}))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    (tmp_path / "closed").chmod(0o755)
    assert done.stdout.strip() == "['cell.bmp', 'closed']", done.stderr


def test_that_deep_nesting_ends(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(200):
        deep = deep / "d"
    make(deep, "cell.bmp")
    assert len(listed(tmp_path)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are not UTF-8 exist on Linux alone")
def test_that_names_that_are_not_utf8_are_shown_as_escapes(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/cell\xff.bmp")).touch()
    (path,) = list_images(tmp_path)
    shown = display_name(path.name)
    assert shown == "cell\\xff.bmp"
    shown.encode("utf-8")
