"""What the self-test tells: one event a check."""

from dataclasses import dataclass
from enum import StrEnum

from alldetect_gui.core.errors import KnownError
from alldetect_gui.core.events import Event


class CheckOutcome(StrEnum):
    """ABSENT is no fault: the part does not belong to this installation."""

    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class CheckDone(Event):
    """One check has come to its end; `detail` says in words what was found."""

    name: str
    outcome: CheckOutcome
    detail: str
    seconds: float


class CheckFailed(KnownError):
    """A check found that something is not as released."""


class PartAbsent(KnownError):
    """A part that this kind of installation does without."""
