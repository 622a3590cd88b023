"""What a workspace file gives back: frozen records of runs, of what people said, and of the audit log."""

from dataclasses import dataclass
from pathlib import Path

from alldetect_gui.core.records import ModelIdentity
from alldetect_gui.core.reviews import Review, SignOff

FINISHED, CANCELLED, FAILED = "finished", "cancelled", "failed"


@dataclass(frozen=True, slots=True)
class KeptRun:
    """One run over one folder, as it was kept. `done` counts the images that have an outcome in it."""

    number: int
    folder: Path
    model: ModelIdentity
    program: str  # version of AllDetect that made it
    utc: str  # of its start; the order is told by `number`, never by a clock
    total: int
    done: int
    ending: str = ""  # "finished", "cancelled" or "failed"; empty when the program was killed
    seconds: float = 0.0  # all its parts together, from a monotonic clock

    @property
    def is_finished(self) -> bool:
        """False for a run that can be resumed."""
        return self.ending == FINISHED


@dataclass(frozen=True, slots=True)
class KeptReview:
    """What a reader last said about one image of a folder."""

    relative: str
    sha256: str  # of the bytes that were looked at
    review: Review
    who: str
    utc: str


@dataclass(frozen=True, slots=True)
class KeptSignOff:
    """A signature that stands."""

    sign_off: SignOff
    who: str
    utc: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log. `number` counts from 1 without a gap."""

    number: int
    utc: str
    who: str
    event: str
    image_sha256: str = ""
    model_sha256: str = ""
    recipe: str = ""
    threshold: float | None = None
    old: str = ""  # the class before
    new: str = ""  # the class after
    why: str = ""
    about: str = ""  # the row it vouches for: table, number and hash
