"""alldetect experiment thesis: the thesis' study on a labelled folder, and its report."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from alldetect_gui.training.datasets import read_data_set, with_groups
from alldetect_gui.training.thesis.preparation import (
    at_most_per_subject,
    balanced_items,
    stratified_split,
    write_tables,
)


def run(arguments: Sequence[str]) -> int:
    """Prepare, train, compare and write; returns the exit code. Raises KnownError or OSError."""
    options = _parser().parse_args(arguments)
    data = read_data_set(options.data)
    if options.groups:
        data = with_groups(data, options.groups)
    items = balanced_items(at_most_per_subject(data.images, options.per_subject))
    part = stratified_split(np.array([item.is_all for item in items]), options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    write_tables(options.out, items, part)
    print(f"{len(items)} items, tables in {options.out}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="alldetect experiment thesis", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="labelled images, any folder depth")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where tables and reports are written")
    parser.add_argument("--groups", type=Path, metavar="CSV", help="columns subject and group: linked subjects")
    parser.add_argument("--per-subject", type=int, metavar="N", help="at most N images a subject (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the split and the first run (default: %(default)s)")
    return parser
