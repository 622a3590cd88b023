"""The settings. What is chosen holds at once and is kept at once: there is nothing to confirm."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from alldetect_gui import paths
from alldetect_gui.core.machine import usable_cores
from alldetect_gui.gui.dialogs.choose_file import ChooseFile
from alldetect_gui.gui.language import Language, marked, tr
from alldetect_gui.gui.settings import DecimalSign, WindowSettings
from alldetect_gui.gui.theme import Theme
from alldetect_gui.gui.widgets.elided_label import ElidedLabel
from alldetect_gui.gui.widgets.plain_buttons import close_box
from alldetect_gui.store.clock import account_name

_LANGUAGES = {Language.SYSTEM: marked("As the system"), Language.ENGLISH: "English", Language.GERMAN: "Deutsch"}
_THEMES = {Theme.SYSTEM: marked("As the system"), Theme.LIGHT: marked("Light"), Theme.DARK: marked("Dark")}
_DECIMALS = {
    DecimalSign.SYSTEM: marked("As the system writes them"),
    DecimalSign.DOT: marked("0.5 (dot)"),
    DecimalSign.COMMA: marked("0,5 (comma)"),
}
_Choice = TypeVar("_Choice", Language, Theme, DecimalSign)


class SettingsDialog(QDialog):
    """Writes into `settings`; signals tell what the window has to do about it."""

    language_changed = Signal()
    theme_changed = Signal(object)  # Theme
    model_changed = Signal(str)
    workspace_changed = Signal()
    reset_wanted = Signal()

    def __init__(
        self,
        settings: WindowSettings,
        models: Sequence[tuple[str, str]],
        choose_old: ChooseFile,
        choose_new: ChooseFile,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self._settings, self._models = settings, models
        self._choose_old, self._choose_new = choose_old, choose_new
        self.language, self.theme, self.decimals = QComboBox(), QComboBox(), QComboBox()
        self.reader, self.model, self.cores = QLineEdit(), QComboBox(), QSpinBox()
        self.workspace = ElidedLabel()
        self._fill()
        layout = QVBoxLayout(self)
        layout.addWidget(self._make_look())
        layout.addWidget(self._make_work())
        layout.addWidget(self._make_files())
        layout.addStretch()
        layout.addWidget(self._make_buttons())
        width = max(self.fontMetrics().averageCharWidth() * 72, layout.minimumSize().width())
        self.setMinimumWidth(width)
        self.resize(width, layout.heightForWidth(width))  # Qt gives it two thirds of the screen, and cuts the note
        self._connect()

    def _make_look(self) -> QGroupBox:
        box = QGroupBox(tr("Look and language"))
        form = QFormLayout(box)
        _row(form, tr("&Language"), self.language)
        _row(form, tr("Co&lours"), self.theme)
        _row(form, tr("&Numbers in copied rows"), self.decimals)
        return box

    def _make_work(self) -> QGroupBox:
        box = QGroupBox(tr("Reading and runs"))
        form = QFormLayout(box)
        _row(form, tr("Reader's na&me"), self.reader)
        note = QLabel(tr("Stands beside the account in the audit log, with every reading and signature."))
        note.setWordWrap(True)
        form.addRow("", note)
        _row(form, tr("Model at the &start"), self.model)
        _row(form, tr("&Processor cores for runs"), self.cores)
        return box

    def _make_files(self) -> QGroupBox:
        box = QGroupBox(tr("Files"))
        form = QFormLayout(box)
        form.addRow(tr("Workspace"), self.workspace)
        buttons = QHBoxLayout()
        self.open_other = _button(tr("&Open Another…"), tr("Work with a workspace file that exists"))
        self.make_new = _button(tr("Ma&ke New…"), tr("Begin a workspace file elsewhere"))
        self.usual_place = _button(tr("&Usual Place"), str(paths.workspace()))
        for button in (self.open_other, self.make_new, self.usual_place):
            buttons.addWidget(button)
        buttons.addStretch()
        form.addRow("", buttons)
        place = ElidedLabel(str(self._settings.file))
        show = _button(tr("Show &Folder"), tr("Open the folder with the settings and the usual workspace"))
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._settings.file.parent))))
        row = QHBoxLayout()
        row.addWidget(place, 1)
        row.addWidget(show)
        form.addRow(tr("Settings"), row)
        return box

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = close_box()
        self.reset = buttons.addButton(tr("&Reset All…"), QDialogButtonBox.ButtonRole.ResetRole)
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(self.reset_wanted)
        buttons.rejected.connect(self.reject)
        return buttons

    def _fill(self) -> None:
        settings = self._settings
        _fill_box(self.language, _LANGUAGES, settings.language)
        _fill_box(self.theme, _THEMES, settings.theme)
        _fill_box(self.decimals, _DECIMALS, settings.decimals)
        self.reader.setText(settings.reader)
        self.reader.setPlaceholderText(account_name())
        self.reader.setMaxLength(80)
        self.model.addItem(tr("The default"), "")
        for name, title in self._models:
            self.model.addItem(title, name)
        self.model.setCurrentIndex(max(self.model.findData(settings.model), 0))
        self.model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.model.setMinimumContentsLength(24)
        self.cores.setRange(0, usable_cores())
        self.cores.setSpecialValueText(tr("All ({number})", number=usable_cores()))
        self.cores.setValue(settings.cores)
        self.show_workspace()

    def show_workspace(self) -> None:
        """Where the workspace file lies."""
        self.workspace.set_text(str(self._settings.workspace_in_use))

    def _connect(self) -> None:
        self.language.activated.connect(self._take_language)
        self.theme.activated.connect(lambda: self.theme_changed.emit(Theme(self.theme.currentData())))
        self.decimals.activated.connect(self._take_decimals)
        self.reader.textChanged.connect(self._take_reader)
        self.model.activated.connect(self._take_model)
        self.cores.valueChanged.connect(self._take_cores)
        kinds, here = tr("AllDetect workspace (*.alldetect)"), self._settings.workspace_in_use
        self.open_other.clicked.connect(
            lambda: self._choose_old(self, tr("Open Workspace"), here.parent, kinds, self._take_workspace)
        )
        proposed = Path.home() / "AllDetect.alldetect"
        self.make_new.clicked.connect(
            lambda: self._choose_new(self, tr("New Workspace"), proposed, kinds, self._take_workspace)
        )
        self.usual_place.clicked.connect(lambda: self._take_workspace(None))

    def _take_language(self) -> None:
        language = Language(self.language.currentData())
        if language is not self._settings.language:
            self._settings.language = language
            self.language_changed.emit()

    def _take_decimals(self) -> None:
        self._settings.decimals = DecimalSign(self.decimals.currentData())

    def _take_reader(self, text: str) -> None:
        self._settings.reader = text.strip()

    def _take_model(self) -> None:
        self._settings.model = str(self.model.currentData())
        self.model_changed.emit(self._settings.model)

    def _take_cores(self, number: int) -> None:
        self._settings.cores = number

    def _take_workspace(self, file: Path | None) -> None:
        if (file or paths.workspace()) != self._settings.workspace_in_use:
            self._settings.workspace = file
            self.show_workspace()
            self.workspace_changed.emit()


def _fill_box(box: QComboBox, words: dict[_Choice, str], current: _Choice) -> None:
    for choice, text in words.items():
        box.addItem(tr(text), choice)
    box.setCurrentIndex(list(words).index(current))


def _row(form: QFormLayout, title: str, widget: QWidget) -> None:
    """A label whose key leads to its widget, and by which a screen reader calls it."""
    form.addRow(title, widget)
    widget.setAccessibleName(title.replace("&", ""))


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
