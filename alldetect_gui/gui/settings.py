"""What the window remembers between starts, in a readable file. Nothing about patients but folder paths."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QByteArray

from alldetect_gui import paths
from alldetect_gui.gui.language import Language
from alldetect_gui.gui.settings_file import Aside, SettingsFile
from alldetect_gui.gui.theme import Theme
from alldetect_gui.store.clock import account_name

MAX_RECENT = 10


class DecimalSign(StrEnum):
    """How numbers are written into rows that are copied; SYSTEM as the desktop writes them."""

    SYSTEM = "system"
    DOT = "dot"
    COMMA = "comma"


_Choice = TypeVar("_Choice", Theme, Language, DecimalSign)


class WindowSettings:
    """Recent folders, geometry and theme. A damaged file counts as an empty one, and `notice` says so."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or paths.user_data() / "window.json"
        self._store = SettingsFile(self.file)
        self.named_workspace: Path | None = None  # at this start, which is not remembered

    @property
    def notice(self) -> str:
        """What the user should know about the file; empty when all is well."""
        return self._store.notice

    def write_aside(self, aside: Aside) -> None:
        """See SettingsFile."""
        self._store.write_aside(aside)

    def settle(self) -> None:
        """See SettingsFile."""
        self._store.settle()

    @property
    def recent_folders(self) -> list[Path]:
        """The folders opened last, the newest first; those that are gone are left in, the user may plug them in."""
        value = self._store.value("recent_folders", [])
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [Path(text) for text in texts if isinstance(text, str) and text]

    def add_recent(self, folder: Path) -> None:
        """Put `folder` first."""
        others = [item for item in self.recent_folders if item != folder]
        self._store.setValue("recent_folders", [str(item) for item in [folder, *others][:MAX_RECENT]], soon=True)

    def clear_recent(self) -> None:
        """Forget the folders."""
        self._store.remove("recent_folders")

    @property
    def theme(self) -> Theme:
        """The chosen theme."""
        return self._choice("theme", Theme.SYSTEM)

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme.value)

    @property
    def language(self) -> Language:
        """The chosen language."""
        return self._choice("language", Language.SYSTEM)

    @language.setter
    def language(self, language: Language) -> None:
        self._store.setValue("language", language.value)

    @property
    def decimals(self) -> DecimalSign:
        """The decimal sign of copied rows."""
        return self._choice("decimals", DecimalSign.SYSTEM)

    @decimals.setter
    def decimals(self, sign: DecimalSign) -> None:
        self._store.setValue("decimals", sign.value)

    @property
    def reader(self) -> str:
        """The name of who reads; empty: the account's alone."""
        return str(self._store.value("reader", ""))

    @reader.setter
    def reader(self, name: str) -> None:
        self._store.setValue("reader", name)

    def signature(self) -> str:
        """Who reads and signs, as the audit log has it: the account is always named."""
        return f"{self.reader} ({account_name()})" if self.reader else account_name()

    @property
    def model(self) -> str:
        """The model that is chosen at the start; empty for the default one."""
        return str(self._store.value("model", ""))

    @model.setter
    def model(self, name: str) -> None:
        self._store.setValue("model", name)

    @property
    def cores(self) -> int:
        """How many processor cores a run keeps busy; 0 for all."""
        return max(0, self.number("cores", 0))

    @cores.setter
    def cores(self, number: int) -> None:
        self.save_number("cores", number)

    @property
    def workspace(self) -> Path | None:
        """The workspace file; None for the one in its usual place."""
        value = str(self._store.value("workspace", ""))
        return Path(value) if value else None

    @workspace.setter
    def workspace(self, file: Path | None) -> None:
        self._store.setValue("workspace", str(file or ""))
        self.named_workspace = None

    @property
    def workspace_in_use(self) -> Path:
        """The file named at the start, until another is chosen; else the chosen one, else that in the usual place."""
        return self.named_workspace or self.workspace or paths.workspace()

    @property
    def keys(self) -> dict[str, str]:
        """The keys that the user changed: name of the action and key; an empty key for none."""
        kept = self._store.value("keys", [])
        pairs = [text.partition("=") for text in kept] if isinstance(kept, list) else []
        return {name: keys for name, mark, keys in pairs if name and mark}

    @keys.setter
    def keys(self, keys: Mapping[str, str]) -> None:
        self._store.setValue("keys", [f"{name}={key}" for name, key in sorted(keys.items())])

    def reset(self) -> None:
        """Back to what everything was at first, recent folders and sizes of the window included."""
        self._store.clear()

    @property
    def export_folder(self) -> Path:
        """Where results were exported last."""
        return Path(str(self._store.value("export_folder", "")) or Path.home())

    @export_folder.setter
    def export_folder(self, folder: Path) -> None:
        self._store.setValue("export_folder", str(folder))

    def layout(self, name: str) -> QByteArray:
        """A saved geometry or splitter state; empty when there is none."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def save_layout(self, name: str, value: QByteArray) -> None:
        """Keep a geometry or splitter state."""
        self._store.setValue(f"layout/{name}", value)

    def number(self, name: str, usual: int) -> int:
        """How something looked last: a size, a place in a list, 0 or 1; `usual` when it was never kept."""
        try:
            return int(str(self._store.value(f"look/{name}", str(usual))))
        except ValueError:
            return usual

    def save_number(self, name: str, value: int) -> None:
        """Keep how something looks."""
        self._store.setValue(f"look/{name}", str(value))

    def _choice(self, name: str, usual: _Choice) -> _Choice:
        value = str(self._store.value(name, ""))
        return type(usual)(value) if value in set(type(usual)) else usual
