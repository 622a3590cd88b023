"""Drill 26: whatever happened to the settings file, the window starts with defaults, says so and keeps the old file."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme


@pytest.fixture
def file(tmp_path: Path) -> Path:
    settings = WindowSettings(tmp_path / "window.json")
    settings.theme = Theme.DARK
    settings.export_folder = Path("/somewhere")
    settings.add_recent(Path(os.fsdecode(b"/data/caf\xe9")))
    settings.save_layout("window", QByteArray(b"\x00\x01\xff"))
    assert settings.notice == ""
    return tmp_path / "window.json"


def mutate(data: bytes, choose: random.Random) -> bytes:
    """One fault of the kind that disks, editors and crashes make."""
    place, length = choose.randrange(len(data)), choose.randrange(1, 40)
    kind = choose.randrange(6)
    if kind == 0:
        return data[:place] + bytes([data[place] ^ 1 << choose.randrange(8)]) + data[place + 1 :]
    if kind == 1:
        return data[:place]
    if kind == 2:
        return data[:place] + bytes(length) + data[place + length :]
    if kind == 3:
        return data[:place] + choose.randbytes(length) + data[place:]
    if kind == 4:
        return data[:place] + data[place + length :]
    return data[place:] + data[:place] if place else data + b" "


def test_that_a_folder_whose_name_is_no_text_is_remembered(file: Path) -> None:
    again = WindowSettings(file)
    assert [os.fsencode(path) for path in again.recent_folders] == [b"/data/caf\xe9"]
    assert (again.theme, again.layout("window"), again.notice) == (Theme.DARK, QByteArray(b"\x00\x01\xff"), "")


def test_that_200_mutations_give_200_starts_with_defaults_a_notice_and_the_old_file(file: Path) -> None:
    whole, choose = file.read_bytes(), random.Random(26)
    for number in range(200):
        damaged = mutate(whole, choose)
        assert damaged != whole
        file.write_bytes(damaged)
        settings = WindowSettings(file)
        assert (settings.theme, settings.recent_folders) == (Theme.SYSTEM, [])
        assert settings.layout("window").isEmpty()
        assert "the defaults are used, and the old file is kept as" in settings.notice
        kept = list(file.parent.glob("window.json.corrupt-*"))
        assert [path.read_bytes() for path in kept] == [damaged], number
        kept[0].unlink()
        settings.theme = Theme.LIGHT
        assert WindowSettings(file).theme is Theme.LIGHT


def test_that_settings_that_cannot_be_read_or_written_do_not_stop_the_window(tmp_path: Path) -> None:
    (tmp_path / "window.json").mkdir()
    settings = WindowSettings(tmp_path / "window.json")
    assert "cannot be read" in settings.notice
    (tmp_path / "closed").write_text("a file where a folder should be")
    settings = WindowSettings(tmp_path / "closed" / "window.json")
    settings.theme = Theme.DARK
    assert settings.theme is Theme.DARK
    assert "cannot be kept" in settings.notice


def test_that_a_folder_just_opened_waits_for_the_disk_aside_and_a_choice_is_written_at_once(tmp_path: Path) -> None:
    file, aside = tmp_path / "window.json", list[Callable[[], None]]()
    settings = WindowSettings(file)
    settings.write_aside(aside.append)
    settings.add_recent(Path("/a"))
    assert not file.exists()
    assert settings.recent_folders == [Path("/a")]
    settings.theme = Theme.DARK
    assert WindowSettings(file).theme is Theme.DARK
    settings.add_recent(Path("/b"))
    assert len(aside) == 2
    aside[0]()  # one may stand for both
    assert WindowSettings(file).recent_folders == [Path("/b"), Path("/a")]


def test_that_what_was_not_yet_written_aside_is_written_at_the_end(tmp_path: Path) -> None:
    settings = WindowSettings(tmp_path / "window.json")
    settings.write_aside(lambda write: None)
    settings.add_recent(Path("/a"))
    settings.settle()
    assert WindowSettings(settings.file).recent_folders == [Path("/a")]
    settings.add_recent(Path("/b"))
    assert WindowSettings(settings.file).recent_folders == [Path("/b"), Path("/a")]
