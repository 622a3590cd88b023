"""The model that is shipped, whole: on drawn cells always, on real ones where they are."""

import csv
import hashlib
import json
import shutil
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from alldetect_gui import paths
from alldetect_gui.__main__ import main
from alldetect_gui.imaging.decode import read_image
from alldetect_gui.inference.catalogue import find_artifact, list_artifacts, load_classifier
from alldetect_gui.inference.pins import BUNDLED
from alldetect_gui.training.samples import write_samples

_TAIL = struct.pack("<IIiiII", 0, 608_400, 3779, 3779, 0, 0)


def test_that_every_file_of_the_bundled_models_has_its_hash_and_all_stay_below_40_mb() -> None:
    for artifact in list_artifacts():
        artifact.verify()
        assert artifact.manifest["attribution"] and artifact.manifest["licence"]
    size = sum(file.stat().st_size for file in paths.models().rglob("*") if file.is_file())
    assert size < 40_000_000


def test_that_the_bundled_manifests_are_those_that_were_released() -> None:
    assert {artifact.name: artifact.sha256 for artifact in list_artifacts()} == BUNDLED


def test_that_a_changed_bundled_manifest_blocks_classification(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    resources = Path(shutil.copytree(paths.resources(), tmp_path / "resources"))
    manifest = resources / "models" / "default" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"threshold": 0.5', '"threshold": 0.6'))
    monkeypatch.setattr(paths, "resources", lambda: resources)
    assert main(["classify", str(paths.samples()), "--out", str(tmp_path / "out")]) == 3
    assert "default/manifest.json has changed" in capsys.readouterr().err


def test_that_the_sample_cells_are_the_generators_own(tmp_path: Path) -> None:
    drawn = write_samples(tmp_path)
    assert len(drawn) == 24
    for path in drawn:
        stored = paths.samples() / path.relative_to(tmp_path)
        np.testing.assert_array_equal(read_image(stored).pixels, read_image(path).pixels)


def test_that_the_sample_folder_is_classified_from_start_to_end(tmp_path: Path) -> None:
    assert main(["classify", str(paths.samples()), "--out", str(tmp_path)]) == 0
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert (summary["found"], summary["classified"], summary["skipped"]) == (24, 24, 0)
    assert sum(summary["confusion"].values()) == 24
    assert summary["model"]["sha256"] == find_artifact("default").sha256


def test_that_noise_and_text_are_outside_for_the_bundled_model() -> None:
    classifier = load_classifier()
    generator = np.random.default_rng(0)
    noise = generator.integers(0, 256, (450, 450, 3)).astype(np.uint8)
    page = np.full((450, 450, 3), 255, np.uint8)
    for line in range(12):
        cv2.putText(page, "not a cell at all", (10, 40 + 34 * line), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
    for image in (noise, page, np.zeros((450, 450, 3), np.uint8)):
        assert classifier.classify(image).suggestion == "UNCERTAIN"


def _published_bitmap(webp: Path) -> bytes:
    """The bitmap of the data set, rebuilt from its lossless copy."""
    pixels = cv2.imdecode(np.frombuffer(webp.read_bytes(), np.uint8), cv2.IMREAD_COLOR)  # noqa: TID251 - not a product file
    height, width = pixels.shape[:2]
    rows = np.zeros((height, (width * 3 + 3) // 4 * 4), np.uint8)
    rows[:, : width * 3] = pixels[::-1].reshape(height, -1)
    data = rows.tobytes()
    head = struct.pack("<2sIHHIIiiHH", b"BM", 54 + len(data), 0, 0, 54, 40, width, height, 1, 24)
    return head + _TAIL + data


@pytest.fixture(scope="module")
def real_cells(cnmc: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cells of each subject as they were published, chosen by a hash of the name."""
    folder = tmp_path_factory.mktemp("real")
    with (cnmc / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: zlib.crc32(row["name"].encode()))
    taken: dict[str, int] = {}
    for row in rows:
        taken[row["subject"]] = taken.get(row["subject"], 0) + 1
        if taken[row["subject"]] <= 2:
            data = _published_bitmap(cnmc / "training_data" / row["fold"] / row["label"] / f"{row['name']}.webp")
            assert hashlib.sha256(data).hexdigest() == row["sha256"]
            (folder / f"{row['name']}.bmp").write_bytes(data)
    return folder


@pytest.mark.real_cells
def test_that_real_cells_are_classified_by_subject_with_their_labels(real_cells: Path, tmp_path: Path) -> None:
    assert main(["classify", str(real_cells), "--out", str(tmp_path)]) == 0
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["found"] == summary["classified"] == 88
    assert summary["subjects"] == 44
    # The model has seen these cells, so this shows that the chain is whole, not how good it is.
    assert summary["roc_auc"] > 0.9
    with (tmp_path / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["subject"] for row in rows if row["path"].startswith("UID_h")} == {"H3"} or all(
        not row["path"].startswith("UID_h") for row in rows
    )
    assert sum(float(row["fit"]) > 1 for row in rows) <= 4


@pytest.mark.real_cells
def test_that_the_reference_engine_agrees_on_a_real_cell(real_cells: Path) -> None:
    pytest.importorskip("tensorflow")
    image = read_image(sorted(real_cells.iterdir())[0]).pixels
    fast, exact = load_classifier().classify(image), load_classifier(engine="tensorflow").classify(image)
    assert fast.probability_all == pytest.approx(exact.probability_all, abs=0.05)
