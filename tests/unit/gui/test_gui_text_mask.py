"""Names in any script stand on the sheet of a comparison, or as escapes, and never as boxes."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from alldetect_gui.core.events import RenderingReady
from alldetect_gui.gui.text_mask import text_mask
from alldetect_gui.gui.use_cases import write_sheet
from alldetect_gui.imaging import sheet
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.workflows.compare_sheet import Comparison

pytestmark = pytest.mark.usefixtures("qapp")


def written(out: Path, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The sheet of a grey square with that file name."""
    pixels = np.full((60, 60, 3), 90, np.uint8)
    ready = RenderingReady(Path("/d") / name, "original", (), pixels, np.ones((3, 256), np.int64))
    list(write_sheet(out, Comparison(ready.path, (ready,), {})))
    return read_image(out).pixels


def test_that_a_name_with_umlauts_is_written_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    text = sheet.ImageDraw.ImageDraw.text
    monkeypatch.setattr(
        sheet.ImageDraw.ImageDraw,
        "text",
        lambda pen, place, words, *rest, **more: (drawn.append(words), text(pen, place, words, *rest, **more))[1],
    )
    with_umlaut, without = written(tmp_path / "a.png", "Müller_Größe.bmp"), written(tmp_path / "b.png", "x.bmp")
    assert not any("Muller" in words or "\\xfc" in words for words in drawn)
    assert (with_umlaut[20:48] < 128).sum() > (without[20:48] < 128).sum()


def test_that_letters_cover_pixels_and_more_of_them_are_wider() -> None:
    one, three = text_mask("ü", 18), text_mask("üöß", 18)
    assert one.max() > 128
    assert three.shape[1] > one.shape[1]
    assert not np.array_equal(text_mask("ü", 18), text_mask("u", 18))


def test_that_a_letter_that_no_typeface_has_is_an_escape() -> None:
    unknown = "\U000e0fff"
    assert not QFontMetricsF(QFont("sans-serif")).inFontUcs4(ord(unknown))
    assert np.array_equal(text_mask(unknown, 18), text_mask("\\U000e0fff", 18))


def test_that_without_a_window_such_letters_are_escapes() -> None:
    pane = sheet.SheetPane("t", (), np.zeros((20, 20, 3), np.uint8), np.ones((3, 256), np.int64))
    plain = sheet.draw_sheet(["M\\xfcller"], [pane], "f")
    assert np.array_equal(sheet.draw_sheet(["Müller"], [pane], "f"), plain)
