"""A patient's card in the list: name, share of blasts with its interval as a bar, and whether it is signed."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from alldetect_gui.core.labels import Suggestion
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.patients import PatientsModel, title
from alldetect_gui.gui.theme import class_colours
from alldetect_gui.workflows.roll_up_patients import FEW_CELLS, PatientCells

_LINES = 3.4


class PatientCardDelegate(QStyledItemDelegate):
    """Three lines; the bar runs from 0 to 100 % of the cells counted."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        height = round(option.fontMetrics.height() * _LINES)
        return QSize(height * 4, height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        own = QStyleOptionViewItem(option)
        style = own.widget.style() if own.widget else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, own, painter, own.widget)
        patient = index.data(PatientsModel.CellsRole)
        if not isinstance(patient, PatientCells):
            return
        painter.save()
        line = own.fontMetrics.height()
        area = own.rect.adjusted(10, round(line * 0.3), -10, 0)
        selected = bool(own.state & QStyle.StateFlag.State_Selected)
        ink = own.palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        painter.setPen(ink)
        top = QRect(area.left(), area.top(), area.width(), line)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title(patient))
        font.setBold(False)
        painter.setFont(font)
        painter.drawText(top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, state_text(patient))
        bar = QRectF(area.left(), top.bottom() + line * 0.25, area.width(), line * 0.45)
        self._paint_bar(painter, own, bar, patient)
        below = top.translated(0, round(line * 1.85))
        painter.setPen(ink)
        short = own.fontMetrics.elidedText(short_text(patient), Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)
        painter.restore()

    def _paint_bar(self, painter: QPainter, option: QStyleOptionViewItem, bar: QRectF, patient: PatientCells) -> None:
        """The share in the colour of ALL, and over it the interval as a line with ends."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(option.palette.color(QPalette.ColorRole.Mid)))
        painter.drawRoundedRect(bar, 2, 2)
        if patient.share is None or patient.interval is None:
            return
        painter.setBrush(class_colours(Suggestion.ALL)[0])
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * patient.share, bar.height()), 2, 2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.setPen(QPen(option.palette.color(role), 1.5))
        low, high = (bar.left() + bar.width() * end for end in patient.interval)
        middle = bar.center().y()
        painter.drawLine(round(low), round(middle), round(high), round(middle))
        for end in (low, high):
            painter.drawLine(round(end), round(bar.top()), round(end), round(bar.bottom()))


def state_text(patient: PatientCells) -> str:
    """How far the review is."""
    if patient.sign_off is not None:
        return tr("Signed") if not patient.sign_off.open_cells else tr("Signed, cells open")
    return tr("{read} of {cells} read", read=patient.read, cells=patient.cells)


def short_text(patient: PatientCells) -> str:
    """“60.7 % blasts of 56 cells · fewer than 100”."""
    if patient.share is None:
        return tr("no cell has a class yet")
    text = tr(
        "{share} blasts of {cells}", share=wording.percent(patient.share), cells=wording.count(patient.counted, "cell")
    )
    few = next((" · " + tr("fewer than {limit}", limit=limit) for limit in FEW_CELLS if patient.counted < limit), "")
    return f"{text}{few}"
