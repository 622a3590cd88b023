"""Thumbnails that were made, bounded in megabytes: the longest unseen go first."""

from collections import OrderedDict
from pathlib import Path

from PySide6.QtGui import QImage


class ThumbnailCache:
    """An image, or the reason why there is none, for each path asked for lately."""

    def __init__(self, megabytes: float = 64.0) -> None:
        self._limit = int(megabytes * 2**20)
        self._size = 0
        self._items: OrderedDict[Path, QImage | str] = OrderedDict()

    def __contains__(self, path: Path) -> bool:
        return path in self._items

    def __len__(self) -> int:
        return len(self._items)

    def get(self, path: Path) -> QImage | str | None:
        """What is known, None when nothing is; counts as a use."""
        item = self._items.get(path)
        if item is not None:
            self._items.move_to_end(path)
        return item

    def put(self, path: Path, item: QImage | str) -> None:
        """Keep `item`; older ones make room."""
        self._size += _bytes(item) - _bytes(self._items.pop(path, ""))
        self._items[path] = item
        while self._size > self._limit and len(self._items) > 1:
            _, old = self._items.popitem(last=False)
            self._size -= _bytes(old)

    def clear(self) -> None:
        """Forget everything."""
        self._items.clear()
        self._size = 0


def _bytes(item: QImage | str) -> int:
    return len(item) if isinstance(item, str) else item.sizeInBytes()
