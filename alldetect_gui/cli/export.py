"""alldetect export: one run as one file."""

import argparse
import sys
from pathlib import Path

from alldetect_gui import paths
from alldetect_gui.cli.render import ProgressLine, printable
from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.events import ExportProgress
from alldetect_gui.store.workspace_file import open_for_reading
from alldetect_gui.workflows.exports.export import export_events
from alldetect_gui.workflows.exports.run import Decimals, ExportOptions, ExportRun, Format, read_run
from alldetect_gui.workflows.exports.stored import stored_run


def export(options: argparse.Namespace) -> int:
    """Read the run, write the file, say where."""
    kind = _format(options.format, options.out)
    run = _run(options)
    chosen = ExportOptions(options.locale, options.full_names, not options.no_thumbnails)
    line = ProgressLine(sys.stderr)
    for event in export_events(run, kind, options.out, chosen, options.make_pdf):
        if isinstance(event, ExportProgress):
            line.write(f"{event.done} of {event.total} images looked for pictures")
    line.clear()
    print(f"{len(run.results)} results written to {printable(str(options.out))}")
    return 0


def _run(options: argparse.Namespace) -> ExportRun:
    """From a file or folder of results, else from the workspace file."""
    if options.run_file is not None:
        if options.run_number is not None or options.workspace is not None:
            raise WrongUse("give RUN, or --run and --workspace, not both")
        return read_run(options.run_file, options.folder)
    path = options.workspace or paths.workspace()
    if not path.exists():
        raise WrongUse(f"there is no workspace file {path} yet; give RUN, a results.csv or its folder")
    with open_for_reading(path) as file:
        return stored_run(file, options.run_number)


def _format(word: str | None, out: Path) -> Format:
    """The format asked for, else the one that the file's ending says."""
    name = word or out.suffix.lower().removeprefix(".")
    try:
        return Format(name)
    except ValueError as error:
        known = ", ".join(kind.value for kind in Format)
        raise WrongUse(f"which format? {out.name} does not tell; give --format ({known})") from error


def add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Its arguments."""
    command = commands.add_parser("export", help="write a run as CSV, XLSX, HTML, PDF or JSON")
    command.add_argument("run_file", type=Path, metavar="RUN", nargs="?",
                         help="a results.csv, or the folder in which “alldetect classify” put one; without it, the "
                              "newest run of the workspace file")  # fmt: skip
    command.add_argument("--run", type=int, metavar="NUMBER", dest="run_number",
                         help="a run of the workspace file by its number (“alldetect workspace info”)")  # fmt: skip
    command.add_argument("--workspace", type=Path, metavar="FILE", help="default: the one of this user")
    command.add_argument("--format", choices=[kind.value for kind in Format],
                         help="default: what the ending of FILE says")  # fmt: skip
    command.add_argument("--out", type=Path, required=True, metavar="FILE")
    command.add_argument("--folder", type=Path, metavar="DIR",
                         help="where the images are, for pictures of cells; each must still have its hash")  # fmt: skip
    command.add_argument("--locale", type=Decimals, choices=list(Decimals), default=Decimals.DOT,
                         help="numbers in CSV: dot (0.5 between commas, default) or comma (0,5 between ;)")  # fmt: skip
    command.add_argument("--full-names", action="store_true", help="folder names, too, not file names alone")
    command.add_argument("--no-thumbnails", action="store_true", help="no pictures of cells")
    command.set_defaults(run=export)
