"""Which part of an image is in view; shared by the panes that show renderings of the same image."""

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QSize, Signal

MIN_ZOOM, MAX_ZOOM = 0.05, 40.0


class Viewport(QObject):
    """Zoom in screen pixels per image pixel (None: the whole image fits) and the image point in the middle."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zoom: float | None = None
        self.centre = QPointF(0, 0)
        self.size = QSize(0, 0)  # of the image
        self.cursor: QPoint | None = None  # the image pixel that is pointed at

    def set_size(self, size: QSize) -> None:
        """Another image; zoom and place are kept while its size is the same."""
        if size != self.size:
            self.size = size
            self.fit()

    def point_at(self, pixel: QPoint | None) -> None:
        """The cursor is over this pixel of the image, or over none."""
        inside = pixel is not None and QRect(QPoint(0, 0), self.size).contains(pixel)
        pixel = pixel if inside else None
        if pixel != self.cursor:
            self.cursor = pixel
            self.changed.emit()

    def fit(self) -> None:
        """Show all of the image."""
        self.zoom = None
        self.centre = QPointF(self.size.width() / 2, self.size.height() / 2)
        self.changed.emit()

    def set_zoom(self, zoom: float, current: float, around: QPointF | None = None) -> None:
        """Zoom to `zoom`, from `current`; the image point `around` stays where it is on the screen."""
        zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        if around is not None:
            self._move_to(around + (self.centre - around) * (current / zoom))
        self.zoom = zoom
        self.changed.emit()

    def pan(self, by: QPointF, current: float) -> None:
        """Move the middle by image pixels; from the fitted view at its zoom `current`."""
        self.zoom = current if self.zoom is None else self.zoom
        self._move_to(self.centre + by)
        self.changed.emit()

    def _move_to(self, point: QPointF) -> None:
        self.centre = QPointF(
            min(max(point.x(), 0.0), float(self.size.width())), min(max(point.y(), 0.0), float(self.size.height()))
        )
