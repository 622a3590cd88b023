"""Small pictures of cells for reports: only of images that are still the very ones that were classified."""

from collections.abc import Iterator

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.core.events import ExportProgress
from alldetect_gui.core.records import ImageResult
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.reader import read_thumbnail
from alldetect_gui.workflows.exports.content import Content

XLSX_SIDE = 56  # pixels of a picture in the workbook
MOST_PICTURES = 3000  # of a workbook, some 20 MB; the rows go on without
_EVERY = 20  # images from one word of progress to the next


def gather(content: Content, side: int, most: int) -> Iterator[ExportProgress]:
    """Make the pictures of the first `most` images that have one, the long part of an export, and keep them."""
    total = len(content.run.results)
    made = 0
    for done, result in enumerate(content.run.results):
        if done % _EVERY == 0:
            yield ExportProgress(done, total)
        data = picture(content, result, side)
        if data is not None:
            content.pictures[result.record.path] = data
            made += 1
        if made == most:
            return


def picture(content: Content, result: ImageResult, side: int) -> bytes | None:
    """A PNG of at most `side` pixels a side, made anew from the pixels: nothing of EXIF comes along.

    None where pictures are not wanted, and where the file is gone, changed or not readable.
    """
    if not (content.options.thumbnails and content.run.images_here and result.sha256):
        return None
    try:
        image = read_thumbnail(result.record.path, side)
        return png_bytes(image.pixels) if image.sha256 == result.sha256 else None
    except ImageRefused:
        return None
