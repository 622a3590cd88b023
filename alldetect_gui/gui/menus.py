"""The menu bar, from the actions."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMenu, QMenuBar

from alldetect_gui.gui.actions import Actions


def fill_menu_bar(bar: QMenuBar, actions: Actions) -> QMenu:
    """Add all menus; returns the one for recent folders, which is filled when it opens."""
    file = bar.addMenu("&File")
    file.addAction(actions.open_folder)
    recent = file.addMenu("Open &Recent")
    file.addActions([actions.open_samples, actions.correct_names])
    file.addSeparator()
    file.addActions([actions.save_sheet, actions.save_workspace])
    file.addSeparator()
    file.addAction(actions.quit)

    edit = bar.addMenu("&Edit")
    edit.addAction(actions.find)

    view = bar.addMenu("&View")
    view.addActions([actions.previous_image, actions.next_image])
    view.addSeparator()
    view.addActions([actions.zoom_in, actions.zoom_out, actions.fit, actions.actual_size])
    view.addSeparator()
    view.addActions([actions.difference, actions.reset_recipes])
    view.addSeparator()
    view.addActions([actions.show_list, actions.show_summary])
    theme = view.addMenu("&Theme")
    theme.addActions(list(actions.themes.values()))

    classify = bar.addMenu("&Classify")
    classify.addActions([actions.classify, actions.pause, actions.cancel, actions.retry])

    bar.addMenu("&Help").addActions([actions.self_test, actions.about])
    return recent


def fill_recent_menu(
    menu: QMenu, folders: Sequence[Path], actions: Actions, open_folder: Callable[[Path], None]
) -> None:
    """Replace the entries of `menu` by `folders`, numbered so that a key opens each."""
    menu.clear()
    for number, folder in enumerate(folders, 1):
        text = str(folder).replace("&", "&&")
        menu.addAction(f"&{number}  {text}" if number < 10 else text, partial(open_folder, folder))
    if folders:
        menu.addSeparator()
        menu.addAction(actions.clear_recent)
    else:
        menu.addAction("No folder was opened yet").setEnabled(False)
