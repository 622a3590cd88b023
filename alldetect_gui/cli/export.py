"""alldetect export: one run as one file."""

import argparse
from pathlib import Path

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.workflows.exports.export import export_run
from alldetect_gui.workflows.exports.run import Decimals, ExportOptions, Format, read_run


def export(options: argparse.Namespace) -> int:
    """Read the run, write the file, say where."""
    kind = _format(options.format, options.out)
    run = read_run(options.run_file, options.folder)
    chosen = ExportOptions(options.locale, options.full_names, not options.no_thumbnails)
    out = export_run(run, kind, options.out, chosen, options.make_pdf)
    print(f"{len(run.results)} results written to {out}")
    return 0


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
    command.add_argument("run_file", type=Path, metavar="RUN",
                         help="a results.csv, or the folder in which “alldetect classify” put one")  # fmt: skip
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
