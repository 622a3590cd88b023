"""Use case: how the names and labels of a folder are to be read, said once, holds when it is opened again."""

import json
from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any

from alldetect_gui.core.labels import LabelCoding
from alldetect_gui.store.said import keep_names as keep
from alldetect_gui.store.said import names_of
from alldetect_gui.store.workspace_file import WorkspaceFile
from alldetect_gui.workflows.understand_names import LabelsFrom, PatientsFrom, Understanding

_READ: dict[str, Callable[[Any], Any]] = {
    "labels_from": LabelsFrom, "label_file": Path, "coding": LabelCoding, "patients_from": PatientsFrom,
}  # fmt: skip


def keep_names(file: WorkspaceFile, folder: Path, names: Understanding) -> None:
    """Keep what the user said of `folder`, agreement included; the same again adds nothing. Raises WorkspaceError."""
    if kept_names(file, folder) != names:
        keep(file, folder, _as_text(names))


def kept_names(file: WorkspaceFile, folder: Path) -> Understanding | None:
    """What was last said of `folder`; None when nothing was, or nothing that this version understands.

    Raises WorkspaceError. The label file may be gone since: reading it raises WrongUse.
    """
    try:
        told = json.loads(names_of(file, folder) or "null")
        return None if told is None else Understanding(**{name: _value(name, value) for name, value in told.items()})
    except (ValueError, TypeError, AttributeError):  # of a later version
        return None


def _as_text(names: Understanding) -> str:
    """JSON in ASCII: a path need not be UTF-8, and its odd bytes come back."""
    values = {field.name: getattr(names, field.name) for field in fields(names)}
    return json.dumps({name: value for name, value in values.items() if value is not None}, default=_plain)


def _plain(value: object) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _value(name: str, value: Any) -> Any:
    return _READ[name](value) if name in _READ else value
