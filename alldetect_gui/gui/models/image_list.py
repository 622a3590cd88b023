"""The images of the folder as a list model. Thumbnails are handed to it; it never reads a file itself."""

from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from itertools import chain, compress
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QImage

from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.gui.blind_order import BlindOrder
from alldetect_gui.gui.language import said, tr
from alldetect_gui.gui.models.grouping import HIDDEN, Grouping, group_of, in_order
from alldetect_gui.gui.models.thumbnail_cache import ThumbnailCache

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_REST_MS, _GAP_MS, _STEP = 300, 10, 1000  # when nothing more is listed, so many images at a time: some 2 ms each


class ImageListModel(QAbstractListModel):
    """One row an image, in the order of the listing or by groups; grows while the folder is listed."""

    RecordRole = int(_Role.UserRole) + 1
    ResultRole = int(_Role.UserRole) + 2

    GroupRole = int(_Role.UserRole) + 3

    def __init__(
        self, parent: QObject | None = None, *, cache: ThumbnailCache | None = None, order: BlindOrder | None = None
    ) -> None:
        """`order` learns from here which images are listed; table and pages ask it for the same numbers."""
        super().__init__(parent)
        self._order = order or BlindOrder()
        self._listed: list[ImageRecord] = []
        self._records = self._listed  # those shown, in their order; the same list while nothing is grouped
        self._wanted: Container[str] | None = None
        self._grouping, self._group = Grouping.NONE, ""
        self._groups: list[tuple[str, int]] = []
        self._rows: list[int] | None = None  # of each place in the order shown, -1 for none; None: the listing's own
        self._results: dict[Path, ImageResult] = {}
        self._ahead = QTimer(self, singleShot=True)
        self._ahead.timeout.connect(self._work_ahead)
        self._cache = cache or ThumbnailCache()
        self._hides: Callable[[ImageRecord], bool] = lambda record: False
        self._is_blind = False

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._records)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        record = self._records[index.row()]
        if self._hides(record) and role in (_Role.DisplayRole, _Role.AccessibleTextRole, self.ResultRole):
            return None if role == self.ResultRole else tr("Cell {number}", number=self._order.number(record))
        if role == _Role.DisplayRole:
            return record.relative.rpartition("/")[2]
        if role == _Role.DecorationRole:
            item = self._cache.get(record.path)
            return item if isinstance(item, QImage) else None
        if role == _Role.AccessibleTextRole:
            return f"{record.relative}, {self.describe(record)}"
        if role == self.GroupRole:
            return self.group_of(record)
        if role == self.RecordRole:
            return record
        if role == self.ResultRole:
            return self._results.get(record.path)
        return None

    def describe(self, record: ImageRecord) -> str:
        """The second line of a row: patient and reference label, or why the image cannot be shown."""
        item = self._cache.get(record.path)
        if isinstance(item, str):
            return tr("Cannot be shown: {reason}", reason=said(item))
        if self._hides(record):
            return ""
        parts = [tr("Patient {subject}", subject=record.subject)] if record.subject else []
        parts += [tr("reference {reference}", reference=record.reference)] if record.reference else []
        return " · ".join(parts) or record.relative.rpartition("/")[0]

    def record(self, row: int) -> ImageRecord:
        """The image of a row."""
        return self._records[row]

    def row_of(self, record: ImageRecord) -> int:
        """Where an image stands; -1 when it is not of this folder."""
        return self._row_at(record.path)

    def reset(self) -> None:
        """Forget the folder and its thumbnails."""
        self.beginResetModel()
        self._listed, self._rows, self._results = [], None, {}
        self._order.clear()
        self._records, self._wanted = self._listed, None
        self._grouping, self._group, self._groups = Grouping.NONE, "", []
        self._cache.clear()
        self.endResetModel()

    def append(self, records: Sequence[ImageRecord]) -> None:
        """Add images at the end. While images are grouped, they find their place with the next `arrange`."""
        if not records:
            return
        place = len(self._listed)
        self._order.add(records)
        self._ahead.start(_REST_MS)
        if self._rows is None:
            self.beginInsertRows(QModelIndex(), place, place + len(records) - 1)
            self._listed.extend(records)
            self.endInsertRows()
            return
        self._listed.extend(records)
        shown = [] if self._grouping is not Grouping.NONE else [item for item in records if self._is_wanted(item)]
        self._rows.extend([-1] * len(records))
        if shown:
            first = len(self._records)
            self.beginInsertRows(QModelIndex(), first, first + len(shown) - 1)
            self._records.extend(shown)
            for row, record in enumerate(shown, first):
                self._rows[self._order.places[record.path]] = row
            self.endInsertRows()

    def _work_ahead(self) -> None:
        if self._order.work_ahead(_STEP):
            self._ahead.start(_GAP_MS)

    def narrow(self, names: Container[str] | None) -> None:
        """Show the images with these relative names only; None shows all."""
        if names is not None or self._wanted is not None:
            self._wanted = names
            self._put_in_order()

    @property
    def total(self) -> int:
        """All images, shown or not."""
        return len(self._listed)

    def _is_wanted(self, record: ImageRecord) -> bool:
        return self._wanted is None or record.relative in self._wanted

    def group_of(self, record: ImageRecord) -> str:
        """The group of an image by the grouping in force."""
        return group_of(record, self._results.get(record.path), self._grouping, self._hides(record))

    def groups(self) -> list[tuple[str, int]]:
        """Name and size of every group when it was arranged, whether it is shown or not."""
        return self._groups

    def shown_groups(self) -> list[tuple[str, int]]:
        """Name and size of the groups in the rows, in their order; one without a name while nothing is grouped."""
        shown = [item for item in self._groups if self._group in ("", item[0])]
        if sum(size for _, size in shown) != len(self._records):  # they are being listed, and not yet arranged
            return [("", len(self._records))]
        return shown

    def arrange(self, grouping: Grouping, group: str = "") -> None:
        """Sort by groups, keeping the listing's order within each, and show only `group` where one is named."""
        self._grouping, self._group = grouping, group
        if self._rows is not None or self._is_ordered:
            self._put_in_order()

    @property
    def _is_ordered(self) -> bool:
        """True where something else than the listing is to be shown."""
        return self._grouping is not Grouping.NONE or self._wanted is not None or self._is_blind

    def _put_in_order(self) -> None:
        self.beginResetModel()
        if not self._is_ordered:
            self._records, self._rows, self._groups = self._listed, None, []
        else:
            order = self._grouped_places()
            self._records = list(map(self._listed.__getitem__, order))
            rows = np.full(len(self._listed), -1)
            rows[order] = np.arange(len(order))
            self._rows = rows.tolist()
        self.endResetModel()

    def _grouped_places(self) -> list[int]:
        """Places in the listing of what is to be shown, in their order; learns the groups on the way."""
        wanted = self._wanted
        places = self._order.order if self._is_blind else range(len(self._listed))
        if self._grouping is Grouping.NONE:
            self._groups, self._group = [], ""
            if wanted is None:
                return list(places)
            names = map(attrgetter("relative"), map(self._listed.__getitem__, places))
            return list(compress(places, map(wanted.__contains__, names)))
        members: defaultdict[str, list[int]] = defaultdict(list)
        grouping, results, hides = self._grouping, self._results, self._hides
        hidden: list[int] = []  # in a blind read most of them: nothing is looked up for each
        for place in places:
            record = self._listed[place]
            if wanted is None or record.relative in wanted:
                if hides(record):
                    hidden.append(place)
                else:
                    result = results.get(record.path) if results else None
                    members[group_of(record, result, grouping)].append(place)
        if hidden:
            members[tr(HIDDEN)] = hidden
        self._groups = [(name, len(members[name])) for name in in_order(members)]
        if self._group not in members:  # the last image of a group has left it
            self._group = ""
        shown = [self._group] if self._group else in_order(members)
        return list(chain.from_iterable(members[name] for name in shown))

    @property
    def grouping(self) -> Grouping:
        """What the images are grouped by."""
        return self._grouping

    def forget_thumbnails(self) -> None:
        """Thumbnails of another size are wanted."""
        self._cache.clear()
        self._changed(range(len(self._records)))

    def set_blind(self, blind: bool) -> None:
        """In a blind read images stand in an order that tells nothing, from the next `arrange` on."""
        self._is_blind = blind

    def hide(self, hides: Callable[[ImageRecord], bool]) -> None:
        """Show neither name, label nor suggestion of the images for which `hides` is true: a blind read."""
        self._hides = hides

    def refresh(self) -> None:
        """What is hidden, or read, may have changed."""
        self._changed(range(len(self._records)))

    def set_results(self, results: Sequence[ImageResult]) -> None:
        """Show the suggestion beside each image; an empty sequence takes all of them away."""
        if not results:
            self._results = {}
            self._changed(range(len(self._records)))
            return
        self._results.update((result.record.path, result) for result in results)
        self._changed([row for result in results if (row := self.row_of(result.record)) >= 0])

    def lacks_thumbnail(self, row: int) -> bool:
        """True when nothing is known yet about how this row looks."""
        return self._records[row].path not in self._cache

    def set_thumbnail(self, path: Path, item: QImage | str) -> None:
        """A thumbnail, or the reason why there is none."""
        self._cache.put(path, item)
        self._changed([row] if (row := self._row_at(path)) >= 0 else [])

    def _row_at(self, path: Path) -> int:
        place = self._order.places.get(path, -1)
        return place if self._rows is None or place < 0 else self._rows[place]

    def _changed(self, rows: Sequence[int]) -> None:
        if rows:
            first, last = (rows[0], rows[-1]) if isinstance(rows, range) else (min(rows), max(rows))
            self.dataChanged.emit(self.index(first), self.index(last))
