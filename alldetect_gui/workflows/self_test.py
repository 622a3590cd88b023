"""Use case: does this installation work? Nothing of the user's is read or changed.

What a user starts is started here too, in processes of their own: the command `classify` on each engine, and a
window off screen. So the frozen programs are tested whole, and TensorFlow is never loaded into a window.
"""

import hashlib
import json
import math
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from alldetect_gui import paths
from alldetect_gui.core.checks import CheckDone, CheckFailed, CheckOutcome, PartAbsent
from alldetect_gui.core.errors import ImageRefused, KnownError
from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.imaging.encode import file_bytes
from alldetect_gui.imaging.reader import read_image
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.inference.catalogue import DEFAULT_MODEL, list_artifacts
from alldetect_gui.inference.engine import ENGINES, is_installed
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import FileState, open_for_reading, open_workspace
from alldetect_gui.workflows.export_results import read_results

FORMATS = {".bmp": 0, ".png": 0, ".tif": 0, ".jpg": 24}  # ending -> largest change of a sample that is allowed
TOLERANCE = {"litert": 0.02, "tensorflow": 0.005}
"""Of P(ALL). LiteRT's kernels for 8-bit weights differ between processors; TensorFlow computes in float32."""
_PATIENCE = 900  # seconds for a process on a slow, busy machine
_CELLS_OF_OTHERS = 2  # of each class, for models other than the default: all 24 cells would take minutes

Check = Callable[[Path], str]  # an empty folder of its own -> what was found; raises KnownError


def self_test() -> Iterator[CheckDone]:
    """Every check, one event each, in a temporary folder that is gone afterwards. Nothing is raised."""
    with tempfile.TemporaryDirectory(prefix="alldetect-self-test-", ignore_cleanup_errors=True) as place:
        for number, (name, check) in enumerate(_checks()):
            folder = Path(place, str(number))
            folder.mkdir()
            began = time.monotonic()
            outcome, detail = _outcome(check, folder)
            yield CheckDone(name, outcome, detail, time.monotonic() - began)


def _checks() -> Iterator[tuple[str, Check]]:
    yield "models", check_models
    yield "formats", check_formats
    try:
        names = [artifact.name for artifact in list_artifacts()]
    except KnownError:
        names = []  # “models” has said why
    for name in names:
        for engine in ENGINES if name == DEFAULT_MODEL else ENGINES[:1]:
            yield f"{name} on {engine}", partial(check_probabilities, name, engine)
    yield "workspace", check_workspace
    yield "window", check_window


def _outcome(check: Check, folder: Path) -> tuple[CheckOutcome, str]:
    try:
        return CheckOutcome.PASSED, check(folder)
    except PartAbsent as absent:
        return CheckOutcome.ABSENT, str(absent)
    except (KnownError, OSError, subprocess.SubprocessError) as error:
        return CheckOutcome.FAILED, str(error)
    except Exception as error:  # noqa: BLE001 - a check that breaks is a check that failed, and the others go on
        return CheckOutcome.FAILED, f"a fault of the program: {error!r}"


def check_models(folder: Path) -> str:
    """Every file of every bundled model against its manifest, and the manifests against this version's pins."""
    del folder
    artifacts = list_artifacts()
    if DEFAULT_MODEL not in {artifact.name for artifact in artifacts}:
        raise CheckFailed(f"the model “{DEFAULT_MODEL}” is missing")
    for artifact in artifacts:
        artifact.verify()
    files = {file for artifact in artifacts for file in artifact.files}
    return f"{len(artifacts)} models, {len(files)} files with the right SHA-256"


