"""A page of cells to read, the queue's state above and the reader's means below."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.actions import follow_tip
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.review_page import ReviewPageModel
from alldetect_gui.gui.review_actions import ReviewActions
from alldetect_gui.gui.widgets.cell_tile import CellTileDelegate, fitting_side, picture_side, tile_size
from alldetect_gui.gui.widgets.elided_label import ElidedLabel

_NATIVE = QKeySequence.SequenceFormat.NativeText
_BY_NAME: Mapping[str, int] = {}
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_TURNS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class CellGrid(QListView):
    """Tiles from left to right. The arrows are wishes: they lead over the end of the page."""

    stepped = Signal(int)
    turned = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = CellTileDelegate(self)
        self.setItemDelegate(self._tiles)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A page is accepted by what stands below its cells: where there is little height the pictures are lower."""
        self._tiles.side = fitting_side(self.fontMetrics().height(), self.maximumViewportSize().height() - 2)
        self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)

    @property
    def columns(self) -> int:
        """How many tiles stand in a row: Qt keeps room for the scroll bar, seen or not."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self.verticalScrollBar())
        width = self.maximumViewportSize().width() - bar - 1
        return max(1, width // self._tile.width())

    @property
    def room(self) -> int:
        """How many whole tiles there is room for; at least one row."""
        return self.columns * max(1, self.viewport().height() // self._tile.height())

    @property
    def _tile(self) -> QSize:
        return tile_size(self.fontMetrics().height(), self._tiles.side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {**_STEPS, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns}
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in steps:
            self.stepped.emit(steps[key])
        elif key in _TURNS:
            self.turned.emit(_TURNS[key])
        else:
            super().keyPressEvent(event)


class ReviewPanel(QWidget):
    """Layout and signals; what happens is in the presenter."""

    cell_chosen = Signal(object)  # ImageRecord
    patient_chosen = Signal(object)  # str, or None for all
    note_written = Signal(str)
    page_resized = Signal(int)
    pictures_wanted = Signal(object, int)  # cells, side in screen pixels

    def __init__(self, model: ReviewPageModel, actions: ReviewActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._showing = False
        self.patients = QComboBox()
        self.patients.setAccessibleName(tr("Whose cells to read"))
        self.patients.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.patients.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the cells
        self.patients.activated.connect(lambda row: self.patient_chosen.emit(self.patients.itemData(row)))
        self._status = ElidedLabel()
        self._page = QLabel()
        self._page.setTextFormat(Qt.TextFormat.PlainText)
        self.grid = self._make_grid(actions)
        self.note = QLineEdit()
        self.note.setPlaceholderText(tr("Note on this cell"))
        self.note.setAccessibleName(tr("Note on the cell in view"))
        self.note.setMaxLength(500)
        self.note.setAcceptDrops(False)
        self.note.editingFinished.connect(lambda: self.note_written.emit(self.note.text()))
        actions.note.triggered.connect(self._edit_note)
        self._settle = QTimer(self, singleShot=True, interval=60)
        self._settle.timeout.connect(self._tell_room)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(self._make_header(actions))
        layout.addWidget(self.grid, 1)
        layout.addLayout(self._make_footer(actions))

    def _make_grid(self, actions: ReviewActions) -> CellGrid:
        grid = CellGrid()
        grid.setModel(self._model)
        grid.setViewMode(QListView.ViewMode.IconMode)
        grid.setMovement(QListView.Movement.Static)
        grid.setAcceptDrops(False)  # a folder dropped here is meant for the window
        grid.viewport().setAcceptDrops(False)
        grid.setResizeMode(QListView.ResizeMode.Adjust)
        grid.setUniformItemSizes(True)
        grid.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        grid.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        grid.setAccessibleName(tr("Cells to read"))
        grid.addActions([actions.accept_page, actions.unread])
        grid.selectionModel().currentChanged.connect(self._choose)
        grid.viewport().installEventFilter(self)
        return grid

    def _make_header(self, actions: ReviewActions) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.addWidget(self.patients)
        bar.addWidget(self._status, 1)
        blind = QCheckBox(tr("Blind first read"))
        follow_tip(blind, actions.blind)
        blind.setChecked(actions.blind.isChecked())
        blind.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the cells
        blind.clicked.connect(actions.blind.trigger)
        actions.blind.toggled.connect(blind.setChecked)
        bar.addWidget(blind)
        for text, name, by in (("‹", tr("Page before"), -1), ("›", tr("Next page"), 1)):
            button = QToolButton()
            button.setText(text)
            key = Qt.Key.Key_PageUp if by < 0 else Qt.Key.Key_PageDown
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({QKeySequence(key).toString(_NATIVE)})")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, by=by: self.grid.turned.emit(by))
            if by > 0:
                bar.addWidget(self._page)
            bar.addWidget(button)
        bar.addSpacing(8)
        bar.addWidget(_button(tr("Sign off patient…"), actions.sign_off, with_key=False))
        return bar

    def _make_footer(self, actions: ReviewActions) -> QHBoxLayout:
        bar = QHBoxLayout()
        for text, action in zip(("ALL", "HEM", tr("Unsure")), actions.readings.values(), strict=True):
            bar.addWidget(_button(text, action))
        bar.addSpacing(8)
        bar.addWidget(_button(tr("Accept page"), actions.accept_page))
        bar.addWidget(_button(tr("Next doubtful"), actions.next_doubtful))
        bar.addWidget(self.note, 1)
        return bar

    def show_page(self, cells: Sequence[ImageRecord], current: ImageRecord | None) -> None:
        """Show these cells, and mark the one in view."""
        self._showing = True
        self._model.set_cells(cells)
        self._model.refresh()
        row = self._model.row_of(current)
        self.grid.setCurrentIndex(self._model.index(row) if row >= 0 else QModelIndex())
        self._showing = False
        if self.isVisible():
            self._want_pictures()

    def show_status(self, text: str, page: str, hint: str) -> None:
        """How far the queue is; a hint takes its place where there is one."""
        self._status.set_text(hint or text)
        self._page.setText(page)

    @property
    def status(self) -> str:
        """What is said about the queue."""
        return self._status.text

    @property
    def page_text(self) -> str:
        """Which page is shown."""
        return self._page.text()

    def show_note(self, note: str) -> None:
        """The note on the cell in view."""
        if self.note.text() != note:
            self.note.setText(note)

    def set_patients(self, subjects: Sequence[str], numbers: Mapping[str, int] = _BY_NAME) -> None:
        """Offer the patients of the folder; what was chosen stays, where it is among them.

        With `numbers` they are called by these, and stand in their order.
        """
        chosen = self.patients.currentData()
        self.patients.clear()
        self.patients.addItem(tr("All patients"), None)
        for subject in sorted(subjects, key=lambda subject: numbers.get(subject, 0)):
            name = tr("Patient {subject}", subject=subject) if subject else tr("Images without a patient")
            hidden = tr("Patient no. {number}", number=numbers[subject]) if numbers else ""
            self.patients.addItem(hidden or name, subject)
        self.patients.setCurrentIndex(max(0, self.patients.findData(chosen)) if chosen is not None else 0)
        self.patients.setVisible(len(subjects) > 1)

    def choose_patient(self, subject: str) -> None:
        """Offer the cells of one patient, as if its name had been picked from the list."""
        row = self.patients.findData(subject)
        if row >= 0:
            self.patients.setCurrentIndex(row)
            self.patient_chosen.emit(subject)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._settle.start()
        return False

    def _tell_room(self) -> None:
        if self.isVisible():
            self.page_resized.emit(self.grid.room)
            self._want_pictures()

    def _want_pictures(self) -> None:
        side = round(picture_side(self.fontMetrics().height()) * self.devicePixelRatioF())
        self.pictures_wanted.emit(tuple(self._model.cells), side)

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid() and not self._showing:
            self.cell_chosen.emit(current.data(ReviewPageModel.RecordRole))

    def _edit_note(self) -> None:
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.note.selectAll()


def _button(text: str, action: QAction, *, with_key: bool = True) -> QPushButton:
    """A button for an action, with its key in front. Clicking it leaves the keys where they are."""
    button = QPushButton()

    def name_key() -> None:
        keys = action.shortcut().toString(_NATIVE)
        button.setText(f"{keys}  {text}" if keys and with_key else text)

    name_key()
    action.changed.connect(name_key)
    follow_tip(button, action)
    button.setAccessibleName(action.text().replace("&", ""))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    button.setEnabled(action.isEnabled())
    return button
