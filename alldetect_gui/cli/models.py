"""alldetect models: which artefacts there are and what they are known to do."""

import argparse
import json
import sys

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.inference.catalogue import find_artifact, import_artifact, list_artifacts, list_imported


def models(options: argparse.Namespace) -> int:
    """Import one, list the artefacts, print their manifests, or print one model card."""
    if options.source:
        artifact = import_artifact(options.source, options.name)
        print(f"imported “{artifact.name}”: {artifact.title}; alldetect classify FOLDER --model {artifact.name}")
        return 0
    if options.name:
        raise WrongUse("--name is the name of a model to import; give it with --import")
    if options.card:
        artifact = find_artifact(options.card)
        print(artifact.verified_bytes(artifact.manifest["card"]).decode("utf-8"))
        return 0
    imported, damaged = list_imported()
    for error in damaged:
        print(f"alldetect: {error}", file=sys.stderr)
    artifacts = [*list_artifacts(), *imported]
    if options.json:
        print(json.dumps([{**item.manifest, "manifest_sha256": item.sha256} for item in artifacts], indent=2))
        return 0
    for item in artifacts:
        print(f"{item.name}: {item.title}{' (imported)' if item in imported else ''}")
        print(f"  recipe {item.recipe.name}, threshold {item.threshold:.2f}, sha256 {item.sha256[:16]}…")
        print(f"  {item.manifest['metrics']['protocol']}")
        for name, figure in item.manifest["metrics"]["figures"].items():
            low, high = figure["interval_95"] or (None, None)
            bounds = f" ({low:.3f} to {high:.3f})" if low is not None else ""
            value = "not defined" if figure["value"] is None else f"{figure['value']:.3f}"
            print(f"    {name:<24}{value}{bounds}")
    return 0
