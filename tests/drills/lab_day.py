"""Drill: a technician's half day at the real window, with mouse and keys alone: open, correct, classify, filter,
compare, read, read blind, try a threshold, look at patients, sign, export, close, open again.

make drill-lab-day                                  on drawn cells
python -m tests.drills.lab_day --cells FOLDER       on cells of your own, with C-NMC file names of several patients
  --shots FOLDER      keep a picture of every step    --theme dark    --size 1366x768

It needs a display, or QT_QPA_PLATFORM=offscreen. Any deviation from what must be seen ends it with exit code 1.
"""

import argparse
import csv
import sys
import tempfile
import zipfile
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QListView,
    QMainWindow,
    QPushButton,
    QSlider,
    QTableView,
    QWidget,
)

from alldetect_gui.core.labels import CellClass
from alldetect_gui.gui.app import Program, make_application
from alldetect_gui.gui.language import Language
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.synthetic import draw_cell
from alldetect_gui.store.verify import verify
from tests.drills.technician import Deviation, Technician

PATIENTS = ("11", "14", "H2", "H3")
NOTE = "smudged rim, look again"
REASON = "slide dried out, the rest cannot be read"


def draw_cells(folder: Path, number: int) -> Path:
    """Drawn cells of four patients, two of each class, with C-NMC names and labels."""
    folder.mkdir()
    for index in range(number):
        subject = PATIENTS[index % len(PATIENTS)]
        kind = CellClass.HEM if subject.startswith("H") else CellClass.ALL
        name = f"UID_{subject}_{index}_1_{kind.value.lower()}.png"
        (folder / name).write_bytes(png_bytes(draw_cell(kind, index)))
    return folder


