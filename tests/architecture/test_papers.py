"""The papers name tests that exist, and the statement of intended use stands in them word for word."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from alldetect_gui import paths
from alldetect_gui.core.intended_use import INTENDED_USE
from tests.architecture import house

PAPERS = ("docs/hazards.md", "docs/reliability.md")


@pytest.mark.parametrize("paper", PAPERS)
def test_that_every_test_that_a_paper_names_exists(paper: str) -> None:
    named = set(re.findall(r"`([\w/]*test_\w+\.py)`", (house.ROOT / paper).read_text(encoding="utf-8")))
    there = {path.relative_to(house.ROOT).as_posix() for path in (house.ROOT / "tests").rglob("test_*.py")}
    assert len(named) > 10
    assert [name for name in sorted(named) if not any(path.endswith(name) for path in there)] == []


def test_that_each_task_at_the_window_has_a_test_that_is_there() -> None:
    paper = (house.ROOT / "docs" / "workbench.md").read_text(encoding="utf-8")
    tests = {
        name
        for path in (house.ROOT / "tests" / "ui" / "gui").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", paper))
    assert len(named) > 50
    assert named - tests == set()


def test_that_the_statement_of_intended_use_is_in_papers_and_cards() -> None:
    papers = [house.ROOT / "docs" / "intended-use.md", *paths.models().glob("*/MODEL_CARD.md")]
    assert len(papers) > 1
    for paper in papers:
        text = " ".join(paper.read_text(encoding="utf-8").replace("\n> ", "\n").split())
        assert INTENDED_USE in text, paper


def test_that_a_folder_is_classified_and_a_window_opened_without_any_network(tmp_path: Path) -> None:
    """In a network namespace of its own there is not even a loopback device that is up."""
    alone = ["unshare", "--net", "--map-root-user"]
    try:
        allowed = subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        pytest.skip("a network namespace may not be made here")
    words = ["classify", str(paths.samples()), "--out", str(tmp_path / "out"), "--json"]
    window = "import sys; from alldetect_gui.__main__ import main_gui; sys.exit(main_gui())"
    measured = tmp_path / "start.json"
    for command in (
        [sys.executable, "-m", "alldetect_gui", *words],
        [sys.executable, "-c", window, str(paths.samples()), "--measure", str(measured)],
    ):
        done = subprocess.run([*alone, *command], capture_output=True, text=True, cwd=house.ROOT, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "results.csv").exists() and measured.exists()
