"""About: version, intended use, the models with their figures, and what others made."""

import platform
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from alldetect_gui import __version__, paths
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import marked, said, tr
from alldetect_gui.gui.widgets.plain_buttons import close_box
from alldetect_gui.gui.widgets.tall_tabs import TallTabs

if TYPE_CHECKING:
    from alldetect_gui.inference.artifact import Artifact

_STANDS_ON = marked(
    "AllDetect is free software under the MIT licence. It stands on:\n\n"
    "Qt and PySide6 (LGPL version 3; https://www.qt.io/licensing). Qt is used as separate shared libraries that you "
    "may replace by your own build; the texts of the LGPL and GPL come with PySide6.\n"
    "OpenCV (Apache 2.0; with FFmpeg's libraries under the LGPL 2.1), NumPy (BSD), Pillow (MIT-CMU), pyqtgraph (MIT), "
    "LiteRT and TensorFlow (Apache 2.0), safetensors (Apache 2.0), XlsxWriter (BSD), DejaVu fonts.\n"
    "VGG16 weights: Visual Geometry Group, University of Oxford (CC BY 4.0), as distributed with Keras.\n"
    "Trained on C-NMC 2019 (Gupta & Gupta, The Cancer Imaging Archive, CC BY 3.0).\n"
)


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
        use = QLabel(said(INTENDED_USE))
        use.setWordWrap(True)
        tabs = TallTabs(tr("About AllDetect"))
        cards = "\n\n".join(model_text(artifact) for artifact in artifacts)
        self.texts = {
            tr("Models"): cards or tr("No model is known to be installed."),
            tr("Licences"): licence_text(),
            tr("System"): system_text(),
        }
        for name, text in self.texts.items():
            page = QPlainTextEdit(text)
            page.setReadOnly(True)
            page.setTabChangesFocus(True)
            page.setAccessibleName(name)
            tabs.addTab(page, name)
        buttons = close_box()
        copy = buttons.addButton(tr("Copy system info"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAutoDefault(False)
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
        return tr(_STANDS_ON)
    notice = (folder / "README.txt").read_text(encoding="utf-8")
    return f"{tr(_STANDS_ON)}\n{tr('All licence texts: {folder}', folder=folder)}\n\n{notice}"


def system_text() -> str:
    """Versions, for a report."""
    return (
        f"AllDetect {__version__}\nPython {platform.python_version()}\nPySide6 {pyside_version}, Qt {qVersion()}\n"
        f"{platform.platform()}\n" + tr("Classification runs on the processor (CPU); nothing leaves this computer.")
    )


def model_text(artifact: "Artifact") -> str:
    """One model's card: what it is, how it decides, and the figures its manifest states."""
    low, high = artifact.band
    decimal, settings = wording.decimal, wording.parameters(artifact.recipe.parameters)
    lines = [
        f"{said(artifact.title)} ({artifact.name})",
        tr("Manifest SHA-256: {hash}", hash=artifact.sha256),
        tr("Recipe: {recipe}", recipe=f"{said(artifact.recipe.title)} {settings}".rstrip()),
        tr(
            "Threshold: P(ALL) {threshold}; uncertain from {low} to {high}",
            threshold=decimal(artifact.threshold), low=decimal(low), high=decimal(high),
        ),
    ]  # fmt: skip
    metrics = artifact.manifest.get("metrics")
    if isinstance(metrics, Mapping):
        lines += [tr("Figures:"), *_figures(metrics, "  ")]
    return "\n".join(lines)


def _figures(values: Mapping[str, Any], indent: str) -> list[str]:
    lines = []
    for name, value in values.items():
        title = tr(wording.MEASURE_NAMES[name]) if name in wording.MEASURE_NAMES else said(name.replace("_", " "))
        if isinstance(value, Mapping) and "value" in value:
            bounds = value.get("interval_95")
            line = f"{indent}{title}: {_plain(value['value'])}"
            if bounds:
                line += f" ({tr('95 % interval {low} to {high}', low=_plain(bounds[0]), high=_plain(bounds[1]))})"
            lines.append(line)
        elif isinstance(value, Mapping):
            lines += [f"{indent}{title}:", *_figures(value, indent + "  ")]
        elif isinstance(value, list | tuple):
            lines.append(f"{indent}{title}: {tr(' to ').join(_plain(item) for item in value)}")
        else:
            lines.append(f"{indent}{title}: {_plain(value)}")
    return lines


def _plain(value: object) -> str:
    return "–" if value is None else wording.decimal(value, 3) if isinstance(value, float) else said(str(value))
