"""An installation whose TensorFlow is broken classifies as before; only the reference engine is gone, in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.imaging import files


@pytest.mark.parametrize(
    ("engine", "code", "words"),
    [("litert", 0, ""), ("tensorflow", 2, "TensorFlow")],
)
def test_that_a_tensorflow_that_cannot_be_imported_changes_nothing_for_the_usual_engine(
    engine: str, code: int, words: str, tmp_path: Path
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "tensorflow.py").write_text("raise ImportError('libtensorflow_cc.so: cannot open')")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "cell.bmp").write_bytes(files.bmp(files.smooth(64, 64)))
    done = subprocess.run(
        [sys.executable, "-m", "alldetect_gui", "classify", "in", "--out", "out", "--engine", engine],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "broken"), "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "out" / "results.csv").exists() == (code == 0)
