"""The confusion matrix as a small table: rows true, columns predicted, with totals."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from alldetect_gui.evaluation.confusion import ConfusionMatrix
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import marked, tr

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_ROWS = (marked("True ALL"), marked("True HEM"), marked("Total"))
_READER_ROWS = (marked("Read ALL"), marked("Read HEM"), marked("Total"))
_COLUMNS = (marked("Predicted\nALL"), marked("Predicted\nHEM"), marked("Total"))
_MEANINGS = (
    (marked("ALL predicted as ALL (true positives)"), marked("ALL predicted as HEM (missed: false negatives)")),
    (marked("HEM predicted as ALL (false alarms: false positives)"), marked("HEM predicted as HEM (true negatives)")),
)


class ConfusionTableModel(QAbstractTableModel):
    """Counts, and each cell's share of its row: the first row's share is sensitivity, the second's specificity."""

    ShareRole = int(_Role.UserRole) + 1  # float 0 to 1, None in the totals: how strongly a cell is tinted

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts: tuple[tuple[int, ...], ...] = ((0, 0, 0),) * 3
        self._rows = _ROWS

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_ROWS)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        number, inside = self._counts[row][column], row < 2 and column < 2
        share = number / self._counts[row][2] if inside and self._counts[row][2] else None
        if role == _Role.DisplayRole:
            return wording.whole(number) if share is None else f"{wording.whole(number)}\n{wording.percent(share)}"
        if role == self.ShareRole:
            return share
        if role == _Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role in (_Role.ToolTipRole, _Role.AccessibleDescriptionRole) and inside:
            return tr(
                "{meaning}; the percentage is of the row. A click shows these images",
                meaning=tr(_MEANINGS[row][column]),
            )
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        names = _COLUMNS if orientation is Qt.Orientation.Horizontal else self._rows
        return tr(names[section]) if role == _Role.DisplayRole and 0 <= section < len(names) else None

    def set_matrix(self, matrix: ConfusionMatrix, *, by_reader: bool = False) -> None:
        """Show these counts; the rows are the reference labels, or what a reader said."""
        self._rows = _READER_ROWS if by_reader else _ROWS
        self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, 2)
        self._counts = (
            (matrix.tp, matrix.fn, matrix.tp + matrix.fn),
            (matrix.fp, matrix.tn, matrix.fp + matrix.tn),
            (matrix.tp + matrix.fp, matrix.fn + matrix.tn, matrix.total),
        )
        self.dataChanged.emit(self.index(0, 0), self.index(2, 2))
