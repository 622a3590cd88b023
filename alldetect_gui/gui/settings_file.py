"""The file behind the window's settings: whole and as it was written, or else defaults and the old file kept.

JSON with a version and a hash over its values: whatever the disk, an editor or another program changed is noticed
here, and no half-read value reaches the window.
"""

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from PySide6.QtCore import QByteArray

from alldetect_gui.core.whole_file import read_whole

SCHEMA = 1

Setting = str | list[str] | QByteArray
Aside = Callable[[Callable[[], None]], None]
"""Has some work done soon, on another thread."""


def _at_once(work: Callable[[], None]) -> None:
    work()


class SettingsFile:
    """Values by name. `notice` is a sentence for the user when the file could not be used, else empty.

    What a user chose is written at once. What the program remembers by itself may wait for a disk that is slow:
    `write_aside` has it written where nobody waits.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.notice = ""
        self._aside: Aside = _at_once
        self._is_written = True
        self._writing = Lock()  # the newest values must be the last that are written
        self._values: dict[str, Setting] = {}
        try:
            self._values = _parse(read_whole(file))
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            self.notice = self._set_aside(error)

    def value(self, name: str, default: Setting = "") -> Setting:
        """What was set last."""
        return self._values.get(name, default)

    def setValue(self, name: str, value: Setting, *, soon: bool = False) -> None:
        """Keep a value, `soon`: as `write_aside` has it done. What cannot be written holds until the window closes."""
        self._values[name] = value
        self._is_written = False
        (self._aside if soon else _at_once)(self._write)

    def remove(self, name: str) -> None:
        """Back to the default."""
        self._values.pop(name, None)
        self._write()

    def clear(self) -> None:
        """Everything back to its default."""
        self._values = {}
        self._write()

    def write_aside(self, aside: Aside) -> None:
        """From now on `aside` is given what may wait; of several writings it may leave out all but the last."""
        self._aside = aside

    def settle(self) -> None:
        """Nothing may wait any more; what does is written now."""
        self._aside = _at_once
        if not self._is_written:
            self._write()

    def _write(self) -> None:
        """Beside it first, so that a reader sees the old file or the new one."""
        with self._writing:
            self._is_written = True  # before the values are looked at: another one from here on is written again
            self._replace(dict(self._values))

    def _replace(self, values: dict[str, Setting]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}.")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(_text(values))
                Path(name).replace(self._file)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            self.notice = f"the settings cannot be kept in {self._file}: {error.strerror or error}"

    def _set_aside(self, error: OSError | ValueError) -> str:
        """Rename the file that cannot be used; the sentence about it."""
        kept = self._file.with_name(f"{self._file.name}.corrupt-{datetime.now(UTC):%Y-%m-%dT%H%M%S.%fZ}")
        try:
            self._file.rename(kept)
        except OSError as other:
            return f"the settings in {self._file} cannot be read ({other.strerror}); the defaults are used"
        reason = error.strerror if isinstance(error, OSError) else "they are not as they were written"
        return f"the settings cannot be read ({reason}); the defaults are used, and the old file is kept as {kept}"


def _text(values: dict[str, Setting]) -> bytes:
    plain = {
        name: {"base64": base64.b64encode(value.data()).decode()} if isinstance(value, QByteArray) else value
        for name, value in sorted(values.items())
    }
    content = {"schema": SCHEMA, "sha256": _hash(plain), "values": plain}
    return (json.dumps(content, indent=2) + "\n").encode()  # ASCII: a folder's name need not be UTF-8


def _parse(data: bytes) -> dict[str, Setting]:
    """Raises ValueError for anything but what _text wrote, byte for byte."""
    try:
        content = json.loads(data)
        plain = content["values"]
        if content["schema"] != SCHEMA or content["sha256"] != _hash(plain):
            raise ValueError
        values = {name: _setting(value) for name, value in plain.items()}
        if _text(values) != data:
            raise ValueError
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError from error
    return values


def _setting(value: object) -> Setting:
    if isinstance(value, dict):
        return QByteArray(base64.b64decode(value["base64"], validate=True))
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, str):
        return value
    raise ValueError


def _hash(plain: object) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
