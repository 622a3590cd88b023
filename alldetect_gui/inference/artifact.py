"""A model artefact: a manifest and the files that it pins. Nothing is loaded that does not match its hash."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alldetect_gui.core.errors import ModelDamaged, WrongUse
from alldetect_gui.imaging.recipe import Recipe, recipe_named
from alldetect_gui.inference.engine import CHANNELS, TUNED
from alldetect_gui.inference.pooling import STATISTICS

SCHEMA = 1
MANIFEST = "manifest.json"
REGIONS = ("fit", "native", "frame")
HEAD_KINDS = ("logistic", "dense", "kernel", "joined")
TURNS = (1, 2, 4, 6, 8)
SMALLEST_INPUT = 32  # pixels: VGG16 halves the side five times
LARGEST_INPUT = 1024  # pixels: more than this is no view of a cell


@dataclass(frozen=True, slots=True)
class View:
    """One square that the network sees: a cut-out centred on the cell, or the whole image.

    `region` "fit" takes the cell's longer side times `extent`, so that every cell fills the frame (size-blind);
    "native" takes `extent` image pixels, so that size is kept; "frame" takes the whole image, as the thesis does
    (`extent` is 1). `size` is the network's input in pixels. The features are averaged over `turns` of the square's
    eight turned and mirrored copies: a cell has no upright position, and what depends on one is noise. The view looks
    `through` a recipe of its own, which comes after the model's; None: at what it is given.
    """

    name: str
    region: str
    extent: float
    size: int
    turns: int = 1
    through: Recipe | None = None

    def __post_init__(self) -> None:
        if self.region not in REGIONS or not (math.isfinite(self.extent) and self.extent > 0):
            raise ValueError(f"view {self.name!r} is not possible")
        if self.region == "frame" and self.extent != 1:
            raise ValueError(f"view {self.name!r} is the whole frame, its extent is 1")
        if type(self.size) is not int or not SMALLEST_INPUT <= self.size <= LARGEST_INPUT:
            raise ValueError(f"view {self.name!r} has a size of {self.size!r} pixels")
        if type(self.turns) is not int or self.turns not in TURNS:
            raise ValueError(f"view {self.name!r} has {self.turns!r} turns")

    def side(self, cell_side: int) -> float:
        """The side of the square in image pixels, for a cell whose longer side is `cell_side`."""
        return cell_side * self.extent if self.region == "fit" else self.extent


@dataclass(frozen=True)
class Artifact:
    """A manifest that was read and found complete; files are verified by `verified_bytes` when they are loaded."""

    root: Path  # the models folder; paths in the manifest are relative to it
    sha256: str  # of the manifest file
    name: str
    title: str
    recipe: Recipe
    views: tuple[View, ...]
    blocks: tuple[int, ...]
    statistics: tuple[str, ...]
    base: str
    branch: str | None  # a fine-tuned block beside the base; needed for the block TUNED
    head: str
    head_kind: str  # one of HEAD_KINDS
    fit: str | None  # what known cells look like; an artefact without it cannot call an image outside
    threshold: float
    band: tuple[float, float]  # P(ALL) strictly between these is UNCERTAIN
    files: Mapping[str, str]  # relative path -> SHA-256
    manifest: Mapping[str, Any]  # everything, for model cards and listings

    def verified_bytes(self, file: str) -> bytes:
        """The bytes of a file named in the manifest. Raises ModelDamaged, naming it, unless its hash is right."""
        if file not in self.files:
            raise ModelDamaged(f"model “{self.name}”: the manifest gives no hash for {file}; install the model again")
        try:
            data = (self.root / file).read_bytes()
        except OSError as error:
            raise ModelDamaged(f"model “{self.name}”: {file} is missing or unreadable; install it again") from error
        found = hashlib.sha256(data).hexdigest()
        if found != self.files[file]:
            raise ModelDamaged(
                f"model “{self.name}”: the file {file} has changed "
                f"(expected {self.files[file][:12]}…, found {found[:12]}…); classification is blocked"
            )
        return data

    def verify(self) -> None:
        """Check every file. Raises ModelDamaged for the first that is missing or changed."""
        for file in self.files:
            self.verified_bytes(file)


def read_artifact(folder: Path) -> Artifact:
    """Read the manifest in `folder`, whose parent is the models folder. Raises ModelDamaged."""
    try:
        data = (folder / MANIFEST).read_bytes()
        manifest = json.loads(data)
        return _parse(folder.parent, hashlib.sha256(data).hexdigest(), manifest)
    except OSError as error:
        raise ModelDamaged(f"model “{folder.name}”: its {MANIFEST} is missing or unreadable") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, WrongUse) as error:
        raise ModelDamaged(f"model “{folder.name}”: its {MANIFEST} is damaged ({_in_words(error)})") from error


def _view(content: Mapping[str, Any]) -> View:
    values = dict(content)
    if "through" in values:
        values["through"] = recipe_named(values["through"]["name"], values["through"]["parameters"])
    return View(**values)


def _in_words(error: Exception) -> str:
    """What is wrong with a manifest, without the names of our errors."""
    if isinstance(error, KeyError):
        return f"it has no {error}"
    if isinstance(error, TypeError | AttributeError | RecursionError):
        return "a value of another kind than expected"
    return str(error)


def _parse(root: Path, sha256: str, manifest: Mapping[str, Any]) -> Artifact:
    if manifest["schema"] != SCHEMA:
        raise ValueError(f"schema {manifest['schema']}, this program reads {SCHEMA}")
    if manifest["class_names"] != ["ALL", "HEM"] or manifest["positive_class"] != "ALL":
        raise ValueError("the classes are not ALL (positive) and HEM")
    files = {str(path): str(digest) for path, digest in manifest["files"].items()}
    if any(Path(path).is_absolute() or ".." in Path(path).parts for path in files):
        raise ValueError("a file lies outside the models folder")
    low, high = (float(value) for value in manifest["uncertain_band"])
    threshold = float(manifest["threshold"])
    if not 0 <= low <= threshold <= high <= 1:
        raise ValueError("the threshold does not lie inside the uncertain band")
    views = tuple(_view(view) for view in manifest["input"]["views"])
    blocks = tuple(manifest["features"]["blocks"])
    statistics = tuple(manifest["features"]["statistics"])
    if not views or not blocks or not statistics or {*blocks} - {*CHANNELS} or {*statistics} - {*STATISTICS}:
        raise ValueError("the features are not ones that this program can compute")
    if (TUNED in blocks) != ("branch" in manifest):
        raise ValueError("a tuned block and its file come together or not at all")
    head_kind = str(manifest.get("head_kind", "logistic"))
    if head_kind not in HEAD_KINDS:
        raise ValueError(f"this program has no head of the kind {head_kind!r}")
    return Artifact(
        root=root,
        sha256=sha256,
        name=str(manifest["name"]),
        title=str(manifest["title"]),
        recipe=recipe_named(manifest["recipe"]["name"], manifest["recipe"]["parameters"]),
        views=views,
        blocks=blocks,
        statistics=statistics,
        base=str(manifest["base"]),
        branch=str(manifest["branch"]) if "branch" in manifest else None,
        head=str(manifest["head"]),
        head_kind=head_kind,
        fit=str(manifest["fit"]) if "fit" in manifest else None,
        threshold=threshold,
        band=(low, high),
        files=files,
        manifest=manifest,
    )
