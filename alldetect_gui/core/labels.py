"""Classes, what the program may suggest, and the two codings of labels found in public files."""

from enum import Enum, StrEnum

from alldetect_gui.core.errors import WrongUse


class CellClass(StrEnum):
    """The reference label of a cell. ALL (leukaemic blast) is the positive class everywhere."""

    ALL = "ALL"
    HEM = "HEM"


class Suggestion(StrEnum):
    """What the program says about an image; UNCERTAIN asks for a reader instead of guessing."""

    ALL = "ALL"
    HEM = "HEM"
    UNCERTAIN = "UNCERTAIN"


class Outcome(StrEnum):
    """How one image ended: every image found has exactly one of these."""

    CLASSIFIED = "classified"
    SKIPPED = "skipped"


class LabelCoding(Enum):
    """Which number means ALL in a label file. The two public codings are opposite, so nothing is guessed.

    THESIS: 0 = ALL, 1 = HEM (Waghela 2021; also Keras' alphabetical order).
    CHALLENGE: 1 = ALL, 0 = HEM (C-NMC 2019, preliminary test labels).
    """

    THESIS = "thesis"
    CHALLENGE = "challenge"

    def parse(self, text: str) -> CellClass:
        """The class that `text` (a number, or the words all / hem in any case) means under this coding."""
        word = text.strip().upper()
        if word in CellClass.__members__:
            return CellClass[word]
        numbers = ("0", "1") if self is LabelCoding.THESIS else ("1", "0")
        if word == numbers[0]:
            return CellClass.ALL
        if word == numbers[1]:
            return CellClass.HEM
        raise WrongUse(f"“{text}” is not a label: expected 0, 1, all or hem")
