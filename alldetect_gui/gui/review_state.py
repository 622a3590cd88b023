"""What readers said of the open folder: every change is one step of one undo stack, and is kept at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from alldetect_gui.core.records import ImageRecord, ImageResult
from alldetect_gui.core.reviews import UNREAD, Reading, Review, SignOff
from alldetect_gui.gui import wording
from alldetect_gui.gui.blind_order import BlindOrder
from alldetect_gui.gui.language import tr


class ReviewLog(Protocol):
    """Where changes are kept. Called after each step with the new state of what it touched."""

    def keep(
        self, reviews: Sequence[tuple[ImageRecord, Review]], sign_offs: Sequence[tuple[str, SignOff | None]]
    ) -> None: ...


@dataclass(frozen=True)
class _Step:
    """The state before and after, of what one step touches."""

    reviews: tuple[tuple[ImageRecord, Review, Review], ...] = ()
    sign_offs: tuple[tuple[str, SignOff | None, SignOff | None], ...] = ()


class ReviewState(QObject):
    """Readings, notes and signatures. Changing a cell of a signed patient withdraws the signature in the same step."""

    reviews_changed = Signal(object)  # tuple of ImageRecord
    sign_offs_changed = Signal()
    restored = Signal()  # another folder, with what was kept of it
    blind_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.reviews: dict[Path, Review] = {}
        self.sign_offs: dict[str, SignOff] = {}
        self.log: ReviewLog | None = None
        self.blind = False
        self.order = BlindOrder()  # of all listed images; the list of images fills it
        self._was_seen: set[Path] = set()  # read before in this session, so that the suggestion was shown

    def restore(self, reviews: Mapping[Path, Review], sign_offs: Iterable[SignOff]) -> None:
        """Begin with what was kept of a folder; there is nothing to undo yet."""
        self.stack.clear()
        self._was_seen = set()
        self.reviews = dict(reviews)
        self.sign_offs = {item.subject: item for item in sign_offs}
        self.restored.emit()

    def review(self, record: ImageRecord) -> Review:
        """What is known of an image from its reader."""
        return self.reviews.get(record.path, UNREAD)

    def hides(self, record: ImageRecord) -> bool:
        """True while the suggestion for this image must not be seen: a blind first read is on and it is unread."""
        return self.blind and not self.reviews.get(record.path, UNREAD).is_read

    def hidden(self, results: Iterable[ImageResult]) -> int:
        """Of how many of these the suggestion must not be seen yet."""
        if not self.blind:
            return 0
        said = list(filter(attrgetter("prediction"), results))  # in one piece: 100,000 are looked at for every change
        return len(said) - self.read_among(said)

    def read_paths(self) -> set[Path]:
        """Every image that is read: where many are asked about, quicker than to ask for each."""
        return {path for path, review in self.reviews.items() if review.is_read}

    def read_among(self, results: Iterable[ImageResult]) -> int:
        """How many of these are read."""
        read = self.read_paths()
        return sum(map(read.__contains__, map(attrgetter("record.path"), results))) if read else 0

    def set_blind(self, blind: bool) -> None:
        """Hide the suggestions of unread cells, or show them."""
        if blind != self.blind:
            self.blind = blind
            self.blind_changed.emit(blind)

    def read(self, cells: Sequence[tuple[ImageRecord, Reading | None]], text: str = "") -> None:
        """Give these cells a class, or none again, in one step; `text` says what is done, where it is not that."""
        after = [
            (record, replace(self.review(record), reading=reading, blind=self._stays_blind(record, reading)))
            for record, reading in cells
        ]
        self._change(text or _said_of(cells), after)

    def _stays_blind(self, record: ImageRecord, reading: Reading | None) -> bool:
        """A class given blind counts as blind until it is changed with the suggestion in sight.

        Taking it back hides the suggestion again, but it was seen: what is read then is no blind read any more.
        """
        if reading is None:
            return False
        review = self.review(record)
        first = self.hides(record) and record.path not in self._was_seen
        return first or (review.blind and review.reading is reading)

    def write_note(self, record: ImageRecord, note: str) -> None:
        """Put a note beside a cell; an empty one takes it away."""
        self._change(tr("note"), [(record, replace(self.review(record), note=note.strip()))])

    def sign(self, sign_off: SignOff) -> None:
        """Sign a patient off."""
        before = self.sign_offs.get(sign_off.subject)
        step = _Step(sign_offs=((sign_off.subject, before, sign_off),))
        self.stack.push(_Command(self, tr("signing off {patient}", patient=wording.patient(sign_off.subject)), step))

    def _change(self, text: str, after: Sequence[tuple[ImageRecord, Review]]) -> None:
        changes = tuple((record, self.review(record), new) for record, new in after if self.review(record) != new)
        if not changes:
            return
        signed = dict.fromkeys(record.subject for record, _, _ in changes if record.subject in self.sign_offs)
        withdrawn = tuple((subject, self.sign_offs[subject], None) for subject in signed)
        self.stack.push(_Command(self, text, _Step(changes, withdrawn)))

    def put(
        self, reviews: Sequence[tuple[ImageRecord, Review]], sign_offs: Sequence[tuple[str, SignOff | None]]
    ) -> None:
        """Take this state over, keep it, and tell; called by the steps of the stack only."""
        self.reviews.update((record.path, review) for record, review in reviews)
        self._was_seen.update(record.path for record, review in reviews if review.is_read)
        for subject, sign_off in sign_offs:
            if sign_off is None:
                self.sign_offs.pop(subject, None)
            else:
                self.sign_offs[subject] = sign_off
        if self.log is not None:
            self.log.keep(reviews, sign_offs)
        if reviews:
            self.reviews_changed.emit(tuple(record for record, _ in reviews))
        if sign_offs:
            self.sign_offs_changed.emit()


def _said_of(cells: Sequence[tuple[ImageRecord, Reading | None]]) -> str:
    """What undoing would take back."""
    readings = {reading for _, reading in cells}
    given = next(iter(readings)) if len(readings) == 1 else None
    if len(cells) == 1:
        return tr("reading as {reading}", reading=wording.reading(given)) if given else tr("taking a reading back")
    number = wording.count(len(cells), "cell")
    if given:
        return tr("reading {cells} as {reading}", cells=number, reading=wording.reading(given))
    return tr("reading {cells}", cells=number) if any(readings) else tr("taking back {cells}", cells=number)


class _Command(QUndoCommand):
    def __init__(self, state: ReviewState, text: str, step: _Step) -> None:
        super().__init__(text)
        self._state, self._step = state, step

    def redo(self) -> None:
        self._state.put(
            [(record, after) for record, _, after in self._step.reviews],
            [(subject, after) for subject, _, after in self._step.sign_offs],
        )

    def undo(self) -> None:
        self._state.put(
            [(record, before) for record, before, _ in self._step.reviews],
            [(subject, before) for subject, before, _ in self._step.sign_offs],
        )
