"""What a blind first read keeps back: what the model says of a cell, its label, and whatever tells one of them."""

import hashlib
from dataclasses import replace

from alldetect_gui.core.records import ImageRecord, ImageResult


def kept_back(result: ImageResult) -> ImageResult:
    """What may be known of a cell before it is read: its patient, and whether there is anything to read.

    A filter or an order that is asked of this instead of the result itself can give nothing away. File names go, too:
    many hold the label.
    """
    return ImageResult(replace(result.record, relative="", reference=None), result.outcome)


def blind_rank(record: ImageRecord) -> bytes:
    """Sorted by this, images stand in an order that is always the same and tells nothing.

    The order of the files may tell: in many folders all blasts come before all other cells.
    """
    return hashlib.sha256(record.relative.encode("utf-8", "surrogatepass")).digest()
