"""A lab's own models: taken in as numbers for our architecture, kept in the user's folder, pinned when they come.

An import is put together and tried in a folder beside, and only then moved in: what is refused leaves nothing behind.
"""

import contextlib
import hashlib
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alldetect_gui import paths
from alldetect_gui.core.errors import KnownError, ModelDamaged, RunFailed, WrongUse
from alldetect_gui.inference.arrays import arrays_to_bytes
from alldetect_gui.inference.artifact import MANIFEST, Artifact, read_artifact
from alldetect_gui.inference.foreign import (
    MAX_BYTES,
    MAX_TEXT,
    check_npz,
    kind_of,
    parse_manifest,
    read_limited,
    read_safetensors,
)

PINS = "imported.json"
_MOST_NUMBER = 99  # of models with one name
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MAX_VIEWS = 8
_MAX_LOOKED_AT = 2_000_000
"""Pixels of all views and their turned copies: forty times a plain pass of VGG16; a cell then takes a second or two."""
_MAX_DEPTH = 20
_PARTS = ("head", "fit", "card")
_ENDINGS = {"head": "head.npz", "fit": "fit.npz", "card": "MODEL_CARD.md", "branch": "branch.tflite"}

_SPACES = "\n\r\t\u00a0\u2009\u202f\ufeff"

Parts = dict[str, bytes]


class NameTaken(WrongUse):
    """There is another model of that name."""

    def __init__(self, name: str, whose: str) -> None:
        super().__init__(f"“{name}” is {whose}; give yours another name (--name)")
        self.name = name


def read_imported(name: str) -> Artifact:
    """The imported artefact called `name`. Raises ModelDamaged when its manifest is not the one that was imported."""
    artifact = read_artifact(paths.user_models() / name)
    expected, found = _pins().get(name, ""), artifact.sha256
    if expected != found:
        raise ModelDamaged(
            f"model “{name}”: its {MANIFEST} is not the one that was imported "
            f"(expected {expected[:12]}…, found {found[:12]}…); import it again"
        )
    return artifact


def imported_names() -> list[str]:
    """The imported models, damaged ones among them."""
    try:
        return sorted(folder.parent.name for folder in paths.user_models().glob(f"*/{MANIFEST}"))
    except OSError:
        return []


def import_model(source: Path, bundled: Path, name: str = "") -> Artifact:
    """Take in `source`: a folder that `alldetect train` wrote, or a .safetensors file. `name` renames it.

    `bundled` is the models folder of the program: its base is the only network there is. Raises WrongUse for a name
    that is taken or impossible, ModelDamaged for whatever is not numbers for our architecture, RunFailed when it
    cannot be written. What there was before stays as it was.
    """
    manifest, parts = _from_folder(source) if source.is_dir() else _from_file(source)
    name = name or str(manifest.get("name", ""))
    if not _NAME.fullmatch(name):
        raise WrongUse(f"“{name[:80]!a}” is no name for a model: small letters, digits, “.”, “_” and “-”, at most 64")
    if (bundled / name).exists():
        raise NameTaken(name, "a model of this program")
    try:
        paths.user_models().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=paths.user_models().parent) as folder:
            stage = Path(folder)
            artifact = _stage(stage, name, manifest, parts, bundled)
            _try(stage, artifact)
            _move_in(stage, artifact)
    except OSError as error:
        raise RunFailed(f"the model cannot be kept: {error.strerror or error}") from error
    return read_imported(name)


def import_with_number(source: Path, bundled: Path) -> Artifact:
    """The same under its own name or, where that is taken by another, with the first number that is free."""
    try:
        return import_model(source, bundled)
    except NameTaken as taken:
        for number in range(2, _MOST_NUMBER + 1):
            with contextlib.suppress(NameTaken):
                return import_model(source, bundled, f"{taken.name[:60]}-{number}")
        raise


def _from_folder(folder: Path) -> tuple[dict[str, Any], Parts]:
    manifest = parse_manifest(read_limited(folder / MANIFEST, MAX_TEXT), MANIFEST)
    own = str(manifest.get("name", ""))
    parts: Parts = {}
    for part in _PARTS:
        if part == "fit" and "fit" not in manifest:
            continue
        file = f"{own}/{_ENDINGS[part]}"
        if manifest.get(part) != file:
            raise ModelDamaged(f"{MANIFEST} names {str(manifest.get(part))[:80]!a} where {file!a} is expected")
        data = read_limited(folder / _ENDINGS[part], MAX_TEXT if part == "card" else MAX_BYTES)
        expected, found = _hash_of(manifest, file), hashlib.sha256(data).hexdigest()
        if expected != found:
            raise ModelDamaged(
                f"{_ENDINGS[part]} has changed (expected {expected[:12] or 'nothing'}…, found {found[:12]}…)"
            )
        parts[part] = data
    return manifest, parts


