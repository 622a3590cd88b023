"""Render resources/icon.svg as the icons that Linux, Windows and macOS want; the results are in the repository.

QT_QPA_PLATFORM=offscreen .venv/bin/python build_spec/make_icons.py
"""

import io

import project
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QGuiApplication, QImageReader

FOLDER = project.ROOT / "build_spec" / "icons"


def rendered(side: int) -> Image.Image:
    """The icon as a square of `side` pixels."""
    reader = QImageReader(str(project.ROOT / "resources" / "icon.svg"))
    reader.setScaledSize(QSize(side, side))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    reader.read().save(buffer, "PNG")
    return Image.open(io.BytesIO(buffer.data().data()))


if __name__ == "__main__":
    application = QGuiApplication([])
    FOLDER.mkdir(exist_ok=True)
    rendered(256).save(FOLDER / "alldetect.png", optimize=True)
    rendered(256).save(FOLDER / "alldetect.ico", sizes=[(side, side) for side in (16, 24, 32, 48, 64, 256)])
    rendered(1024).save(FOLDER / "alldetect.icns")
