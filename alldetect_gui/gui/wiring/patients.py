"""Patients, put together: their cards follow the run and the review."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from alldetect_gui.gui.language import tr
from alldetect_gui.gui.models.patients import PatientsModel
from alldetect_gui.gui.models.review_page import ReviewPageModel
from alldetect_gui.gui.panels.patients import PatientsPanel
from alldetect_gui.gui.presenters.cell_images import CellImages
from alldetect_gui.gui.wiring.assess import Assessing
from alldetect_gui.gui.wiring.review import Common, ReviewDesk
from alldetect_gui.gui.workspace import Workspace
from alldetect_gui.workflows.blind_read import open_subjects
from alldetect_gui.workflows.roll_up_patients import PatientCells, roll_up

_PAUSE_MS = 300  # a run brings results far more often than a card can be read


@dataclass(frozen=True)
class _Counted:
    patients: Sequence[PatientCells]
    hidden: int  # patients of whom a blind read shows nothing yet


class Patients(QObject):
    """Counts only while the cards are in sight."""

    def __init__(
        self, common: Common, page: Workspace, desk: ReviewDesk, assessing: Assessing, images: CellImages
    ) -> None:
        super().__init__(common.window)
        self._state, self._page, self._desk, self._assessing = common.state, page, desk, assessing
        self.model = PatientsModel(self)
        blasts, others = (ReviewPageModel(common.state, desk.reviews, images, self) for _ in range(2))
        self.panel = PatientsPanel(self.model, blasts, others)
        page.tabs.addTab(self.panel, tr("Patients"))
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._count)
        self._runner = common.runners.patients
        self._runner.event_arrived.connect(self._show)
        self._runner.finished.connect(self._count_again)
        self._runner.failed.connect(common.messages.report)
        self._again = False  # something has changed since the count in work began
        state, reviews = common.state, desk.reviews
        for signal in (state.folder_listed, state.results_added, state.results_cleared):
            signal.connect(self._count_soon)
        for signal in (reviews.reviews_changed, reviews.sign_offs_changed, reviews.restored):
            signal.connect(self._count_soon)
        for signal in (state.folder_opened, reviews.blind_changed):
            signal.connect(self._count_anew)
        self.panel.shown.connect(self._count)
        self.panel.shown.connect(self._mark)
        state.selection_changed.connect(self._mark)
        self.panel.cell_chosen.connect(state.select)
        self.panel.pictures_wanted.connect(images.request)
        self.panel.review_wanted.connect(self._review)
        self.panel.sign_wanted.connect(desk.presenter.ask_sign_off)
        self.panel.overruled_wanted.connect(self._show_overruled)

    def _count_soon(self) -> None:
        if self.panel.isVisible() and not self._pause.isActive():
            self._pause.start()

    def _count_anew(self) -> None:
        """What is being counted must not be shown any more: it tells of another folder, or what is hidden now."""
        self._runner.abandon()
        self._again = False
        if self.panel.isVisible():
            self._count()

    def _count(self) -> None:
        """In a blind read a card counts what was read, and shows nothing of what the model said."""
        if self._runner.is_running:
            self._again = True
            return
        state, reviews = self._state, self._desk.reviews
        records, known, blind = tuple(state.records), dict(state.outcomes), reviews.blind
        read, signed = dict(reviews.reviews), dict(reviews.sign_offs)

        def count() -> Iterator[_Counted]:
            hidden = open_subjects(records, known, read) if blind else set()
            cards = roll_up(records, {} if blind else known, read, signed)
            for card in cards:
                _ = card.interval  # kept once it is found, and not found while a card is painted
            yield _Counted([card for card in cards if card.subject not in hidden], len(hidden))

        self._runner.start(count)

    def _count_again(self) -> None:
        if self._again:
            self._again = False
            self._count()

    def _show(self, counted: object) -> None:
        if isinstance(counted, _Counted):
            known = [self.model.patient(row).subject for row in range(self.model.rowCount())]
            self.model.set_patients(counted.patients)
            self.panel.tell_hidden(counted.hidden)
            if known != [patient.subject for patient in counted.patients]:
                self._mark()  # not each time it is counted: the reader may be looking at another card

    def _mark(self) -> None:
        """The card of the image in view is the chosen one."""
        if self._state.selected is not None and self.panel.isVisible():
            self.panel.select(self._state.selected.subject)

    def _review(self, subject: str) -> None:
        self._page.tabs.setCurrentWidget(self._desk.panel)
        self._desk.panel.choose_patient(subject)

    def _show_overruled(self, subject: str) -> None:
        self._assessing.show_only(f'patient:"{subject}" overruled' if subject else "overruled")
