"""Every wall of the house stands, and its guard has been seen to fail: each fault below is planted in a copy."""

import re
from pathlib import Path

import pytest

from tests.architecture import house
from tests.architecture.house import ROOMS_WITHOUT_QT, Fault

LAYERS = "Layers point downwards"
NO_QT = "Qt stays in gui"
RUNTIME = "Runtime stays in inference and training"
SQLITE = "SQLite stays in store"
PANELS = "Panels do not know each other"

# `report` is what the guard's section must say; each fault has a file of its own, so none hides behind another.
BETWEEN_ROOMS = [
    Fault("core imports Qt", "core/planted_qt.py", "import PySide6.QtCore\n", NO_QT, "core.planted_qt -> PySide6"),
    Fault("workflows import Qt inside a function", "workflows/planted_qt.py",
          "def ask():\n    from PySide6 import QtCore\n    return QtCore\n", NO_QT, "workflows.planted_qt -> PySide6"),
    Fault("imaging imports inference", "imaging/planted_up.py", "import alldetect_gui.inference.engine\n",
          LAYERS, "imaging.planted_up -> alldetect_gui.inference.engine"),
    Fault("evaluation imports workflows", "evaluation/planted_up.py", "import alldetect_gui.workflows.open_folder\n",
          LAYERS, "evaluation.planted_up -> alldetect_gui.workflows.open_folder"),
    Fault("gui imports training", "gui/planted_training.py", "import alldetect_gui.training.splits\n",
          LAYERS, "gui.planted_training -> alldetect_gui.training.splits"),
    Fault("cli imports gui", "cli/planted_gui.py", "import alldetect_gui.gui.tasks\n",
          LAYERS, "cli.planted_gui -> alldetect_gui.gui.tasks"),
    Fault("cli reaches Qt through gui", "cli/planted_chain.py", "import alldetect_gui.gui.state\n",
          NO_QT, r"cli.planted_chain -> alldetect_gui.gui.state.*\n\s*alldetect_gui.gui.state -> PySide6"),
    Fault("core imports a workflow inside a function", "core/planted_up.py",
          "def run():\n    from alldetect_gui.workflows import open_folder\n    return open_folder\n",
          LAYERS, "core.planted_up -> alldetect_gui.workflows"),
    Fault("a panel imports a sibling", "gui/panels/planted_left.py", "import alldetect_gui.gui.panels.planted_right\n",
          PANELS, "gui.panels.planted_left -> alldetect_gui.gui.panels.planted_right"),
    Fault("store imports evaluation", "store/planted_sideways.py", "import alldetect_gui.evaluation.confusion\n",
          LAYERS, "store.planted_sideways -> alldetect_gui.evaluation.confusion"),
    Fault("workflows import sqlite3 inside a function", "workflows/planted_sql.py",
          "def look():\n    import sqlite3\n    return sqlite3\n", SQLITE, "workflows.planted_sql -> sqlite3"),
    Fault("gui imports sqlite3", "gui/planted_sql.py", "import sqlite3\n", SQLITE, "gui.planted_sql -> sqlite3"),
    Fault("gui imports TensorFlow inside a function", "gui/planted_tensorflow.py",
          "def model():\n    import tensorflow\n    return tensorflow\n",
          RUNTIME, "gui.planted_tensorflow -> tensorflow"),
    Fault("cli imports the LiteRT runtime", "cli/planted_runtime.py", "import ai_edge_litert\n",
          RUNTIME, "cli.planted_runtime -> ai_edge_litert"),
    Fault("an unplanned package", "utils/everything.py", "", LAYERS, r"alldetect_gui\.utils"),
]  # fmt: skip

INSIDE_ROOMS = [
    Fault("a panel uses QThread", "gui/panels/planted_thread.py",
          "from PySide6.QtCore import QThread\n\nWORKER = QThread\n", "TID251"),
    Fault("a panel uses QThread, spelt in full", "gui/panels/planted_core.py",
          "from PySide6 import QtCore\n\nWORKER = QtCore.QThread\n", "TID251"),
    Fault("a panel opens a message box", "gui/panels/planted_box.py",
          "from PySide6.QtWidgets import QMessageBox\n\nBOX = QMessageBox\n", "TID251"),
    Fault("a workflow starts a thread", "workflows/planted_thread.py",
          "import threading\n\nWORKER = threading.Thread()\n", "TID251"),
    Fault("a workflow starts a pool of threads", "workflows/planted_pool.py",
          "from concurrent.futures import ThreadPoolExecutor\n\nPOOL = ThreadPoolExecutor()\n", "TID251"),
    Fault("inference imports TensorFlow at module level", "inference/planted_tensorflow.py",
          "import tensorflow\n\nNAME = tensorflow.__name__\n", "TID253"),
    Fault("core prints", "core/planted_print.py", 'print("hello")\n', "T201"),
    Fault("a workflow swallows every exception", "workflows/planted_swallow.py",
          "def run(work):\n    try:\n        return work()\n    except Exception:\n        return None\n", "BLE001"),
    Fault("a file is decoded outside the decoder", "workflows/planted_imread.py",
          'import cv2\n\nPIXELS = cv2.imread("cell.bmp")\n', "TID251"),
    Fault("something is unpickled", "inference/planted_pickle.py",
          "import pickle\n\nLOAD = pickle.loads\n", "TID251"),
    *(
        Fault(f"network code: {module}", f"workflows/planted_network_{module.replace('.', '_').lower()}.py",
              f"import {module}\n\nNAME = {module}.__name__\n", "TID251")
        for module in ("socket", "ssl", "http.client", "urllib.request", "requests", "ftplib", "smtplib",
                       "xmlrpc.client", "PySide6.QtNetwork")
    ),
]  # fmt: skip

