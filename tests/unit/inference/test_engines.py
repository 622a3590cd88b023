"""LiteRT against TensorFlow in float32, on the bundled base."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from alldetect_gui.core.errors import ModelDamaged, WrongUse
from alldetect_gui.core.labels import CellClass
from alldetect_gui.inference.catalogue import load_classifier
from alldetect_gui.inference.engine import BLOCKS, open_engine
from alldetect_gui.inference.features import to_model_input
from alldetect_gui.inference.shortened import CONV2_1, CONV3_2, CONV4_1, INSIDE, shortened
from tests.unit.inference import small_model


def model_input(size: int, seed: int = 1) -> np.ndarray:
    """The middle of a drawn cell."""
    start = 225 - size // 2
    return to_model_input(small_model.cell(CellClass.ALL, seed)[start : start + size, start : start + size])


@pytest.mark.parametrize("size", [64, 96])
def test_that_maps_halve_from_block_to_block_and_have_vgg16s_channels(size: int) -> None:
    maps = open_engine("litert", small_model.bundled_base(), 1).feature_maps(model_input(size))
    assert {block: item.shape for block, item in maps.items()} == {
        2: (size // 4, size // 4, 128),
        3: (size // 8, size // 8, 256),
        4: (size // 16, size // 16, 512),
        5: (size // 32, size // 32, 512),
    }


def test_that_an_engine_gives_the_same_maps_after_another_size() -> None:
    engine = open_engine("litert", small_model.bundled_base(), 1)
    first = engine.feature_maps(model_input(64))
    engine.feature_maps(model_input(96, seed=2))
    again = engine.feature_maps(model_input(64))
    for block, expected in first.items():
        np.testing.assert_array_equal(again[block], expected)


@pytest.mark.parametrize("size", [64, 112])  # 112: in two parts, without what background there is
def test_that_maps_are_the_callers_own_unless_they_are_read_in_place(size: int) -> None:
    engine = open_engine("litert", small_model.bundled_base(), 1, needed=(2, 3))
    first = engine.feature_maps(model_input(size))
    kept = {block: found.copy() for block, found in first.items()}
    other = engine.read(model_input(size, seed=2), lambda maps: {block: found.max() for block, found in maps.items()})
    for block, expected in kept.items():
        np.testing.assert_array_equal(first[block], expected)
        assert other[block] != expected.max()


def test_that_a_map_kept_beyond_its_reading_is_never_written_over() -> None:
    engine = open_engine("litert", small_model.bundled_base(), 1)
    taken = engine.read(model_input(64), lambda maps: maps[2])
    expected = taken.copy()
    with pytest.raises(RuntimeError, match="reference"):
        engine.feature_maps(model_input(64, seed=2))
    np.testing.assert_array_equal(taken, expected)


@pytest.mark.parametrize("size", [64, 112])
def test_that_a_reader_that_fails_leaves_the_engine_as_it_was(size: int) -> None:
    engine = open_engine("litert", small_model.bundled_base(), 1)
    expected = engine.feature_maps(model_input(size))
    with pytest.raises(KeyError) as error:
        engine.read(model_input(size), lambda maps: maps[99])
    again = engine.feature_maps(model_input(size))  # while the error holds on to the maps
    assert error.value.args == (99,)
    for block, found in again.items():
        np.testing.assert_array_equal(found, expected[block])


@pytest.mark.parametrize("needed", [(2,), (2, 3), (2, 3, 4), (2, 3, CONV4_1), (CONV2_1, 2, CONV3_2)])
def test_that_what_nobody_reads_is_left_out_and_the_rest_is_the_same_to_the_bit(needed: tuple[int, ...]) -> None:
    base, prepared = small_model.bundled_base(), model_input(64)
    whole = open_engine("litert", base, 1, needed={*BLOCKS, *INSIDE}).feature_maps(prepared)
    assert list(whole) == [CONV2_1, 2, CONV3_2, 3, CONV4_1, 4, 5]
    short = open_engine("litert", base, 1, needed=needed).feature_maps(prepared)
    assert list(short) == list(needed)
    for block, found in short.items():
        np.testing.assert_array_equal(found, whole[block])
    assert len(shortened(base, needed)) < len(base) * 0.6


@pytest.mark.parametrize("base", [b"", b"TFL3" * 100, b"\x00" * 64])
def test_that_what_is_no_network_cannot_be_shortened(base: bytes) -> None:
    with pytest.raises(ModelDamaged, match="not a network"):
        open_engine("litert", base, 1, needed=(2, 3, 4))


def test_that_channel_order_matters_to_the_network() -> None:
    """If input normalisation swapped channels, nothing else here would notice."""
    engine = open_engine("litert", small_model.bundled_base(), 1)
    straight, swapped = (engine.feature_maps(item)[5] for item in (model_input(64), model_input(64)[:, :, ::-1].copy()))
    assert np.abs(straight - swapped).max() > 0.1


@pytest.mark.filterwarnings("ignore")  # TensorFlow's and Keras' own
def test_that_litert_agrees_with_tensorflow_and_with_keras(models_folder: Path) -> None:
    pytest.importorskip("tensorflow")
    from keras.applications.imagenet_utils import preprocess_input

    cell = small_model.cell(CellClass.ALL, 1)
    documented = preprocess_input(cell.astype(np.float32), data_format="channels_last", mode="caffe")
    np.testing.assert_allclose(to_model_input(cell), documented, rtol=0, atol=1e-4)

    prepared = model_input(64)
    fast = open_engine("litert", small_model.bundled_base(), 1, needed={*BLOCKS, *INSIDE}).feature_maps(prepared)
    reference = open_engine("tensorflow", small_model.bundled_base()).feature_maps(prepared)
    assert reference.keys() == fast.keys()
    for block, expected in reference.items():
        first, second = expected.ravel().astype(np.float64), fast[block].ravel().astype(np.float64)
        assert first @ second / np.linalg.norm(first) / np.linalg.norm(second) > 0.999, block
        assert np.linalg.norm(second) / np.linalg.norm(first) == pytest.approx(1, abs=0.02), block

    quick, exact = (load_classifier(engine=name, models=models_folder, threads=1) for name in ("litert", "tensorflow"))
    assert exact.identity.engine == "tensorflow"
    assert abs(quick.classify(cell).probability_all - exact.classify(cell).probability_all) < 0.02


def test_that_a_missing_tensorflow_is_told_and_not_replaced(
    models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(WrongUse, match="TensorFlow, which is not installed"):
        load_classifier(engine="tensorflow", models=models_folder)


def test_that_tensorflow_is_not_imported_for_a_default_classification(models_folder: Path) -> None:
    code = (
        "import sys, numpy\nfrom pathlib import Path\n"
        "from alldetect_gui.inference.catalogue import load_classifier\n"
        f"classifier = load_classifier(models=Path({str(models_folder)!r}), threads=1)\n"
        "classifier.classify(numpy.full((60, 60, 3), 90, numpy.uint8))\n"
        "print(sorted({'tensorflow', 'keras', 'PySide6'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
