"""The view of all images, as a list or as a gallery, that stays quick with 100,000 of them."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtWidgets import QListView, QWidget

from alldetect_gui.gui.widgets.image_row import ImageRowDelegate, thumbnail_side
from alldetect_gui.gui.widgets.image_tile import ImageTileDelegate

_Index = QModelIndex | QPersistentModelIndex
SMALLEST, LARGEST, USUAL = 48, 320, 96  # points a side of a thumbnail in the gallery


class ImageBrowser(QListView):
    """Items have one size, laid out in batches between which the window lives on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._tiles = ImageRowDelegate(self), ImageTileDelegate(USUAL, self)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(2000)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.gallery = False
        self.show_as(gallery=False, side=USUAL)

    def show_as(self, *, gallery: bool, side: int) -> None:
        """Rows with words, or tiles with thumbnails of `side` points."""
        self.gallery = gallery
        self._tiles.set_side(side)
        self.setItemDelegate(self._tiles if gallery else self._rows)
        self.setFlow(QListView.Flow.LeftToRight if gallery else QListView.Flow.TopToBottom)
        self.setWrapping(gallery)
        self.setResizeMode(QListView.ResizeMode.Adjust if gallery else QListView.ResizeMode.Fixed)
        self.setGridSize(self._tiles.tile(self.fontMetrics().height()) + QSize(2, 2) if gallery else QSize())
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Paint again, and no more: Qt would lay all items out anew for each thumbnail that comes in."""
        self.viewport().update()

    def rows_in_sight(self) -> tuple[int, int, int] | None:
        """First and last row in view (the last may lie beyond the end), and the side of a thumbnail in points."""
        first = self.indexAt(QPoint(8, 1))
        if not first.isValid():
            first = self.indexAt(QPoint(8, 12))  # the gap between two rows of tiles
        if not self.isVisible() or not first.isValid():
            return None
        height = max(self.visualRect(first).height(), 1)
        if not self.gallery:
            return first.row(), first.row() + self.viewport().height() // height + 1, thumbnail_side(height)
        across = max(self.viewport().width() // self.gridSize().width(), 1)
        down = self.viewport().height() // self.gridSize().height() + 2
        return first.row(), first.row() + across * down, self._tiles.side
