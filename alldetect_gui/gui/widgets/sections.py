"""Where tiles and headings lie below one another: worked out from the sizes of the groups alone."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True)
class Sections:
    """All lengths in points from the upper left corner of the whole, which is scrolled as one.

    A group without a name has no heading.
    """

    groups: Sequence[tuple[str, int]]  # name and number of tiles, in their order
    across: int  # tiles in a line
    width: int  # of a tile
    height: int
    heading: int  # height

    @cached_property
    def _starts(self) -> list[int]:
        """The first row of each group, and the number of all rows."""
        return list(accumulate((size for _, size in self.groups), initial=0))

    @cached_property
    def _tops(self) -> list[int]:
        """Where each group begins, its heading included, and where the last one ends."""
        return list(accumulate((self._head(n) + self._lines(n) * self.height for n in self._numbers), initial=0))

    @property
    def _numbers(self) -> range:
        return range(len(self.groups))

    def _head(self, group: int) -> int:
        return self.heading if self.groups[group][0] else 0

    def _lines(self, group: int) -> int:
        return -(-self.groups[group][1] // self.across)

    @property
    def total(self) -> int:
        """The height of everything."""
        return self._tops[-1]

    def place(self, row: int) -> tuple[int, int]:
        """The upper left corner of the tile of a row."""
        group = bisect_right(self._starts, row) - 1
        line, column = divmod(row - self._starts[group], self.across)
        return column * self.width, self._tops[group] + self._head(group) + line * self.height

    def row_at(self, x: int, y: int) -> int:
        """Which row's tile lies there; -1 for none."""
        group = self.group_at(y)
        column = x // self.width
        if group < 0 or not 0 <= column < self.across:
            return -1
        inside = y - self._tops[group] - self._head(group)
        number = inside // self.height * self.across + column
        return self._starts[group] + number if inside >= 0 and number < self.groups[group][1] else -1

    def group_at(self, y: int) -> int:
        """Which group lies at this height, its heading included; -1 for none."""
        return bisect_right(self._tops, y) - 1 if 0 <= y < self.total else -1

    def heading_at(self, y: int) -> int:
        """Whose heading lies at this height; -1 for none."""
        group = self.group_at(y)
        return group if group >= 0 and y < self._tops[group] + self._head(group) else -1

    def top_of(self, group: int) -> int:
        """Where a group begins."""
        return self._tops[group]

    def rows_of(self, group: int) -> range:
        """The rows of a group."""
        return range(self._starts[group], self._starts[group + 1])

    def groups_between(self, top: int, bottom: int) -> range:
        """The groups that have something between two heights."""
        first = max(bisect_right(self._tops, top) - 1, 0)
        return range(first, min(bisect_right(self._tops, bottom), len(self.groups)))

    def rows_between(self, top: int, bottom: int) -> Iterator[int]:
        """The rows whose tiles have something between two heights."""
        for group in self.groups_between(top, bottom):
            start = self._tops[group] + self._head(group)
            first, last = max((top - start) // self.height, 0), (bottom - start) // self.height
            rows = self.rows_of(group)
            yield from rows[first * self.across : max(last + 1, 0) * self.across]

    def step(self, row: int, lines: int) -> int:
        """The row so many lines below (above, if negative), in the same column as far as there is one."""
        group = bisect_right(self._starts, row) - 1
        line, column = divmod(row - self._starts[group], self.across)
        line += lines
        while line < 0 and group > 0:
            group -= 1
            line += self._lines(group)
        while line >= self._lines(group) and group < len(self.groups) - 1:
            line -= self._lines(group)
            group += 1
        line = min(max(line, 0), self._lines(group) - 1)
        return self._starts[group] + min(line * self.across + column, self.groups[group][1] - 1)
