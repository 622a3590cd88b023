"""Set-up from nothing: which Python, which system packages, when .venv is rebuilt, and what is started."""

import ast
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import bootstrap
import environment
import pytest
import system
from environment import Stamp
from system import SetUpFailed

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"


def fake_program(folder: Path, name: str, *, fits: bool) -> None:
    """A stand-in for a Python: says its name when it is run, and whether its version is one of ours."""
    path = folder / name
    path.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit {0 if fits else 1}\necho "{name} ran $*"\n')
    path.chmod(0o755)


def choose_python(path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", SCRIPTS / "python.sh", *arguments],
        env={"PATH": str(path)} | variables,
        capture_output=True,
        text=True,
    )


def test_that_set_up_needs_the_standard_library_only() -> None:
    allowed = set(sys.stdlib_module_names) | {"bootstrap", "environment", "system"}
    for path in SCRIPTS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= allowed, path


def test_that_the_first_python_that_fits_is_taken(tmp_path: Path) -> None:
    fake_program(tmp_path, "python3", fits=False)
    fake_program(tmp_path, "python3.11", fits=True)
    fake_program(tmp_path, "python3.12", fits=True)
    assert choose_python(tmp_path, "some script.py", "run").stdout == "python3.12 ran some script.py run\n"


def test_that_a_chosen_python_is_the_only_candidate(tmp_path: Path) -> None:
    fake_program(tmp_path, "python3", fits=True)
    fake_program(tmp_path, "python3.14", fits=False)
    done = choose_python(tmp_path, "x.py", PYTHON="python3.14")
    assert done.returncode == 1
    assert "3.11, 3.12 or 3.13" in done.stderr and "python3.14" in done.stderr


def test_that_a_chosen_python_may_lie_in_a_folder_with_a_space(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    fake_program(tmp_path / "a b", "python", fits=True)
    assert choose_python(tmp_path, "x.py", PYTHON=str(tmp_path / "a b" / "python")).stdout == "python ran x.py\n"


def test_that_no_python_ends_in_a_sentence(tmp_path: Path) -> None:
    done = choose_python(tmp_path, "x.py")
    assert (done.returncode, done.stdout) == (1, "")
    assert "AllDetect needs Python 3.11, 3.12 or 3.13, and none was found." in done.stderr


@pytest.mark.parametrize(
    ("typed", "inherited", "expected"),
    [("FOLDER=/my cells", "/elsewhere", "/my cells"), ("", "/elsewhere", "None"), ("", "", "None")],
)
def test_that_make_hands_on_the_folder_that_was_typed(
    typed: str, inherited: str, expected: str, tmp_path: Path
) -> None:
    checkout = tmp_path / "a checkout"
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", checkout)
    shutil.copy(SCRIPTS / "python.sh", checkout / "scripts")
    code = "import os, sys; print(sys.argv[1:], os.environ.get('ALLDETECT_FOLDER'))"
    (checkout / "scripts" / "bootstrap.py").write_text(code)
    variables = {"PATH": os.environ["PATH"], "FOLDER": inherited, "PYTHON": sys.executable}
    words = ["make", "--no-print-directory", "run", *([typed] if typed else [])]
    done = subprocess.run(words, cwd=checkout, env=variables, capture_output=True, text=True)
    assert done.stdout == f"['run'] {expected}\n", done.stderr


@pytest.mark.parametrize(
    ("variables", "shown", "missing"),
    [
        ({}, False, set(system.QT)),
        ({"DISPLAY": ":0"}, False, set(system.QT)),
        ({"DISPLAY": ":0"}, True, set(system.QT) | set(system.X11)),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, set(system.QT) | set(system.WAYLAND)),
    ],
)
def test_that_the_libraries_asked_for_are_those_of_the_display(
    variables: dict[str, str], shown: bool, missing: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system, "has_font", lambda: True)
    monkeypatch.setattr(system, "loads", lambda soname: False)
    assert set(system.missing_for_window(variables, shown=shown)) == missing
    monkeypatch.setattr(system, "loads", lambda soname: True)
    assert system.missing_for_window(variables, shown=shown) == {}


def test_that_a_library_that_is_not_there_is_noticed() -> None:
    assert system.loads("libc.so.6") or sys.platform != "linux"
    assert not system.loads("liballdetect-is-not-there.so.9")


