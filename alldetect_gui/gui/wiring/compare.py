"""The comparison: renderings, P(ALL) under them, and the sheet."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from alldetect_gui.gui.actions import Actions
from alldetect_gui.gui.dialogs.choose_file import ChooseFile
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.messages import Messages
from alldetect_gui.gui.panels.compare import ComparePanel
from alldetect_gui.gui.presenters.compare import ComparePresenter
from alldetect_gui.gui.presenters.judge import JudgePresenter
from alldetect_gui.gui.presenters.sheet import SheetPresenter
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.tasks import Runners
from alldetect_gui.gui.use_cases import UseCases


@dataclass(frozen=True)
class Comparing:
    """The presenters behind the compare panel."""

    compare: ComparePresenter
    judge: JudgePresenter
    sheet: SheetPresenter


def make_comparing(
    window: QWidget, panel: ComparePanel, run: Runners, cases: UseCases, messages: Messages
) -> Comparing:
    """Make them; `window` owns their timers."""
    judge = JudgePresenter(panel, run.judge, cases, messages, window)
    compare = ComparePresenter(panel, run.compare, cases, messages, judge)
    return Comparing(compare, judge, SheetPresenter(compare, judge, run.sheet, cases, messages))


def connect_comparing(actions: Actions, panel: ComparePanel, comparing: Comparing, save: Callable[[], None]) -> None:
    """Join the actions and the panel to the presenters; `save` asks for a file and writes the sheet."""
    actions.zoom_in.triggered.connect(panel.panes.zoom_in)
    actions.zoom_out.triggered.connect(panel.panes.zoom_out)
    actions.fit.triggered.connect(panel.panes.fit)
    actions.actual_size.triggered.connect(panel.panes.actual_size)
    actions.reset_recipes.triggered.connect(comparing.compare.reset)
    actions.difference.toggled.connect(comparing.compare.show_difference)
    for switch in (comparing.judge.set_on, panel.show_verdicts):
        actions.judge.toggled.connect(switch)
        switch(actions.judge.isChecked())  # as it was left last time
    actions.save_sheet.triggered.connect(save)
    panel.parameters_changed.connect(comparing.compare.change)


def sheet_saver(
    window: QWidget, panel: ComparePanel, sheet: SheetPresenter, settings: WindowSettings, choose: ChooseFile
) -> Callable[[], None]:
    """What “Save Comparison…” does: the sheet is what was in view when it was asked for."""

    def save() -> None:
        comparison = sheet.comparison(panel.hidden)
        if comparison is None:
            return

        def write(out: Path) -> None:
            settings.export_folder = out.parent
            sheet.save(out, comparison)

        stem = comparison.path.stem if comparison.named else "cell"
        proposed = settings.export_folder / f"{stem}-comparison.png"
        choose(window, tr("Save Comparison"), proposed, tr("PNG image (*.png)"), write)

    return save
