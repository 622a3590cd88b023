"""alldetect classify: the batch from the command line."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from alldetect_gui import paths
from alldetect_gui.cli import render
from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.events import ImageDone, NotKept, RunFinished, RunStarted
from alldetect_gui.store.errors import WorkspaceError
from alldetect_gui.store.workspace_file import WorkspaceFile, open_workspace
from alldetect_gui.workflows.classify_folder import Event, classify_images
from alldetect_gui.workflows.evaluate_run import summarise
from alldetect_gui.workflows.export_results import summary_dict, try_folder, write_run
from alldetect_gui.workflows.open_folder import image_records
from alldetect_gui.workflows.reference_labels import read_label_file


def classify(options: argparse.Namespace) -> int:
    """List, classify, write, tell. Every image has an outcome when this returns 0."""
    labels = read_label_file(options.labels, options.coding) if options.labels else None
    records = image_records(options.folder, labels)
    if labels is not None and not any(record.reference for record in records):
        raise WrongUse(f"{options.labels} names none of the {len(records)} images; its names must be theirs")
    with contextlib.ExitStack() as stack:
        workspace = _workspace(options.workspace)
        if workspace is not None:
            stack.enter_context(workspace)
        events = classify_images(
            records, model=options.model, engine=options.engine, folder=options.folder, workspace=workspace,
            resume=options.resume, must_keep=options.workspace is not None, threads=options.threads,
        )  # fmt: skip
        _follow(stack.enter_context(contextlib.closing(events)), options)
    return 0


def _workspace(named: Path | None) -> WorkspaceFile | None:
    """The workspace file; one that was named must be usable, the default one may be in use, full or closed."""
    try:
        return open_workspace(named or paths.workspace())
    except WorkspaceError as error:
        if named is not None:
            raise
        _tell_not_kept(str(error))
        return None


def _tell_not_kept(reason: str) -> None:
    print(f"alldetect: {reason}; this run goes on, but its results are not kept there", file=sys.stderr)


def _follow(events: Iterator[Event], options: argparse.Namespace) -> None:
    line = render.ProgressLine(sys.stderr)
    for event in events:
        match event:
            case RunStarted(total=total, model=model, resumed=resumed):
                try_folder(options.out)
                line.say(f"{total} images, model {model.name} ({model.recipe}), engine {model.engine}")
                if resumed:
                    print(f"alldetect: resuming, {resumed:,} of {total:,} images are done", file=sys.stderr)
            case NotKept(reason=reason):
                line.clear()
                _tell_not_kept(reason)
            case ImageDone(progress=progress):
                line.update(progress)
            case RunFinished(model=model, results=results, seconds=seconds, reused=reused):
                line.clear()
                summary = summarise(results, seconds=seconds, model=model, reused=reused)
                table, report = write_run(options.out, results, summary)
                if options.json:
                    print(json.dumps(summary_dict(summary), indent=2))
                else:
                    print(render.results_table(results))
                    print(render.summary_text(summary))
                    print(f"\nWritten: {table} and {report}")
