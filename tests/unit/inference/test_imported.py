"""A lab's own model is taken in as numbers or refused in words; whatever a file holds, nothing of it runs."""

import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from alldetect_gui import paths
from alldetect_gui.core.errors import ModelDamaged, RunFailed, WrongUse
from alldetect_gui.core.labels import CellClass
from alldetect_gui.gui import use_cases
from alldetect_gui.inference import catalogue, imported
from tests.unit.inference.hostile_models import MARKER, RUN, lab_model, npy, refused, zipped
from tests.unit.inference.small_model import (
    BASE,
    bundled_base,
    cell,
    head_arrays,
    head_file,
    manifest_content,
)

pytestmark = pytest.mark.usefixtures("lab_folders")


def tensors(**changes: Any) -> dict[str, Any]:
    return {f"head.{name}": array for name, array in head_arrays().items()} | changes


def safetensors(content: dict[str, Any] | None = None, **changes: Any) -> bytes:
    manifest = manifest_content("lab", {})
    return save(tensors(**changes) if content is None else content, {"manifest": json.dumps(manifest)})


def probability(name: str) -> float:
    return catalogue.load_classifier(name).classify(cell(CellClass.ALL, 1)).probability_all


def test_that_a_trained_folder_becomes_a_model_beside_the_bundled_ones(tmp_path: Path) -> None:
    folder = lab_model(tmp_path)
    artifact = catalogue.import_artifact(folder)
    assert [item.name for item in catalogue.known_artifacts()] == ["default", "lab"]
    assert probability("lab") == probability("default")
    assert artifact.verified_bytes("lab/head.npz") == (folder / "head.npz").read_bytes()
    assert catalogue.import_artifact(folder).sha256 == artifact.sha256  # a second time changes nothing


def test_that_figures_that_are_no_shares_may_lie_outside_of_0_to_1(tmp_path: Path) -> None:
    figures = {
        "calibration_slope": {"value": 1.101, "interval_95": [0.8, 3.5]},
        "mcc": {"value": -0.02, "interval_95": [-0.3, 0.2]},
    }
    folder = lab_model(tmp_path, change={"metrics": {"protocol": "p", "figures": figures}})
    assert catalogue.import_artifact(folder).manifest["metrics"]["figures"] == figures


def test_that_a_safetensors_file_becomes_the_same_model(tmp_path: Path) -> None:
    (tmp_path / "lab.safetensors").write_bytes(safetensors())
    catalogue.import_artifact(tmp_path / "lab.safetensors")
    assert probability("lab") == probability("default")


def test_that_a_bundled_name_is_never_shadowed_and_another_can_be_given(tmp_path: Path) -> None:
    folder = lab_model(tmp_path, "default")
    with pytest.raises(WrongUse, match="is a model of this program"):
        catalogue.import_artifact(folder)
    assert catalogue.import_artifact(folder, "ours").name == "ours"
    assert catalogue.find_artifact("default").root == tmp_path / "program"


def test_that_another_model_of_a_taken_name_does_not_replace_it(tmp_path: Path) -> None:
    first = catalogue.import_artifact(lab_model(tmp_path))
    other = lab_model(tmp_path / "again", head=head_file(calibration=np.array([2, 0], np.float32)))
    with pytest.raises(WrongUse, match="another imported model"):
        catalogue.import_artifact(other)
    assert catalogue.find_artifact("lab").sha256 == first.sha256


@pytest.mark.parametrize("file", ["manifest.json", "head.npz"])
def test_that_an_imported_model_in_which_a_bit_flips_is_blocked_and_the_rest_goes_on(tmp_path: Path, file: str) -> None:
    catalogue.import_artifact(lab_model(tmp_path))
    path = tmp_path / "user" / "models" / "lab" / file
    data = bytearray(path.read_bytes())
    data[data.index(b"Small model") if file == "manifest.json" else 300] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelDamaged, match=r"expected .*…, found"):
        catalogue.load_classifier("lab")
    assert probability("default")


def test_that_the_window_hears_of_a_damaged_import_after_the_models_that_are_whole(tmp_path: Path) -> None:
    catalogue.import_artifact(lab_model(tmp_path))
    (tmp_path / "user" / "models" / "imported.json").unlink()
    events = iter(use_cases.models())
    assert [artifact.name for artifact in next(events)] == ["default"]
    with pytest.raises(ModelDamaged, match="“lab”"):
        next(events)


