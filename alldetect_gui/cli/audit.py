"""alldetect audit: is a workspace file still what was written into it, and what does its log say."""

import argparse
import json
import sys
from dataclasses import asdict

from alldetect_gui import paths
from alldetect_gui.cli.render import printable
from alldetect_gui.core.errors import RunFailed
from alldetect_gui.store.verify import Verified, verify
from alldetect_gui.store.workspace_file import open_for_reading


def audit(options: argparse.Namespace) -> int:
    """Verify or list."""
    path = options.workspace or paths.workspace()
    if options.task == "list":
        with open_for_reading(path) as file:
            for entry in file.audit():
                print(json.dumps(asdict(entry), ensure_ascii=False))
        return 0
    found = verify(path)
    if options.json:
        print(json.dumps({"workspace": str(path), **asdict(found)}, indent=2))
    else:
        _tell(found)
    if found.findings:
        raise RunFailed(f"{path} is not what was written: {len(found.findings)} findings")
    return 0


def _tell(found: Verified) -> None:
    for finding in found.findings:
        print(printable(finding), file=sys.stdout)
    if not found.findings:
        print(f"{found.entries:,} entries of the audit log and {found.rows:,} rows are as they were written, in order")
        print(f"Last entry: {found.head}")
        print("Noted elsewhere, this number and hash prove later that nothing up to here was rewritten.")
