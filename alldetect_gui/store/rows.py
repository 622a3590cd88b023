"""One hash a row, and one chain a table: SQLite itself notices only about a quarter of all flipped bits."""

import hashlib
import struct
from collections.abc import Sequence

Value = None | int | float | str | bytes
START = bytes(32)
"""The chain of an empty table."""


def row_hash(table: str, row: Sequence[Value]) -> bytes:
    """SHA-256 of a row's table and values, `id` first. Types count: 1, 1.0, "1" and b"1" are four things."""
    digest = hashlib.sha256(table.encode())
    for value in row:
        kind, data = _bytes_of(value)
        digest.update(kind + struct.pack(">Q", len(data)) + data)
    return digest.digest()


def chained(chain: bytes, row_sha256: bytes) -> bytes:
    """The chain of a table after one more row: it holds every row before, in order."""
    return hashlib.sha256(chain + row_sha256).digest()


def _bytes_of(value: Value) -> tuple[bytes, bytes]:
    if value is None:
        return b"n", b""
    if isinstance(value, int):
        return b"i", str(value).encode()
    if isinstance(value, float):
        return b"f", struct.pack(">d", value)
    if isinstance(value, str):
        return b"t", value.encode("utf-8", "surrogateescape")
    return b"b", bytes(value)
