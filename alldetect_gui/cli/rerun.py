"""alldetect rerun: repeat the run that an export remembers."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from alldetect_gui.cli import render
from alldetect_gui.core.events import ImageDone, RunStarted
from alldetect_gui.core.exit_codes import CHANGED
from alldetect_gui.workflows.exports.embedded import read_past_run
from alldetect_gui.workflows.rerun import RerunFinished, rerun

_MOST_ROWS = 40


def rerun_file(options: argparse.Namespace) -> int:
    """0 when every image was found and came out as before, CHANGED when not."""
    past = read_past_run(options.file)
    line = render.ProgressLine(sys.stderr)
    for event in rerun(past, options.folder or options.file.absolute().parent):
        match event:
            case RunStarted(total=total, model=model):
                line.say(f"{total} images, model {model.name}, engine {model.engine}")
            case ImageDone(progress=progress):
                line.update(progress)
            case RerunFinished():
                line.clear()
                print(json.dumps(asdict(event), indent=2) if options.json else report(event))
                return CHANGED if event.changed or event.missing else 0
    raise AssertionError("a rerun ends with RerunFinished")


def report(event: RerunFinished) -> str:
    """The counts first, then what changed and what is not there."""
    missing = len(event.missing)
    lines = [f"{len(event.changed):,} of {event.images - missing:,} changed"]
    if missing:
        lines[0] += f"; {missing:,} of {event.images:,} images not found"
    lines.append(f"Largest difference of P(ALL): {event.largest_difference:.6f}")
    if event.found_then > event.images:
        lines.append(f"The run had {event.found_then:,} images; the file lists only {event.images:,} of them")
    for change in event.changed[:_MOST_ROWS]:
        lines.append(f"  {render.printable(change.name)}: {change.before} -> {change.after}")
    lines += [f"  {render.printable(name)}: not found" for name in event.missing[:_MOST_ROWS]]
    if max(len(event.changed), len(event.missing)) > _MOST_ROWS:
        lines.append("  … (--json lists all)")
    return "\n".join(lines)


def add_rerun(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Its arguments."""
    command = commands.add_parser("rerun", help="repeat the run that an export remembers and say what changed")
    command.add_argument("file", type=Path, metavar="FILE", help="an exported file of any format, or a results.csv")
    command.add_argument("--folder", type=Path, metavar="DIR",
                         help="below which the images are, by content (default: the folder of FILE)")  # fmt: skip
    command.add_argument("--json", action="store_true", help="print the comparison as JSON")
    command.set_defaults(run=rerun_file)
