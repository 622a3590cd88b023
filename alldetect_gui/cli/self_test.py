"""alldetect self-test: whether this installation works, as JSON."""

import argparse
import json
import platform
import sys
from dataclasses import asdict
from importlib import metadata

from alldetect_gui import __version__
from alldetect_gui.core.checks import CheckOutcome
from alldetect_gui.core.exit_codes import FAILED
from alldetect_gui.workflows.self_test import self_test


def run_self_test(options: argparse.Namespace) -> int:
    """Run every check and print what was found; 0 only when none failed."""
    del options
    checks = []
    for check in self_test():
        print(f"{check.outcome:<7} {check.name}: {check.detail}", file=sys.stderr)
        checks.append(asdict(check) | {"seconds": round(check.seconds, 3)})
    passed = all(check["outcome"] != CheckOutcome.FAILED for check in checks)
    report = {"passed": passed, "checks": checks, "program": about_program()}
    print(json.dumps(report, indent=2))
    return 0 if passed else FAILED


def about_program() -> dict[str, object]:
    """What was tested, and on what."""
    return {
        "version": __version__,
        "frozen": bool(getattr(sys, "frozen", False)),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in ("numpy", "opencv-python-headless", "ai-edge-litert")},
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not stated"
