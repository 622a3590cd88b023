"""Image files built byte by byte, so that the decoder is judged by something that is not OpenCV's own writer."""

import struct
import zlib
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Samples = NDArray[Any]

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def speckled(height: int = 23, width: int = 31, seed: int = 0) -> Pixels:
    """Random RGB pixels: no row, column or channel may change places unnoticed. The odd width needs BMP padding."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(height: int = 48, width: int = 64) -> Pixels:
    """A slow slope, different in each channel, which JPEG keeps to within a few levels."""
    y, x = np.mgrid[0:height, 0:width]
    planes = (40 + 150 * x / width, 220 - 150 * y / height, 60 + 90 * (x + y) / (width + height))
    return np.stack(planes, axis=2).astype(np.uint8)


def bmp(pixels: Pixels, *, header: int = 40, top_down: bool = False, bits: int = 24) -> bytes:
    """Uncompressed BMP with a 54-byte (`header` 40) or 138-byte (124, BITMAPV5) preamble; `bits` 24 or 32."""
    height, width = pixels.shape[:2]
    samples = pixels[:, :, ::-1]
    if bits == 32:
        samples = np.concatenate([samples, np.full((height, width, 1), 128, np.uint8)], axis=2)
    padding = b"\0" * (-(width * bits // 8) % 4)
    rows = [row.tobytes() + padding for row in samples]
    data = b"".join(rows if top_down else reversed(rows))
    offset = 14 + header
    info = struct.pack(
        "<IiiHHIIiiII", header, width, -height if top_down else height, 1, bits, 0, len(data), 2835, 2835, 0, 0
    )
    if header == 124:
        masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0)
        info += masks + b"BGRs" + b"\0" * (124 - 40 - 16 - 4)
    return struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset) + info + data


def bmp_masked(pixels: Pixels, *, bits: int, masks: tuple[int, int, int], header: int) -> bytes:
    """BMP of 16 or 32 bits a pixel with the samples rounded into `masks`; a header of 40 has the masks behind it."""
    height, width = pixels.shape[:2]
    values = np.zeros((height, width), np.uint64)
    for channel, mask in enumerate(masks):
        if not mask:
            continue
        shift = (mask & -mask).bit_length() - 1
        most = mask >> shift
        values |= np.rint(pixels[:, :, channel] / 255 * most).astype(np.uint64) << np.uint64(shift)
    padding = b"\0" * (-(width * bits // 8) % 4)
    kind = f"<u{bits // 8}"
    data = b"".join(row.astype(kind).tobytes() + padding for row in values[::-1])
    info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, 3, len(data), 0, 0, 0, 0)
    info += struct.pack("<III", *masks) + bytes(max(0, header - 52))
    offset = 14 + len(info)
    return struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset) + info + data


def bmp_palette(indices: Pixels, palette: Pixels) -> bytes:
    """8-bit BMP; `palette` is (256, 3) RGB."""
    height, width = indices.shape
    table = np.concatenate([palette[:, ::-1], np.zeros((256, 1), np.uint8)], axis=1).tobytes()
    padding = b"\0" * (-width % 4)
    data = b"".join(row.tobytes() + padding for row in indices[::-1])
    offset = 54 + len(table)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 0, len(data), 0, 0, 256, 256)
    return struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset) + info + table + data


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk with its checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(samples: Samples, *, extra: Iterable[tuple[bytes, bytes]] = (), palette: Pixels | None = None) -> bytes:
    """PNG from (height, width[, channels]) samples of 8 or 16 bits; 1 to 4 channels, or indices with a `palette`."""
    height, width = samples.shape[:2]
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    colour = 3 if palette is not None else {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    depth = 8 * samples.dtype.itemsize
    rows = b"".join(b"\0" + row.astype(f">u{depth // 8}").tobytes() for row in samples)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)), *extra]
    if palette is not None:
        chunks.append((b"PLTE", palette.tobytes()))
    chunks += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return PNG_SIGNATURE + b"".join(png_chunk(kind, content) for kind, content in chunks)


def png_with_missing_rows(pixels: Pixels) -> bytes:
    """Every chunk whole and every checksum right, but the image data stop half-way."""
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels[: height // 2])
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return PNG_SIGNATURE + b"".join(png_chunk(kind, content) for kind, content in chunks)


def tiff(
    samples: Samples,
    *,
    order: str = "<",
    deflate: bool = False,
    alpha: int | None = None,
    orientation: int = 1,
    photometric: int | None = None,
    kind: int = 1,
    directory_first: bool = False,
    next_directory: int = 0,
    rows_per_strip: int | None = None,
    tile: int = 0,
) -> bytes:
    """TIFF from (height, width[, channels]) samples; in strips, or in squares of `tile` pixels.

    `alpha`: ExtraSamples of the last channel (1 associated, 2 unassociated); `kind`: SampleFormat (1 whole, 3 float).
    """
    height, width = samples.shape[:2]
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    size = samples.dtype.itemsize
    per_strip = rows_per_strip or height
    strips = []
    parts = [samples[top : top + per_strip] for top in range(0, height, per_strip)]
    if tile:
        whole = np.pad(samples, [(0, -side % tile) for side in (height, width)] + [(0, 0)] * (samples.ndim - 2))
        rows, columns = range(0, height, tile), range(0, width, tile)
        parts = [whole[top : top + tile, left : left + tile] for top in rows for left in columns]
    for part in parts:
        raw = part.astype(f"{order}{samples.dtype.kind}{size}").tobytes()
        strips.append(zlib.compress(raw) if deflate else raw)
    if photometric is None:
        photometric = 2 if channels >= 3 else 1
    fields: list[tuple[int, str, list[int]]] = [
        (256, "I", [width]),
        (257, "I", [height]),
        (258, "H", [8 * size] * channels),
        (259, "H", [8 if deflate else 1]),
        (262, "H", [photometric]),
        (273, "I", [0] * len(strips)),
        (274, "H", [orientation]),
        (277, "H", [channels]),
        (278, "I", [per_strip]),
        (279, "I", [len(strip) for strip in strips]),
        (284, "H", [1]),
        *([(338, "H", [alpha])] if alpha is not None else []),
        (339, "H", [kind] * channels),
    ]
    directory_size = 2 + 12 * len(fields) + 4
    overflow_size = sum(len(values) * struct.calcsize(code) for _, code, values in fields if _long(code, values))
    data_size = sum(len(strip) for strip in strips)
    directory_at = 8 if directory_first else 8 + data_size + data_size % 2
    overflow_at = directory_at + directory_size
    place = overflow_at + overflow_size if directory_first else 8
    places = []
    for strip in strips:
        places.append(place)
        place += len(strip)
    fields[5] = (273, "I", places)
    if tile:
        tiles = {273: (324, "I", places), 278: (322, "I", [tile]), 279: (325, *fields[9][1:]), 284: (323, "I", [tile])}
        fields = sorted(tiles.get(field[0], field) for field in fields)
    entries, overflow = b"", b""
    for tag, code, values in fields:
        packed = struct.pack(f"{order}{len(values)}{code}", *values)
        if _long(code, values):
            value = struct.pack(f"{order}I", overflow_at + len(overflow))
            overflow += packed
        else:
            value = packed.ljust(4, b"\0")
        entries += struct.pack(f"{order}HHI", tag, {"H": 3, "I": 4}[code], len(values)) + value
    directory = struct.pack(f"{order}H", len(fields)) + entries + struct.pack(f"{order}I", next_directory) + overflow
    magic = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, directory_at)
    data = b"".join(strips)
    if directory_first:
        return magic + directory + data
    return magic + data + b"\0" * (data_size % 2) + directory


def _long(code: str, values: list[int]) -> bool:
    return len(values) * struct.calcsize(code) > 4


def jpeg(pixels: Pixels, *, progressive: bool = False) -> bytes:
    """JPEG at quality 95 without chroma subsampling."""
    options = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    encoded, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    assert encoded
    return data.tobytes()


def exif(orientation: int, thumbnail: bytes = b"") -> bytes:
    """A TIFF structure with the orientation, and a thumbnail after it."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return struct.pack("<2sHIH", b"II", 42, 8, 1) + entry + struct.pack("<I", 0) + thumbnail


