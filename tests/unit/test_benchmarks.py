"""The benchmarks run and write what they should; how long anything takes is no test's business."""

import errno
import json
import platform
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from alldetect_gui.core.labels import CellClass
from alldetect_gui.imaging.decode import read_image
from benchmarks import peak, process_tree
from benchmarks.arithmetic import _convolutions
from benchmarks.images import REAL, link_cells, write_cells
from benchmarks.report import BEGIN, END, put_between_marks, table
from benchmarks.spread import spread
from tests.architecture.house import ROOT
from tests.unit.inference.small_model import bundled_base


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a short run writes, on drawn cells."""
    out = tmp_path_factory.mktemp("bench") / "quick.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--drawn", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(out.read_text(encoding="utf-8"))
    assert table(found) in done.stdout
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks at other processes through /proc")
def test_that_a_short_run_gives_every_figure(quick: dict[str, object]) -> None:
    ratios = quick["ratios_to_keras_loop"]
    assert isinstance(ratios, dict)
    assert ratios.keys() == {"plain_pass", "default_model"}
    assert all(value > 0 for value in ratios.values())
    assert str(quick["images"]).startswith("drawn cells")
    assert [row["images"] for row in quick["batches"]] == [1, 6]  # type: ignore[attr-defined, index]
    assert all(row["peak_mb"] > 50 for row in quick["batches"])  # type: ignore[attr-defined, index]
    text = table(quick)
    assert re.search(
        r"one plain pass: multiply-adds an image, of those with its background \| 1[0-4].\d\d of 15.35 G", text
    )
    for median, told in (
        (8.004, "8.00 times (7.00 to 9.00) | 8 |"),
        (7.9, "7.90 times (7.00 to 9.00) | 8: **not reached** |"),
    ):
        ratios = quick["throughput"]["ratios"]["loop"]  # type: ignore[index]
        ratios["plain_pass"] = {"median": median, "least": 7, "most": 9}
        assert told in table(quick)


def test_that_the_table_goes_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    document = tmp_path / "p.md"
    document.write_text(f"by hand\n{BEGIN}\nold\n{END}\nby hand, too\n")
    put_between_marks(document, "new")
    assert document.read_text() == f"by hand\n{BEGIN}\n\nnew\n\n{END}\nby hand, too\n"
    document.write_text("no marks")
    with pytest.raises(ValueError, match="no marks"):
        put_between_marks(document, "new")


def test_that_the_document_has_the_marks() -> None:
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert 0 < text.index(BEGIN) < text.index(END)


def test_that_a_median_comes_with_its_extremes() -> None:
    assert spread([3, 1, 2.0004]) == {"median": 2.0, "least": 1, "most": 3, "rounds": [3, 1, 2.0]}


def test_that_drawn_cells_are_different_and_links_repeat_them(tmp_path: Path) -> None:
    said = write_cells(tmp_path / "cells", 3, real=tmp_path)
    cells = sorted((tmp_path / "cells").iterdir())
    assert "drawn" in said
    assert len({path.read_bytes() for path in cells}) == 3
    assert read_image(cells[0]).pixels.shape == (450, 450, 3)
    links = sorted(link_cells(tmp_path / "links", cells, 5).iterdir())
    assert [path.read_bytes() for path in links] == [cells[n % 3].read_bytes() for n in range(5)]
    assert {path.stem.rpartition("_")[2].upper() for path in cells} == set(CellClass)


@pytest.mark.real_cells
def test_that_real_cells_are_the_published_bitmaps(cnmc: Path, tmp_path: Path) -> None:
    assert write_cells(tmp_path / "cells", 2, real=REAL).startswith("C-NMC")
    sizes = [path.stat().st_size for path in (tmp_path / "cells").iterdir()]
    assert sizes == [608_454] * 2


def test_that_multiply_adds_are_those_of_vgg16() -> None:
    """Simonyan & Zisserman, configuration D, counted by hand for 224 pixels: 15.3 G."""
    widths = ((3, 64, 64), (64, 128, 128), (128, 256, 256, 256), (256, 512, 512, 512), (512, 512, 512, 512))
    by_hand = sum(
        9 * (224 >> block) ** 2 * before * after
        for block, channels in enumerate(widths)
        for before, after in pairwise(channels)
    )
    assert _convolutions(bundled_base(), 224) == by_hand == 15_346_630_656


@pytest.mark.skipif(sys.platform != "linux", reason="machine code for Linux")
def test_that_the_loop_counts_its_own_instructions() -> None:
    """The rate must not depend on how long is measured, and every loop is whole turns of whole instructions."""
    for flags, length in (({"avx512_vnni"}, 24 * 6), ({"avx_vnni"}, 12 * 5), ({"avx2"}, 8 * 13)):
        loop = peak.loop_for(flags)
        assert loop is not None
        assert len(loop.turn) == length
    tiles = peak.tile_loop_for({"amx_int8"})
    assert tiles is not None
    assert len(tiles.turn) == 6 * 5
    assert peak.loop_for({"sse2"}) is peak.tile_loop_for({"sse2"}) is None
    for loop in (peak.loop_for(peak.processor_flags()), peak.tile_loop_for(peak.processor_flags())):
        rate = peak.Peak(1, loop).measure(0.01)
        assert rate is None or rate > 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks at other processes through /proc")
def test_that_memory_is_seen_from_outside(tmp_path: Path) -> None:
    code = "import sys, time; bytes(bytearray(b'x') * int(sys.argv[1])); time.sleep(0.5)"
    small, large = (
        process_tree.watch([sys.executable, "-c", code, str(size)], {}).peak_mb for size in (1, 100_000_000)
    )
    assert large - small == pytest.approx(200, abs=5)  # the array and its copy
    with pytest.raises(RuntimeError, match="exit code 3"):
        process_tree.watch([sys.executable, "-c", "raise SystemExit(3)"], {})


@pytest.mark.skipif(platform.system() != "Linux" or platform.machine() != "x86_64", reason="a filter of Linux' calls")
def test_that_amx_is_withheld_from_whatever_is_started() -> None:
    ask = (
        "import ctypes; from benchmarks.peak import processor_flags; library = ctypes.CDLL(None, use_errno=True); "
        "print(library.syscall(158, 0x1023, 18), ctypes.get_errno(), 'amx_int8' in processor_flags())"
    )
    code = (
        "import subprocess, sys; from benchmarks.without_amx import withhold; withhold(); "
        f"subprocess.run([sys.executable, '-c', {ask!r}], check=True)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.split() == ["-1", str(errno.EPERM), "False"]