def _from_file(file: Path) -> tuple[dict[str, Any], Parts]:
    if not os.path.lexists(file):
        raise WrongUse(f"there is no file or folder {file}")
    data = read_limited(file, MAX_BYTES)
    arrays, texts = read_safetensors(data, file.name)
    if "manifest" not in texts:
        raise ModelDamaged(f"{file.name} has no text “manifest”: it is not known what the numbers are for")
    groups: dict[str, dict[str, Any]] = {"head": {}, "fit": {}}
    for name, array in arrays.items():
        group, _, own = name.partition(".")
        if group not in groups or not own.isidentifier():
            raise ModelDamaged(f"{file.name}: there is no place for a tensor “{name[:60]!a}”")
        groups[group][own] = array
    parts = {group: arrays_to_bytes(content) for group, content in groups.items() if content}
    if "head" not in parts:
        raise ModelDamaged(f"{file.name} holds no head")
    return parse_manifest(texts["manifest"].encode(), "the text “manifest”"), {
        **parts,
        "card": texts.get("card", "No model card came with this model.\n").encode(),
    }


def _hash_of(manifest: Mapping[str, Any], file: str) -> str:
    files = manifest.get("files")
    return str(files.get(file, "")) if isinstance(files, dict) else ""


def _stage(stage: Path, name: str, manifest: dict[str, Any], parts: Parts, bundled: Path) -> Artifact:
    """Write the artefact as ours would be, base and all, and read it. Raises ModelDamaged."""
    for part in ("head", "fit"):
        if part in parts:
            check_npz(parts[part], _ENDINGS[part])
    _check_card(parts["card"])
    _check_values(manifest)
    base, data = _our_network(manifest, "base", bundled)
    (stage / base).parent.mkdir(parents=True)
    (stage / base).write_bytes(data)
    (stage / name).mkdir()
    files = {base: hashlib.sha256(data).hexdigest()}
    if "branch" in manifest:
        parts = {**parts, "branch": _our_network(manifest, "branch", bundled)[1]}
    for part, written in parts.items():
        (stage / name / _ENDINGS[part]).write_bytes(written)
        files[f"{name}/{_ENDINGS[part]}"] = hashlib.sha256(written).hexdigest()
    own = {part: f"{name}/{_ENDINGS[part]}" for part in _ENDINGS if part in parts}
    content = {key: value for key, value in manifest.items() if key not in (*_ENDINGS, "base", "files")}
    content = {**content, "name": name, "base": base, **own, "files": dict(sorted(files.items()))}
    text = json.dumps(content, indent=2, allow_nan=False) + "\n"
    (stage / name / MANIFEST).write_text(text, encoding="utf-8")
    artifact = read_artifact(stage / name)
    _check_plausible(artifact)
    return artifact


