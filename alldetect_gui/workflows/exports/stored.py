"""A run that a workspace file holds, with what readers said of its folder, ready to be exported."""

from pathlib import Path

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.reviews import Review
from alldetect_gui.store.said import reviews_of, sign_offs_of
from alldetect_gui.store.workspace_file import WorkspaceFile
from alldetect_gui.workflows.exports.run import ExportRun


def stored_run(file: WorkspaceFile, number: int | None = None) -> ExportRun:
    """The run called `number`, or the newest that has results. Raises WrongUse where there is none.

    Images are looked for where they lay; what a reader said stands beside the bytes that were read, so a reading of
    an image that had other content is left out.
    """
    runs = file.runs()
    kept = next((run for run in runs if (run.done if number is None else run.number == number)), None)
    if kept is None or not kept.done:
        there = ", ".join(str(run.number) for run in reversed(runs)) or "none"
        raise WrongUse(f"{file.path}: no run {number or 'with results'} to export (there are: {there})")
    results = file.results(kept)
    said = {review.relative: review for review in reviews_of(file, kept.folder)}
    reviews: dict[Path, Review] = {}
    for result in results:
        review = said.get(result.record.relative)
        if review is not None and review.sha256 in ("", result.sha256):
            reviews[result.record.path] = review.review
    head, digest = file.ledger.head("audit")
    return ExportRun(
        results, kept.model, kept.seconds, images_here=True, reviews=reviews,
        sign_offs={item.sign_off.subject: item.sign_off for item in sign_offs_of(file, kept.folder)},
        pending=kept.total - kept.done, audit_head=(head, digest.hex()),
    )  # fmt: skip
