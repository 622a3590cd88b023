"""alldetect classify: the batch from the command line."""

import argparse
import json
import sys

from alldetect_gui.cli import render
from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.events import ImageDone, RunFinished, RunStarted
from alldetect_gui.workflows.classify_folder import classify_images
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
    line = render.ProgressLine(sys.stderr)
    for event in classify_images(records, model=options.model, engine=options.engine):
        match event:
            case RunStarted(total=total, model=model):
                try_folder(options.out)
                line.say(f"{total} images, model {model.name} ({model.recipe}), engine {model.engine}")
            case ImageDone(progress=progress):
                line.update(progress)
            case RunFinished(model=model, results=results, seconds=seconds):
                line.clear()
                summary = summarise(results, seconds=seconds, model=model)
                table, report = write_run(options.out, results, summary)
                if options.json:
                    print(json.dumps(summary_dict(summary), indent=2))
                else:
                    print(render.results_table(results))
                    print(render.summary_text(summary))
                    print(f"\nWritten: {table} and {report}")
    return 0
