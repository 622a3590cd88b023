"""PNG: every chunk with its checksum, from IHDR to IEND."""

import struct
import zlib

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.header import Header, incomplete

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 1_000_000


def check_png(data: bytes) -> Header:
    """Walk all chunks: every checksum right, IHDR first, IEND at the end. Raises ImageRefused."""
    position, header = len(SIGNATURE), None
    for _ in range(MAX_CHUNKS):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            incomplete()
        if zlib.crc32(memoryview(data)[position + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise ImageRefused("damaged PNG (a checksum is wrong)")
        if header is None:
            if kind != b"IHDR" or length != 13:
                raise ImageRefused("damaged PNG header")
            header = Header("PNG", *struct.unpack_from(">II", data, position + 8)).within_limits()
        if kind == b"acTL":
            raise ImageRefused("animated PNG: which frame is meant is not known")
        if kind == b"IEND":
            return header
        position = end
    raise ImageRefused(f"PNG with more than {MAX_CHUNKS} chunks")
