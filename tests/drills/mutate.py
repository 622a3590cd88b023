"""One small fault after another in a file's bytes, drawn by a seed: what disks, editors and attackers do to files."""

import random
import struct
import zlib
from collections.abc import Callable, Sequence

Mutation = Callable[[bytes, random.Random], bytes]

_ODD = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_HEADER = 400  # bytes, where most of what a file states about itself stands


def cut(data: bytes, chance: random.Random) -> bytes:
    """Its beginning; never the whole."""
    return data[: chance.randrange(len(data))]


def flip(data: bytes, chance: random.Random) -> bytes:
    """One to twenty bits."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def odd_number(data: bytes, chance: random.Random) -> bytes:
    """A number near its beginning becomes one at which programs stumble."""
    kind = chance.choice(("<I", ">I", "<H", ">H", "B"))
    most = 256 ** struct.calcsize(kind)
    text = struct.pack(kind, chance.choice([number for number in _ODD if number < most]))
    place = chance.randrange(min(len(data), _HEADER))
    return data[:place] + text + data[place + len(text) :]


def leave_out(data: bytes, chance: random.Random) -> bytes:
    """A piece is missing."""
    place = chance.randrange(len(data))
    return data[:place] + data[place + chance.randrange(1, 64) :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    """A piece comes several times."""
    place = chance.randrange(len(data))
    piece = data[place : place + chance.randrange(1, 200)]
    return data[:place] + piece * chance.choice((2, 3, 50)) + data[place:]


def zeros(data: bytes, chance: random.Random) -> bytes:
    """A sector that was never written."""
    place, length = chance.randrange(len(data)), chance.choice((1, 16, 512, 4096))
    return data[:place] + bytes(len(data[place : place + length])) + data[place + length :]


MUTATIONS: Sequence[Mutation] = (cut, flip, odd_number, leave_out, repeat, zeros)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to three faults; half of all PNG get right checksums afterwards, so that the fault comes further in."""
    changed = data
    for _ in range(chance.choice((1, 1, 2, 3))):
        changed = chance.choice(MUTATIONS)(changed or b"\0", chance)
    return with_checksums(changed) if chance.random() < 0.5 else changed


def with_checksums(data: bytes) -> bytes:
    """The checksum of each chunk made right, as far as the chunks of a PNG can be followed; other files as they are."""
    if not data.startswith(b"\x89PNG"):
        return data
    made, place = bytearray(data), 8
    while place + 12 <= len(data):
        end = place + 8 + int.from_bytes(data[place : place + 4], "big")
        if end + 4 > len(data):
            break
        made[end : end + 4] = struct.pack(">I", zlib.crc32(data[place + 4 : end]))
        place = end + 4
    return bytes(made)
