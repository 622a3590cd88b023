"""What a user would otherwise run: VGG16 in Keras, files on disk to a CSV. The only process here with TensorFlow.

python -m benchmarks.keras_path (started by benchmarks/server.py)
"""

import csv
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from alldetect_gui import paths
from benchmarks.server import Answer, serve

SIZE, BATCH = 224, 32


def main() -> None:
    """Build the model once, look at one black image, then serve."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import tensorflow

    model = _model(keras)
    black = np.zeros((1, SIZE, SIZE, 3), np.float32)
    model.predict(black, verbose=0)
    function = tensorflow.function(lambda images: model(images, training=False))
    function(black)

    def one_by_one(images: list[Path]) -> list[float]:
        return [float(model.predict(_prepared(keras, path)[np.newaxis], verbose=0)[0, 0]) for path in images]

    def by_function(images: list[Path]) -> list[float]:
        return [float(function(_prepared(keras, path)[np.newaxis]).numpy()[0, 0]) for path in images]

    def in_batches(images: list[Path]) -> list[float]:
        found: list[float] = []
        for start in range(0, len(images), BATCH):
            batch = np.stack([_prepared(keras, path) for path in images[start : start + BATCH]])
            found += [float(row[0]) for row in model.predict(batch, batch_size=BATCH, verbose=0)]
        return found

    actions = {"loop": one_by_one, "function": by_function, "batches": in_batches}
    versions = {"tensorflow": tensorflow.__version__, "keras": keras.__version__}
    serve({"versions": versions}, {name: _timed(action) for name, action in actions.items()})


def _model(keras: Any) -> Any:
    """VGG16 with the bundled base's weights as numbers of 32 bits, and a small head with random ones."""
    from alldetect_gui.inference.tensorflow_engine import _weights

    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(SIZE, SIZE, 3))
    kernels, biases = _weights((paths.models() / "vgg16-base" / "vgg16.tflite").read_bytes())
    for (block, number), kernel in kernels.items():
        base.get_layer(f"block{block}_conv{number}").set_weights([kernel, biases[block, number]])
    layers = keras.layers
    return keras.Sequential(
        [base, layers.GlobalAveragePooling2D(), layers.Dense(256, "relu"), layers.Dense(1, "sigmoid")]
    )


def _prepared(keras: Any, path: Path) -> np.ndarray:
    """Decode and preprocess as the thesis does for its first experiment: Gaussian blur, 224 pixels, Keras' means."""
    read = cv2.imread(str(path))
    assert read is not None
    blurred = cv2.GaussianBlur(read, (5, 5), 0)
    image = cv2.cvtColor(cv2.resize(blurred, (SIZE, SIZE)), cv2.COLOR_BGR2RGB)
    return np.asarray(keras.applications.vgg16.preprocess_input(image.astype(np.float32)))


def _timed(action: Callable[[list[Path]], list[float]]) -> Callable[..., Answer]:
    def run(folder: str, out: str) -> Answer:
        began, processor = time.perf_counter(), time.process_time()
        images = sorted(Path(folder).iterdir())
        found = action(images)
        with Path(out).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(zip([path.name for path in images], found, strict=True))
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
        return {"seconds": seconds, "images": len(images), "processor": processor}

    return run


if __name__ == "__main__":
    main()
