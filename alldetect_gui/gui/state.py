"""What the window is about: the open folder, its images, the results of the run, and the image in view."""

from collections import deque
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from alldetect_gui.core.events import FolderListed
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity

AT_ONCE = 1000  # kept results that are shown in one step


class WorkspaceState(QObject):
    """Held once and shared; panels learn of changes by these signals only."""

    folder_opened = Signal(object)  # Path
    records_added = Signal(object)  # tuple of ImageRecord
    folder_listed = Signal(object)  # FolderListed
    selection_changed = Signal(object)  # ImageRecord: another image is in view
    chosen_changed = Signal(object)  # tuple of ImageRecord: other images are selected
    results_cleared = Signal()
    results_added = Signal(object)  # tuple of ImageResult
    votes_added = Signal(object)  # tuple of ImageResult that stand in place of the same without votes
    run_restored = Signal()  # the results now there were kept from an earlier run

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        self.records: list[ImageRecord] = []
        self.listed: FolderListed | None = None
        self.results: list[ImageResult] = []
        self.outcomes: dict[Path, ImageResult] = {}  # the same by path
        self._places: dict[Path, int] | None = None  # in results; made when asked for
        self._coming: deque[Sequence[ImageResult]] = deque()  # kept from an earlier run and not yet shown
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._bring)
        self.model: ModelIdentity | None = None
        self.seconds = 0.0
        self.selected: ImageRecord | None = None  # the image in view
        self.chosen: tuple[ImageRecord, ...] = ()  # all that are selected, as a rule with the one in view among them

    def open(self, folder: Path) -> None:
        """Begin with another folder: everything known of the old one goes."""
        self.folder, self.listed, self.selected, self.chosen = folder, None, None, ()
        self.records = []
        self.clear_results()
        self.folder_opened.emit(folder)

    def add_records(self, records: Sequence[ImageRecord]) -> None:
        """More images were listed. The first of all is shown at once."""
        self.records.extend(records)
        self.records_added.emit(tuple(records))
        if self.selected is None and self.records:
            self.select(self.records[0])

    def finish_listing(self, listed: FolderListed) -> None:
        """The folder is known to its end."""
        self.listed = listed
        self.folder_listed.emit(listed)

    def select(self, record: ImageRecord) -> None:
        """Show this image, and select it alone; the list, the table and the comparison all follow."""
        self.view(record)
        self.choose((record,))

    def view(self, record: ImageRecord) -> None:
        """Show this image, whatever is selected."""
        if record != self.selected:
            self.selected = record
            self.selection_changed.emit(record)

    def choose(self, records: Sequence[ImageRecord]) -> None:
        """Select these images, whichever is in view."""
        if tuple(records) != self.chosen:
            self.chosen = tuple(records)
            self.chosen_changed.emit(self.chosen)

    @property
    def meant(self) -> tuple[ImageRecord, ...]:
        """What a key that classes cells means: all that are selected, if the image in view is one of them."""
        if self.selected is None:
            return ()
        return self.chosen if len(self.chosen) > 1 and self.selected in self.chosen else (self.selected,)

    def clear_results(self) -> None:
        """Forget the last run."""
        self._stop_coming()
        self.results, self.outcomes, self._places = [], {}, None
        self.model, self.seconds = None, 0.0
        self.results_cleared.emit()

    def replace_results(self, results: Sequence[ImageResult]) -> None:
        """Other outcomes of the same run stand in place of those there are."""
        model, seconds = self.model, self.seconds
        self.clear_results()
        self.model, self.seconds = model, seconds
        self.add_results(results)

    def add_votes(self, results: Sequence[ImageResult]) -> None:
        """The same outcomes, now with what the models of other renderings say."""
        if self._places is None:
            self._places = {result.record.path: place for place, result in enumerate(self.results)}
        for result in results:
            self.results[self._places[result.record.path]] = result
            self.outcomes[result.record.path] = result
        self.votes_added.emit(tuple(results))

    @property
    def is_coming(self) -> bool:
        """True while only a part of what was kept is there."""
        return bool(self._coming)

    def restore_results(self, results: Sequence[ImageResult]) -> None:
        """The results of an earlier run, a thousand at a time, so that the window answers in between."""
        self._coming = deque(results[start : start + AT_ONCE] for start in range(0, len(results), AT_ONCE))
        self._bring()

    def _bring(self) -> None:
        if not self._coming:
            self.run_restored.emit()  # work for many: the window answers before it
            return
        self.add_results(self._coming.popleft())
        self._soon.start()

    def _stop_coming(self) -> None:
        self._coming.clear()
        self._soon.stop()

    def add_results(self, results: Sequence[ImageResult]) -> None:
        """More images have their outcome."""
        self.results.extend(results)
        self._places = None
        self.outcomes.update((result.record.path, result) for result in results)
        self.results_added.emit(tuple(results))
