"""The one place where files become pixels. Training calls it; window and commands have it called by the reader.

Bytes are read once: what is hashed is what is decoded. OpenCV never sees a path (a name that is not UTF-8 crashes
it, and a pipe would hang it).

What a file may hold, and what becomes of it, is one policy for all uses: docs/formats.md.
"""

import errno
import hashlib
import io
import os
import stat
import warnings
from pathlib import Path

import cv2
import numpy as np

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.core.whole_file import all_of
from alldetect_gui.imaging import formats
from alldetect_gui.imaging.bmp_masks import masked_pixels
from alldetect_gui.imaging.decoded import DecodedImage
from alldetect_gui.imaging.header_jpeg import with_known_version
from alldetect_gui.imaging.steps import RgbImage

MAX_BYTES = 256 * 1024 * 1024
_RARE_TIFF = "TIFF of a layout that is not read: save it as RGB, in strips"


def read_bytes(path: Path) -> bytes:
    """The whole file. Raises ImageRefused for anything but a readable regular file of 1 byte to 256 MB."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        if path.is_symlink():
            raise ImageRefused("a link, which is not followed")
        descriptor = os.open(path, flags)
    except PermissionError as error:
        raise ImageRefused("no permission to read it") from error
    except FileNotFoundError as error:
        raise ImageRefused("not there any more") from error
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise ImageRefused("not a regular file") from error
        raise ImageRefused(f"not readable ({error.strerror or error})") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)  # Python makes no file object of a folder
        raise ImageRefused("not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size == 0:
            raise ImageRefused("the file is empty")
        if status.st_size > MAX_BYTES:
            raise ImageRefused(f"too large ({status.st_size / 1e6:.0f} MB; limit {MAX_BYTES // 2**20} MB)")
        try:
            return all_of(file, status.st_size, MAX_BYTES)
        except OSError as error:
            raise ImageRefused(f"not readable ({error.strerror or error})") from error


def decode(data: bytes) -> RgbImage:
    """The pixels of a whole BMP, PNG, JPEG or TIFF file, told by content: uint8 RGB, shape (height, width, 3).

    Raises ImageRefused, with the reason in words, for anything else and for whatever is damaged or cut off.
    """
    header = formats.check(data)
    if header.ours:
        return masked_pixels(data)
    if header.format == "JPEG":
        data = with_known_version(data)
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except (cv2.error, MemoryError):
        bgr = None
    if bgr is None:
        # OpenCV reads no uncompressed tiles, and no 16-bit ink or YCbCr: the file may be whole.
        if header.format == "TIFF":
            _second_opinion(data)
            raise ImageRefused(_RARE_TIFF)
        raise ImageRefused(f"damaged {header.format} (it cannot be decoded)")
    if sorted(bgr.shape[:2]) != sorted((header.height, header.width)):
        raise ImageRefused(f"damaged {header.format} (its size is not the one it states)")
    if header.format == "TIFF":
        _second_opinion(data)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _second_opinion(data: bytes) -> None:
    """OpenCV draws what a damaged TIFF still yields; Pillow has to read it as well, and to find nothing transparent.

    OpenCV darkens transparent pixels of a TIFF instead of dropping the channel. Raises ImageRefused.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data), formats=["TIFF"])
        except Exception as error:  # Pillow raises some eight kinds
            raise ImageRefused(_RARE_TIFF) from error
        try:
            with image:
                image.load()
                opaque = "A" not in image.getbands() or image.getchannel("A").getextrema()[0] == 255
        except Exception as error:
            raise ImageRefused("damaged TIFF (a second decoder cannot read it)") from error
    if not opaque:
        raise ImageRefused("TIFF with transparency: save it without")


def read_image(path: Path) -> DecodedImage:
    """Read, hash and decode one file. Raises ImageRefused."""
    data = read_bytes(path)
    return DecodedImage(decode(data), hashlib.sha256(data).hexdigest())
