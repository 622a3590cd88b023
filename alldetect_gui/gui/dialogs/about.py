"""About: version, intended use, the models with their figures, and what others made."""

import platform
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from alldetect_gui import __version__, paths
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import tr

if TYPE_CHECKING:
    from alldetect_gui.inference.artifact import Artifact

THIRD_PARTY = """\
AllDetect is free software under the MIT licence. It stands on:

Qt and PySide6 (LGPL version 3; https://www.qt.io/licensing). Qt is used as separate shared libraries that you may \
replace by your own build; the texts of the LGPL and GPL come with PySide6.
OpenCV (Apache 2.0; with FFmpeg's libraries under the LGPL 2.1), NumPy (BSD), Pillow (MIT-CMU), pyqtgraph (MIT), \
LiteRT and TensorFlow (Apache 2.0), safetensors (Apache 2.0), XlsxWriter (BSD), DejaVu fonts.
VGG16 weights: Visual Geometry Group, University of Oxford (CC BY 4.0), as distributed with Keras.
Trained on C-NMC 2019 (Gupta & Gupta, The Cancer Imaging Archive, CC BY 3.0).
"""


class AboutDialog(QDialog):
    """Tabs of plain text that can be selected and copied."""

    def __init__(self, artifacts: "Sequence[Artifact]", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About AllDetect"))
        title = QLabel(f"AllDetect {__version__}")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        title.setFont(font)
        use = QLabel(INTENDED_USE)
        use.setWordWrap(True)
        tabs = QTabWidget()
        cards = "\n\n".join(model_text(artifact) for artifact in artifacts)
        self.texts = {
            "Models": cards or "No model is known to be installed.",
            "Licences": licence_text(),
            "System": system_text(),
        }
        for name, text in self.texts.items():
            page = QPlainTextEdit(text)
            page.setReadOnly(True)
            page.setTabChangesFocus(True)
            page.setAccessibleName(name)
            tabs.addTab(page, name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("Copy system info"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(system_text()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (title, use, tabs, buttons):
            layout.addWidget(widget)
        character = self.fontMetrics().averageCharWidth()
        self.resize(character * 90, character * 70)


def licence_text() -> str:
    """What others made, and in a bundle where the texts of all licences lie and what the LGPL grants."""
    folder = paths.licences()
    if folder is None or not (folder / "README.txt").is_file():
        return THIRD_PARTY
    notice = (folder / "README.txt").read_text(encoding="utf-8")
    return f"{THIRD_PARTY}\nAll licence texts: {folder}\n\n{notice}"


def system_text() -> str:
    """Versions, for a report."""
    return (
        f"AllDetect {__version__}\nPython {platform.python_version()}\nPySide6 {pyside_version}, Qt {qVersion()}\n"
        f"{platform.platform()}\nClassification runs on the processor (CPU); nothing leaves this computer."
    )


def model_text(artifact: "Artifact") -> str:
    """One model's card: what it is, how it decides, and the figures its manifest states."""
    low, high = artifact.band
    decimal = wording.decimal
    lines = [
        f"{artifact.title} ({artifact.name})",
        f"Manifest SHA-256: {artifact.sha256}",
        f"Recipe: {artifact.recipe.title} {wording.parameters(artifact.recipe.parameters)}".rstrip(),
        f"Threshold: P(ALL) {decimal(artifact.threshold)}; uncertain from {decimal(low)} to {decimal(high)}",
    ]
    metrics = artifact.manifest.get("metrics")
    if isinstance(metrics, Mapping):
        lines += ["Figures:", *_figures(metrics, "  ")]
    return "\n".join(lines)


def _figures(values: Mapping[str, Any], indent: str) -> list[str]:
    lines = []
    for name, value in values.items():
        title = wording.MEASURE_NAMES.get(name, name.replace("_", " "))
        if isinstance(value, Mapping) and "value" in value:
            bounds = value.get("interval_95")
            interval = f" (95 % interval {_plain(bounds[0])} to {_plain(bounds[1])})" if bounds else ""
            lines.append(f"{indent}{title}: {_plain(value['value'])}{interval}")
        elif isinstance(value, Mapping):
            lines += [f"{indent}{title}:", *_figures(value, indent + "  ")]
        elif isinstance(value, list | tuple):
            lines.append(f"{indent}{title}: {' to '.join(_plain(item) for item in value)}")
        else:
            lines.append(f"{indent}{title}: {_plain(value)}")
    return lines


def _plain(value: object) -> str:
    return "–" if value is None else wording.decimal(value, 3) if isinstance(value, float) else str(value)
