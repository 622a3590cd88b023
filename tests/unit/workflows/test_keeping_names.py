"""How a folder is to be read is said once, and holds when it is opened again."""

import os
from pathlib import Path

import pytest

from alldetect_gui.core.labels import LabelCoding
from alldetect_gui.store.said import keep_names as keep_text
from alldetect_gui.store.verify import verify
from alldetect_gui.store.workspace_file import open_for_reading, open_workspace
from alldetect_gui.workflows.keep_names import keep_names, kept_names
from alldetect_gui.workflows.understand_names import AS_FOUND, LabelsFrom, PatientsFrom, Understanding

FOLDER = Path("/images/plate 1")
LABELS = Path(os.fsdecode(b"/labels/caf\xe9.csv"))
CORRECTED = Understanding(LabelsFrom.FILE, LABELS, LabelCoding.CHALLENGE, PatientsFrom.PATTERN, "case-{patient}-*")


def test_that_what_was_said_last_of_a_folder_comes_back_for_readers_too(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect") as file:
        assert kept_names(file, FOLDER) is None
        for said in (AS_FOUND, CORRECTED):
            keep_names(file, FOLDER, said)
            assert kept_names(file, FOLDER) == said
        keep_names(file, Path("/images/plate 2"), AS_FOUND)
    with open_for_reading(tmp_path / "w.alldetect") as file:
        assert kept_names(file, FOLDER) == CORRECTED
        assert kept_names(file, Path("/images")) is None
    assert verify(tmp_path / "w.alldetect").findings == ()


def test_that_each_correction_is_one_entry_of_the_log_and_the_same_again_is_none(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect", who=lambda: "mira") as file:
        for said in (AS_FOUND, AS_FOUND, CORRECTED, CORRECTED):
            keep_names(file, FOLDER, said)
        first, second = file.audit()
    assert (first.event, first.who, first.old, second.old) == ("names corrected", "mira", "", first.new)
    assert '"case-{patient}-*"' in second.new


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"labels_from": "stars"}', '{"of a later version": 1}'])
def test_that_what_this_version_does_not_understand_counts_as_unsaid(text: str, tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.alldetect") as file:
        keep_text(file, FOLDER, text)
        assert kept_names(file, FOLDER) is None