def check_formats(folder: Path) -> str:
    """A drawn cell as a file of each format comes back as it was; a cut file is refused."""
    cell = draw_cell(CellClass.ALL, 1, caption=False)
    for ending, allowed in FORMATS.items():
        path = folder / f"cell{ending}"
        data = file_bytes(cell, ending)
        path.write_bytes(data)
        change = int(np.abs(read_image(path).pixels.astype(int) - cell).max())
        if change > allowed:
            raise CheckFailed(f"{ending}: decoded pixels differ from those written by {change}")
        path.write_bytes(data[: len(data) // 2])
        try:
            read_image(path)
        except ImageRefused:
            continue
        raise CheckFailed(f"{ending}: half a file was taken for a whole one")
    return f"{', '.join(FORMATS)} decoded as written"


def check_probabilities(model: str, engine: str, folder: Path) -> str:
    """The command `classify` gives the stored probabilities. Raises PartAbsent for an engine that is not here."""
    if not is_installed(engine):
        raise PartAbsent(f"{engine} is not part of this installation")
    stored = stored_values().get(model, {})
    manifest = next(artifact.sha256 for artifact in list_artifacts() if artifact.name == model)
    if stored.get("manifest_sha256") != manifest:
        raise CheckFailed(f"no probabilities are stored for this version of the model “{model}”")
    expected: Mapping[str, float] = stored[engine]
    found = sample_probabilities(model, engine, folder)
    if found.keys() != expected.keys():
        raise CheckFailed(f"{len(found)} cells were classified, {len(expected)} are stored")
    differences = {name: abs(found[name] - expected[name]) for name in found}
    worst = max(differences, key=lambda name: math.inf if math.isnan(differences[name]) else differences[name])
    if not differences[worst] <= TOLERANCE[engine]:  # NaN is not
        raise CheckFailed(f"{worst}: P(ALL) is {found[worst]:.4f}, stored is {expected[worst]:.4f}")
    return f"{len(found)} sample cells, P(ALL) as stored (largest difference {differences[worst]:.4f})"


def stored_values() -> dict[str, Any]:
    """Model -> {"manifest_sha256", engine -> {sample -> P(ALL)}}. Raises CheckFailed where the file is unusable."""
    try:
        values: dict[str, Any] = json.loads(paths.self_test_values().read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckFailed(f"the stored probabilities cannot be read ({error})") from error
    return values


def sample_probabilities(model: str, engine: str, folder: Path) -> dict[str, float]:
    """Sample -> P(ALL), by the command in a process of its own; all samples for the default model, else a few."""
    cells, out = folder / "cells", folder / "out"
    for kind in CellClass:
        (cells / kind.lower()).mkdir(parents=True)
        samples = sorted((paths.samples() / kind.lower()).glob("*.png"))
        for path in samples if model == DEFAULT_MODEL else samples[:_CELLS_OF_OTHERS]:
            shutil.copyfile(path, cells / kind.lower() / path.name)
    words = ["classify", str(cells), "--model", model, "--engine", engine, "--out", str(out), "--json"]
    _run([*paths.command(), *words], folder)
    results, _ = read_results(out / "results.csv")
    return {
        result.record.relative: result.prediction.probability_all if result.prediction else math.nan
        for result in results
    }


def check_workspace(folder: Path) -> str:
    """A run that is kept in a workspace file is read back as it was, and the file's own verification agrees."""
    path = folder / "self-test.alldetect"
    record = ImageRecord(folder / "cells" / "cell.png", "cells/cell.png", "patient 1", CellClass.ALL)
    prediction = Prediction(0.75, Suggestion.ALL, fit=0.5)
    result = ImageResult(record, Outcome.CLASSIFIED, hashlib.sha256(b"cell").hexdigest(), prediction)
    with open_workspace(path) as file:
        run = file.begin_run(folder, ModelIdentity("self-test", "0" * 64, "original"), 1)
        file.add_result(run, 0, result, FileState())
        file.end_run(run, "finished", 1.0, 0)
    with open_for_reading(path) as file:
        kept = [(run.is_finished, file.results(run)) for run in file.runs()]
    if kept != [(True, (result,))]:
        raise CheckFailed(f"the workspace holds {kept} instead of what was kept")
    if findings := verify(path).findings:
        raise CheckFailed(f"the workspace file is damaged: {findings[0]}")
    return "one run kept, read back as it was, and verified"


def check_window(folder: Path) -> str:
    """A window off screen is painted, opens the samples and shows a first result; it has loaded no TensorFlow."""
    report = folder / "window.json"
    words = [*paths.window_command(), str(paths.samples()), "--measure", str(report)]
    _run(words, folder, QT_QPA_PLATFORM="offscreen")
    measured: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    if not measured["first_result"]:
        raise CheckFailed("the window showed no result")
    if measured["colours"] < 100:
        raise CheckFailed(f"the window was painted in {measured['colours']} colours: something is missing")
    if not measured["letters"]:
        raise CheckFailed("every letter is drawn alike: no font is installed")
    if measured["loaded"]:
        raise CheckFailed(f"the window has loaded {', '.join(measured['loaded'])}")
    return f"painted in {measured['colours']} colours, first result shown, neither TensorFlow nor Keras loaded"


def _run(words: list[str], folder: Path, **variables: str) -> None:
    """Run to the end, as nobody: settings and work of the user are neither read nor changed. Raises CheckFailed."""
    home = folder / "home"
    home.mkdir()
    places = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "XDG_DATA_HOME", "XDG_CONFIG_HOME",
                            "XDG_CACHE_HOME", "XDG_STATE_HOME"), str(home))  # fmt: skip
    done = subprocess.run(  # noqa: S603 - our own program
        words, env=os.environ | places | variables, cwd=folder, capture_output=True, text=True, errors="replace",
        stdin=subprocess.DEVNULL, timeout=_PATIENCE, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip() or "no word of why").splitlines()[-1]
        raise CheckFailed(f"{Path(words[0]).name} ended with {done.returncode}: {last}")
