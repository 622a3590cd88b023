"""alldetect classify: the batch from the command line."""

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path

from alldetect_gui import paths
from alldetect_gui.cli import render
from alldetect_gui.core.errors import KnownError, RunFailed, WrongUse
from alldetect_gui.core.events import ImageDone, NotKept, RunFinished, RunStarted
from alldetect_gui.core.exit_codes import INTERRUPTED
from alldetect_gui.core.machine import settle_heaps
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity
from alldetect_gui.imaging.reader import start_ahead
from alldetect_gui.store.errors import WorkspaceError
from alldetect_gui.store.workspace_file import WorkspaceFile, open_workspace
from alldetect_gui.workflows.classify_folder import Event, classify_images
from alldetect_gui.workflows.evaluate_run import RunSummary, summarise
from alldetect_gui.workflows.export_results import RESULTS, pending_in, summary_dict, try_folder, write_run
from alldetect_gui.workflows.keep_work import earlier_work
from alldetect_gui.workflows.open_folder import image_records
from alldetect_gui.workflows.reference_labels import read_label_file


def classify(options: argparse.Namespace) -> int:
    """List, classify, write, tell. Every image has an outcome when this returns 0; INTERRUPTED: some are pending."""
    settle_heaps()
    labels = read_label_file(options.labels, options.coding) if options.labels else None
    records = image_records(options.folder, labels)
    if labels is not None and not any(record.reference for record in records):
        raise WrongUse(f"{options.labels} names none of the {len(records)} images; its names must be theirs")
    start_ahead()  # while the workspace file is looked through and the model is loaded
    with contextlib.ExitStack() as stack:
        workspace = _workspace(options.workspace)
        if workspace is not None:
            stack.enter_context(workspace)
        events = classify_images(
            records, model=options.model, engine=options.engine, folder=options.folder, workspace=workspace,
            resume=options.resume, must_keep=options.workspace is not None, threads=options.threads,
        )  # fmt: skip
        return _follow(stack.enter_context(contextlib.closing(events)), options, records, workspace)


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
    print(
        f"alldetect: {render.printable(reason)}; this run goes on, but its results are not kept there", file=sys.stderr
    )


def _follow(
    events: Generator[Event, None, None], options: argparse.Namespace, records: Sequence[ImageRecord],
    workspace: WorkspaceFile | None,
) -> int:  # fmt: skip
    """Tell the run as it goes, write what came of it; the exit code.

    A run that is paused, interrupted or fails leaves what is done, and the images that it has not come to as pending.
    """
    line, done, began = render.ProgressLine(sys.stderr), list[ImageResult](), time.monotonic()
    begun: RunStarted | None = None
    try:
        for event in events:
            match event:
                case RunStarted(model=used):
                    begun = event
                    try_folder(options.out)
                    line.say(f"{event.total} images, model {used.name} ({used.recipe}), engine {used.engine}")
                    _tell_resumed(event)
                case NotKept(reason=reason):
                    line.clear()
                    _tell_not_kept(reason)
                case ImageDone(result=result, progress=progress):
                    done.append(result)
                    line.update(progress)
                case RunFinished(model=used, results=results, seconds=seconds, reused=reused):
                    line.clear()
                    _tell(results, summarise(results, seconds=seconds, model=used, reused=reused), options)
    except (RunFailed, KeyboardInterrupt) as stop:
        line.clear()
        events.close()  # then everything that has its outcome is kept
        if begun is None:
            raise
        done = _with_kept(done, records, options.folder, workspace if begun.resumed else None)
        if not done or not _leave_part(options.out, done, records, begun.model, time.monotonic() - began):
            raise
        if isinstance(stop, RunFailed):
            raise
        print("alldetect: interrupted", file=sys.stderr)
        return INTERRUPTED
    return 0


def _tell_resumed(begun: RunStarted) -> None:
    if begun.resumed:
        print(f"alldetect: resuming, {begun.resumed:,} of {begun.total:,} images are done", file=sys.stderr)


def _tell(results: Sequence[ImageResult], summary: RunSummary, options: argparse.Namespace) -> None:
    table, report = write_run(options.out, results, summary)
    if options.json:
        print(json.dumps(summary_dict(summary), indent=2))
    else:
        print(render.results_table(results))
        print(render.summary_text(summary))
        print(f"\nWritten: {render.printable(f'{table} and {report}')}")


def _with_kept(
    done: list[ImageResult], records: Sequence[ImageRecord], folder: Path, resumed_from: WorkspaceFile | None
) -> list[ImageResult]:
    """What is done, and what was done before by the run that was resumed, which it had not come to again."""
    if resumed_from is None:
        return done
    found = {result.record.path: result for result in done}
    with contextlib.suppress(WorkspaceError):
        kept = earlier_work(resumed_from, folder, records)
        found = {result.record.path: result for result in kept.results} | found if kept else found
    return [found[record.path] for record in records if record.path in found]


def _leave_part(
    out: Path, done: Sequence[ImageResult], records: Sequence[ImageRecord], model: ModelIdentity, seconds: float
) -> bool:
    """Write what is done, unless that is all or the table of a whole run is there already. True when it is written."""
    told = {result.record.path for result in done}
    pending = [record for record in records if record.path not in told]
    table = out / RESULTS
    if not pending:
        return False
    try:
        if table.exists() and not pending_in(table):
            print(f"alldetect: {table} of an earlier run is left as it is", file=sys.stderr)
            return False
        summary = summarise(done, seconds=seconds, model=model, pending=len(pending))
        write_run(out, done, summary, pending)
    except KnownError as error:
        print(f"alldetect: {error}", file=sys.stderr)
        return False
    print(
        f"alldetect: {table} is partial: {len(done):,} of {len(records):,} images are done, the others are pending; "
        "the same command goes on",
        file=sys.stderr,
    )
    return True
