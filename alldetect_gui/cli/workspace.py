"""alldetect workspace: what a workspace file holds, a copy of it, and its backups."""

import argparse

from alldetect_gui import paths
from alldetect_gui.cli.render import printable
from alldetect_gui.core.errors import WrongUse
from alldetect_gui.store.backups import backups
from alldetect_gui.store.restore import restore
from alldetect_gui.store.workspace_file import display, open_for_reading, open_workspace


def workspace_info(options: argparse.Namespace) -> int:
    """Where the file is, which runs it holds, which backups there are."""
    path = options.workspace or paths.workspace()
    if not path.exists():
        print(f"There is no workspace file yet; the first run makes {path}")
        return 0
    with open_for_reading(path) as file:
        runs = file.runs()
        print(f"{printable(str(path))}: {len(runs)} runs, {file.ledger.head('audit')[0]:,} entries in the audit log")
        for run in runs:
            state = run.ending or "not ended"
            told = (run.utc[:16], f"{run.done:,} of {run.total:,}", state, run.model.name, display(bytes(run.folder)))
            print(f"  {run.number}  {printable('  '.join(told))}")
    for backup in backups(path):
        print(f"  backup {printable(str(backup))}")
    return 0


def workspace_save(options: argparse.Namespace) -> int:
    """A whole copy, by the backup interface."""
    if options.file.exists():
        raise WrongUse(f"{options.file} is there already; choose another name")
    with open_for_reading(options.workspace or paths.workspace()) as file:
        file.save_as(options.file)
    print(f"Written: {printable(str(options.file))}")
    return 0


def workspace_restore(options: argparse.Namespace) -> int:
    """A backup takes the place of the file, which is kept under another name."""
    path = options.workspace or paths.workspace()
    source, aside = restore(path, options.backup)
    print(f"{source} is now {path}" + (f"; what was there is kept as {aside}" if aside else ""))
    return 0


def workspace_unlock(options: argparse.Namespace) -> int:
    """The mark of another computer goes; a process that holds the file here keeps it."""
    path = options.workspace or paths.workspace()
    if not path.exists():
        raise WrongUse(f"there is no workspace file {path}")
    open_workspace(path, take_over=True).close()
    print(f"{path} is free")
    return 0
