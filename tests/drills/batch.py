"""One batch as a process of its own, that drills can kill: says each image once it is acknowledged.

python -m tests.drills.batch MODELS FOLDER WORKSPACE
"""

import os
import sys
from pathlib import Path

from alldetect_gui import paths
from alldetect_gui.core.events import ImageDone, RunFinished, RunStarted
from alldetect_gui.store.workspace_file import open_workspace
from alldetect_gui.workflows.classify_folder import classify_images
from alldetect_gui.workflows.open_folder import image_records


def main(models: Path, folder: Path, workspace: Path) -> None:
    """Lines of standard output: “start RESUMED”, “new NAME” or “kept NAME” an image, “end REUSED”."""
    paths.models = lambda: models
    records = image_records(folder)
    with open_workspace(workspace) as file:
        for event in classify_images(records, folder=folder, workspace=file, must_keep=True):
            match event:
                case RunStarted(resumed=resumed):
                    tell(f"start {resumed}")
                case ImageDone(result=result, reused=reused):
                    tell(f"{'kept' if reused else 'new'} {result.record.relative}")
                case RunFinished(reused=reused):
                    tell(f"end {reused}")


def tell(line: str) -> None:
    """At once, and in one piece."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