class LabDay:
    """The steps, in their order. `program` shows the window; `folder` is what the work is about."""

    def __init__(self, program: Program, folder: Path, out: Path, shots: Path | None = None) -> None:
        self._program, self._folder, self._out = program, folder, out
        self.user = Technician(self._window, shots)
        names = [path.name for path in sorted(folder.iterdir())]
        self.images = len(names)
        self.patients = sorted({name.split("_")[1] for name in names})
        self._kept: dict[str, str] = {}
        self._review: QWidget | None = None

    def _window(self) -> QMainWindow:
        window = self._program.window
        assert window is not None
        return window

    def whole(self, workspace: Path) -> None:
        """All of the day, then a look at the workspace file."""
        self.welcome()
        self.understand()
        self.classify()
        self.filter_and_sort()
        self.compare()
        self.review()
        self.read_blind()
        self.threshold()
        self.confusion()
        self.sign()
        self.export()
        self.close()
        found = verify(workspace)
        self.user.expect(not found.findings, f"the audit log does not verify: {found}")
        self.user.note(f"audit log verified: {found.entries} entries")
        self.again()

    # the table as it is seen

    @property
    def _table(self) -> QTableView:
        return self.user.find(QTableView, "Results")

    def _column(self, header: str) -> list[str]:
        table = self._table
        return [self.user.cell(table, row, header) for row in range(table.model().rowCount())]

    def _filter(self, text: str) -> int:
        self.user.key("Ctrl+F")
        line = self.user.find(QLineEdit, "Filter of the results")
        self.user.expect(line.hasFocus(), "Ctrl+F does not lead to the filter")
        self.user.replace(line, text)
        self.user.rest(250)
        return int(self._table.model().rowCount())

    # the steps

    def welcome(self) -> None:
        """The welcome page, and the folder by the dialog."""
        user = self.user
        user.step("Welcome page")
        user.wait_for("Research use only")
        user.expect(user.reads("Open Sample Cells"), "the welcome page offers no sample cells")
        user.picture("welcome")
        user.press("Open Folder…")
        user.file(self._folder)
        strip = user.wait_for("Understood:")
        user.expect(self._folder.name in user.window.windowTitle(), "the title does not name the folder")
        user.note(strip)
        user.expect(f"{self.images:,} image" in strip, f"not {self.images} images: {strip}")
        user.expect(f"{len(self.patients)} patients" in strip, f"not {len(self.patients)} patients: {strip}")
        user.picture("understood")

    def understand(self) -> None:
        """Correct what was understood, and back."""
        user = self.user
        user.step("Correct what was understood")
        user.press("Correct…")
        dialog = user.dialog("Names and Labels")
        user.picture("names", dialog)
        user.press("None: these images have no reference labels", dialog)
        user.press("By a pattern of the file name: {patient} for the patient, * for anything", dialog)
        line = user.find(QLineEdit, "Pattern of the file name", dialog)
        user.replace(line, "UID_{patient}_*")
        user.note(user.wait_for(f"{len(self.patients)} patients", dialog))
        user.press("Apply", dialog)
        user.note(user.wait_for("no reference labels"))
        user.key("Ctrl+L")
        dialog = user.dialog("Names and Labels")
        user.press("From file names (…_all, …_hem) or folders named all and hem", dialog)
        user.press("From C-NMC file names (UID_<patient>_…)", dialog)
        user.press("Apply", dialog)
        user.note(user.wait_for("reference labels from"))
        user.press("That Is Right")
        user.expect(not user.reads("Understood:"), "the strip stays")

    def classify(self) -> None:
        """A run that is held and let go on, with another image looked at meanwhile."""
        user = self.user
        user.step("Classify")
        user.until(lambda: user.find(QPushButton, "Classify").isEnabled(), "Classify cannot be pressed")
        user.press("Classify")
        user.until(lambda: self._table.model().rowCount() > 0, "no result came")
        if self._table.model().rowCount() < self.images:
            user.key("Ctrl+;")
            if user.reads("Resume"):
                user.note(f"held at {self._table.model().rowCount()} of {self.images}")
                user.key("Alt+Right")
                user.picture("paused")
                user.key("Ctrl+;")
        user.until(lambda: self._table.model().rowCount() == self.images, "the run does not end", 900_000)
        user.until(lambda: not user.reads("Pause"), "the run does not end")
        letters = {word: self._column("Suggestion").count(word) for word in sorted(set(self._column("Suggestion")))}
        user.note(f"{self.images} results: {letters}")
        user.picture("results")

    def filter_and_sort(self) -> None:
        """The filter holds in the table, and the order of two columns."""
        user = self.user
        user.step("Filter and sort")
        number = self._filter("p>0.4 p<0.6")
        values = [float(value) for value in self._column("P(ALL)")]
        user.expect(all(0.395 <= value <= 0.605 for value in values), f"the filter lets through {values}")
        user.note(f"p>0.4 p<0.6: {number} rows")
        user.picture("filter")
        one = self.patients[0]
        number = self._filter(f"patient:{one}")
        user.expect(set(self._column("Patient")) == {one}, f"other patients than {one} are shown")
        user.note(f"patient:{one}: {number} rows")
        user.expect(self._filter("") == self.images, "an empty filter does not show every row")
        user.header(self._table, "P(ALL)")
        user.header(self._table, "P(ALL)")
        values = [float(value) for value in self._column("P(ALL)")]
        user.expect(values in (sorted(values), sorted(values, reverse=True)), "P(ALL) is not sorted")
        user.header(self._table, "Patient")
        user.header(self._table, "P(ALL)", Qt.KeyboardModifier.ShiftModifier)
        pairs = list(zip(self._column("Patient"), map(float, self._column("P(ALL)")), strict=True))
        for name in self.patients:
            values = [value for patient, value in pairs if patient == name]
            user.expect(values in (sorted(values), sorted(values, reverse=True)), f"{name} is not sorted by P(ALL)")
        user.note("sorted by patient, and within each by P(ALL)")

    def compare(self) -> None:
        """Renderings side by side, the wipe, a slider, the difference, the sheet."""
        user = self.user
        user.step("Compare renderings")
        user.item(self._table, self._table.model().index(2, user.column(self._table, "File")))
        user.wait_for("P(ALL) ")
        user.choose("Arrangement of the renderings", "A | B wipe")
        wipe = user.find(QWidget, "Two renderings in one place")
        user.choose("Rendering B", "CLAHE")
        middle = wipe.rect().center()
        line = user.find(QSlider, "Line between A and B")
        user.drag(wipe, middle, QPoint(wipe.width() // 4, middle.y()))
        user.expect(line.value() in range(22, 29), f"the line stands at {line.value()} %")
        user.note(f"wipe dragged to {line.value()} %")
        user.picture("wipe")
        user.choose("Arrangement of the renderings", "Grid")
        user.rest()
        user.picture("grid")
        user.choose("Arrangement of the renderings", "One row")
        slider = user.find(QSlider, "CLAHE: clip limit, slider")
        before = slider.value()
        slider.setFocus(Qt.FocusReason.TabFocusReason)
        user.key("Right", 3)
        user.note(user.wait_for("exploratory"))
        user.press("Reset Parameters")
        user.expect(slider.value() == before, "Reset leaves the slider where it is")
        user.key("Ctrl+D")
        user.wait_for("orange brighter, blue darker")
        user.picture("difference")
        user.key("Ctrl+D")
        user.until(lambda: not user.reads("difference"), "the difference stays")
        user.until(lambda: not user.reads("P(ALL) …"), "the panes are not judged")
        user.key("Ctrl+S")
        sheet = self._out / "sheet.png"
        user.file(sheet)
        user.until(lambda: sheet.exists() and not QImage(str(sheet)).isNull(), "no sheet is written")
        self._close_messages()
        user.note(f"sheet of {QImage(str(sheet)).width()} x {QImage(str(sheet)).height()} pixels saved")

    def _close_messages(self) -> None:
        """Whatever the program still wants to say of a file that was written."""
        self.user.note(self.user.told())

    def review(self) -> None:
        """Keys, notes, undo and redo."""
        user = self.user
        user.step("Review by keys")
        self._review = user.tab("Review")
        grid = user.find(QListView, "Cells to read")
        user.until(lambda: grid.model().rowCount() > 0, "no cells to read")
        user.item(grid, grid.model().index(0, 0))
        user.until(grid.hasFocus, "a click on a cell does not give it the keys")
        for key, word in (("A", "ALL"), ("H", "HEM"), ("U", "unsure")):
            user.key(key)
            user.wait_for(f"read as {word}")
            user.key("Right")
        status = user.wait_for("3 of ")
        user.key("Ctrl+Z")
        user.wait_for("2 of ")
        user.key("Ctrl+Y")
        user.wait_for("3 of ")
        user.note(f"{status}; one taken back and done again")
        user.key("N")
        user.key("Ctrl+M")
        line = user.find(QLineEdit, "Note on the cell in view")
        user.expect(line.hasFocus(), "Ctrl+M does not lead to the note")
        user.type(NOTE)
        user.key("Return")
        grid.setFocus(Qt.FocusReason.TabFocusReason)
        user.key("Space")
        user.rest()
        user.note(f"page accepted: {user.reads(' read · ')}")
        user.picture("review")

    def read_blind(self) -> None:
        """Nothing is told before the cell is read."""
        user = self.user
        user.step("Blind first read")
        user.key("Ctrl+B")
        user.wait_for("in an order that tells nothing")
        user.key("N")
        user.wait_for("Blind read")
        user.wait_for("Hidden until you have read the cell")
        user.picture("blind")
        user.key("H")
        said = user.wait_for("suggestion ")
        user.expect("read as HEM" in said, f"after reading: {said}")
        user.note(f"after reading: {said}")
        user.key("Ctrl+B")
        user.wait_for("the most doubtful first")

    def threshold(self) -> None:
        """Drag the line and look at the cells of the band."""
        user = self.user
        user.step("Threshold")
        user.tab("Threshold")
        user.until(lambda: user.reads("Drag the line"), "the plots do not come")
        box = user.find(QDoubleSpinBox, "Threshold")
        plot = user.wait_for_control(QWidget, "Distribution of P(ALL), with the threshold and the band")
        user.rest(500)
        view = plot.getPlotItem().vb  # type: ignore[attr-defined]  # where the line is painted
        low, high = view.viewRange()[1]
        height = low + 0.8 * (high - low)  # above the number at the line

        def place(x: float) -> QPoint:
            return QPoint(plot.mapFromScene(view.mapViewToScene(QPointF(x, height))))  # type: ignore[attr-defined]

        before = box.value()
        user.drag(plot.viewport(), place(before), place(0.3))  # type: ignore[attr-defined]
        user.until(lambda: abs(box.value() - 0.3) < 0.03, f"the line was dragged to 0.3 from {before}")
        said = user.wait_for("Sensitivity (recall)")
        value = user.find(QLabel, "Sensitivity (recall) at this threshold").text()
        user.note(f"threshold {before:.3f} dragged to {box.value():.3f}: {said} {value}")
        user.picture("threshold")
        user.press("Show These Images")
        user.rest()
        user.note(f"images in the band: {self._table.model().rowCount()}")
        self._filter("")
        user.tab("Threshold")
        user.press("Reset")
        user.until(lambda: abs(box.value() - before) < 1e-9, "Reset leaves the line where it is")

    def confusion(self) -> None:
        """A click on a number shows those images."""
        user = self.user
        user.step("Confusion summary")
        user.tab("Results")
        matrix = user.find(QTableView, "Confusion matrix: rows true, columns predicted")
        user.until(lambda: matrix.model().rowCount() >= 2, "no matrix")
        for row in range(2):
            for column in range(2):
                index = matrix.model().index(row, column)
                number = int(str(index.data()).split()[0].replace(",", ""))
                user.item(matrix, index)
                user.rest()
                shown = self._table.model().rowCount()
                user.expect(shown == number, f"the cell says {number}, the table shows {shown} rows")
        user.note("each of the four numbers shows as many rows")
        user.picture("confusion")
        self.misclassified()

    def misclassified(self) -> None:
        """M goes to the next misclassified cell, or says that there is none; the table keeps its rows."""
        user = self.user
        self._filter("")
        user.item(self._table, self._table.model().index(0, user.column(self._table, "File")))
        user.key("M")
        user.rest()
        if QApplication.activeModalWidget() is not None:
            user.note(user.told())  # nothing is misclassified; behind the message there is no table in reach
        user.expect(self._table.model().rowCount() == self.images, "M narrows the table")

    def sign(self) -> None:
        """Blocked while cells are open; with a stated reason; and after reading everything."""
        user = self.user
        user.step("Patients and signatures")
        user.tab("Patients")
        cards = user.find(QListView, "Patients")
        user.until(lambda: cards.model().rowCount() == len(self.patients), "not one card a patient")
        user.picture("patients")
        for row in range(len(self.patients)):
            user.tab("Patients")
            user.item(cards, cards.model().index(row, 0))
            user.press("Sign Off…")
            dialog = user.dialog("Sign Off")
            name = user.reads("Sign off the review of", dialog)
            sign = user.find(QPushButton, "Sign Off", dialog)
            all_read = not user.reads("nobody has read", dialog)
            user.expect(sign.isEnabled() == all_read, "a patient can be signed with open cells, or not without")
            if row == 0:
                user.expect(not all_read, "the first patient has no open cell to try the gate on")
                line = user.find(QLineEdit, "Reason for signing with open cells", dialog)
                user.until(line.hasFocus, "the reason cannot be typed at once")
                user.type(REASON)
                user.picture("override", dialog)
                user.click(sign)
                user.wait_for("Signed with")
                user.note(f"{name} Blocked; signed with a reason")
                continue
            user.press("Cancel", dialog)
            self._read_all()
            user.tab("Patients")
            user.item(cards, cards.model().index(row, 0))
            user.press("Sign Off…")
            user.press("Sign Off", user.dialog("Sign Off"))
            user.wait_for("Signed, every cell read.")
            user.note(f"{name} Read and signed")
        user.item(cards, cards.model().index(0, 0))
        self._read_all()
        user.tab("Patients")
        user.item(cards, cards.model().index(0, 0))
        user.until(
            lambda: not user.reads("Signed with"), "the signature over open cells outlives a change of its cells"
        )
        user.press("Sign Off…")
        user.press("Sign Off", user.dialog("Sign Off"))
        user.wait_for("Signed, every cell read.")
        user.note("reading on withdrew the first signature; read to the end and signed again")
        user.picture("signed")

    def _read_all(self) -> None:
        """Every cell of the patient on the card: pages are accepted, doubtful ones are read by their look."""
        user = self.user
        user.press("Review These Cells")
        grid = user.find(QListView, "Cells to read")
        user.until(grid.hasFocus, "the cells do not have the keys")
        for _ in range(2 * self.images):
            user.key("N")
            if user.reads("Every cell of this queue has been read"):
                return
            before = user.wait_for(" cells read · ", self._review).split(" read")[0]
            user.key("Space")
            if user.reads(before, self._review) or user.reads("Nothing on this page can be accepted"):
                user.key("N")
                user.key("H" if "patient H" in user.reads("patient ") else "A")
        raise Deviation("the queue does not end")

    def export(self) -> None:
        """Report, workbook and table."""
        user = self.user
        user.step("Export")
        for title, suffix in (
            ("Report (PDF)…", "pdf"),
            ("Workbook (XLSX)…", "xlsx"),
            ("Table (CSV, 0.5 and commas)…", "csv"),
            ("Report (HTML)…", "html"),
        ):
            user.menu("Export", title)
            file = self._out / f"day.{suffix}"
            user.file(file)
            user.note(user.told().replace(str(self._out), "…"))
            user.expect(file.stat().st_size > 1000, f"{file.name} is empty")
        user.expect((self._out / "day.pdf").read_bytes().startswith(b"%PDF"), "that is no PDF")
        user.expect("xl/workbook.xml" in zipfile.ZipFile(self._out / "day.xlsx").namelist(), "that is no workbook")
        rows = list(csv.reader((self._out / "day.csv").read_text(encoding="utf-8-sig").splitlines()))
        user.expect(any(NOTE in line for line in rows), "the note is not in the table")
        report = (self._out / "day.html").read_text(encoding="utf-8")
        user.expect(report.count("every cell read") >= len(self.patients), "the signatures are not in the report")

    def close(self) -> None:
        """What was read stands in the table; it is remembered, and the window closed."""
        self.user.step("Close")
        self.user.tab("Results")
        self._kept = dict(zip(self._column("File"), self._column("Read as"), strict=True))
        self.user.note(f"{sum(word != '–' for word in self._kept.values())} of {self.images} cells read")
        self.user.window.close()

    def again(self) -> None:
        """Another window finds everything."""
        user = self.user
        user.step("Open again")
        self._program.show_window(None)
        button = next(
            item
            for item in user.window.findChildren(QAbstractButton)
            if item.accessibleName() == f"Open {self._folder}"
        )
        user.until(button.isVisible, "the folder is not offered again")
        user.click(button)
        user.note(user.wait_for("Kept from"))
        user.expect(not user.reads("Understood:"), "what was agreed to is asked again")
        user.tab("Results")
        user.until(lambda: self._table.model().rowCount() == self.images, "results are missing")
        found = dict(zip(self._column("File"), self._column("Read as"), strict=True))
        user.expect(found == self._kept, "readings are not those of before")
        user.expect(NOTE in self._column("Note"), "the note is gone")
        user.tab("Patients")
        cards = user.find(QListView, "Patients")
        for row in range(len(self.patients)):
            user.item(cards, cards.model().index(row, 0))
            user.wait_for("Signed, every cell read.")
        user.note("results, readings, note and signatures are there")
        user.picture("again")
        user.window.close()


def main(words: list[str]) -> int:
    """Run the day; 1 when something deviates."""
    parser = argparse.ArgumentParser(prog="lab_day", description="A technician's half day at the window.")
    parser.add_argument(
        "--cells", type=Path, metavar="FOLDER", help="cells with C-NMC names; without it some are drawn"
    )
    parser.add_argument("--shots", type=Path, metavar="FOLDER", help="keep a picture of every step here")
    parser.add_argument("--theme", choices=[theme.value for theme in Theme], default=Theme.LIGHT.value)
    parser.add_argument("--size", default="", metavar="WxH", help="size of the window, such as 1366x768")
    options = parser.parse_args(words)
    application = make_application()
    with tempfile.TemporaryDirectory(prefix="alldetect-day-") as name:
        home = Path(name)
        settings = WindowSettings(home / "window.json")
        settings.language, settings.theme, settings.reader = Language.ENGLISH, Theme(options.theme), "Drill"
        folder = options.cells or draw_cells(home / "drawn cells", 28)
        workspace = home / "day.alldetect"
        program = Program(settings, workspace)
        window = program.show_window(None)
        if options.size:
            window.resize(*(int(part) for part in options.size.split("x")))
        day = LabDay(program, folder, home, options.shots)
        try:
            day.whole(workspace)
        except Deviation as error:
            day.user.picture("deviation")
            print(f"\nDEVIATION: {error}", flush=True)
            return 1
        finally:
            if program.window is not None:
                program.window.close()
            application.processEvents()
    print("\nThe day went as it should.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
