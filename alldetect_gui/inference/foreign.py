"""Files that claim to be a model, looked at before anything of them is used. Nothing in them can run.

Only numbers are taken: names, types, shapes and sizes are read from directories and headers first, so that a small
file cannot ask for gigabytes. Keras' own formats are not read at all: they may hold code.
"""

import io
import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ImageRefused, ModelDamaged
from alldetect_gui.imaging.decode import read_bytes

MAX_TENSORS = 64
MAX_BYTES = 64_000_000  # of one file of weights: ours take less than two million
MAX_TEXT = 1_000_000  # bytes of a manifest or a model card
_MAX_HEADER = 100_000
_NUMPY_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_NUMBERS = (np.dtype("<f4"), np.dtype("<f2"))  # a kernel machine's cells are kept with half precision
_KINDS = (
    (b"\x89HDF\r\n", "HDF5, as Keras' .h5"),
    (b"PK\x03\x04", "a ZIP archive, as Keras' .keras"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x80", "a Python pickle"),
    (b"(d", "a Python pickle"),
    (b"<", "HTML or XML"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x93NUMPY", "a single numpy array"),
)

Arrays = dict[str, NDArray[np.float32]]


def read_limited(path: Path, limit: int) -> bytes:
    """The bytes of a regular file, no link, of at most `limit`. Raises ModelDamaged."""
    try:
        size = path.lstat().st_size
        if size > limit:
            raise ModelDamaged(f"{path.name} is too large ({size / 1e6:.0f} MB; limit {limit / 1e6:.0f} MB)")
        return read_bytes(path)
    except ImageRefused as refusal:
        raise ModelDamaged(f"{path.name}: {refusal.reason}") from refusal
    except (OSError, ValueError) as error:
        raise ModelDamaged(f"{path.name} is missing or unreadable") from error


def parse_manifest(data: bytes, what: str) -> dict[str, Any]:
    """JSON as a manifest may have it: an object, without NaN. Raises ModelDamaged."""

    def no_number(word: str) -> None:
        raise ValueError(f"{word} is no number")

    try:
        content = json.loads(data, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise ModelDamaged(f"{what} is not a manifest (it is {kind_of(data)})") from error
    if not isinstance(content, dict):
        raise ModelDamaged(f"{what} is not a manifest")
    return content


def kind_of(data: bytes) -> str:
    """What the bytes look like, in words."""
    if not data:
        return "an empty file"
    return next((word for start, word in _KINDS if data.startswith(start)), "something unknown")


def check_npz(data: bytes, what: str) -> None:
    """Every member is an array of float32 or float16, as long as its header states. Raises ModelDamaged.

    Judged by the archive's directory: nothing is unpacked before the sizes are known to be small.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if not 0 < len(members) <= MAX_TENSORS:
                raise ModelDamaged(f"{what} holds {len(members)} arrays; limit {MAX_TENSORS}")
            if sum(member.file_size for member in members) > MAX_BYTES:
                raise ModelDamaged(f"{what} would unpack to more than {MAX_BYTES // 1_000_000} MB")
            for member in members:
                _check_member(archive, member, what)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, SyntaxError) as error:
        raise ModelDamaged(f"{what} is not a file of arrays (it is {kind_of(data)})") from error


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, what: str) -> None:
    name = member.filename
    if not name.endswith(".npy") or not name[:-4].isidentifier():
        raise ModelDamaged(f"{what} holds “{name[:60]!a}”, which is not the name of an array")
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        if version not in _NUMPY_HEADERS:
            raise ModelDamaged(f"{what}: the array {name[:-4]} has an unknown version")
        shape, _, dtype = _NUMPY_HEADERS[version](file, max_header_size=4000)
        if dtype not in _NUMBERS:
            raise ModelDamaged(f"{what}: the array {name[:-4]} holds {str(dtype)[:40]}, not float32 or float16 numbers")
        if file.tell() + dtype.itemsize * math.prod(shape) != member.file_size:
            raise ModelDamaged(f"{what}: the array {name[:-4]} is not as long as it says")


def read_safetensors(data: bytes, what: str) -> tuple[Arrays, Mapping[str, str]]:
    """The tensors, as float32, and the texts beside them. Raises ModelDamaged for anything but a few such tensors."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 10 or not 2 <= length <= min(_MAX_HEADER, len(data) - 8) or data[8:9] != b"{":
        raise ModelDamaged(f"{what} is not a safetensors file (it is {kind_of(data)})")
    header = parse_manifest(data[8 : 8 + length], f"the header of {what}")
    texts = header.pop("__metadata__", {})
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise ModelDamaged(f"{what}: its texts are damaged")
    if not 0 < len(header) <= MAX_TENSORS:
        raise ModelDamaged(f"{what} holds {len(header)} tensors; limit {MAX_TENSORS}")
    for name, entry in header.items():
        if not isinstance(entry, dict) or entry.get("dtype") not in ("F32", "F16"):
            raise ModelDamaged(f"{what}: the tensor “{name[:60]!a}” does not hold float32 or float16 numbers")
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return {name: array.astype(np.float32) for name, array in load(data).items()}, texts
    except (SafetensorError, ValueError, TypeError, KeyError) as error:
        raise ModelDamaged(f"{what} is a damaged safetensors file") from error
