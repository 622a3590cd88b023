"""The settings, put together: what a change means for the window."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from alldetect_gui.gui.dialogs.choose_file import ChooseFile
from alldetect_gui.gui.dialogs.settings import SettingsDialog
from alldetect_gui.gui.language import tr
from alldetect_gui.gui.panels.run import RunPanel
from alldetect_gui.gui.settings import WindowSettings
from alldetect_gui.gui.theme import Theme, apply_theme
from alldetect_gui.gui.wiring.review import Common


class SettingsDesk(QObject):
    """Theme and model change in the window there is; another language or workspace needs a new one: `renew`."""

    def __init__(
        self,
        common: Common,
        settings: WindowSettings,
        run: RunPanel,
        choosers: tuple[ChooseFile, ChooseFile],
        renew: Callable[[], None],
    ) -> None:
        """`choosers` ask for a file that exists and for one that is to be made."""
        super().__init__(common.window)
        self._common, self._settings, self._run = common, settings, run
        self._choosers, self._renew = choosers, renew
        self.models: Sequence[tuple[str, str]] = ()
        common.actions.settings.triggered.connect(self.open)
        for theme, action in common.actions.themes.items():
            action.triggered.connect(lambda _=False, theme=theme: self.set_theme(theme))
        self.set_theme(settings.theme)

    def set_theme(self, theme: Theme) -> None:
        """Colour the program, and remember it."""
        if theme is not self._settings.theme:
            self._settings.theme = theme
        self._common.actions.themes[theme].setChecked(True)
        apply_theme(theme)

    def know_models(self, models: Sequence[tuple[str, str]]) -> None:
        """Name and title of each, the default first; the one of the settings is offered for the next run."""
        self.models = models
        wanted = self._settings.model
        if wanted and models and not self._run.choose_model(wanted):
            self._common.messages.tell(
                tr("The model “{name}” of the settings is not installed; the default is chosen", name=wanted)
            )

    def open(self) -> None:
        """Show the settings."""
        dialog = SettingsDialog(self._settings, self.models, *self._choosers, self._common.window)
        dialog.theme_changed.connect(self.set_theme)
        dialog.model_changed.connect(self._choose_model)
        dialog.language_changed.connect(lambda: self._ask_renew(dialog))
        dialog.workspace_changed.connect(lambda: self._ask_renew(dialog))
        dialog.reset_wanted.connect(lambda: self._ask_reset(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _choose_model(self, name: str) -> None:
        if self.models:
            self._run.choose_model(name or self.models[0][0])

    def _ask_renew(self, dialog: SettingsDialog) -> None:
        """The window is built anew; a run that is on would end, so it is asked first, or it is left for next time."""
        if self._common.runners.batch.is_running:
            question = tr("A run is in progress. The change needs a new window, and that ends the run.")
            self._common.messages.confirm(question, tr("End the run"), lambda: self._close_and_renew(dialog))
        else:
            self._close_and_renew(dialog)

    def _close_and_renew(self, dialog: SettingsDialog) -> None:
        dialog.accept()
        self._renew()

    def _ask_reset(self, dialog: SettingsDialog) -> None:
        def reset() -> None:
            self._settings.reset()
            self._close_and_renew(dialog)

        question = tr("All settings and shortcuts go back to what they were at first. Work and workspaces stay.")
        self._common.messages.confirm(question, tr("Reset"), reset)