def test_that_a_font_is_found_below_a_folder_or_reported_missing(tmp_path: Path) -> None:
    (tmp_path / "truetype" / "some").mkdir(parents=True)
    assert not system.has_font([str(tmp_path)])
    (tmp_path / "truetype" / "some" / "Face.TTF").touch()
    assert system.has_font([str(tmp_path)])


@pytest.mark.parametrize(
    ("machine", "glibc", "refused"),
    [("x86_64", "2.31", True), ("x86_64", "2.34", False), ("aarch64", "2.36", True), ("aarch64", "2.39", False)],
)
def test_that_a_system_too_old_for_the_locked_packages_is_told_before_the_download(
    machine: str, glibc: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", glibc))
    monkeypatch.setattr(platform, "machine", lambda: machine)
    if not refused:
        system.check_platform()
        return
    with pytest.raises(SetUpFailed, match=rf"glibc {glibc}, is too old; Debian 1\d and Ubuntu 2\d"):
        system.check_platform()


class Machine:
    """A machine that lacks libGL until its package is installed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, user: int, apt: bool = True, repairs: bool = True) -> None:
        self.installed: list[str] = []
        self._repairs = repairs
        monkeypatch.setattr(os, "geteuid", lambda: user)
        monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if apt else None)
        monkeypatch.setattr(system, "install", self.installed.extend)

    def missing(self) -> dict[str, str]:
        there = self.installed and self._repairs
        return {} if there else {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libGLX.so.0": "libgl1"}


def test_that_root_gets_missing_packages_installed_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, user=0)
    system.provide(machine.missing)
    assert machine.installed == ["libegl1", "libgl1"]


def test_that_anybody_else_is_told_the_exact_command(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, user=1000)
    with pytest.raises(SetUpFailed) as caught:
        system.provide(machine.missing)
    assert machine.installed == []
    expected = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 libgl1"
    assert str(caught.value).splitlines()[-1].strip() == expected
    assert "libGL.so.1" in str(caught.value)


def test_that_another_distribution_is_told_the_need(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, user=0, apt=False)
    with pytest.raises(SetUpFailed, match=r"libEGL\.so\.1, libGL\.so\.1, libGLX\.so\.0"):
        system.provide(machine.missing)
    assert machine.installed == []


def test_that_an_installation_that_did_not_help_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, user=0, repairs=False)
    with pytest.raises(SetUpFailed, match="Still missing"):
        system.provide(machine.missing)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose pip and venv only write down that they were called."""
    (tmp_path / "pyproject.toml").write_text("[project]")
    locks = {name: tmp_path / f"{name}.txt" for name in ("run", "dev")}
    for name, path in locks.items():
        path.write_text(f"{name}==1")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "LOCKS", locks)
    monkeypatch.setattr(environment, "read_stamp", lambda read=environment.read_stamp: read(tmp_path / ".venv"))
    monkeypatch.setattr(
        environment, "write_stamp", lambda stamp, write=environment.write_stamp: write(stamp, tmp_path / ".venv")
    )
    monkeypatch.setattr(environment, "create", lambda: note(tmp_path, "create"))
    monkeypatch.setattr(environment, "pip", lambda *words: note(tmp_path, "pip " + words[-1].rpartition("/")[2]))
    return tmp_path


def note(checkout: Path, words: str) -> None:
    (checkout / ".venv").mkdir(exist_ok=True)
    with (checkout / "log").open("a") as log:
        log.write(words + "\n")


def steps_of(checkout: Path, lock: str) -> list[str]:
    """What setting up `lock` does now."""
    (checkout / "log").write_text("")
    environment.bring_up(lock)
    return (checkout / "log").read_text().splitlines()


def everything(checkout: Path, lock: str) -> list[str]:
    return ["create", f"pip {lock}.txt", f"pip {checkout.name}"]


def test_that_the_second_set_up_does_nothing(checkout: Path) -> None:
    assert steps_of(checkout, "run") == everything(checkout, "run")
    assert steps_of(checkout, "run") == []


def test_that_tests_add_to_what_the_program_has_and_the_program_runs_in_that(checkout: Path) -> None:
    steps_of(checkout, "run")
    assert steps_of(checkout, "dev") == ["pip dev.txt", f"pip {checkout.name}"]
    assert steps_of(checkout, "run") == []