def test_that_the_window_hears_of_a_flipped_bit_in_a_bundled_file_before_anything_is_classified(tmp_path: Path) -> None:
    base = tmp_path / "program" / BASE
    data = bytearray(base.read_bytes())
    data[len(data) // 2] ^= 1
    base.write_bytes(data)
    with pytest.raises(ModelDamaged, match=r"vgg16.tflite has changed \(expected .*…, found .*…\); classification is"):
        list(use_cases.models())


CODE = f"__import__('os').system('touch {MARKER}')"
HDF5 = b"\x89HDF\r\n\x1a\n"
LAMBDA = {
    "class_name": "Sequential",
    "config": {
        "layers": [{"class_name": "Lambda", "config": {"function": f"__import__('os').system('touch {MARKER}')"}}]
    },
}
MODULE = {"module": "os", "class_name": "system", "config": f"touch {MARKER}", "registered_name": None}


def header_of(content: str) -> bytes:
    return struct.pack("<Q", len(content)) + content.encode()


def one_tensor(shape: str, offsets: str) -> str:
    return f'{{"head.mean":{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}}}'


FILES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "html": lambda: b"<!DOCTYPE html><html><script>x</script></html>",
    "pickle": lambda: RUN,
    "pickle called .h5": lambda: RUN + bytes(2000),
    "Lambda in .keras": lambda: zipped({"config.json": json.dumps(LAMBDA).encode(), "model.weights.h5": HDF5}),
    "module in config.json": lambda: zipped({"config.json": json.dumps(MODULE).encode()}),
    "Lambda in .h5": lambda: HDF5 + bytes(100) + json.dumps(LAMBDA).encode(),
    "HDF5 with an external link": lambda: HDF5 + bytes(60) + b"/etc/passwd\0/weights",
    "HDF5 with a huge shape": lambda: HDF5 + b"\xff" * 400,
    "zip slip": lambda: zipped({"../../../" + MARKER: b"x", "/tmp/" + MARKER: b"x"}),
    "zip bomb": lambda: zipped({"model.weights.h5": bytes(60_000_000)}, zipfile.ZIP_DEFLATED),
    "numpy array of objects": lambda: npy("(1,)", RUN, "|O"),
    "safetensors: header of 2**63 bytes": lambda: struct.pack("<Q", 2**63) + b"{}",
    "safetensors: header of 90 MB": lambda: struct.pack("<Q", 90_000_000) + b"{" + b" " * 1000,
    "safetensors: 10,000 tensors": lambda: save({f"head.t{n}": np.zeros(1, np.float32) for n in range(10_000)}),
    "safetensors: nested header": lambda: header_of("{" + '"a":{' * 3000 + "}" * 3000 + "}"),
    "safetensors: offsets outside": lambda: header_of(one_tensor("[9]", "[0,36]")),
    "safetensors: huge shape": lambda: header_of(one_tensor("[1099511627776,4096]", "[0,4]")) + bytes(4),
    "safetensors: float64": lambda: safetensors(**{"head.mean": np.zeros(256)}),
    "safetensors: NaN": lambda: safetensors(**{"head.mean": np.full(256, np.nan, np.float32)}),
    "safetensors: wrong length": lambda: safetensors(**{"head.mean": np.zeros(255, np.float32)}),
    "safetensors: a tensor missing": lambda: safetensors({"head.mean": np.zeros(256, np.float32)}),
    "safetensors: a tensor too many": lambda: safetensors(**{"layer.kernel": np.zeros(2, np.float32)}),
    "safetensors: a name that climbs": lambda: safetensors(**{"head.../../x": np.zeros(2, np.float32)}),
    "safetensors: no manifest": lambda: save(tensors()),
    "safetensors: no tensors": lambda: header_of("{}"),
    "safetensors: texts that are no texts": lambda: header_of('{"__metadata__":{"manifest":1}}'),
    "safetensors: no head": lambda: save({"fit.mean": np.zeros(2, np.float32)}, {"manifest": "{}"}),
    "safetensors: manifest is a list": lambda: save(tensors(), {"manifest": "[1]"}),
}  # fmt: skip

HEADS: dict[str, Callable[[], bytes]] = {
    "objects": lambda: zipped({f"{name}.npy": npy("(1,)", RUN, "|O") for name in head_arrays()}),
    "pickle": lambda: RUN,
    "html": lambda: b"<html>",
    "empty": lambda: b"",
    "zip slip": lambda: zipped({"../../" + MARKER + ".npy": npy("(1,)", bytes(4))}),
    "zip bomb": lambda: zipped({"mean.npy": npy("(25000000,)", bytes(100_000_000))}, zipfile.ZIP_DEFLATED),
    "huge shape": lambda: zipped({"mean.npy": npy("(1099511627776,)", bytes(8))}),
    "negative shape": lambda: zipped({"mean.npy": npy("(-1,)", b"")}),
    "code for a shape": lambda: zipped({"mean.npy": npy(f"({CODE},)", b"")}),
    "1,000 arrays": lambda: zipped({f"a{n}.npy": npy("(1,)", bytes(4)) for n in range(1000)}),
    "float64": lambda: zipped({"mean.npy": npy("(1,)", bytes(8), "<f8")}),
    "infinite": lambda: head_file(bias=np.array([np.inf], np.float32)),
    "NaN": lambda: head_file(mean=np.full(256, np.nan, np.float32)),
    "too short": lambda: head_file(mean=np.zeros(7, np.float32)),
    "an array missing": lambda: head_file(scale=None),
}


@pytest.mark.timeout(60)
@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("what", FILES)
def test_that_a_malicious_file_is_refused_in_words_without_running(what: str, tmp_path: Path) -> None:
    path = tmp_path / ("model.safetensors" if what.startswith("safetensors") else "model.keras")
    path.write_bytes(FILES[what]())
    assert " " in refused(path)


