"""What a reader says about cells and patients: frozen records that the window makes and the workspace file keeps."""

from dataclasses import dataclass
from enum import StrEnum


class Reading(StrEnum):
    """The class that a person gave a cell. UNSURE is an answer, too: seen, and neither class could be given."""

    ALL = "ALL"
    HEM = "HEM"
    UNSURE = "UNSURE"


@dataclass(frozen=True, slots=True)
class Review:
    """What is known of one image from its reader; the default is an image that nobody has read."""

    reading: Reading | None = None
    note: str = ""
    blind: bool = False  # the suggestion was hidden when the class was chosen

    @property
    def is_read(self) -> bool:
        """True when a person has given a class, UNSURE included."""
        return self.reading is not None


UNREAD = Review()


@dataclass(frozen=True, slots=True)
class SignOff:
    """A reader's signature under one patient. With open cells a reason must be stated."""

    subject: str  # empty: the images without a patient
    cells: int  # that could be read
    open_cells: int = 0  # left unread
    reason: str = ""

    def __post_init__(self) -> None:
        if self.open_cells and not self.reason.strip():
            raise ValueError("cells are open: signing needs a reason")
