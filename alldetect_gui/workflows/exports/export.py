"""Write one run as one file."""

from collections.abc import Callable, Iterator
from pathlib import Path

from alldetect_gui.core.errors import RunFailed
from alldetect_gui.core.events import ExportProgress
from alldetect_gui.core.whole_file import write_whole
from alldetect_gui.core.words import Words
from alldetect_gui.imaging.listing import display_name
from alldetect_gui.workflows.exports.content import Content
from alldetect_gui.workflows.exports.pictures import MOST_PICTURES, XLSX_SIDE, gather
from alldetect_gui.workflows.exports.run import ExportOptions, ExportRun, Format

MakePdf = Callable[[str, bytes, Words], bytes]
"""HTML, manifest and language in, a PDF out. It needs Qt, which only the window's room has, so the caller brings it."""


def export_events(
    run: ExportRun, kind: Format, out: Path, options: ExportOptions | None = None, make_pdf: MakePdf | None = None
) -> Iterator[ExportProgress | Path]:
    """Write `run` to `out`, whole or not at all; the last event is `out`, and closing before it leaves no file.

    Raises RunFailed, naming the file and the cause, when it cannot be written: the old file is intact then.
    """
    content = Content(run, options or ExportOptions())
    if kind is Format.XLSX:
        yield from gather(content, XLSX_SIDE, MOST_PICTURES)
    data = export_bytes(content, kind, make_pdf)
    yield ExportProgress(len(run.results), len(run.results))
    try:
        write_whole(out, data)
    except OSError as error:
        raise RunFailed(f"{display_name(str(out))} cannot be written: {error.strerror or error}") from error
    yield out


def export_run(
    run: ExportRun, kind: Format, out: Path, options: ExportOptions | None = None, make_pdf: MakePdf | None = None
) -> Path:
    """The same at one go."""
    for _ in export_events(run, kind, out, options, make_pdf):
        pass
    return out


def export_bytes(content: Content, kind: Format, make_pdf: MakePdf | None = None) -> bytes:
    """The whole file; each format is loaded when it is asked for. Raises RunFailed for a PDF without its maker."""
    match kind:
        case Format.CSV:
            from alldetect_gui.workflows.exports.table import csv_bytes

            return csv_bytes(content)
        case Format.XLSX:
            from alldetect_gui.workflows.exports.workbook import xlsx_bytes

            return xlsx_bytes(content)
        case Format.JSON:
            from alldetect_gui.workflows.exports.as_json import json_bytes

            return json_bytes(content)
    from alldetect_gui.workflows.exports.manifest import manifest_json
    from alldetect_gui.workflows.exports.report import report_html

    if kind is Format.HTML:
        return report_html(content).encode()
    if make_pdf is None:
        raise RunFailed("a PDF needs the window's libraries, which are not installed here; choose HTML instead")
    return make_pdf(report_html(content, paged=True), manifest_json(content.manifest).encode(), content.options.words)
