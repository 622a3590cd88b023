"""Tricks with the files below a model's numbers: branches, archives of arrays, real HDF5 files, cards."""

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from alldetect_gui.core.labels import CellClass
from alldetect_gui.inference import catalogue
from alldetect_gui.inference.engine import TUNED
from alldetect_gui.training.honest.fine_tune import block4_file
from tests.unit.inference.hostile_models import MARKER, RUN, lab_model, npy, refused, zipped
from tests.unit.inference.small_model import bundled_base, cell, head_arrays, head_file, manifest_content, write_model

pytestmark = [pytest.mark.usefixtures("lab_folders"), pytest.mark.timeout(60)]

BLOCKS = {"features": {"blocks": [2, TUNED], "statistics": ["mean", "deviation"]}}


@cache
def our_branch() -> bytes:
    """A tuned block such as a program may ship; no bundled model has one today."""
    return block4_file()


def branched(name: str, branch: bytes) -> dict[str, Any]:
    """Arguments of write_model for a model whose head reads block 2 and the tuned block."""
    wide = {key: np.pad(value, (0, 1024), constant_values=key == "scale") if value.shape == (256,) else value
            for key, value in head_arrays().items()}  # fmt: skip
    wide["weights"] = np.pad(wide["weights"], ((0, 0), (0, 1024)))
    return {"head": head_file(**wide), "more": {"branch.tflite": branch},
            "change": {"branch": f"{name}/branch.tflite", **BLOCKS}}  # fmt: skip


@pytest.fixture
def program_with_branch(tmp_path: Path) -> None:
    write_model(tmp_path / "program", "tuned", **branched("tuned", our_branch()))


@pytest.mark.usefixtures("program_with_branch")
def test_that_a_head_on_the_programs_own_tuned_block_is_taken_in(tmp_path: Path) -> None:
    catalogue.import_artifact(lab_model(tmp_path, **branched("lab", our_branch())))
    outcome = catalogue.load_classifier("lab").classify(cell(CellClass.ALL, 1))
    assert (
        outcome.probability_all == catalogue.load_classifier("tuned").classify(cell(CellClass.ALL, 1)).probability_all
    )
    assert (tmp_path / "user" / "models" / "lab" / "branch.tflite").read_bytes() == our_branch()


BRANCHES: dict[str, Callable[[], bytes]] = {
    "one bit of ours": lambda: our_branch()[:-2000] + bytes([our_branch()[-2000] ^ 1]) + our_branch()[-1999:],
    "the base": bundled_base,
    "a pickle": lambda: RUN,
    "empty": lambda: b"",
    "a web page": lambda: b"<html>",
    "a network's head without its body": lambda: our_branch()[:4096],
}


@pytest.mark.usefixtures("program_with_branch", "untouched")
@pytest.mark.parametrize("what", BRANCHES)
def test_that_a_tuned_block_of_the_labs_own_is_never_run(what: str, tmp_path: Path) -> None:
    assert "only the block that came with this program" in refused(
        lab_model(tmp_path, **branched("lab", BRANCHES[what]()))
    )


@pytest.mark.usefixtures("program_with_branch", "untouched")
@pytest.mark.parametrize("named", ["/etc/passwd", "../../outside.tflite", "", 7, None, ["lab/branch.tflite"]])
def test_that_a_branch_without_the_hash_of_ours_is_refused_wherever_it_is_said_to_be(
    named: object, tmp_path: Path
) -> None:
    arguments = branched("lab", our_branch())
    arguments["change"] |= {"branch": named}
    assert "only the block that came" in refused(lab_model(tmp_path, **arguments))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.usefixtures("program_with_branch")
def test_that_the_branch_of_an_import_is_ours_and_its_own_file_is_not_opened(tmp_path: Path) -> None:
    folder = lab_model(tmp_path, **branched("lab", our_branch()))
    (folder / "branch.tflite").unlink()
    os.mkfifo(folder / "branch.tflite")  # reading it would hang
    catalogue.import_artifact(folder)
    assert (tmp_path / "user" / "models" / "lab" / "branch.tflite").read_bytes() == our_branch()


@pytest.mark.usefixtures("program_with_branch")
def test_that_a_file_without_a_hash_for_its_network_means_the_base_and_no_branch(tmp_path: Path) -> None:
    """`tuned` comes before the base in the alphabet of files."""
    (tmp_path / "lab.safetensors").write_bytes(
        save({f"head.{name}": array.astype(np.float16) if name == "mean" else array
              for name, array in head_arrays().items()}, {"manifest": json.dumps(manifest_content("lab", {}))})
    )  # fmt: skip
    artifact = catalogue.import_artifact(tmp_path / "lab.safetensors")
    assert artifact.verified_bytes(artifact.base) == bundled_base() and artifact.branch is None


def twice(first: bytes, second: bytes) -> bytes:
    """An archive with two members of one name: readers differ in which one they take."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("mean.npy", first)
        archive.writestr("mean.npy", second)
    return buffer.getvalue()


def other_local_name(data: bytes) -> bytes:
    """The directory says mean.npy, the member's own header says something else."""
    return data.replace(b"mean.npy", b"../x.npy", 1)


def smaller_in_the_directory(data: bytes) -> bytes:
    """The directory states 200 bytes for a member that unpacks to many more."""
    at = data.rindex(b"PK\1\2")
    return data[: at + 24] + struct.pack("<I", 200) + data[at + 28 :]


