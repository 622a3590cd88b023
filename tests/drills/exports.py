"""Drill: a run of 50,000 images as each kind of export; processor time, peak of memory and size of each.

make drill-exports          a process for each kind, so that peaks do not add up; pictures are left out
"""

import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.gui.pdf import pdf_bytes
from alldetect_gui.workflows.exports.embedded import read_past_run
from alldetect_gui.workflows.exports.export import export_run
from alldetect_gui.workflows.exports.run import ExportRun, Format

IMAGES = 50_000
MODEL = ModelIdentity("drill", "0" * 64, "original", {}, 0.5)


def long_run(images: int) -> ExportRun:
    """Sixty patients; one image in fifty is skipped."""
    results = []
    for number in range(images):
        name = f"UID_{number % 60}_{number}_1_all.bmp"
        record = ImageRecord(Path("/drill", name), name, str(number % 60), list(CellClass)[number % 2])
        if number % 50 == 7:
            results.append(ImageResult(record, Outcome.SKIPPED, reason="file is incomplete"))
            continue
        probability = number * 7919 % 1000 / 1000
        suggestion = Suggestion.ALL if probability >= 0.5 else Suggestion.HEM
        digest = hashlib.sha256(name.encode()).hexdigest()
        results.append(ImageResult(record, Outcome.CLASSIFIED, digest, Prediction(probability, suggestion)))
    return ExportRun(tuple(results), MODEL, 100.0)


def one(kind: Format, images: int, folder: Path) -> str:
    """Export, read the manifest back, and say what it cost."""
    run = long_run(images)
    began = time.process_time()
    out = export_run(run, kind, folder / f"drill.{kind}", make_pdf=pdf_bytes)
    spent = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    remembered = len(read_past_run(out).images)
    assert remembered == images, f"{kind}: the manifest remembers {remembered} images"
    return f"{kind:<5}{spent:7.1f} s of processor{peak:7.0f} MB at most{out.stat().st_size / 1e6:7.1f} MB written"


def main(words: list[str]) -> int:
    """Every kind in a process of its own."""
    if words:
        print(one(Format(words[0]), IMAGES, Path(words[1])), flush=True)
        return 0
    print(f"{IMAGES:,} images, without pictures")
    with tempfile.TemporaryDirectory() as folder:
        for kind in Format:
            subprocess.run([sys.executable, "-m", "tests.drills.exports", kind.value, folder], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