def with_exif(jpeg_file: bytes, orientation: int, thumbnail: bytes = b"") -> bytes:
    """The JPEG with an EXIF segment right after its start marker."""
    content = b"Exif\0\0" + exif(orientation, thumbnail)
    return jpeg_file[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + jpeg_file[2:]


def flat_jpeg(components: Iterable[int], *, adobe_transform: int | None = None) -> bytes:
    """An 8 x 8 baseline JPEG with one level per component, written by hand: OpenCV cannot write CMYK.

    One Huffman table: the categories 0 to 11 have codes of 4 bits in order; AC knows only "end of block" (code 0).
    """
    levels = list(components)
    bits = ""
    for level in levels:
        difference = (level - 128) * 8  # DC of a flat block with quantiser 1
        category = abs(difference).bit_length()
        value = difference if difference >= 0 else difference + (1 << category) - 1
        bits += f"{category:04b}" + (f"{value:0{category}b}" if category else "") + "0"
    bits += "1" * (-len(bits) % 8)
    scan = bytes(int(bits[index : index + 8], 2) for index in range(0, len(bits), 8)).replace(b"\xff", b"\xff\0")
    count = len(levels)
    segments = []
    if adobe_transform is not None:
        segments.append((0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, adobe_transform)))
    segments += [
        (0xDB, b"\0" + b"\1" * 64),
        (0xC0, struct.pack(">BHHB", 8, 8, 8, count) + b"".join(bytes((n + 1, 0x11, 0)) for n in range(count))),
        (0xC4, b"\0" + bytes((0, 0, 0, 12, *[0] * 12)) + bytes(range(12))),
        (0xC4, b"\x10" + bytes((1, *[0] * 15)) + b"\0"),
        (0xDA, bytes((count,)) + b"".join(bytes((n + 1, 0)) for n in range(count)) + b"\0\x3f\0"),
    ]
    body = b"".join(bytes((0xFF, code)) + struct.pack(">H", len(content) + 2) + content for code, content in segments)
    return b"\xff\xd8" + body + scan + b"\xff\xd9"


def oriented(pixels: Pixels, orientation: int) -> Pixels:
    """How a file with these stored pixels and this EXIF orientation has to be shown (TIFF 6.0, tag 274)."""
    turned = {
        1: pixels,
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.swapaxes(0, 1),
        6: np.rot90(pixels, -1),
        7: pixels[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(pixels),
    }
    return np.ascontiguousarray(turned[orientation])


def bmp_run_lengths(indices: Pixels, palette: Pixels) -> bytes:
    """8-bit BMP, RLE8: each row as runs of equal pixels, an end-of-line after each row, an end-of-bitmap at last."""
    height, width = indices.shape
    data = b""
    for row in indices[::-1]:
        edges = [0, *(np.flatnonzero(np.diff(row.astype(int))) + 1).tolist(), width]
        for start, stop in pairwise(edges):
            data += bytes((stop - start, row[start]))
        data += b"\0\0"
    data = data[:-2] + b"\0\1"
    table = np.concatenate([palette[:, ::-1], np.zeros((256, 1), np.uint8)], axis=1).tobytes()
    offset = 54 + len(table)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(data), 0, 0, 256, 256)
    return struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset) + info + table + data
