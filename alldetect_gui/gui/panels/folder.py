"""The images of the folder. It tells which rows are in sight; somebody else makes their thumbnails."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QListView, QVBoxLayout, QWidget

from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.image_row import ImageRowDelegate, thumbnail_side

_SETTLE_MS = 40  # a fast scroll asks once, when it comes to rest


class FolderPanel(QWidget):
    """Folder name, what was understood of it, and the list."""

    record_chosen = Signal(object)  # ImageRecord
    rows_in_sight = Signal(int, int, int, float)  # first, last, thumbnail side in points, screen pixels a point

    def __init__(self, model: ImageListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
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
        self.list = QListView()
        self.list.setModel(model)
        self.list.setItemDelegate(ImageRowDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setLayoutMode(QListView.LayoutMode.Batched)
        self.list.setBatchSize(2000)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Images of the folder")
        self.list.selectionModel().currentChanged.connect(self._choose)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._tell_rows)
        self.list.verticalScrollBar().valueChanged.connect(self._ask_soon)
        self.list.verticalScrollBar().rangeChanged.connect(self._ask_soon)
        model.rowsInserted.connect(self._ask_soon)
        model.modelReset.connect(self._ask_soon)
        self.list.viewport().installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._name)
        layout.addWidget(self._summary)
        layout.addWidget(self._narrowed)
        layout.addWidget(self.list, 1)

    def show_folder(self, name: str, summary: str) -> None:
        """Name the folder and say what is in it."""
        self._name.set_text(name)
        self._summary.setText(summary)

    def tell_narrowed(self) -> None:
        """Say that the filter of the results holds here, too."""
        shown, total = self._model.rowCount(), self._model.total
        self._narrowed.setVisible(shown != total)
        self._narrowed.setText(f"Filtered: {shown} of {total}")

    @property
    def summary(self) -> str:
        """What is said about the folder."""
        return self._summary.text()

    def select(self, record: ImageRecord) -> None:
        """Mark the image in view."""
        row = self._model.row_of(record)
        if row >= 0 and row != self.list.currentIndex().row():
            self.list.setCurrentIndex(self._model.index(row))

    def step(self, by: int) -> None:
        """Go to another row, within the list."""
        row = min(max(self.list.currentIndex().row() + by, 0), self._model.rowCount() - 1)
        if row >= 0:
            self.list.setCurrentIndex(self._model.index(row))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._settle.start()
        return False

    def _ask_soon(self) -> None:
        self._settle.start()  # not connected directly: a signal's number would be taken for milliseconds

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid():
            self.record_chosen.emit(self._model.record(current.row()))

    def _tell_rows(self) -> None:
        viewport = self.list.viewport()
        first = self.list.indexAt(QPoint(8, 1))
        if not self.isVisible() or not first.isValid():
            return
        last = self.list.indexAt(QPoint(8, viewport.height() - 2))
        height = self.list.visualRect(first).height()
        row = last.row() if last.isValid() else self._model.rowCount() - 1
        self.rows_in_sight.emit(first.row(), row, thumbnail_side(height), self.devicePixelRatioF())
