"""One pane: an image, seen through a viewport that it may share with others."""

from math import floor

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from alldetect_gui.gui.widgets.pixels import Picture
from alldetect_gui.gui.widgets.viewport import Viewport

_STEP = 1.25
_CRISP_FROM = 3.0  # from this zoom on, pixels are shown as squares and not smoothed
_GROUND = QColor(0, 0, 0)  # segmented cells lie on black; the pane goes on where the image ends
_TEXT = QColor("#c9d3dc")


class ImageView(QWidget):
    """Wheel zooms at the cursor, drag pans, double click fits; + - 0 1 and the arrows do the same by key."""

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = viewport
        self._picture = Picture()
        self._scaled: dict[int, QImage] = {}  # as shown, by picture: reducing well is dear, panning repaints often
        self._text = ""
        self._drag: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setMouseTracking(True)
        viewport.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(220, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 40)

    @property
    def image(self) -> QImage:
        """What is shown; null while there is none."""
        return self._picture.whole

    @property
    def text(self) -> str:
        """The words in place of an image."""
        return self._text

    @property
    def pixel_text(self) -> str:
        """Place and value (red, green, blue) of the pixel under the cursor, wherever the cursor is linked to."""
        point = self._viewport.cursor
        if point is None or not QRect(QPoint(0, 0), self._picture.size).contains(point):
            return ""
        colour = self._picture.colour(point)
        return f"{point.x()}, {point.y()}: {colour.red()} {colour.green()} {colour.blue()}"

    def show_image(self, image: QImage | Picture) -> None:
        """Show `image` and no words."""
        self._picture = Picture.of(image) if isinstance(image, QImage) else image
        self._scaled, self._text = {}, ""
        self.update()

    def show_text(self, text: str) -> None:
        """Show words in place of an image."""
        self._picture, self._scaled, self._text = Picture(), {}, text
        self.update()

    @property
    def zoom(self) -> float:
        """Screen pixels per image pixel, as shown now."""
        if self._viewport.zoom is not None:
            return self._viewport.zoom
        size, ratio = self._viewport.size, self.devicePixelRatioF()
        if size.isEmpty():
            return 1.0
        return max(min(self.width() * ratio / size.width(), self.height() * ratio / size.height()), 0.01)

    def image_point(self, position: QPointF) -> QPointF:
        """The image point under `position` of this widget."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        return self._viewport.centre + (position - middle) * (self.devicePixelRatioF() / self.zoom)

    def zoom_by(self, factor: float, position: QPointF | None = None) -> None:
        """Zoom all linked panes; the point at `position` of this one stays in place."""
        around = self.image_point(position) if position is not None else None
        self._viewport.set_zoom(self.zoom * factor, self.zoom, around)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        if self._picture.is_null:
            painter.setPen(_TEXT)
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(8, 8, -8, -8), flags, self._text)
        else:
            self.paint_content(painter)
            self._paint_pixel(painter)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 3))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def paint_content(self, painter: QPainter) -> None:
        """What is seen of the image."""
        self.paint_image(painter, self._picture)

    def paint_image(self, painter: QPainter, picture: Picture) -> None:
        """One image at the place and zoom of the viewport."""
        ratio, zoom = self.devicePixelRatioF(), self.zoom
        scale = zoom / ratio
        corner = QPointF(self.width() / 2, self.height() / 2) - self._viewport.centre * scale
        if zoom < 1:
            whole = picture.size
            size = QSize(max(1, round(whole.width() * zoom)), max(1, round(whole.height() * zoom)))
            scaled = self._scaled.get(id(picture), QImage())
            if scaled.size() != size:
                how = Qt.TransformationMode.SmoothTransformation
                scaled = picture.at_least(size).scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, how)
                scaled.setDevicePixelRatio(ratio)
                self._scaled[id(picture)] = scaled
            painter.drawImage(QPoint(round(corner.x()), round(corner.y())), scaled)
            return
        image = picture.whole
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, 1 < zoom < _CRISP_FROM)
        target = QRectF(corner.x(), corner.y(), image.width() * scale, image.height() * scale)
        painter.drawImage(target, image, QRectF(QRect(QPoint(0, 0), image.size())))

    def _paint_pixel(self, painter: QPainter) -> None:
        text = self.pixel_text
        if not text:
            return
        box = painter.fontMetrics().boundingRect(text).adjusted(-4, -1, 4, 1)
        box.moveBottomLeft(self.rect().bottomLeft() + QPoint(2, -2))
        painter.fillRect(box, QColor(0, 0, 0, 190))
        painter.setPen(_TEXT)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._drag = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            moved, self._drag = self._drag - event.position(), event.position()
            self._viewport.pan(moved * (self.devicePixelRatioF() / self.zoom), self.zoom)
        place = self.image_point(event.position())
        self._viewport.point_at(QPoint(floor(place.x()), floor(place.y())))

    def leaveEvent(self, event: QEvent) -> None:
        self._viewport.point_at(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._viewport.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = 40 * self.devicePixelRatioF() / self.zoom
        moves = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step),
            Qt.Key.Key_Down: (0.0, step),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self._viewport.pan(QPointF(*moves[key]), self.zoom)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(_STEP)
        elif key is Qt.Key.Key_Minus:
            self.zoom_by(1 / _STEP)
        elif key is Qt.Key.Key_0:
            self._viewport.fit()
        elif key is Qt.Key.Key_1:
            self._viewport.set_zoom(1.0, self.zoom)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