def test_that_a_changed_project_file_installs_the_project_only_and_keeps_the_tools(checkout: Path) -> None:
    steps_of(checkout, "dev")
    (checkout / "pyproject.toml").write_text("[project]\n# changed")
    assert steps_of(checkout, "run") == [f"pip {checkout.name}"]
    assert steps_of(checkout, "dev") == []


def change_lock(checkout: Path) -> None:
    (checkout / "run.txt").write_text("run==2")


def lose_stamp(checkout: Path) -> None:
    (checkout / ".venv" / "alldetect-stamp.json").unlink()


def spoil_stamp(checkout: Path) -> None:
    (checkout / ".venv" / "alldetect-stamp.json").write_text('{"root": "/somewhere"')


def move_checkout(checkout: Path) -> None:
    path = checkout / ".venv" / "alldetect-stamp.json"
    path.write_text(path.read_text().replace(str(checkout), "/elsewhere"))


def other_python(checkout: Path) -> None:
    path = checkout / ".venv" / "alldetect-stamp.json"
    path.write_text(path.read_text().replace('"python": "3.', '"python": "9.'))


@pytest.mark.parametrize("happens", [change_lock, lose_stamp, spoil_stamp, move_checkout, other_python])
def test_that_an_environment_that_no_longer_fits_is_rebuilt(happens: Callable[[Path], None], checkout: Path) -> None:
    steps_of(checkout, "run")
    happens(checkout)
    assert steps_of(checkout, "run") == everything(checkout, "run")


@pytest.mark.parametrize("before", [None, "run"])
def test_that_an_interrupted_set_up_is_rebuilt(
    before: str | None, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before:
        steps_of(checkout, before)
    with monkeypatch.context() as patched:
        patched.setattr(environment, "pip", interrupt)
        with pytest.raises(KeyboardInterrupt):
            steps_of(checkout, "dev")
    assert steps_of(checkout, "dev") == everything(checkout, "dev")


def interrupt(*words: str) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What `run` asks for and starts, instead of doing it."""
    log: list[object] = []

    def start(program: str, words: list[str], variables: dict[str, str]) -> None:
        log.append([word.replace(str(ROOT), "…") for word in words])

    monkeypatch.setattr(bootstrap, "set_up", lambda lock, missing: log.append((lock, missing())))
    monkeypatch.setattr(bootstrap, "window_complaint", lambda: "")
    monkeypatch.setattr(os, "execve", start)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "ALLDETECT_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system, "loads", lambda soname: False)
    monkeypatch.chdir(ROOT)  # `run` changes to it; this brings the tests back
    return log


def test_that_without_a_display_the_samples_are_classified_and_no_qt_is_asked_for(
    started: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.run()
    classify = ["…/.venv/bin/alldetect", "classify", "…/resources/samples", "--out", "out/samples"]
    assert started == [("run", {}), classify]
    assert "There is no display" in capsys.readouterr().out


def test_that_with_a_display_the_window_opens_on_the_folder(
    started: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("ALLDETECT_FOLDER", str(tmp_path))
    bootstrap.run()
    lock, missing = started[0]  # type: ignore[misc]
    assert lock == "run" and "libxcb-cursor.so.0" in missing
    assert started[1] == ["…/.venv/bin/alldetect-gui", str(tmp_path)]


def test_that_a_display_that_cannot_be_opened_ends_in_the_headless_job(
    started: list[object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(bootstrap, "window_complaint", lambda: "could not connect")
    bootstrap.run()
    assert "could not connect" in capsys.readouterr().out
    assert isinstance(started[1], list) and started[1][1] == "classify"


def test_that_settings_of_the_caller_cannot_lead_pip_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PIP_TARGET"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    cleaned = environment.clean_environment()
    assert "PYTHONPATH" not in cleaned and "PIP_TARGET" not in cleaned
    assert cleaned["PIP_USER"] == "0"


def test_that_a_stamp_is_read_as_it_was_written(tmp_path: Path) -> None:
    stamp = Stamp("/a b", "3.12", "dev", "1f", "2e")
    environment.write_stamp(stamp, tmp_path)
    assert environment.read_stamp(tmp_path) == stamp


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "test"]])
def test_that_an_unknown_command_is_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(arguments) == 2
    assert "run|test" in capsys.readouterr().err
