"""Light and dark palettes, and the colours of the classes: blue and orange, never red and green.

The palettes are set here and not left to the platform, because a plain X11 session has no dark palette to offer.
"""

from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from alldetect_gui.core.labels import Suggestion


class Theme(StrEnum):
    """What the user may choose; SYSTEM follows the desktop, and is light where the desktop does not say."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_SCHEMES = {
    Theme.SYSTEM: Qt.ColorScheme.Unknown,
    Theme.LIGHT: Qt.ColorScheme.Light,
    Theme.DARK: Qt.ColorScheme.Dark,
}
_Role = QPalette.ColorRole
_LIGHT = {
    _Role.Window: "#f4f6f8", _Role.WindowText: "#1b2733", _Role.Base: "#ffffff", _Role.AlternateBase: "#f1f4f7",
    _Role.Text: "#1b2733", _Role.Button: "#e9edf1", _Role.ButtonText: "#1b2733", _Role.BrightText: "#ffffff",
    _Role.Highlight: "#2563a8", _Role.HighlightedText: "#ffffff", _Role.ToolTipBase: "#1b2733",
    _Role.ToolTipText: "#ffffff", _Role.PlaceholderText: "#5d6b78", _Role.Link: "#1d5fa8", _Role.Mid: "#c3ccd4",
    _Role.Light: "#ffffff", _Role.Midlight: "#e3e8ec", _Role.Dark: "#9aa6b1", _Role.Shadow: "#5d6b78",
    _Role.Accent: "#2563a8",
}  # fmt: skip
_DARK = {
    _Role.Window: "#1f262d", _Role.WindowText: "#e6ebf0", _Role.Base: "#171d23", _Role.AlternateBase: "#1c232a",
    _Role.Text: "#e6ebf0", _Role.Button: "#2c353e", _Role.ButtonText: "#e6ebf0", _Role.BrightText: "#ffffff",
    _Role.Highlight: "#2f6cb0", _Role.HighlightedText: "#ffffff", _Role.ToolTipBase: "#e6ebf0",
    _Role.ToolTipText: "#1b2733", _Role.PlaceholderText: "#9aa8b5", _Role.Link: "#7db6f0", _Role.Mid: "#3b4650",
    _Role.Light: "#3a444e", _Role.Midlight: "#333d47", _Role.Dark: "#12171c", _Role.Shadow: "#0b0e11",
    _Role.Accent: "#7db6f0",
}  # fmt: skip
_DISABLED = {False: "#76828d", True: "#84919d"}
_OUTLINE = {False: "#bcc5cd", True: "#98a8b7"}
_OUTLINED = ("QLineEdit", "QAbstractSpinBox", "QComboBox", "QCheckBox", "QRadioButton")
"""Fusion draws their outlines in the window's colour, a little darker: in the dark nothing of them would be seen."""

_CLASS_COLOURS = {  # (fill, letter on it): contrast of at least 4.5 to 1 in both themes
    Suggestion.ALL: ("#e07b00", "#1b1100"),
    Suggestion.HEM: ("#1f66b5", "#ffffff"),
    Suggestion.UNCERTAIN: ("#6b7680", "#ffffff"),
}


def class_colours(suggestion: Suggestion) -> tuple[QColor, QColor]:
    """Fill and letter colour of a suggestion; the same in both themes, so that they are learnt once."""
    fill, letter = _CLASS_COLOURS[suggestion]
    return QColor(fill), QColor(letter)


def is_dark(palette: QPalette) -> bool:
    """True when text is lighter than its ground."""
    return palette.color(_Role.WindowText).lightness() > palette.color(_Role.Window).lightness()


def apply_theme(theme: Theme) -> None:
    """Colour the whole program; takes effect at once."""
    hints = QGuiApplication.styleHints()
    hints.setColorScheme(_SCHEMES[theme])
    dark = theme is Theme.DARK or (theme is Theme.SYSTEM and hints.colorScheme() is Qt.ColorScheme.Dark)
    QApplication.setPalette(_palette(dark))
    for kind in _OUTLINED:
        palette = _palette(dark)
        palette.setColor(_Role.Window, QColor(_OUTLINE[dark]))
        QApplication.setPalette(palette, kind)  # type: ignore[arg-type]  # the stubs say bytes, PySide wants text


def _palette(dark: bool) -> QPalette:
    palette = QPalette()
    for role, colour in (_DARK if dark else _LIGHT).items():
        palette.setColor(role, QColor(colour))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_DISABLED[dark]))
    return palette
