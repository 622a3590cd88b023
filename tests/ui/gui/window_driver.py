"""What the window tests work with: folders of real files, a classifier in the test's hand, messages written down."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from alldetect_gui.core.events import ImageDone, Progress, RunFinished, RunStarted
from alldetect_gui.core.labels import CellClass, Outcome, Suggestion
from alldetect_gui.core.records import ImageRecord, ImageResult, ModelIdentity, Prediction
from alldetect_gui.gui.main_window import MainWindow
from alldetect_gui.gui.messages import Messages
from alldetect_gui.imaging.encode import png_bytes
from alldetect_gui.imaging.synthetic import draw_cell

MODEL = ModelIdentity("fake", "0" * 64, "original", {}, 0.5)


class RecordingMessages(Messages):
    """Writes down what would have been said; `answer` is the answer to every question."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.told: list[str] = []
        self.crashes: list[BaseException] = []
        self.questions: list[str] = []
        self.answer = True

    def tell(self, text: str) -> None:
        self.told.append(text)

    def crash(self, error: BaseException) -> None:
        self.crashes.append(error)

    def confirm(self, question: str, verb: str, then: Callable[[], None]) -> None:
        self.questions.append(question)
        if self.answer:
            then()


@dataclass
class FakeClassifier:
    """A generator like classify_images. It can be held before an image, and made to fail there."""

    hold_at: int = -1  # waits before this image until `go` is set
    fail_at: int = -1
    error: Exception = field(default_factory=lambda: RuntimeError("broken on purpose"))
    go: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    models: list[str] = field(default_factory=list)
    delivered: int = 0

    def __call__(self, records: Sequence[ImageRecord], *, model: str, **_: object) -> Iterator[object]:
        self.models.append(model)
        results: list[ImageResult] = []
        try:
            yield RunStarted(len(records), MODEL)
            for number, record in enumerate(records):
                if number == self.hold_at:
                    self.held.set()
                    assert self.go.wait(60)
                if number == self.fail_at:
                    raise self.error
                results.append(fake_result(record, number))
                self.delivered = len(results)
                progress = Progress(len(results), len(records), 1.0 * len(results), 1.0, 1.0 * len(records))
                yield ImageDone(results[-1], progress)
            yield RunFinished(MODEL, tuple(results), 2.0)
        finally:
            self.closed.set()


def fake_result(record: ImageRecord, number: int) -> ImageResult:
    """Every seventh image is skipped; the others follow their reference, but for one ALL and two HEM."""
    if number % 7 == 6:
        return ImageResult(record, Outcome.SKIPPED, reason="file is incomplete")
    says_all = (record.reference is CellClass.ALL) != (number in (4, 9, 14))
    if number % 11 == 3:
        return ImageResult(
            record, Outcome.CLASSIFIED, "ab", Prediction(0.51, Suggestion.UNCERTAIN, "in the band"), "in the band"
        )
    probability = 0.9 - number / 1000 if says_all else 0.1 + number / 1000
    return ImageResult(
        record, Outcome.CLASSIFIED, "ab", Prediction(probability, Suggestion.ALL if says_all else Suggestion.HEM)
    )


def write_cells(folder: Path, number: int, *, labels: bool = True) -> Path:
    folder.mkdir()
    cell = draw_cell(CellClass.ALL, 1, caption=False)[::5, ::5].copy()
    for index in range(number):
        pixels = cell.copy()
        pixels[0, 0] = (9 + index % 200, 9, 9)
        kind = "all" if index % 2 else "hem"
        name = f"UID_{'' if index % 2 else 'H'}{index % 4 + 1}_{index}_1_{kind}" if labels else f"cell_{index}"
        (folder / f"{name}.png").write_bytes(png_bytes(np.ascontiguousarray(pixels)))
    return folder


@dataclass
class Driver:
    """The window and what a user does with it."""

    window: MainWindow
    bot: QtBot
    chosen: list[Path]  # what the folder dialogs answer

    @property
    def messages(self) -> RecordingMessages:
        """What the user was told."""
        assert isinstance(self.window.messages, RecordingMessages)
        return self.window.messages

    def open(self, folder: Path) -> None:
        """Open a folder and wait until it is listed."""
        with self.bot.waitSignal(self.window.state.folder_listed):
            self.window.open_folder(folder)

    def classify(self) -> None:
        """Classify to the end and let the summary come in."""
        with self.bot.waitSignal(self.window.runners.batch.finished):
            self.window.actions_.classify.trigger()
        self.wait_idle()

    def wait_idle(self) -> None:
        """Until no runner is at work."""
        runners = self.window.runners
        everyone = (runners.listing, runners.thumbnails, runners.compare, runners.judge, runners.batch, runners.summary)
        self.bot.waitUntil(lambda: not any(runner.is_running for runner in (*everyone, runners.export)))

    def wait_compared(self) -> None:
        """Until every pane shows something."""
        panes = self.window.workspace.compare.panes
        self.bot.waitUntil(lambda: bool(panes.views) and all(not v.image.isNull() for v in panes.views.values()))
        self.wait_idle()
