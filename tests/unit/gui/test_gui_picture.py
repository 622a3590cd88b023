"""A large image is shown from its smaller copies, and is not handed to Qt as a whole until it is looked at closely."""

import numpy as np
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from alldetect_gui.gui.widgets.image_view import ImageView
from alldetect_gui.gui.widgets.pixels import Picture, to_qimage
from alldetect_gui.gui.widgets.viewport import Viewport
from alldetect_gui.imaging.thumbnails import reductions

PIXELS = np.zeros((800, 1200, 3), np.uint8)
PIXELS[:, 600:] = (200, 90, 30)


def test_that_the_smallest_copy_that_is_large_enough_is_taken() -> None:
    halves = reductions(PIXELS, enough=100_000)
    picture = Picture(PIXELS, halves)
    assert picture.size == QSize(1200, 800)
    assert not picture.is_null
    assert picture.at_least(QSize(299, 199)) == to_qimage(halves[1])
    assert picture.at_least(QSize(301, 199)) == to_qimage(halves[0])
    assert picture.at_least(QSize(601, 400)) == picture.whole == to_qimage(PIXELS)
    assert Picture().is_null
    assert Picture.of(QImage()).is_null


def test_that_a_reduced_view_looks_the_same_and_asks_for_no_more_than_it_shows(qtbot: QtBot) -> None:
    views = []
    for picture in (Picture(PIXELS, reductions(PIXELS, enough=100_000)), Picture(PIXELS)):
        viewport = Viewport()
        viewport.set_size(picture.size)
        view = ImageView(viewport)
        qtbot.addWidget(view)
        view.resize(240, 200)
        view.show_image(picture)
        views.append(view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888))
    first, second = (np.frombuffer(image.constBits(), np.uint8).astype(int) for image in views)
    assert np.abs(first - second).mean() < 2
    assert first.max() > 150


def test_that_the_whole_is_not_made_for_a_small_view(qtbot: QtBot) -> None:
    picture = Picture(PIXELS, reductions(PIXELS, enough=100_000))
    viewport = Viewport()
    viewport.set_size(picture.size)
    view = ImageView(viewport)
    qtbot.addWidget(view)
    view.resize(240, 200)
    view.show_image(picture)
    view.grab()
    assert 0 not in picture._images
    viewport.set_zoom(2.0, view.zoom)
    view.grab()
    assert 0 in picture._images


def test_that_the_values_of_a_pixel_are_those_of_the_whole_which_is_not_made_for_them(qtbot: QtBot) -> None:
    """A cursor over one pane asks all panes: five copies of 20 megapixels."""
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    picture, viewport = Picture(pixels), Viewport()
    viewport.set_size(picture.size)
    view = ImageView(viewport)
    qtbot.addWidget(view)
    view.show_image(picture)
    viewport.point_at(QPoint(3, 2))
    assert view.pixel_text == "3, 2: 39 40 41"
    assert not picture._images
    view.show_image(picture.whole)
    assert view.pixel_text == "3, 2: 39 40 41"
