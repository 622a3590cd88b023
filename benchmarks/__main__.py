"""Every benchmark in one run; writes benchmarks/results/latest.json and the table in docs/performance.md.

python -m benchmarks [--quick] [--many N] [--without-amx] [--out FILE]
"""

import argparse
import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alldetect_gui.core.machine import usable_cores
from benchmarks.batches import batches
from benchmarks.images import REAL, write_cells
from benchmarks.machine import Busy, machine, versions
from benchmarks.process_tree import processor_seconds
from benchmarks.report import put_between_marks, table
from benchmarks.server import ROOT, Server
from benchmarks.start import start
from benchmarks.throughput import including_start, network_alone, throughput
from benchmarks.without_amx import withhold

LATEST = ROOT / "benchmarks" / "results" / "latest.json"
DOCUMENT = ROOT / "docs" / "performance.md"
_MOST_SECONDS = 150  # after which throughput begins no further round


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the table, write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few images and rounds, to see that all of it runs")
    parser.add_argument("--many", type=int, metavar="N", help="images of the largest batch (default 2,000)")
    parser.add_argument("--drawn", action="store_true", help="drawn cells, also where real ones are at hand")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write only FILE, and leave the document alone")
    parser.add_argument("--without-amx", action="store_true", help="as on a processor that has none (Linux, x86-64)")
    options = parser.parse_args(arguments)
    if options.without_amx:
        withhold()
        options.out = options.out or LATEST.with_name("without-amx.json")
    with tempfile.TemporaryDirectory(prefix="alldetect-bench-") as place:
        found = measure(Path(place), options)
    text = table(found)
    print(text)
    target = options.out or (None if options.quick else LATEST)
    if target is not None:
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if target == LATEST:
        put_between_marks(DOCUMENT, text)
    return 0


def measure(place: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All figures. Nothing else should run meanwhile; what did is said."""
    quick: bool = options.quick
    cells = place / "cells"
    images = write_cells(cells, 4 if quick else 96, place if options.drawn else REAL)
    busy, began, processor = Busy(), time.perf_counter(), processor_seconds(os.getpid())
    say(f"{len(list(cells.iterdir()))} images: {images}")
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}  # as alldetect_gui.__main__ starts
    with Server("our_path", **one_thread) as ours, Server("keras_path") as keras:
        say("against Keras, by turns")
        through = throughput(ours, keras, cells, place, 1 if quick else 5, _MOST_SECONDS)
        say("with both starts")
        loop = through["seconds_an_image"]["loop"]["median"]
        starts = including_start(keras, loop, cells, place, 1 if quick else 3)
        packages = {**versions(), **keras.hello["versions"]}
        say("the network alone, and the processor's limit")
        network = network_alone(ours, cells, place, 1 if quick else 5, usable_cores())
    say("batches of growing size")
    grown = batches(cells, place, [6] if quick else [100, 1000, options.many or 2000])
    say("starts")
    begin = start(cells, place, 1 if quick else 9)
    return {
        "ratios_to_keras_loop": {name: ratio["median"] for name, ratio in through["ratios"]["loop"].items()},
        "spread_of_ratios_to_keras_loop": through["ratios"]["loop"],
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "quick": quick,
        "machine": machine(),
        "versions": packages,
        "images": images,
        "keras_weights": "those of the bundled base, as numbers of 32 bits; a small head with random ones",
        "others_share": _others(busy, time.perf_counter() - began, processor_seconds(os.getpid()) - processor),
        "throughput": through,
        "including_start": starts,
        "network": network,
        "batches": grown,
        "start": begin,
    }


def _others(busy: Busy, seconds: float, own: float) -> float | None:
    """Share of the processor that was not ours."""
    share = busy.share()
    return None if share is None else round(max(0.0, share - own / seconds / usable_cores()), 3)


def say(what: str) -> None:
    """Where the run is."""
    print(f"… {what}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
