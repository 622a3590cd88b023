"""The view of all images, as a list or as a gallery, under headings, that stays quick with 100,000 of them.

Qt's own list measures and places every item, and knows no headings. Here nothing is placed before it is painted: where
a tile lies follows from its row and the sizes of the groups.
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.widgets.image_row import ImageRowDelegate, thumbnail_side
from alldetect_gui.gui.widgets.image_tile import ImageTileDelegate
from alldetect_gui.gui.widgets.sections import Sections
from alldetect_gui.gui.wording import count

_Index = QModelIndex | QPersistentModelIndex
_Move = QAbstractItemView.CursorAction
_Flag = QItemSelectionModel.SelectionFlag
_Hint = QAbstractItemView.ScrollHint
_State = QStyle.StateFlag
SMALLEST, LARGEST, USUAL = 48, 320, 96  # points a side of a thumbnail in the gallery
_GAP = 2  # points between tiles


class ImageBrowser(QListView):
    """Rows with words, or tiles with thumbnails; a click on a heading selects its group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._tiles = ImageRowDelegate(self), ImageTileDelegate(USUAL, self)
        self._known: Sections | None = None
        self.gallery = False  # known before Qt asks for the geometry, which the calls below make it do
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_as(gallery=False, side=USUAL)

    def show_as(self, *, gallery: bool, side: int) -> None:
        """Rows with words, or tiles with thumbnails of `side` points."""
        self.gallery = gallery
        self._tiles.set_side(side)
        self.setItemDelegate(self._tiles if gallery else self._rows)
        self.doItemsLayout()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    @property
    def sections(self) -> Sections:
        """Where everything lies; worked out when it is first asked for."""
        if self._known is None:
            width, model = max(self.viewport().width(), 1), self.model()
            groups = model.shown_groups() if isinstance(model, ImageListModel) else []
            heading = round(1.7 * self.fontMetrics().height())
            if self.gallery:
                tile = self._tiles.tile(self.fontMetrics().height())
                across = max(width // (tile.width() + _GAP), 1)
                self._known = Sections(groups, across, tile.width() + _GAP, tile.height() + _GAP, heading)
            else:
                option = QStyleOptionViewItem()
                self.initViewItemOption(option)
                height = self._rows.sizeHint(option, QModelIndex()).height()
                self._known = Sections(groups, 1, width, height, heading)
        return self._known

    def doItemsLayout(self) -> None:
        self._known = None
        QAbstractItemView.doItemsLayout(self)

    def reset(self) -> None:
        super().reset()
        self.doItemsLayout()  # at once: who arranged the model goes on with its rows

    def rowsInserted(self, parent: _Index, start: int, end: int) -> None:
        """Rows below those in sight make the scroll bar longer, and no more: Qt would paint all of them again."""
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self._known = None
        self.updateGeometries()
        if self.visualRect(self.model().index(start, 0)).top() < self.viewport().height():
            self.viewport().update()

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Paint what is in sight, and no more: Qt would lay all items out anew for each thumbnail that comes in."""
        if self.visualRect(last).bottom() >= 0 and self.visualRect(first).top() < self.viewport().height():
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._known = None
        super().resizeEvent(event)
        self.updateGeometries()

    def updateGeometries(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(self.sections.total - height, 0))
        bar.setPageStep(height)
        bar.setSingleStep(max(self.sections.height // 2, 1))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def visualRect(self, index: _Index) -> QRect:
        if not index.isValid() or index.row() >= self.model().rowCount():
            return QRect()
        x, y = self.sections.place(index.row())
        gap = _GAP if self.gallery else 0
        return QRect(x, y - self.verticalOffset(), self.sections.width - gap, self.sections.height - gap)

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.sections.row_at(point.x(), point.y() + self.verticalOffset())
        return self.model().index(row, 0) if row >= 0 else QModelIndex()

    def scrollTo(self, index: _Index, hint: _Hint = _Hint.EnsureVisible) -> None:
        if not index.isValid():
            return
        place, bar, sections = self.visualRect(index), self.verticalScrollBar(), self.sections
        top = sections.heading if any(name for name, _ in sections.groups) else 0  # a heading stays in sight
        below = place.bottom() - self.viewport().height() + 1
        if hint is _Hint.PositionAtCenter:
            bar.setValue(bar.value() + place.center().y() - self.viewport().height() // 2)
        elif hint is _Hint.PositionAtTop or place.top() < top:
            bar.setValue(bar.value() + place.top() - top)
        elif below > 0 or hint is _Hint.PositionAtBottom:
            bar.setValue(bar.value() + below)

    def moveCursor(self, action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        rows, row, sections = self.model().rowCount(), self.currentIndex().row(), self.sections
        if not rows:
            return QModelIndex()
        if row < 0:
            return self.model().index(0, 0)
        page = max(self.viewport().height() // sections.height - 1, 1)
        aside = 1 if self.gallery else 0
        lines = {_Move.MoveUp: -1, _Move.MoveDown: 1, _Move.MovePageUp: -page, _Move.MovePageDown: page}
        steps = {_Move.MoveLeft: -aside, _Move.MoveRight: aside, _Move.MovePrevious: -1, _Move.MoveNext: 1}
        ends = {_Move.MoveHome: 0, _Move.MoveEnd: rows - 1}
        wanted = sections.step(row, lines[action]) if action in lines else ends.get(action, row + steps.get(action, 0))
        return self.model().index(min(max(wanted, 0), rows - 1), 0)

    def setSelection(self, rect: QRect, command: _Flag) -> None:
        """From the tile at one corner to that at the other, as one reads; or those in a frame drawn around them."""
        first, last = self.indexAt(rect.topLeft()).row(), self.indexAt(rect.bottomRight()).row()
        if first >= 0 and last >= 0:
            self._select([range(min(first, last), max(first, last) + 1)], command)
            return
        frame = rect.normalized()
        top = frame.top() + self.verticalOffset()
        rows = self.sections.rows_between(top, top + frame.height())
        inside = [row for row in rows if self.visualRect(self.model().index(row, 0)).intersects(frame)]
        self._select([range(row, row + 1) for row in inside], command)

    def _select(self, stretches: Iterable[range], command: _Flag) -> None:
        chosen, model = QItemSelection(), self.model()
        for rows in stretches:
            chosen.select(model.index(rows[0], 0), model.index(rows[-1], 0))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())  # to be painted again: what is in sight is soon painted

    def mousePressEvent(self, event: QMouseEvent) -> None:
        group = self._heading_at(event.position().toPoint())
        if group < 0:
            super().mousePressEvent(event)
            return
        rows = self.sections.rows_of(group)
        if rows and event.button() is Qt.MouseButton.LeftButton:
            self.selectionModel().setCurrentIndex(self.model().index(rows[0], 0), _Flag.NoUpdate)
            self._select([rows], _Flag.ClearAndSelect)

    def _heading_at(self, point: QPoint) -> int:
        """Whose heading is painted there; the group in sight at the top has its heading there."""
        sections, top = self.sections, self.verticalOffset()
        group = sections.group_at(top)
        if group >= 0 and sections.groups[group][0] and point.y() < self._pinned(group).bottom():
            return group
        return sections.heading_at(point.y() + top)

    def _pinned(self, group: int) -> QRect:
        """Where the heading of a group is painted: not above the view, and not over the next group."""
        sections, top = self.sections, self.verticalOffset()
        end = sections.top_of(group + 1) - sections.heading
        y = min(max(sections.top_of(group), top), max(end, sections.top_of(group))) - top
        return QRect(0, y, self.viewport().width(), sections.heading)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, sections, offset = QPainter(self.viewport()), self.sections, self.verticalOffset()
        top, bottom = event.rect().top() + offset, event.rect().bottom() + offset
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        ranges = self.selectionModel().selection()
        several = ranges.count() > 1 or (ranges.count() == 1 and ranges.at(0).height() > 1)
        plain, selection, current = option.state, self.selectionModel(), self.currentIndex()
        for row in sections.rows_between(top, bottom):
            index = self.model().index(row, 0)
            option.rect = self.visualRect(index)
            option.state = plain | _State.State_Enabled
            if selection.isSelected(index):
                option.state |= _State.State_Selected
            if index == current and self.hasFocus():
                option.state |= _State.State_HasFocus
            self.itemDelegate().paint(painter, option, index)
            if index == current and (self.hasFocus() or several):
                painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Text), 2))
                painter.drawRect(option.rect.adjusted(1, 1, -1, -1))  # the one in view, among those selected
        for group in sections.groups_between(top, bottom):
            if sections.groups[group][0]:
                self._paint_heading(painter, group)

    def _paint_heading(self, painter: QPainter, group: int) -> None:
        (name, size), place = self.sections.groups[group], self._pinned(group)
        palette = self.palette()
        painter.fillRect(place, palette.color(QPalette.ColorRole.Base))
        painter.fillRect(place.adjusted(0, 0, 0, -1), palette.color(QPalette.ColorRole.Button))
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(palette.color(QPalette.ColorRole.ButtonText))
        text = f"{name} · {count(size, 'image')}"
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(place.width() * 0.92) - 12)
        painter.drawText(place.adjusted(6, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def rows_in_sight(self) -> tuple[int, int, int] | None:
        """First and last row in view, and the side of a thumbnail in points; None where there is nothing to see."""
        top = self.verticalOffset()
        rows = list(self.sections.rows_between(top, top + self.viewport().height())) if self.isVisible() else []
        if not rows:
            return None
        return rows[0], rows[-1], self._tiles.side if self.gallery else thumbnail_side(self.sections.height)
