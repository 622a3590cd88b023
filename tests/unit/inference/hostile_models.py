"""What the tests of imported models share: writers of files that claim to be models, by script."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from alldetect_gui.core.errors import KnownError
from alldetect_gui.inference import catalogue
from tests.unit.inference.small_model import write_model

MARKER = "ran"


def lab_model(folder: Path, name: str = "lab", **changes: Any) -> Path:
    """A folder as `alldetect train` writes it."""
    return write_model(folder / "trained", name, **changes)


def zipped(members: dict[str, bytes], level: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of `members`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", level) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def npy(shape: str, data: bytes, kind: str = "<f4") -> bytes:
    """An array's file whose header says `shape` and `kind`, whatever `data` is."""
    header = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape}, }}"
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + data


def pickled(command: str) -> bytes:
    """A pickle that runs `command` when it is loaded, written without the module that would load it."""
    return b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c" + bytes([len(command)]) + command.encode() + b"\x85R."


RUN = pickled(f"touch {MARKER}")


def refused(source: Path) -> str:
    """In which words the import refuses `source`."""
    with pytest.raises(KnownError) as caught:
        catalogue.import_artifact(source)
    assert len(str(caught.value)) < 400
    return str(caught.value)
