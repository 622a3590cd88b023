"""Pictures of cells for whoever shows cells: the page under review, the table, the patients' cards."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from alldetect_gui.core.events import ImageUnreadable, ThumbnailReady
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.models.thumbnail_cache import ThumbnailCache
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.widgets.pixels import to_qimage


class CellImages(QObject):
    """One size for all of them, made when asked for; what is asked for last comes first."""

    arrived = Signal(object)  # Path

    def __init__(self, runner: TaskRunner, use_cases: UseCases, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._use_cases = runner, use_cases
        self._cache = ThumbnailCache(96)
        self._asked: frozenset[Path] = frozenset()
        self._side = 256
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(messages.report)

    def image(self, record: ImageRecord) -> QImage | str | None:
        """The picture, or the reason why there is none; None when it is not known yet."""
        return self._cache.get(record.path)

    def request(self, records: Iterable[ImageRecord], side: int) -> None:
        """Make what is missing of these, `side` screen pixels a side; it replaces what was asked for before."""
        if side > self._side:
            self._side = side
            self._cache.clear()
        wanted = [record.path for record in records if record.path not in self._cache]
        if not wanted or (self._runner.is_running and self._asked.issuperset(wanted)):
            return
        self._asked, pixels = frozenset(wanted), self._side
        self._runner.start(lambda: self._use_cases.thumbnails(wanted, pixels))

    def forget(self) -> None:
        """Another folder."""
        self._runner.abandon()
        self._asked = frozenset()
        self._cache.clear()

    def _receive(self, event: object) -> None:
        if isinstance(event, ThumbnailReady):
            self._cache.put(event.path, to_qimage(event.pixels))
            self.arrived.emit(event.path)
        elif isinstance(event, ImageUnreadable):
            self._cache.put(event.path, event.reason)
            self.arrived.emit(event.path)
