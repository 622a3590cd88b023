"""A PDF from the HTML of a report. Nothing is loaded from anywhere: only pictures that lie in the text itself."""

import base64
import os
import re
import sys

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QObject, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)
from PySide6.QtSvg import QSvgRenderer

from alldetect_gui import __version__
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.words import ENGLISH, Words

ATTACHMENT = "alldetect-manifest.json"
_DOTS = 96.0  # an inch, as the HTML counts its pixels
_FOOT = 44.0  # height of the foot of each page, in the same pixels
_SHARP = 3  # how much finer a plot is drawn than it is shown


_PICTURE = re.compile(r'src="data:image/(png|svg\+xml);base64,([A-Za-z0-9+/=]+)"')


class ReportDocument(QTextDocument):
    """Shows the PNG and SVG pictures that lie in the HTML itself; every address gives nothing, whatever it names."""

    def __init__(self, html: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        font = QFont("sans-serif")
        font.setPointSizeF(9)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        self.setDefaultFont(font)
        self.asked: list[str] = []  # addresses that were refused
        self._pictures = 0
        self.setHtml(_PICTURE.sub(self._keep, html))

    def _keep(self, found: re.Match[str]) -> str:
        """Decode one embedded picture and put a name in its place. In texts quotation marks are escaped: no match."""
        data = base64.b64decode(found[2])
        self._pictures += 1
        name = f"picture:{self._pictures}"
        image = _drawn(data) if found[1] == "svg+xml" else QImage.fromData(data)
        self.addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), image)
        return f'src="{name}"'

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        self.asked.append(name.toString() if isinstance(name, QUrl) else name)
        return None


def _drawn(svg: bytes) -> QImage:
    """One of our own plots as pixels."""
    renderer = QSvgRenderer(QByteArray(svg))
    picture = QImage(renderer.defaultSize() * _SHARP, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    return picture


def pdf_bytes(html: str, manifest: bytes, words: Words = ENGLISH) -> bytes:
    """A4 pages, each with the intended use and its number at the foot; the manifest is attached as a file."""
    application = _application()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(words("AllDetect report"))
    writer.setCreator(f"AllDetect {__version__}")
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(15, 15, 15, 12),
                    QPageLayout.Unit.Millimeter)
    )  # fmt: skip
    writer.addFileAttachment(ATTACHMENT, QByteArray(manifest), "application/json")
    _paint(writer, ReportDocument(html), words)
    buffer.close()
    del application
    return bytes(data.data())


def _application() -> QGuiApplication | None:
    """Fonts need an application; a command has none and, on Linux, often no display either."""
    if QGuiApplication.instance() is not None:
        return None
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication(["alldetect"])


def _paint(writer: QPdfWriter, document: QTextDocument, words: Words) -> None:
    scale = writer.resolution() / _DOTS
    width, height = writer.width() / scale, writer.height() / scale - _FOOT
    document.setPageSize(QSizeF(width, height))
    document.setDocumentMargin(0)
    pages = document.pageCount()
    painter = QPainter(writer)
    painter.scale(scale, scale)
    for page in range(pages):
        if page:
            writer.newPage()
        painter.save()
        painter.translate(0, -page * height)
        document.drawContents(painter, QRectF(0, page * height, width, height))
        painter.restore()
        number = words("page {page} of {pages}", page=page + 1, pages=pages)
        _paint_foot(painter, QRectF(0, height + 6, width, _FOOT - 6), words.said(INTENDED_USE), number)
    painter.end()


def _paint_foot(painter: QPainter, place: QRectF, use: str, number: str) -> None:
    font = QFont("sans-serif")
    font.setPixelSize(9)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.black)
    painter.drawLine(place.topLeft(), place.topRight())
    text = place.adjusted(0, 4, -QFontMetricsF(font).horizontalAdvance(number) - 20, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, use)
    painter.drawText(place.adjusted(0, 4, 0, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, number)
