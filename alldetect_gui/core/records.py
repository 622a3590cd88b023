"""What is known about images and their results: frozen dataclasses that rooms hand to each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One image file of an opened folder, as listed: nothing of it has been read yet."""

    path: Path
    relative: str  # to the opened folder, with forward slashes; undecodable bytes as escapes
    subject: str = ""  # patient, where the file name tells
    reference: CellClass | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says about one image."""

    probability_all: float  # calibrated, 0 to 1; NaN when the network gave no finite value
    suggestion: Suggestion
    reason: str = ""  # why the suggestion is UNCERTAIN, in words; empty otherwise
    fit: float | None = None  # distance from the cells the model knows, in units of its limit; above 1: outside


@dataclass(frozen=True, slots=True)
class Vote:
    """What the model made for one recipe says about an image, looking at its own rendering."""

    recipe: str
    model: str
    suggestion: Suggestion
    probability_all: float


@dataclass(frozen=True, slots=True)
class ImageResult:
    """The outcome of one image in one run; a row of results.csv."""

    record: ImageRecord
    outcome: Outcome
    sha256: str = ""  # of the file's bytes; empty when they could not be read
    prediction: Prediction | None = None
    reason: str = ""  # why it was skipped, or why it is uncertain
    votes: tuple[Vote, ...] = ()  # one a recipe that has a model, the run's own first; empty until they were asked

    @property
    def agreeing(self) -> int | None:
        """How many of the votes suggest what the run suggests, its own included; None until they were asked."""
        if self.prediction is None or not self.votes:
            return None
        return sum(vote.suggestion is self.prediction.suggestion for vote in self.votes)


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which artefact made a result, and how its images were prepared."""

    name: str
    sha256: str  # of the artefact's manifest, which itself pins every file
    recipe: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    threshold: float = 0.5  # P(ALL) from which an image counts as ALL when no one may be uncertain
    engine: str = "litert"
