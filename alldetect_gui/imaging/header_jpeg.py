"""JPEG: the frame that it states, how many scans it has, and that its end is really there."""

import re
import struct
from collections.abc import Iterator

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging.header import Header, incomplete

MAX_SCANS = 64
_NEVER = 255
_END, _SCAN, _PICTURES = 0xD9, 0xDA, 0xE2
_MARKER = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")  # inside a scan: neither a stuffed zero nor a restart
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_DRAWN = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})  # baseline, extended and progressive; Huffman or arithmetic
_PROGRESSIVE = frozenset({0xC2, 0xCA})
_SEVERAL = frozenset({0x020001, 0x020002, 0x020003})  # panorama, stereo, several angles (CIPA DC-007)


def check_jpeg(data: bytes) -> Header:
    """Walk segments and scans to the end marker; what lies behind it is not looked at. Raises ImageRefused."""
    scans, header, sent, progressive = 0, None, dict[int, bytearray](), False
    for code, content in _segments(data):
        if code in _FRAMES:
            if header is not None:
                raise ImageRefused("JPEG with several frames")
            header, progressive = _frame(code, content), code in _PROGRESSIVE
            sent = {number: bytearray([_NEVER] * 64) for number in content[6 : 6 + 3 * content[5] : 3]}
        elif code == _PICTURES and content[:4] == b"MPF\0":
            _check_pictures(content[4:])
        elif code == _SCAN:
            scans += 1
            if header is None:
                raise ImageRefused("damaged JPEG (no frame header)")
            if scans > MAX_SCANS:
                raise ImageRefused(f"JPEG with more than {MAX_SCANS} scans")
            _note_scan(content, sent, progressive=progressive)
    if header is None or not scans:
        raise ImageRefused("damaged JPEG (no image in it)")
    if any(any(bits) for bits in sent.values()):
        raise ImageRefused("damaged JPEG (some of its scans are missing)")
    return header


def _note_scan(content: bytes, sent: dict[int, bytearray], *, progressive: bool) -> None:
    """How many low bits of each coefficient of each component are still to come after this scan.

    A progressive file cut between two scans, to which some program has put an end mark, is a blurred picture.
    """
    number = content[0]
    first, last, bits = struct.unpack_from("3B", content, 1 + 2 * number) if progressive else (0, 63, 0)
    for component in content[1 : 1 + 2 * number : 2]:
        if component in sent and first <= last <= 63:
            sent[component][first : last + 1] = bytes([bits & 15]) * (last + 1 - first)


def with_known_version(data: bytes) -> bytes:
    """The same picture, said to be of JFIF version 1, the only one there is.

    libjpeg remarks on any other, and of one file it makes one remark: it would not say any more that data are missing.
    """
    if data[2:4] == b"\xff\xe0" and data[6:11] == b"JFIF\0" and data[11:12] != b"\1":
        return data[:11] + b"\1" + data[12:]
    return data


def ends_with_its_mark(data: bytes) -> bool:
    """True for a JPEG stream, also one without tables as in a TIFF, whose segments and scans lead to the end marker."""
    try:
        return data[:2] == b"\xff\xd8" and _SCAN in [code for code, _ in _segments(data)]
    except (ImageRefused, struct.error, IndexError):
        return False


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker code and content of each segment up to the end marker, which has to be there."""
    position = 2
    while True:
        if position >= len(data):
            incomplete()
        if data[position] != 0xFF:
            raise ImageRefused("damaged JPEG (something lies between its segments)")
        code = data[position + 1]
        if code == _END:
            return
        if code == 0xFF or code in _BARE:
            position += 1 if code == 0xFF else 2
            continue
        length = int(struct.unpack_from(">H", data, position + 2)[0])
        if length < 2:
            raise ImageRefused("damaged JPEG (a segment without length)")
        yield code, data[position + 4 : position + 2 + length]
        position += 2 + length
        if code == _SCAN:
            found = _MARKER.search(data, position)
            position = found.start() if found else len(data)


def _frame(code: int, content: bytes) -> Header:
    """The size. Lossless, hierarchical and 12-bit files are refused: decoders disagree about them or read none."""
    bits, height, width, components = struct.unpack_from(">BHHB", content)
    header = Header("JPEG", width, height).within_limits()
    if code not in _DRAWN:
        raise ImageRefused("lossless or hierarchical JPEG, which is not read")
    if bits != 8:
        raise ImageRefused(f"JPEG with {bits} bits a sample, which is not read")
    if components not in (1, 3, 4):
        raise ImageRefused(f"JPEG with {components} components, which is not read")
    return header


def _check_pictures(index: bytes) -> None:
    """A multi-picture index. Previews and gain maps beside the primary picture are passed over; equals are not."""
    order = "<" if index[:2] == b"II" else ">"
    try:
        place = struct.unpack_from(order + "I", index, 4)[0]
        (count,) = struct.unpack_from(order + "H", index, place)
        for entry in range(place + 2, place + 2 + 12 * count, 12):
            tag, _, size, value = struct.unpack_from(order + "HHII", index, entry)
            if tag != 0xB002:
                continue
            kinds = [struct.unpack_from(order + "I", index, at)[0] for at in range(value, value + size, 16)]
            if sum(kind & 0xFFFFFF in _SEVERAL for kind in kinds) > 1:
                raise ImageRefused("JPEG with several pictures: which one is meant is not known")
    except struct.error:
        return  # an index that leads nowhere names no second picture
