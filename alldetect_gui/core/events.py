"""The one stream of typed events that workflows yield; the window and the command line both read it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.kept import KeptRun
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction, Vote


@dataclass(frozen=True, slots=True)
class Event:
    """Something a workflow tells; subclasses say what."""


@dataclass(frozen=True, slots=True)
class ImagesListed(Event):
    """Some more images of the folder were found (a few hundred at a time, in natural order within a folder)."""

    records: tuple[ImageRecord, ...]


@dataclass(frozen=True, slots=True)
class FolderListed(Event):
    """The folder has been listed to its end."""

    folder: Path
    found: int
    subjects: int  # distinct, from the file names; 0 when they do not tell
    with_reference: int
    seconds: float
    subjects_from: str = "file names"  # in words; says something only where there are subjects
    labels_from: str = ""  # in words: file names, folders, the label file; empty when there are none


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """The model is loaded and `total` images wait; of a run that goes on, `resumed` of them are done."""

    total: int
    model: ModelIdentity
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; times in seconds from a monotonic clock."""

    done: int
    total: int
    elapsed: float
    images_per_second: float
    remaining: float | None  # None until a rate is known


@dataclass(frozen=True, slots=True)
class ImageDone(Event):
    """One image has its outcome: classified, or skipped with a reason. `reused`: kept from before, no inference."""

    result: ImageResult
    progress: Progress
    reused: bool = False


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    """Every image has an outcome; `reused` of them were kept from before and cost no inference."""

    model: ModelIdentity
    results: tuple[ImageResult, ...]
    seconds: float
    reused: int = 0


@dataclass(frozen=True, slots=True)
class NotKept(Event):
    """From here on the run goes on without the workspace file; `reason` is a sentence that says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class EarlierWork(Event):
    """The last run over a folder, for the images that are still what they were."""

    run: KeptRun
    results: tuple[ImageResult, ...]
    changed: int  # images of that run that are gone or have changed since, by their size and time


@dataclass(frozen=True, slots=True)
class OriginalDecoded(Event):
    """The image of a comparison, decoded: uint8 RGB, shape (height, width, 3)."""

    path: Path
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RenderingReady(Event):
    """One pane of a comparison; pixels as in OriginalDecoded. `recipe` names it, `parameters` made it.

    `histogram` has the shape (3, 256): how many pixels of the cell have each value of red, green and blue.
    `difference`, where it was asked for, shows in colours how `pixels` differ from the original. `reduced` is what is
    to be seen of a large image, the difference where there is one, halved again and again.
    """

    path: Path
    recipe: str
    parameters: tuple[tuple[str, float], ...]
    pixels: NDArray[np.uint8]
    histogram: NDArray[np.int64]
    difference: NDArray[np.uint8] | None = None
    reduced: tuple[NDArray[np.uint8], ...] = ()


@dataclass(frozen=True, slots=True)
class RenderingJudged(Event):
    """What the model made for one rendering says about it; without such a model, `reason` says so."""

    path: Path
    recipe: str
    parameters: tuple[tuple[str, float], ...]
    model: str = ""  # name of the artefact; empty when none was made for this recipe
    trained_with: tuple[tuple[str, float], ...] = ()  # the parameters that the model knows
    prediction: Prediction | None = None
    reference: float | None = None  # P(ALL) by the default model on its own rendering of the same image
    reason: str = ""

    @property
    def exploratory(self) -> bool:
        """True when the model has never seen images prepared with these parameters."""
        return bool(self.model) and dict(self.parameters) != dict(self.trained_with)

    @property
    def change(self) -> float | None:
        """P(ALL) of this rendering minus the default's; None when either is missing."""
        if self.prediction is None or self.reference is None:
            return None
        return self.prediction.probability_all - self.reference


@dataclass(frozen=True, slots=True)
class VotesCast(Event):
    """What the models of all recipes suggest for one image; no votes where it cannot be read or is not the same."""

    path: Path
    votes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class ExplanationReady(Event):
    """Where in the image a model found what speaks for ALL or HEM; `pixels` and `overlay` are uint8 RGB.

    An occlusion map comes again and again while it grows: `done` of `total` parts were tried.
    """

    path: Path
    model: str
    method: str  # "grad-cam" or "occlusion"
    pixels: NDArray[np.uint8]  # the rendering that the model looked at
    overlay: NDArray[np.uint8]
    logit: float  # before calibration, above 0 for ALL
    done: int
    total: int
    outside: float | None = None  # share of the map beside the cell, 0 to 1; None where the method has none


@dataclass(frozen=True, slots=True)
class ExportProgress(Event):
    """An export looks for pictures of cells: `done` of `total` images; all of them when only writing is left."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SheetWritten(Event):
    """A comparison was written as one picture."""

    path: Path


@dataclass(frozen=True, slots=True)
class ImageUnreadable(Event):
    """The image of a comparison or a thumbnail cannot be shown; `reason` says why in words."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class ThumbnailReady(Event):
    """A small rendering of one listed image: uint8 RGB."""

    path: Path
    pixels: NDArray[np.uint8]
