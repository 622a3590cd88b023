"""Help › Self-Test: whether this installation works, check by check, while the window stays usable."""

from collections.abc import Callable, Iterable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from alldetect_gui.core.checks import CheckDone, CheckOutcome
from alldetect_gui.gui import wording
from alldetect_gui.gui.language import marked, said, tr
from alldetect_gui.gui.tasks import TaskRunner
from alldetect_gui.gui.widgets.plain_buttons import close_box

_WORDS = {
    CheckOutcome.PASSED: marked("Passed"),
    CheckOutcome.FAILED: marked("FAILED"),
    CheckOutcome.ABSENT: marked("Not part of this program"),
}


class SelfTestDialog(QDialog):
    """Runs `work` on `runner` as soon as it is made; closing it ends the test after the check in work."""

    def __init__(self, runner: TaskRunner, work: Callable[[], Iterable[object]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Self-Test"))
        self._failed = 0
        self._runner = runner
        self.verdict = QLabel(tr("Testing: models, decoders, engines, a workspace and a window off screen…"))
        self.verdict.setWordWrap(True)
        self.checks = QPlainTextEdit()
        self.checks.setReadOnly(True)
        self.checks.setTabChangesFocus(True)
        self.checks.setAccessibleName(tr("Checks"))
        buttons = close_box()
        copy = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.verdict, self.checks, buttons):
            layout.addWidget(widget)
        character = self.fontMetrics().averageCharWidth()
        self.resize(character * 90, character * 40)
        runner.event_arrived.connect(self._show)
        runner.finished.connect(self._conclude)
        runner.failed.connect(self._break_off)
        self.finished.connect(self._let_go)
        runner.start(work)

    def text(self) -> str:
        """Verdict and checks, for a report."""
        return f"{self.verdict.text()}\n{self.checks.toPlainText()}\n"

    def _show(self, event: object) -> None:
        if isinstance(event, CheckDone):
            self._failed += event.outcome is CheckOutcome.FAILED
            self.checks.appendPlainText(f"{tr(_WORDS[event.outcome])} – {said(event.name)}: {said(event.detail)}")

    def _conclude(self) -> None:
        count = tr("{checks} failed. Please install AllDetect again.", checks=wording.count(self._failed, "check"))
        self.verdict.setText(count if self._failed else tr("Everything that belongs to this program works."))

    def _break_off(self, error: object) -> None:
        self.verdict.setText(tr("The self-test could not go on: {error}", error=said(str(error))))

    def _let_go(self) -> None:
        self._runner.event_arrived.disconnect(self._show)
        self._runner.finished.disconnect(self._conclude)
        self._runner.failed.disconnect(self._break_off)
        self._runner.abandon()
        self.deleteLater()
