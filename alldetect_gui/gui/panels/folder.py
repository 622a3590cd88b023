"""The images of the folder. It tells which rows are in sight; somebody else makes their thumbnails."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.grouping import Grouping
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.widgets.browser_bar import BrowserBar
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.image_browser import ImageBrowser
from alldetect_gui.gui.widgets.select_rows import select_rows, selected_rows
from alldetect_gui.gui.wording import whole

_Flag = QItemSelectionModel.SelectionFlag
_SETTLE_MS = 40  # a fast scroll asks once, when it comes to rest
_REGROUP_MS = 1000  # while a run fills the groups


class FolderPanel(QWidget):
    """Folder name, what was understood of it, and the images as a list or a gallery."""

    record_chosen = Signal(object)  # ImageRecord: to be in view
    records_chosen = Signal(object)  # list of ImageRecord: what is selected
    rows_in_sight = Signal(int, int, int, float)  # first, last, thumbnail side in points, screen pixels a point

    def __init__(self, model: ImageListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._chosen: ImageRecord | None = None
        self._selected: Sequence[ImageRecord] = ()
        self._arranging = False
        self._name = ElidedLabel()
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._summary = QLabel()
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self._summary.setWordWrap(True)
        self._narrowed = QLabel()
        self._narrowed.setTextFormat(Qt.TextFormat.PlainText)
        self._narrowed.setVisible(False)
        self.bar = BrowserBar()
        self.list = ImageBrowser()
        self.list.setModel(model)
        self.list.setAccessibleName(tr("Images of the folder"))
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._tell_rows)
        self._regroup = QTimer(self, singleShot=True, interval=_REGROUP_MS)
        self._regroup.timeout.connect(self._regroup_in_place)
        self._connect()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._name, self._summary, self._narrowed, self.bar):
            layout.addWidget(widget)
        layout.addWidget(self.list, 1)

    def _connect(self) -> None:
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.list.selectionModel().selectionChanged.connect(self._tell_selected)
        bar = self.list.verticalScrollBar()
        bar.valueChanged.connect(self._ask_soon)
        for signal in (bar.rangeChanged, self._model.rowsInserted, self._model.modelReset):
            signal.connect(self._ask_for_more)
        self._model.modelReset.connect(self._tell_groups)
        self.list.viewport().installEventFilter(self)
        self.bar.look_changed.connect(self._look)
        self.bar.grouping_changed.connect(self._arrange)

    def show_folder(self, name: str, summary: str) -> None:
        """Name the folder and say what is in it."""
        self._name.set_text(name)
        self._summary.setText(summary)

    def tell_narrowed(self) -> None:
        """Say that the filter of the results holds here, too."""
        shown, total = self._model.rowCount(), self._model.total
        self._narrowed.setVisible(shown != total)
        self._narrowed.setText(tr("Filtered: {shown} of {total}", shown=whole(shown), total=whole(total)))

    @property
    def summary(self) -> str:
        """What is said about the folder."""
        return self._summary.text()

    def begin_folder(self) -> None:
        """Another folder is in view: it has no groups yet."""
        self._chosen, self._selected = None, ()
        self._regroup.stop()
        self.bar.reset()

    def select(self, record: ImageRecord) -> None:
        """Mark the image in view; no row where it is not of the group shown."""
        self._chosen = record
        row = self._model.row_of(record)
        if row >= 0 and row != self.list.currentIndex().row():
            self.list.selectionModel().setCurrentIndex(self._model.index(row), _Flag.NoUpdate)
            self.list.scrollTo(self._model.index(row))

    def show_selected(self, records: Sequence[ImageRecord]) -> None:
        """Mark what is selected, as far as it is shown here."""
        self._selected = records
        before, self._arranging = self._arranging, True
        select_rows(self.list, (row for record in records if (row := self._model.row_of(record)) >= 0))
        self._arranging = before

    def step(self, by: int) -> None:
        """Go to another row, within the list."""
        row = min(max(self.list.currentIndex().row() + by, 0), self._model.rowCount() - 1)
        if row >= 0:
            self.list.setCurrentIndex(self._model.index(row))

    def follow_results(self) -> None:
        """Results came in or went: groups may have changed, and are formed anew soon, not for each result."""
        if self.bar.chosen_grouping is not Grouping.NONE and not self._regroup.isActive():
            self._regroup.start()

    def regroup(self) -> None:
        """Form the groups anew."""
        self._arrange(self.bar.chosen_grouping, self.bar.chosen_group)

    def _regroup_in_place(self) -> None:
        """As results or votes come in: whoever has scrolled elsewhere stays there."""
        bar = self.list.verticalScrollBar()
        place = bar.value()
        self.regroup()
        bar.setValue(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._settle.start()
        return False

    def _arrange(self, grouping: Grouping, group: str) -> None:
        """Rows that come and go must not choose another image: the mark follows the image in view."""
        self._arranging = True
        self._model.arrange(grouping, group)
        if self._chosen is not None:
            self.select(self._chosen)
            self.show_selected(self._selected)
        self._arranging = False

    def _tell_groups(self) -> None:
        self.bar.set_groups(self._model.groups())
        self.tell_narrowed()

    def _look(self, gallery: bool, side: int) -> None:
        self.list.show_as(gallery=gallery, side=side)
        self._model.forget_thumbnails()
        self._ask_soon()

    def _ask_soon(self) -> None:
        self._settle.start()  # not connected directly: a signal's number would be taken for milliseconds

    def _ask_for_more(self) -> None:
        """More rows do not put off the question: while 100,000 are listed, the first want to be seen."""
        if not self._settle.isActive():
            self._settle.start()

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid() and not self._arranging:
            self.record_chosen.emit(self._model.record(current.row()))

    def _tell_selected(self) -> None:
        if not self._arranging:
            self._selected = [self._model.record(row) for row in selected_rows(self.list)]
            self.records_chosen.emit(self._selected)

    def _tell_rows(self) -> None:
        rows = self.list.rows_in_sight() if self.isVisible() else None
        if rows is not None:
            self.rows_in_sight.emit(*rows, self.devicePixelRatioF())
