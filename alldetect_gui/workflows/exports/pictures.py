"""Small pictures of cells for reports: only of images that are still the very ones that were classified."""

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.core.records import ImageResult
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.reader import read_thumbnail
from alldetect_gui.workflows.exports.content import Content


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
