"""What a model says about one rendering, in two lines and a bar."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.gui.language import marked, tr
from alldetect_gui.gui.theme import class_colours
from alldetect_gui.gui.widgets.suggestion_chip import paint_chip

HIDDEN = marked("Hidden until you have read the cell")

_BAR = 5  # points high


class Verdict(QWidget):
    """Chip and P(ALL), a bar from 0 to 1, and a line that says by which model; or words in place of all that."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._suggestion: Suggestion | None = None
        self._probability: float | None = None
        self._head = self._note = ""
        self._hidden = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_words("")

    @property
    def text(self) -> str:
        """Both lines, as far as they may be seen."""
        return tr(HIDDEN) if self._hidden else "; ".join(part for part in (self._head, self._note) if part)

    def show_words(self, words: str) -> None:
        """There is no probability: say why, or nothing."""
        self._show(None, None, "", words)

    def show_probability(self, suggestion: Suggestion, probability: float, head: str, note: str) -> None:
        """`head` stands beside the chip, `note` below the bar; `probability` from 0 to 1."""
        self._show(suggestion, probability, head, note)

    def hide_verdict(self, hidden: bool) -> None:
        """In a blind read nothing is given away."""
        self._hidden = hidden
        self._say()

    def _show(self, suggestion: Suggestion | None, probability: float | None, head: str, note: str) -> None:
        self._suggestion, self._probability, self._head, self._note = suggestion, probability, head, note
        self._say()

    def _say(self) -> None:
        seen = self._suggestion is not None and not self._hidden
        words = f"{self._suggestion}, {self.text}" if seen else self.text
        self.setAccessibleName(f"{self._title}: {words}" if words else self._title)
        self.setToolTip(words.replace("&", "&amp;").replace("<", "&lt;"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 18, self.fontMetrics().height() * 2 + _BAR + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = self.fontMetrics().height()
        top = QRect(0, 2, self.width(), line)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if self._hidden or self._suggestion is None or self._probability is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(0, 2, 0, 0), flags, self.text)
            return
        chip = QRect(0, 2, round(line * 1.3), line)
        paint_chip(painter, chip, self._suggestion)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        taken = chip.width() + 6
        painter.drawText(top.adjusted(taken, 0, 0, 0), left, self._elided(self._fitting(self.width() - taken), taken))
        self._paint_bar(painter, QRectF(0, line + 5, self.width(), _BAR), self._probability)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        below = QRect(0, line + _BAR + 8, self.width(), line)
        painter.drawText(below, left, self._elided(self._note, 0))

    def _fitting(self, width: int) -> str:
        """As much of the head as has room: first its name goes, then the change; half a number would be another one."""
        numbers = self._head.removeprefix("P(ALL) ")
        forms = (self._head, numbers, numbers.partition(" ")[0])
        return next((form for form in forms if self.fontMetrics().horizontalAdvance(form) <= width), forms[-1])

    def _paint_bar(self, painter: QPainter, track: QRectF, probability: float) -> None:
        """HEM's colour from the right, ALL's from the left, so that the bar is read without its number, too."""
        fill, rest = class_colours(Suggestion.ALL)[0], class_colours(Suggestion.HEM)[0]
        edge = track.width() * min(max(probability, 0.0), 1.0)
        painter.fillRect(QRectF(track.left(), track.top(), edge, track.height()), fill)
        rest.setAlphaF(0.35)
        painter.fillRect(QRectF(track.left() + edge, track.top(), track.width() - edge, track.height()), rest)

    def _elided(self, text: str, taken: int) -> str:
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width() - taken)
