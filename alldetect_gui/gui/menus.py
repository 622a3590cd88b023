"""The menu bar, from the actions."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMenu, QMenuBar

from alldetect_gui.gui.actions import Actions
from alldetect_gui.gui.language import tr


def fill_menu_bar(bar: QMenuBar, actions: Actions) -> QMenu:
    """Add all menus; returns the one for recent folders, which is filled when it opens."""
    file = _menu(bar, "file", tr("&File"))
    file.addAction(actions.open_folder)
    recent = file.addMenu(tr("Open &Recent"))
    file.addActions([actions.open_samples, actions.correct_names])
    file.addSeparator()
    file.addActions([actions.save_sheet, actions.save_workspace])
    file.addSeparator()
    file.addAction(actions.quit)

    edit = _menu(bar, "edit", tr("&Edit"))
    edit.addAction(actions.find)
    edit.addSeparator()
    edit.addAction(actions.settings)

    view = _menu(bar, "view", tr("&View"))
    view.addActions([actions.previous_image, actions.next_image])
    view.addSeparator()
    view.addActions([actions.zoom_in, actions.zoom_out, actions.fit, actions.actual_size])
    view.addSeparator()
    view.addActions([actions.difference, actions.judge, actions.reset_recipes])
    view.addSeparator()
    view.addActions([actions.show_list, actions.show_summary, actions.full_screen])
    theme = view.addMenu(tr("&Theme"))
    theme.addActions(list(actions.themes.values()))

    classify = _menu(bar, "classify", tr("&Classify"))
    classify.addActions([actions.classify, actions.pause, actions.cancel, actions.retry])
    classify.addSeparator()
    classify.addAction(actions.agreement)

    _menu(bar, "help", tr("&Help")).addActions([actions.self_test, actions.about])
    return recent


def menu_of(bar: QMenuBar, name: str) -> QMenu:
    """The menu of that name, whatever it is called in the language spoken."""
    return next(menu for menu in bar.findChildren(QMenu) if menu.objectName() == name)


def _menu(bar: QMenuBar, name: str, title: str) -> QMenu:
    menu = bar.addMenu(title)
    menu.setObjectName(name)
    return menu


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
        menu.addAction(tr("No folder was opened yet")).setEnabled(False)
