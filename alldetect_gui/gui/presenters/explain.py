"""Explains the selected image, while somebody looks: another image or model replaces what is under way."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from alldetect_gui.core.events import ExplanationReady, ImageUnreadable
from alldetect_gui.core.records import ImageRecord
from alldetect_gui.gui.language import marked, said, tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.use_cases import UseCases

SETTLE_MS = 200  # stepping through a folder explains only where it stops
HIDDEN = marked("Hidden until you have read the cell: a map would tell what the model says")


class ExplainView(Protocol):
    """What the presenter needs of the explain panel."""

    def show_words(self, text: str) -> None: ...
    def show_explanation(self, ready: ExplanationReady) -> None: ...


class ExplainPresenter(QObject):
    """`model` tells the name of the model in use, `hides` whether a blind read hides what it says of an image."""

    def __init__(
        self,
        view: ExplainView,
        runner: TaskRunner,
        use_cases: UseCases,
        messages: Messages,
        model: Callable[[], str],
        hides: Callable[[ImageRecord], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view, self._runner, self._use_cases, self._messages = view, runner, use_cases, messages
        self._model, self._hides = model, hides
        self._record: ImageRecord | None = None
        self._explained: tuple[ImageRecord, str] | None = None
        self._in_sight = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._start)
        runner.event_arrived.connect(self._receive)
        runner.failed.connect(self._fail)

    def show(self, record: ImageRecord) -> None:
        """Another image is selected."""
        self._record = record
        self.refresh()

    def set_in_sight(self, in_sight: bool) -> None:
        """Work only while the panel is seen; what is finished stays."""
        self._in_sight = in_sight
        if in_sight:
            self.refresh()
        elif self._runner.is_running:
            self._stop()

    def refresh(self) -> None:
        """The image, the model or the blind read may have changed."""
        record = self._record
        if record is None or not self._in_sight:
            return
        if self._hides(record):
            self._stop()
            self._view.show_words(tr(HIDDEN))
        elif self._explained != (record, self._model()):
            self._stop()
            self._view.show_words(tr("Explaining…"))
            self._settle.start()

    def _stop(self) -> None:
        self._settle.stop()
        self._runner.abandon()
        self._explained = None

    def _start(self) -> None:
        record, model = self._record, self._model()
        if record is not None:
            self._explained = (record, model)
            self._runner.start(lambda: self._use_cases.explain(record.path, model))

    def _receive(self, event: object) -> None:
        if isinstance(event, ExplanationReady):
            self._view.show_explanation(event)
        elif isinstance(event, ImageUnreadable):
            self._view.show_words(tr("This image cannot be explained: {reason}", reason=said(event.reason)))

    def _fail(self, error: Exception) -> None:
        self._view.show_words(tr("There is no explanation."))
        self._messages.report(error)
