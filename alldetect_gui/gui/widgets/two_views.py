"""Two renderings in one place: a line to wipe between them, or one after the other."""

from PySide6.QtCore import QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from alldetect_gui.gui.language import tr
from alldetect_gui.gui.widgets.image_view import ImageView
from alldetect_gui.gui.widgets.pixels import Picture
from alldetect_gui.gui.widgets.viewport import Viewport

BLINK_MS = 700
_NEAR = 8  # points from the line at which the mouse takes hold of it
_LINE = QColor("#ffffff")


class WipeView(ImageView):
    """Image A left of a line, image B right of it. The line is dragged, or moved by a slider beside this view."""

    wiped = Signal(float)  # where the line was dragged to, 0 (all B) to 1 (all A)

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(viewport, parent)
        self._other = Picture()
        self._share = 0.5
        self._names = ("", "")
        self._held = False
        self.setAccessibleName(tr("Two renderings in one place"))

    @property
    def share(self) -> float:
        """How much of the width shows image A."""
        return self._share

    def set_share(self, share: float) -> None:
        """Move the line."""
        self._share = min(max(share, 0.0), 1.0)
        self.update()

    def show_pair(self, first: Picture, second: Picture, names: tuple[str, str]) -> None:
        """Show these two."""
        self._other, self._names = second, names
        self.show_image(first)

    def paint_content(self, painter: QPainter) -> None:
        edge = round(self.width() * self._share)
        left, right = QRect(0, 0, edge, self.height()), QRect(edge, 0, self.width() - edge, self.height())
        for picture, area in ((self._picture, left), (self._other, right)):
            if area.width() > 0 and not picture.is_null:
                painter.setClipRect(area)
                self.paint_image(painter, picture)
        painter.setClipping(False)
        if 0 < edge < self.width():
            painter.setPen(QPen(_LINE, 1))
            painter.drawLine(edge, 0, edge, self.height())
        font = QFont(painter.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(_LINE)
        area = self.rect().adjusted(8, 6, -8, -6)
        if edge > 0:
            painter.drawText(area, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), f"A  {self._names[0]}")
        if edge < self.width():
            painter.drawText(area, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight), f"{self._names[1]}  B")

    def _at_line(self, position: QPointF) -> bool:
        return 0 < self._share < 1 and abs(position.x() - self.width() * self._share) <= _NEAR

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = self._at_line(event.position())
        if not self._held:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self.wiped.emit(min(max(event.position().x() / max(self.width(), 1), 0.0), 1.0))
            return
        super().mouseMoveEvent(event)
        if event.buttons() is Qt.MouseButton.NoButton:
            near = self._at_line(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.OpenHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = False
        super().mouseReleaseEvent(event)


class TwoViews(QWidget):
    """Which two, where the line is, and whether they blink instead."""

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = WipeView(viewport)
        self.first, self.second = QComboBox(), QComboBox()
        bar = QHBoxLayout()
        for letter, box in (("&A", self.first), ("&B", self.second)):
            label = QLabel(letter)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(box)
            box.setAccessibleName(tr("Rendering {letter}", letter=letter[1:]))
            box.currentIndexChanged.connect(self._refresh)
            bar.addWidget(label)
            bar.addWidget(box)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setValue(50)
        self.slider.setAccessibleName(tr("Line between A and B"))
        self.slider.valueChanged.connect(self._move_line)
        self.view.wiped.connect(lambda share: self.slider.setValue(round(100 * share)))
        bar.addWidget(self.slider, 1)
        self._hint = QLabel(tr("Space stops and goes on"))
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        bar.addWidget(self._hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addLayout(bar)
        self._images: dict[str, Picture] = {}
        self._blinking = False
        self._blink = QTimer(self, interval=BLINK_MS)
        self._blink.timeout.connect(self.swap)
        self.set_blinking(False)

    @property
    def blinks(self) -> bool:
        """True while A and B follow each other."""
        return self._blink.isActive()

    def add_choice(self, name: str, title: str) -> None:
        """One more rendering to choose from; the first two are chosen at the start."""
        for box in (self.first, self.second):
            box.addItem(title, name)
        self.second.setCurrentIndex(min(1, self.second.count() - 1))

    def show_image(self, name: str, image: Picture) -> None:
        """A rendering is there."""
        self._images[name] = image
        if name in (self.first.currentData(), self.second.currentData()):
            self._refresh()

    def show_text(self, text: str) -> None:
        """There is nothing to show."""
        self._images.clear()
        self.view.show_text(text)

    def set_blinking(self, blinking: bool) -> None:
        """Show one after the other, or both with a line between them."""
        self._blinking = blinking
        self.slider.setVisible(not blinking)
        self._hint.setVisible(blinking)
        self.view.set_share(1.0 if blinking else self.slider.value() / 100)
        if blinking:
            self._blink.start()
        else:
            self._blink.stop()

    def swap(self) -> None:
        """The other of the two."""
        self.view.set_share(0.0 if self.view.share > 0.5 else 1.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._blinking and event.key() == Qt.Key.Key_Space:
            if self._blink.isActive():
                self._blink.stop()
            else:
                self._blink.start()
        else:
            super().keyPressEvent(event)

    def _move_line(self, percent: int) -> None:
        if not self._blinking:
            self.view.set_share(percent / 100)

    def _refresh(self) -> None:
        first = self._images.get(str(self.first.currentData()), Picture())
        second = self._images.get(str(self.second.currentData()), Picture())
        if not first.is_null:
            self.view.show_pair(first, second, (self.first.currentText(), self.second.currentText()))