def _check_card(data: bytes) -> None:
    """A card is text for people: a control character in it would move a terminal's cursor. Raises ModelDamaged."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelDamaged(f"{_ENDINGS['card']} is not text (it is {kind_of(data)})") from error
    if not _is_text(text):
        raise ModelDamaged(f"{_ENDINGS['card']} holds control characters")


def _check_values(value: object, depth: int = 0) -> None:
    """What a manifest says is shown, and written again: finite numbers, and text as a card's. Raises ModelDamaged."""
    if depth > _MAX_DEPTH:
        raise ModelDamaged(f"{MANIFEST} is nested too deeply")
    if isinstance(value, dict | list):
        for item in (*value, *value.values()) if isinstance(value, dict) else value:
            _check_values(item, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ModelDamaged(f"{MANIFEST} holds a number that is not finite")
    elif isinstance(value, str) and not _is_text(value):
        raise ModelDamaged(f"{MANIFEST} holds control characters")


def _is_text(value: str) -> bool:
    return all(letter.isprintable() or letter in _SPACES for letter in value)


def _our_network(manifest: Mapping[str, Any], part: str, bundled: Path) -> tuple[str, bytes]:
    """(file, bytes) of the base or the branch that the manifest asks for: one that came with the program.

    Such a file is a graph that is run, so a lab's own is never taken, only the hash of ours. A manifest that gives no
    hash for its base means the program's; a branch has to be named by its hash. Raises ModelDamaged.
    """
    wanted = _hash_of(manifest, str(manifest[part])) if part in manifest else ""
    for path in sorted(bundled.glob(f"*/{MANIFEST}")):
        artifact = read_artifact(path.parent)
        file = artifact.base if part == "base" else artifact.branch
        if file is not None and wanted in (artifact.files.get(file), *([""] if part == "base" else [])):
            return file, artifact.verified_bytes(file)
    if part == "branch":
        raise ModelDamaged(
            "it has a fine-tuned block of its own, which is a network and not numbers alone; only the block that came "
            "with this program is run"
        )
    raise ModelDamaged("it was trained on another network than those of this program, and no foreign network is run")


_RANGES = {"mcc": (-1, 1), "calibration_slope": (-1000, 1000)}
"""Of figures that are no shares: Matthews' correlation, and a slope, which has no bound."""


def _check_plausible(artifact: Artifact) -> None:
    """What the program shows of any model has to be there, and no view may cost minutes. Raises ModelDamaged."""
    if len(artifact.views) > _MAX_VIEWS:
        raise ModelDamaged(f"it has more than {_MAX_VIEWS} views")
    if sum(view.size**2 * view.turns for view in artifact.views) > _MAX_LOOKED_AT:
        raise ModelDamaged(f"its views have more than {_MAX_LOOKED_AT} pixels together, turned copies counted")
    try:
        low, high = artifact.manifest["uncertain_band"]
        for number in (artifact.manifest["threshold"], low, high, *artifact.manifest["features"]["blocks"]):
            _check_number(number)
        figures = artifact.manifest["metrics"]["figures"]
        shown = [(str(name), figure["value"], figure["interval_95"]) for name, figure in figures.items()]
        for name, value, interval in shown:
            least, most = _RANGES.get(name, (0, 1))
            for number in (value, *(interval or ())):
                if number is not None and not least <= _check_number(number) <= most:
                    raise ValueError(f"a figure outside {least} to {most}")
            if interval and len(interval) != 2:
                raise ValueError("an interval of other than two numbers")
        str(artifact.manifest["metrics"]["protocol"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelDamaged(f"its figures are damaged ({error})") from error
    if len(artifact.title) > 200 or not artifact.title.isprintable():
        raise ModelDamaged("its title is damaged")


def _check_number(value: object) -> float:
    """The number. Raises TypeError for what merely looks like one: a text, or yes and no."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return value


def _try(stage: Path, artifact: Artifact) -> None:
    """Build it and classify two drawn cells: shapes have to fit and values to be finite. Raises ModelDamaged."""
    from alldetect_gui.core.labels import CellClass
    from alldetect_gui.imaging.synthetic import draw_cell
    from alldetect_gui.inference.catalogue import load_classifier

    classifier = load_classifier(artifact.name, models=stage)
    for kind in CellClass:
        probability = classifier.classify(draw_cell(kind, 1)).probability_all
        if not 0 <= probability <= 1:
            raise ModelDamaged("it gives no finite value for a drawn cell")


def _move_in(stage: Path, artifact: Artifact) -> None:
    """Into the user's folder, the pin first: an import that is cut off in between is refused later, never trusted."""
    target = paths.user_models() / artifact.name
    if target.exists():
        with contextlib.suppress(KnownError):
            if read_imported(artifact.name).sha256 == artifact.sha256:
                return
        raise NameTaken(artifact.name, "another imported model")
    base = paths.user_models() / artifact.base
    if not base.is_file() or base.read_bytes() != (stage / artifact.base).read_bytes():
        base.parent.mkdir(parents=True, exist_ok=True)
        (stage / artifact.base).replace(base)
    pins = stage / PINS
    pins.write_text(json.dumps({**_pins(), artifact.name: artifact.sha256}, indent=2) + "\n", encoding="utf-8")
    pins.replace(paths.user_models() / PINS)
    shutil.move(stage / artifact.name, target)


def _pins() -> dict[str, str]:
    try:
        content = json.loads((paths.user_models() / PINS).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {str(name): str(pin) for name, pin in content.items()} if isinstance(content, dict) else {}