@pytest.mark.timeout(60)
@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("what", HEADS)
def test_that_a_malicious_head_is_refused_though_its_hash_is_right(what: str, tmp_path: Path) -> None:
    assert refused(lab_model(tmp_path, head=HEADS[what]()))


VIEWS = [{"name": "v", "region": "native", "extent": 64, "size": 32}]
CHANGES: dict[str, dict[str, Any]] = {
    "a name that climbs": {"name": "../default"},
    "a head elsewhere": {"head": "../../../etc/passwd"},
    "an absolute head": {"head": "/etc/passwd"},
    "another schema": {"schema": 99},
    "classes the other way round": {"class_names": ["HEM", "ALL"]},
    "a view of 100,000 pixels": {"input": {"normalisation": "vgg16", "views": [{**VIEWS[0], "size": 100_000}]}},
    "a thousand views": {"input": {"normalisation": "vgg16", "views": VIEWS * 1000}},
    "a threshold outside": {"threshold": 7},
    "figures of text": {"metrics": {"protocol": "p", "figures": {"f1": {"value": "high", "interval_95": None}}}},
    "a figure in quotation marks": {
        "metrics": {"protocol": "p", "figures": {"f1": {"value": "0.5", "interval_95": None}}}
    },
    "a figure that is yes": {"metrics": {"protocol": "p", "figures": {"f1": {"value": True, "interval_95": None}}}},
    "a band in quotation marks": {"uncertain_band": "01"},
    "half a block": {"features": {"blocks": [2.5], "statistics": ["mean"]}},
    "turned copies that take minutes": {
        "input": {"normalisation": "vgg16", "views": [{**VIEWS[0], "size": 1024, "turns": 8}]}
    },
    "a summary that moves the cursor": {"summary": "good\x1b[2Jmodel"},
    "half a letter": {"summary": "good \ud800 model"},
    "a hundred lists in each other": {"training": json.loads("[" * 100 + "]" * 100)},
    "a figure above one": {"metrics": {"protocol": "p", "figures": {"f1": {"value": 1.5, "interval_95": None}}}},
    "a correlation above one": {"metrics": {"protocol": "p", "figures": {"mcc": {"value": 1.5, "interval_95": None}}}},
    "a slope without end": {
        "metrics": {"protocol": "p", "figures": {"calibration_slope": {"value": 1e9, "interval_95": None}}}
    },
    "an interval of three": {"metrics": {"protocol": "p", "figures": {"f1": {"value": 0.5, "interval_95": [0, 0, 1]}}}},
    "no figures": {"metrics": None},
    "a base of its own": {"base": "lab/own.tflite", "files": {"lab/own.tflite": "0" * 64}},
    "files that are no table": {"files": [1, 2]},
    "a title of a million letters": {"title": "x" * 1_000_000},
    "a title that moves the cursor": {"title": "good\x1b[2Jmodel"},
}


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("what", CHANGES)
def test_that_a_manifest_that_asks_for_more_than_numbers_is_refused(what: str, tmp_path: Path) -> None:
    assert refused(lab_model(tmp_path, change=CHANGES[what]))


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("name", ["../default", "Default", "x" * 65, ".hidden", "a b", "a\x1b[2J"])
def test_that_a_name_that_is_no_name_for_a_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="is no name for a model"):
        catalogue.import_artifact(lab_model(tmp_path), name)


def test_that_a_place_that_takes_no_models_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = lab_model(tmp_path)
    (tmp_path / "file").touch()
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "file" / "models")
    with pytest.raises(RunFailed, match="the model cannot be kept"):
        catalogue.import_artifact(source)
    assert "lab" not in [artifact.name for artifact in catalogue.known_artifacts()]


@pytest.mark.usefixtures("untouched")
def test_that_a_number_beyond_all_numbers_is_refused_in_words(tmp_path: Path) -> None:
    """JSON has no word for infinity, and reads this as one."""
    folder = lab_model(tmp_path)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("{", '{"more": 1e999, ', 1), encoding="utf-8")
    assert "not finite" in refused(folder)


@pytest.mark.usefixtures("untouched")
def test_that_a_network_of_the_labs_own_is_not_run(tmp_path: Path) -> None:
    other = bundled_base()[:-4] + b"\0\0\0\1"
    assert "no foreign network is run" in refused(lab_model(tmp_path, base=other))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes and links")
@pytest.mark.timeout(60)
@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("part", ["manifest.json", "head.npz"])
def test_that_pipes_and_links_in_a_models_folder_are_refused(part: str, tmp_path: Path) -> None:
    folder = lab_model(tmp_path)
    (folder / part).unlink()
    os.mkfifo(folder / part)
    assert "not a regular file" in refused(folder)
    (folder / part).unlink()
    (folder / part).symlink_to("/dev/zero")
    assert "link" in refused(folder)


def test_that_what_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no file or folder"):
        catalogue.import_artifact(tmp_path / "nowhere")
    assert imported.imported_names() == []
