"""alldetect evaluate: metrics again, from a results file alone."""

import argparse
import json
from dataclasses import replace

from alldetect_gui.cli import render
from alldetect_gui.core.errors import WrongUse
from alldetect_gui.workflows.evaluate_run import summarise
from alldetect_gui.workflows.export_results import read_results, summary_dict
from alldetect_gui.workflows.reference_labels import read_label_file


def evaluate_file(options: argparse.Namespace) -> int:
    """Read, relabel if asked, summarise, tell."""
    results, model = read_results(options.results)
    if options.labels:
        labels = read_label_file(options.labels, options.coding)
        relabelled = []
        for result in results:
            subject, reference = labels.find(result.record.relative)
            record = replace(result.record, reference=reference, subject=subject or result.record.subject)
            relabelled.append(replace(result, record=record))
        results = relabelled
    summary = summarise(results, model=model)
    if summary.evaluation is None:
        raise WrongUse(f"{options.results}: no classified image has a reference label (give them with --labels)")
    if options.json:
        print(json.dumps(summary_dict(summary), indent=2))
    else:
        print(render.summary_text(summary))
    return 0
