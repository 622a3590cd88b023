"""The Export menu: its actions, the file dialog of each format, and when there is something to export."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenuBar, QProgressDialog, QWidget

from alldetect_gui.core.events import ExportProgress
from alldetect_gui.gui import wording
from alldetect_gui.gui.actions import name_actions
from alldetect_gui.gui.dialogs.choose_file import ChooseFile
from alldetect_gui.gui.language import marked, report_words, tr
from alldetect_gui.gui.menus import menu_of
from alldetect_gui.gui.presenters.export_file import ExportFilePresenter
from alldetect_gui.gui.review_state import ReviewState
from alldetect_gui.gui.settings import DecimalSign, WindowSettings
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.wiring.review import Common
from alldetect_gui.workflows.exports.run import Decimals, ExportOptions, Format

KINDS = {
    Format.CSV: marked("Table (*.csv)"),
    Format.XLSX: marked("Workbook (*.xlsx)"),
    Format.HTML: marked("Web page (*.html)"),
    Format.PDF: marked("PDF (*.pdf)"),
    Format.JSON: marked("JSON (*.json)"),
}
_ITEMS = (
    (
        Format.XLSX,
        Decimals.DOT,
        marked("&Workbook (XLSX)…"),
        marked("Results, summary, patients and skipped images with pictures"),
    ),
    (
        Format.CSV,
        Decimals.DOT,
        marked("&Table (CSV, 0.5 and commas)…"),
        marked("One row an image, for spreadsheets with decimal dots"),
    ),
    (
        Format.CSV,
        Decimals.COMMA,
        marked("Table (CSV, 0,5 and &semicolons)…"),
        marked("The same for spreadsheets with decimal commas"),
    ),
    (
        Format.HTML,
        Decimals.DOT,
        marked("Report (&HTML)…"),
        marked("A report to read in a browser; it loads nothing from anywhere"),
    ),
    (Format.PDF, Decimals.DOT, marked("Report (&PDF)…"), marked("The same report on pages")),
    (Format.JSON, Decimals.DOT, marked("&JSON…"), marked("Everything, for other programs")),
)


class _Waiting(QProgressDialog):
    """Comes up when an export takes longer than a moment; the window stays usable, and Cancel leaves no file."""

    def __init__(self, runner: TaskRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("AllDetect")
        text = QLabel()
        text.setTextFormat(Qt.TextFormat.PlainText)
        self.setLabel(text)
        self.setCancelButtonText(tr("Cancel"))
        self.setMinimumDuration(1000)
        self.reset()
        runner.event_arrived.connect(self._follow)
        self.canceled.connect(runner.cancel)
        for ending in (runner.finished, runner.cancelled, runner.failed):
            ending.connect(self.reset)

    def _follow(self, event: object) -> None:
        if isinstance(event, ExportProgress):
            words = tr("Exporting: {done} of {total} images looked for pictures", done=event.done, total=event.total)
            self.setLabelText(words if event.done < event.total else tr("Writing the file…"))
            self.setMaximum(max(1, event.total))
            self.setValue(min(event.done, max(0, event.total - 1)))


class ExportDesk(QObject):
    """The concern of exporting."""

    def __init__(self, common: Common, reviews: ReviewState, settings: WindowSettings, choose: ChooseFile) -> None:
        super().__init__(common.window)
        self._common, self._settings, self._choose, self._reviews = common, settings, choose, reviews
        self.presenter = ExportFilePresenter(
            common.state, reviews, common.runners.export_file, common.use_cases, common.messages, self._ask
        )
        self.waiting = _Waiting(common.runners.export_file, common.window)
        make = common.actions.make
        self.files = {(kind, decimals): make(tr(text), None, tr(tip)) for kind, decimals, text, tip in _ITEMS}
        self.copy = make(tr("&Copy Rows"), "Ctrl+Shift+C", tr("Put the rows on the clipboard, for a spreadsheet"))
        self.full_names = make(
            tr("Include &Folder Names"),
            None,
            tr("Off: file names alone, because a folder may name a patient"),
            checkable=True,
        )
        self.full_names.setChecked(False)
        self.pictures = make(
            tr("Include P&ictures of Cells"), None, tr("Small pictures in workbook and report"), checkable=True
        )
        name_actions(self)
        for (kind, decimals), action in self.files.items():
            action.triggered.connect(lambda _=False, kind=kind, decimals=decimals: self._export(kind, decimals))
        self.copy.triggered.connect(self._copy)
        self._follow()

    def _follow(self) -> None:
        state, batch = self._common.state, self._common.runners.batch
        for signal in (
            state.results_cleared, state.results_added, batch.finished, batch.cancelled, batch.failed
        ):  # fmt: skip
            signal.connect(self._enable)
        self._enable()

    def fill_menu(self, bar: QMenuBar) -> None:
        """A menu of its own before Help; the folder with results.csv stands in it, too."""
        menu = bar.addMenu(tr("E&xport"))
        menu.addActions(list(self.files.values()))
        menu.addSeparator()
        menu.addActions([self.copy, self._common.actions.export])
        menu.addSeparator()
        menu.addActions([self.full_names, self.pictures])
        bar.insertMenu(menu_of(bar, "help").menuAction(), menu)

    def _decimals(self) -> Decimals:
        sign = self._settings.decimals
        if sign is DecimalSign.SYSTEM:
            return Decimals.COMMA if QLocale().decimalPoint() == "," else Decimals.DOT
        return Decimals(sign.value)

    def _options(self, decimals: Decimals) -> ExportOptions:
        words = report_words("," if self._decimals() is Decimals.COMMA else ".")
        return ExportOptions(decimals, self.full_names.isChecked(), self.pictures.isChecked(), words)

    def _export(self, kind: Format, decimals: Decimals) -> None:
        if not self.refuses():
            self.presenter.export(kind, self._options(decimals))

    def _copy(self) -> None:
        if not self.refuses():
            self.presenter.copy(self._options(self._decimals()))

    def refuses(self) -> bool:
        """True in a blind read, and the user is told: what is written can be read."""
        cells = self._reviews.hidden(self._common.state.results)
        if cells:
            unread = wording.count(cells, "unread cell")
            self._common.messages.tell(
                tr("This is a blind read, and an export would show what is hidden of {unread}. "
                   "Read them first, or end the blind read.", unread=unread)
            )  # fmt: skip
        return bool(cells)

    def _ask(self, kind: Format, name: str, then: Callable[[Path], None]) -> None:
        def chosen(out: Path) -> None:
            self._settings.export_folder = out.parent
            then(out)

        window = self._common.window
        self._choose(window, tr("Export"), self._settings.export_folder / name, tr(KINDS[kind]), chosen)

    def _enable(self) -> None:
        """With results, and while no run adds to them."""
        state, batch = self._common.state, self._common.runners.batch
        ready = bool(state.results) and not state.is_coming and not batch.is_running
        actions: list[QAction] = [*self.files.values(), self.copy]
        for action in actions:
            action.setEnabled(ready)
