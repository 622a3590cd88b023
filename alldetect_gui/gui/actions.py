"""Every QAction of the window, made once: menus, tool bar and buttons share them, and so do the shortcuts."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget

from alldetect_gui.gui.language import marked, tr
from alldetect_gui.gui.theme import Theme

_Key = QKeySequence.StandardKey
_Shortcut = QKeySequence | QKeySequence.StandardKey | str | None
_THEMES = {
    Theme.SYSTEM: (marked("&System"), marked("Use the colours of the desktop")),
    Theme.LIGHT: (marked("&Light"), marked("Use the light colours")),
    Theme.DARK: (marked("&Dark"), marked("Use the dark colours")),
}


class Actions(QObject):
    """The commands of the program by name; the window connects them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        make = self.make
        self.open_folder = make(tr("&Open Folder…"), _Key.Open, tr("Open a folder with cell images and list them"))
        self.open_samples = make(
            tr("Open &Sample Cells"), "Ctrl+Shift+O", tr("Open the synthetic cells that come along")
        )
        self.correct_names = make(
            tr("Correct &Names and Labels…"),
            "Ctrl+L",
            tr("Say where reference labels and patients of this folder come from"),
        )
        self.correct_names.setEnabled(False)
        self.clear_recent = make(tr("&Clear List"), None, tr("Forget the folders opened before"))
        self.export = make(
            tr("results.csv and summary.json into a Fol&der…"), "Ctrl+E", tr("The files of “alldetect classify”")
        )
        self.save_workspace = make(
            tr("Save &Workspace As…"), None, tr("Copy all kept runs, readings and the audit log to a file")
        )
        self.settings = make(tr("&Settings…"), "Ctrl+,", tr("Language, colours, reader, model, workspace"))
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.quit = make(tr("&Quit"), _Key.Quit, tr("Leave AllDetect"))
        self.find = make(tr("&Find in Results"), _Key.Find, tr("Go to the filter of the results table"))
        self._make_views()
        self.classify = make(tr("&Classify Folder"), "Ctrl+R", tr("Suggest ALL or HEM for every image of the folder"))
        self.pause = make(tr("&Pause Run"), "Ctrl+;", tr("Hold the run, or let it go on"), checkable=True)
        self.pause.setChecked(False)
        self.retry = make(tr("&Retry Skipped"), "Ctrl+Shift+K", tr("Try the images again that were skipped"))
        self.agreement = make(
            tr("A&greement over Recipes"),
            "Ctrl+Shift+A",
            tr("Ask the models of the other renderings, too, while no run is on: fills the column “Agree”"),
            checkable=True,
        )
        self.agreement.setChecked(False)
        self.cancel = make(tr("C&ancel Run"), "Ctrl+.", tr("Stop after the image in work; its results so far are kept"))
        self.about = make(tr("&About AllDetect"), None, tr("Version, intended use, model and licences"))
        self.self_test = make(tr("&Self-Test…"), None, tr("Check whether this installation of AllDetect works"))
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        for action in (self.export, self.cancel, self.classify, self.pause, self.retry):
            action.setEnabled(False)
        self._theme_group = QActionGroup(self)
        self.themes = {theme: self._make_theme(theme) for theme in Theme}
        name_actions(self)

    def _make_views(self) -> None:
        make = self.make
        self.next_image = make(tr("&Next Image"), "Alt+Right", tr("Show the next image of the folder"))
        self.previous_image = make(tr("&Previous Image"), "Alt+Left", tr("Show the image before"))
        self.zoom_in = make(tr("Zoom &In"), _Key.ZoomIn, tr("Enlarge all panes"))
        self.zoom_out = make(tr("Zoom &Out"), _Key.ZoomOut, tr("Shrink all panes"))
        self.fit = make(tr("&Fit"), "Ctrl+0", tr("Show the whole image in every pane"))
        self.actual_size = make("&1:1", "Ctrl+1", tr("One image pixel is one screen pixel"))
        self.reset_recipes = make(tr("&Reset Parameters"), "Ctrl+Shift+R", tr("Set every recipe back to its default"))
        self.difference = make(
            tr("&Difference to Original"),
            "Ctrl+D",
            tr("Show how each rendering differs: orange is brighter than the original, blue darker, full at 64 of 255"),
            checkable=True,
        )
        self.difference.setChecked(False)
        self.judge = make(
            tr("P(&ALL) under Panes"),
            "Ctrl+Shift+L",
            tr("What the model of each rendering says about it"),
            checkable=True,
        )
        self.save_sheet = make(
            tr("Save &Comparison…"), _Key.Save, tr("Write all panes and their parameters as one PNG")
        )
        self.show_list = make(tr("Image &List"), None, tr("Show or hide the list of images"), checkable=True)
        self.show_summary = make(tr("&Confusion Summary"), None, tr("Show or hide the summary"), checkable=True)
        self.full_screen = make(tr("F&ull Screen"), "F11", tr("Fill the screen with the window"), checkable=True)
        self.full_screen.setChecked(False)

    def make(self, text: str, shortcut: _Shortcut, tip: str, *, checkable: bool = False) -> QAction:
        """An action of the window; its tool tip names its key."""
        action = QAction(text, self)
        if shortcut is not None:
            action.setShortcut(shortcut)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setStatusTip(tip)
        describe(action)
        action.setCheckable(checkable)
        action.setChecked(checkable)
        return action

    def _make_theme(self, theme: Theme) -> QAction:
        text, tip = (tr(words) for words in _THEMES[theme])
        action = self.make(text, None, tip, checkable=True)
        self._theme_group.addAction(action)
        return action


def describe(action: QAction) -> None:
    """Put the explanation and the key of `action` into its tool tip."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{action.statusTip()} ({keys})" if keys else action.statusTip())


def name_actions(owner: object) -> None:
    """Give the actions of `owner` the names of its attributes: by them changed keys are kept, in any language."""
    for name, value in vars(owner).items():
        if isinstance(value, QAction):
            value.setObjectName(name)
        elif isinstance(value, dict):
            for key, action in value.items():
                if isinstance(action, QAction):
                    action.setObjectName(f"{name}.{'.'.join(key) if isinstance(key, tuple) else key}")


def follow_icon(button: QAbstractButton, action: QAction) -> None:
    """The icon of `button` is that of `action`, in every theme."""
    button.setIcon(action.icon())
    action.changed.connect(lambda: button.setIcon(action.icon()))


def follow_tip(widget: QWidget, action: QAction) -> None:
    """The tool tip of `widget` is that of `action`, also when its key is changed."""
    widget.setToolTip(action.toolTip())
    action.changed.connect(lambda: widget.setToolTip(action.toolTip()))
