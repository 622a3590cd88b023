"""Read named arrays from the bytes of an .npz file that may be anything."""

import io
import zipfile
import zlib
from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.core.errors import ModelDamaged

_UNREADABLE = (
    OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, SyntaxError, MemoryError, OverflowError,
    NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What numpy and zipfile raise for files that are not what they should be."""


def arrays_from_bytes(
    data: bytes, ranks: Mapping[str, int], what: str, optional: Collection[str] = ()
) -> dict[str, NDArray[np.float32]]:
    """The arrays named in `ranks`, as float32, each of its rank and finite. Nothing in the file can run.

    Those in `optional` may be missing.

    Raises ModelDamaged, calling the file `what`, for anything else.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: np.asarray(stored[name], dtype=np.float32) for name in ranks
                      if name in stored or name not in optional}  # fmt: skip
    except _UNREADABLE as error:
        raise ModelDamaged(f"the model's {what} cannot be read ({error})") from error
    if any(array.ndim != ranks[name] or not np.isfinite(array).all() for name, array in arrays.items()):
        raise ModelDamaged(f"the model's {what} is damaged (shapes or values are not possible)")
    return arrays


def arrays_to_bytes(arrays: Mapping[str, NDArray[np.float32]], half: Collection[str] = ()) -> bytes:
    """The arrays as an uncompressed .npz file; those named in `half` with half precision."""
    buffer = io.BytesIO()
    kept = {name: array.astype(np.float16) if name in half else array for name, array in arrays.items()}
    np.savez(buffer, allow_pickle=False, **kept)
    return buffer.getvalue()
