"""Which models there are, and how one becomes a classifier."""

from collections.abc import Hashable
from pathlib import Path

from alldetect_gui import paths
from alldetect_gui.core.errors import ModelDamaged, WrongUse
from alldetect_gui.core.records import ModelIdentity
from alldetect_gui.inference.artifact import MANIFEST, Artifact, read_artifact
from alldetect_gui.inference.classifier import Classifier
from alldetect_gui.inference.engine import CHANNELS, Engine, of_base, open_engine
from alldetect_gui.inference.features import FeatureExtractor
from alldetect_gui.inference.fit_score import fit_reference_from_bytes
from alldetect_gui.inference.heads import read_head
from alldetect_gui.inference.imported import import_model, import_with_number, imported_names, read_imported
from alldetect_gui.inference.pins import BUNDLED

DEFAULT_MODEL = "default"


def _bundled() -> Path:
    """The models folder of this installation. Raises ModelDamaged when it has none."""
    try:
        return paths.models()
    except FileNotFoundError as error:
        raise ModelDamaged(str(error)) from error


def _read(folder: Path) -> Artifact:
    """The artefact in `folder`; a bundled one only with the manifest that was released. Raises ModelDamaged."""
    artifact = read_artifact(folder)
    expected = BUNDLED.get(folder.name)
    if expected and expected != artifact.sha256 and folder.parent == paths.resources() / "models":
        raise ModelDamaged(
            f"model “{folder.name}”: the file {folder.name}/{MANIFEST} has changed "
            f"(expected {expected[:12]}…, found {artifact.sha256[:12]}…); classification is blocked"
        )
    return artifact


def import_artifact(source: Path, name: str = "") -> Artifact:
    """Take in a lab's own model; see imported.import_model."""
    return import_model(source, _bundled(), name)


def import_under_free_name(source: Path) -> Artifact:
    """The same for the window, which asks for no name; see imported.import_with_number."""
    return import_with_number(source, _bundled())


def list_imported() -> tuple[list[Artifact], list[ModelDamaged]]:
    """The models that this user imported, and why some of them cannot be used."""
    good, damaged = [], []
    for name in imported_names():
        try:
            good.append(read_imported(name))
        except ModelDamaged as error:
            damaged.append(error)
    return good, damaged


def list_artifacts(models: Path | None = None) -> tuple[Artifact, ...]:
    """Every bundled artefact (or those below `models`), the default first. Raises ModelDamaged for a broken one."""
    root = models or _bundled()
    names = sorted(folder.parent.name for folder in root.glob(f"*/{MANIFEST}"))
    names.sort(key=lambda name: name != DEFAULT_MODEL)
    return tuple(_read(root / name) for name in names)


def known_artifacts() -> tuple[Artifact, ...]:
    """The bundled artefacts and the imported ones that can be used. Raises ModelDamaged for a broken bundled one."""
    return (*list_artifacts(), *list_imported()[0])


def find_artifact(name: str, models: Path | None = None) -> Artifact:
    """The artefact called `name`. Raises WrongUse, naming those there are; never falls back to another.

    An imported model is found where no bundled one has its name.
    """
    root = models or _bundled()
    folder = root / name
    if name in ("", ".", "..") or folder.parent != root or not folder.is_dir():
        own = imported_names() if models is None else []
        if name in own:
            return read_imported(name)
        there = ", ".join([*sorted(item.parent.name for item in root.glob(f"*/{MANIFEST}")), *own]) or "none"
        raise WrongUse(f"there is no model “{name}” (there are: {there})")
    return _read(folder)


def network_of(artifact: Artifact) -> tuple[Hashable, ...]:
    """The same for artefacts that show their images to the same network: its files by their hash, and what is read."""
    branch = artifact.files.get(artifact.branch) if artifact.branch else None
    return artifact.files.get(artifact.base), branch, of_base(artifact.blocks)


def load_classifier(
    name: str = DEFAULT_MODEL,
    *,
    engine: str = "litert",
    models: Path | None = None,
    threads: int | None = None,
    engines: dict[Hashable, Engine] | None = None,
) -> Classifier:
    """Verify every file of the artefact, then build its classifier. Raises WrongUse or ModelDamaged.

    With `engines`, an engine that is in there is used again, and a new one is put in: models of different renderings
    have the same base, which takes 60 MB.
    """
    artifact = find_artifact(name, models)
    artifact.verify()
    head = read_head(artifact.head_kind, artifact.verified_bytes(artifact.head))
    known = fit_reference_from_bytes(artifact.verified_bytes(artifact.fit)) if artifact.fit else None
    shelf: dict[Hashable, Engine] = {} if engines is None else engines
    key = (engine, threads, *network_of(artifact))
    if key not in shelf:
        shelf[key] = open_engine(
            engine,
            artifact.verified_bytes(artifact.base),
            threads,
            artifact.verified_bytes(artifact.branch) if artifact.branch else None,
            artifact.blocks,
        )
    extractor = FeatureExtractor(
        shelf[key],
        artifact.recipe,
        artifact.views,
        artifact.blocks,
        artifact.statistics,
    )
    expected = len(artifact.views) * len(artifact.statistics) * sum(CHANNELS[block] for block in artifact.blocks)
    if head.length != expected or (known is not None and known.mean.size > expected):
        raise ModelDamaged(f"model “{name}”: its head reads {head.length} features, its base gives {expected}")
    identity = ModelIdentity(
        artifact.name,
        artifact.sha256,
        artifact.recipe.name,
        artifact.recipe.parameters,
        artifact.threshold,
        engine,
    )
    return Classifier(identity, extractor, head, artifact.band, known)