AT_IMPORT = [
    Fault("core loads Qt by a string", "core/planted_string.py",
          'import importlib\n\nQT = importlib.import_module("PySide6.QtCore")\n', "", "PySide6"),
    Fault("cli imports gui", "cli/planted_gui.py", "import alldetect_gui.gui.tasks\n", "", "PySide6"),
]  # fmt: skip


@pytest.fixture(scope="module")
def contracts_with_faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What import-linter says, contract by contract, about a copy with all faults between rooms."""
    folder = tmp_path_factory.mktemp("between")
    package = house.copy_of_the_house(folder)
    for fault in BETWEEN_ROOMS:
        house.plant(package, fault)
    (package / "gui/panels/planted_right.py").touch()
    code, broken = house.lint_imports(folder)
    assert code == 1
    return broken


@pytest.fixture(scope="module")
def findings_with_faults(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What ruff says about a copy with all faults inside rooms."""
    folder = tmp_path_factory.mktemp("inside")
    package = house.copy_of_the_house(folder)
    for fault in INSIDE_ROOMS:
        house.plant(package, fault)
    code, report = house.ruff(folder)
    assert code == 1
    return report


def test_that_import_linter_keeps_every_contract_of_the_clean_house(tmp_path: Path) -> None:
    house.copy_of_the_house(tmp_path)
    assert house.lint_imports(tmp_path) == (0, {})


def test_that_ruff_finds_nothing_in_the_clean_house(tmp_path: Path) -> None:
    house.copy_of_the_house(tmp_path)
    code, report = house.ruff(tmp_path)
    assert code == 0, report


@pytest.mark.parametrize("fault", BETWEEN_ROOMS, ids=lambda fault: fault.name)
def test_that_import_linter_reports(fault: Fault, contracts_with_faults: dict[str, str]) -> None:
    assert re.search(fault.report, contracts_with_faults.get(fault.guard, "")), contracts_with_faults


@pytest.mark.parametrize("fault", INSIDE_ROOMS, ids=lambda fault: fault.name)
def test_that_ruff_reports(fault: Fault, findings_with_faults: str) -> None:
    line = rf"^alldetect_gui/{re.escape(fault.file)}:\d+:\d+: {fault.guard} "
    assert re.search(line, findings_with_faults, re.MULTILINE), findings_with_faults


@pytest.mark.parametrize("room", ROOMS_WITHOUT_QT)
def test_that_a_room_loads_without_qt_and_without_tensorflow(room: str) -> None:
    done = house.fresh_import(house.ROOT, room)
    assert done.returncode == 0, done.stderr
    assert not {"'tensorflow'", "'keras'"} & set(re.findall(r"'\w+'", done.stdout))


@pytest.mark.parametrize("fault", AT_IMPORT, ids=lambda fault: fault.name)
def test_that_a_fresh_interpreter_reports(fault: Fault, tmp_path: Path) -> None:
    house.plant(house.copy_of_the_house(tmp_path), fault)
    done = house.fresh_import(tmp_path, fault.file.partition("/")[0])
    assert done.returncode == 1
    assert re.search(rf"ModuleNotFoundError: .*\b{fault.report}\b", done.stderr), done.stderr


def test_that_a_fresh_interpreter_reports_tensorflow_at_module_level(tmp_path: Path) -> None:
    fault = Fault("", "inference/planted_tensorflow.py", "import tensorflow\n", "")
    house.plant(house.copy_of_the_house(tmp_path), fault)
    (tmp_path / "tensorflow.py").touch()  # the real one takes seconds, and its name is what matters
    assert "'tensorflow'" in house.fresh_import(tmp_path, "inference").stdout


def test_that_every_room_is_in_the_contract_about_qt() -> None:
    """A new room could be forgotten there; the layers contract would not notice."""
    text = (house.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r'name = "Qt stays in gui".*?source_modules = \[(.*?)\]', text, re.DOTALL)
    assert listed is not None
    assert sorted(re.findall(r"alldetect_gui\.(\w+)", listed[1])) == ROOMS_WITHOUT_QT
