"""What holds for every test: no display, nobody's real settings, and real cells only where they are."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Before anything imports Qt: without a display and without this, Qt ends the whole test run.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Qt reads these once a process, so they are set for the whole run and not for each test.
_HOME = Path(tempfile.mkdtemp(prefix="alldetect-tests-"))
for _name in ("DATA_HOME", "CONFIG_HOME", "CACHE_HOME", "STATE_HOME", "RUNTIME_DIR"):
    _folder = _HOME / _name.lower()
    _folder.mkdir(mode=0o700)
    os.environ[f"XDG_{_name}"] = str(_folder)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def own_user_data(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds what another one kept; what Qt has read of it once a process, it does not ask again."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data_home")))


@pytest.fixture(scope="session")
def cnmc() -> Path:
    """The folder with real C-NMC images beside the checkout; the test is skipped where there is none."""
    folder = ROOT.parent / "shared" / "cnmc"
    if not folder.is_dir():
        pytest.skip(f"the C-NMC images are not at {folder} (they are not part of the repository)")
    return folder
