"""Every QAction of the window, made once: menus, tool bar and buttons share them, and so do the shortcuts."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from alldetect_gui.gui.theme import Theme

_Key = QKeySequence.StandardKey
_Shortcut = QKeySequence | QKeySequence.StandardKey | str | None


class Actions(QObject):
    """The commands of the program by name; the window connects them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        make = self.make
        self.open_folder = make("&Open Folder…", _Key.Open, "Open a folder with cell images and list them")
        self.open_samples = make("Open &Sample Cells", "Ctrl+Shift+O", "Open the synthetic cells that come along")
        self.correct_names = make(
            "Correct &Names and Labels…", "Ctrl+L", "Say where reference labels and patients of this folder come from"
        )
        self.correct_names.setEnabled(False)
        self.clear_recent = make("&Clear List", None, "Forget the folders opened before")
        self.export = make(
            "results.csv and summary.json into a Fol&der…", "Ctrl+E", "The files of “alldetect classify”"
        )
        self.save_workspace = make(
            "Save &Workspace As…", None, "Copy all kept runs, readings and the audit log to a file"
        )
        self.quit = make("&Quit", _Key.Quit, "Leave AllDetect")
        self.find = make("&Find in Results", _Key.Find, "Go to the filter of the results table")
        self.next_image = make("&Next Image", "Alt+Right", "Show the next image of the folder")
        self.previous_image = make("&Previous Image", "Alt+Left", "Show the image before")
        self.zoom_in = make("Zoom &In", _Key.ZoomIn, "Enlarge all panes")
        self.zoom_out = make("Zoom &Out", _Key.ZoomOut, "Shrink all panes")
        self.fit = make("&Fit", "Ctrl+0", "Show the whole image in every pane")
        self.actual_size = make("&1:1", "Ctrl+1", "One image pixel is one screen pixel")
        self.reset_recipes = make("&Reset Parameters", "Ctrl+Shift+R", "Set every recipe back to its default")
        self.difference = make(
            "&Difference to Original",
            "Ctrl+D",
            "Show how each rendering differs: orange is brighter than the original, blue darker, full at 64 of 255",
            checkable=True,
        )
        self.difference.setChecked(False)
        self.save_sheet = make("Save &Comparison…", _Key.Save, "Write all panes and their parameters as one PNG")
        self.show_list = make("Image &List", None, "Show or hide the list of images", checkable=True)
        self.show_summary = make("&Confusion Summary", None, "Show or hide the summary", checkable=True)
        self.classify = make("&Classify Folder", "Ctrl+R", "Suggest ALL or HEM for every image of the folder")
        self.pause = make("&Pause Run", "Ctrl+;", "Hold the run, or let it go on", checkable=True)
        self.pause.setChecked(False)
        self.retry = make("&Retry Skipped", "Ctrl+Shift+K", "Try the images again that were skipped")
        self.cancel = make("C&ancel Run", "Ctrl+.", "Stop after the image in work; its results so far are kept")
        self.about = make("&About AllDetect", None, "Version, intended use, model and licences")
        self.self_test = make("&Self-Test…", None, "Check whether this installation of AllDetect works")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        for action in (self.export, self.cancel, self.classify, self.pause, self.retry):
            action.setEnabled(False)
        self._theme_group = QActionGroup(self)
        self.themes = {theme: self._make_theme(theme) for theme in Theme}

    def make(self, text: str, shortcut: _Shortcut, tip: str, *, checkable: bool = False) -> QAction:
        """An action of the window; its tool tip names its key."""
        action = QAction(text, self)
        if shortcut is not None:
            action.setShortcut(shortcut)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)
        action.setStatusTip(tip)
        action.setCheckable(checkable)
        action.setChecked(checkable)
        return action

    def _make_theme(self, theme: Theme) -> QAction:
        action = self.make(f"&{theme.name.title()}", None, f"Use the {theme.value} colours", checkable=True)
        self._theme_group.addAction(action)
        return action
