"""The fuzzer: a few hundred cases of fixed seeds in every run of the tests, and proof that it finds what is wrong.

python -m tests.drills.fuzz --minutes 60 does more.
"""

import random
from pathlib import Path

import pytest

from alldetect_gui.imaging import formats
from alldetect_gui.store import rows
from tests.drills import fuzz
from tests.drills.mutate import mutated
from tests.unit.imaging import hostile


def cases(folder: Path, number: int, seed: int = 24) -> fuzz.Findings:
    return fuzz.drill(folder, fuzz.seeds_of([]), seed, 0, lambda told: told.cases < number)


def test_that_some_hundred_random_faults_are_refused_in_words_or_harmless(tmp_path: Path) -> None:
    told = cases(tmp_path, 400)
    assert told.wrong == []
    assert min(told.images - told.read, told.read, told.workspaces, told.settings) >= 10


def test_that_the_readers_of_headers_raise_nothing_but_a_refusal() -> None:
    """At the first exception of another kind `check` lets it out and this fails."""
    chance = random.Random(5)
    for _ in range(4000):
        _, data = chance.choice(sorted(hostile.WHOLE.items()))
        assert fuzz.stated(mutated(data, chance))


def test_that_the_fuzzer_tells_a_file_that_is_cut_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "cut", lambda data, _: data)
    monkeypatch.setattr(fuzz.np, "array_equal", lambda *_: False)
    assert any("and read" in finding for finding in cases(tmp_path, 60).wrong)


def test_that_the_fuzzer_tells_what_a_header_reader_lets_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise ZeroDivisionError("height")

    monkeypatch.setattr(formats, "check", fail)
    assert any("ZeroDivisionError: height" in finding for finding in cases(tmp_path, 10).wrong)


def test_that_the_fuzzer_tells_what_a_workspace_file_lets_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drill = fuzz.Fuzz(tmp_path, fuzz.seeds_of([]))
    monkeypatch.setattr("alldetect_gui.store.ledger.row_hash", lambda *_: rows.START + b"1")
    monkeypatch.setattr("alldetect_gui.store.ledger.damaged", lambda *_: KeyError("hash"))
    for number in range(60):
        drill.case(24, number)
    assert any("_workspace_file: KeyError: 'hash'" in finding for finding in drill.told.wrong)
