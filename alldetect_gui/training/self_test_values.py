"""Write what the self-test compares with: P(ALL) of the sample cells by every bundled model, on this machine.

python -m alldetect_gui.training.self_test_values      (after a bundled model or a sample has changed)
"""

import json
import tempfile
from pathlib import Path

from alldetect_gui import paths
from alldetect_gui.inference.catalogue import DEFAULT_MODEL, list_artifacts
from alldetect_gui.inference.engine import ENGINES
from alldetect_gui.workflows.self_test import sample_probabilities, stored_values


def write_values() -> None:
    """Models whose manifest is unchanged keep their values."""
    known = stored_values() if paths.self_test_values().exists() else {}
    values = {}
    for artifact in list_artifacts():
        old = known.get(artifact.name, {})
        values[artifact.name] = old if old.get("manifest_sha256") == artifact.sha256 else {
            "manifest_sha256": artifact.sha256,
            **{engine: _probabilities(artifact.name, engine)
               for engine in (ENGINES if artifact.name == DEFAULT_MODEL else ENGINES[:1])},
        }  # fmt: skip
        print(f"{artifact.name}: {'kept' if values[artifact.name] is old else 'computed'}")
    paths.self_test_values().write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def _probabilities(model: str, engine: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return sample_probabilities(model, engine, Path(folder))


if __name__ == "__main__":
    write_values()
