"""Showing a selection that was made elsewhere in a view of one's own."""

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtWidgets import QAbstractItemView

MOST_RANGES = 1000
"""Qt takes time for each stretch of rows: a selection in more pieces is shown by its current row alone."""

_Flag = QItemSelectionModel.SelectionFlag


def select_rows(view: QAbstractItemView, rows: Iterable[int]) -> None:
    """Select exactly these rows; the current one stays what it is."""
    model, chosen = view.model(), QItemSelection()
    ranges = _stretches(rows)
    if len(ranges) > MOST_RANGES:
        current = view.currentIndex().row()
        ranges = [(current, current)] if current >= 0 else []
    for first, last in ranges:
        chosen.select(model.index(first, 0), model.index(last, 0))
    view.selectionModel().select(chosen, _Flag.ClearAndSelect | _Flag.Rows)


def selected_rows(view: QAbstractItemView) -> list[int]:
    """The selected rows, from above."""
    chosen = view.selectionModel().selection()
    ranges = [chosen.at(number) for number in range(chosen.count())]
    return sorted({row for item in ranges for row in range(item.top(), item.bottom() + 1)})


def _stretches(rows: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each stretch of neighbouring rows."""
    in_order = sorted(rows)
    if not in_order or in_order[-1] - in_order[0] == len(in_order) - 1:  # all 100,000, as a rule
        return [(in_order[0], in_order[-1])] if in_order else []
    stretches = []
    for _, group in groupby(enumerate(in_order), key=lambda item: item[1] - item[0]):
        members = [row for _, row in group]
        stretches.append((members[0], members[-1]))
    return stretches
