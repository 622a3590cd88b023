"""Thumbnails for the rows in sight, and for no others."""

from pathlib import Path

from alldetect_gui.core.events import ImageUnreadable, ThumbnailReady
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.models.image_list import ImageListModel
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases
from alldetect_gui.gui.widgets.pixels import to_qimage


class ThumbnailPresenter:
    """What came into sight replaces what was asked for before: scrolling past 10,000 rows decodes only the last."""

    def __init__(self, model: ImageListModel, runner: TaskRunner, use_cases: UseCases, messages: Messages) -> None:
        self._model, self._runner, self._use_cases = model, runner, use_cases
        self._asked: frozenset[Path] = frozenset()
        self._ratio = 1.0
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(messages.report)

    def request(self, first: int, last: int, side: int, ratio: float) -> None:
        """Make thumbnails for rows `first` to `last`, of `side` points at `ratio` screen pixels a point."""
        last = min(last, self._model.rowCount() - 1)
        wanted = [self._model.record(row).path for row in range(first, last + 1) if self._model.lacks_thumbnail(row)]
        if not wanted or (self._runner.is_running and self._asked.issuperset(wanted)):
            return
        self._asked, self._ratio = frozenset(wanted), ratio
        pixels = round(side * ratio)
        self._runner.start(lambda: self._use_cases.thumbnails(wanted, pixels))

    def forget(self) -> None:
        """Another folder: nothing that is under way belongs to it."""
        self._runner.abandon()
        self._asked = frozenset()

    def _receive(self, event: object) -> None:
        if isinstance(event, ThumbnailReady):
            image = to_qimage(event.pixels)
            image.setDevicePixelRatio(self._ratio)
            self._model.set_thumbnail(event.path, image)
        elif isinstance(event, ImageUnreadable):
            self._model.set_thumbnail(event.path, event.reason)