def version_two(length: int) -> bytes:
    return b"\x93NUMPY\2\0" + struct.pack("<I", length) + b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}\n"


MANY = zipped({"mean.npy": npy("(5000000,)", bytes(20_000_000))}, zipfile.ZIP_DEFLATED)
ARCHIVES: dict[str, Callable[[], bytes]] = {
    "a pickle beside the arrays": lambda: zipped({"mean.npy": npy("(1,)", bytes(4)), "data.pkl": RUN}),
    "an object array, its type in disguise": lambda: zipped({"mean.npy": npy("(1,)", RUN, "O")}),
    "a record with an object in it": lambda: zipped({"mean.npy": npy("(1,)", RUN, [("a", "<f4"), ("b", "|O")])}),  # type: ignore[arg-type]
    "a type of 2**30 bytes": lambda: zipped({"mean.npy": npy("(1,)", bytes(4), "|V1073741824")}),
    "big-endian": lambda: zipped({"mean.npy": npy("(1,)", bytes(4), ">f4")}),
    "complex": lambda: zipped({"mean.npy": npy("(1,)", bytes(8), "<c8")}),
    "text": lambda: zipped({"mean.npy": npy("(1,)", bytes(4), "<U1")}),
    "dates": lambda: zipped({"mean.npy": npy("(1,)", bytes(8), "<M8[s]")}),
    "a shape that overflows": lambda: zipped({"mean.npy": npy("(4294967296, 4294967296)", b"")}),
    "a shape of True": lambda: zipped({"mean.npy": npy("(True,)", bytes(4))}),
    "a shape of 4,000 sides": lambda: zipped({"mean.npy": npy(f"({'1,' * 4000})", bytes(4))}),
    "one name twice": lambda: twice(npy("(1,)", bytes(4)), npy("(1,)", RUN, "|O")),
    "another name in the member": lambda: other_local_name(zipped({"mean.npy": npy("(1,)", bytes(4))})),
    "a size that lies": lambda: smaller_in_the_directory(MANY),
    "a header of 4 GB": lambda: zipped({"mean.npy": version_two(2**32 - 1)}),
    "a header of no version": lambda: zipped({"mean.npy": b"\x93NUMPY\xff\xff" + bytes(100)}),
    "a name with a drive": lambda: zipped({"C:\\windows\\mean.npy": npy("(1,)", bytes(4))}),
    "an absolute name": lambda: zipped({"/tmp/" + MARKER + ".npy": npy("(1,)", bytes(4))}),
    "a name that is a keyword's": lambda: zipped({"__reduce__.npy": npy("(1,)", bytes(4))}),
    "float16 that is infinite": lambda: head_file(mean=np.full(256, np.inf, np.float16)),
    "float16 that is no number": lambda: head_file(weights=np.full((2, 256), np.nan, np.float16)),
    "a scale of nothing": lambda: head_file(scale=np.zeros(256, np.float32)),
    "a number where a row is due": lambda: head_file(mean=np.float32(1)),
}  # fmt: skip


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("what", ARCHIVES)
def test_that_an_archive_of_anything_but_plain_numbers_is_refused(what: str, tmp_path: Path) -> None:
    assert refused(lab_model(tmp_path, head=ARCHIVES[what]()))


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("what", ["a pickle beside the arrays", "one name twice", "float16 that is infinite"])
def test_that_the_cells_a_model_knows_are_looked_at_as_its_head_is(what: str, tmp_path: Path) -> None:
    change = {"fit": "lab/fit.npz"}
    assert refused(lab_model(tmp_path, more={"fit.npz": ARCHIVES[what]()}, change=change))


def hdf5(fill: Callable[[Any, Path], object]) -> Callable[[Path], bytes]:
    """A real file, as a hostile person would write it with the library."""

    def make(folder: Path) -> bytes:
        import h5py

        with h5py.File(folder / "made.h5", "w") as file:
            fill(file, folder)
        return (folder / "made.h5").read_bytes()

    return make


def _external(file: Any, folder: Path) -> None:
    import h5py

    file["weights"] = h5py.ExternalLink("/etc/passwd", "/")


def _virtual(file: Any, folder: Path) -> None:
    import h5py

    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource(os.fspath(folder / "other.h5"), "x", (4,))
    file.create_virtual_dataset("weights", layout)


REAL = {
    "external link": hdf5(_external),
    "external storage": hdf5(
        lambda file, folder: file.create_dataset("w", (4,), "f4", external=[("/etc/passwd", 0, 16)])
    ),
    "virtual dataset": hdf5(_virtual),
    "shape of 2**40": hdf5(lambda file, folder: file.create_dataset("w", (2**40,), "f4", chunks=(1024,))),
    "numbers as Keras keeps them": hdf5(lambda file, folder: file.create_dataset("w", data=np.zeros(4, np.float32))),
}


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("ending", ["h5", "safetensors"])
@pytest.mark.parametrize("what", REAL)
def test_that_real_hdf5_files_are_refused_by_their_first_bytes(what: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"model.{ending}"
    path.write_bytes(REAL[what](tmp_path))
    assert "HDF5" in refused(path)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("card", [b"\x1b[2Jgone", b"title\x07", b"\xff\xfe", b"\xe2\x80\xaeoverride", b"x" * 1_000_001])
def test_that_a_card_that_is_no_plain_text_is_refused(card: bytes, tmp_path: Path) -> None:
    assert "MODEL_CARD.md" in refused(lab_model(tmp_path, more={"MODEL_CARD.md": card}))
