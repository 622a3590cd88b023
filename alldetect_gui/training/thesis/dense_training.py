"""The thesis' head in Keras: dropout, two dense layers, Adam, binary cross-entropy, on cached pooled features."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alldetect_gui.inference.dense_head import DenseHead

Floats = NDArray[np.float32]
Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class DenseOptions:
    """What the thesis gives (dropout, two layers, Adam) and what it leaves open, chosen here."""

    dropout: float = 0.1
    units: int = 256  # open: the width of the first dense layer; the second has one sigmoid unit
    learning_rate: float = 1e-4  # open; at Keras' own 1e-3 training accuracy leaves the thesis' 0.73 to 0.85 at once
    batch_size: int = 64  # open


@dataclass(frozen=True)
class History:
    """Of each epoch, (n_epochs,): accuracy and loss in training and testing, and seconds."""

    train_accuracy: list[float]
    train_loss: list[float]
    test_accuracy: list[float]
    test_loss: list[float]
    seconds: list[float]


@dataclass(frozen=True)
class Part:
    """Features (n, n_features), labels (n,), and what each image weighs in training (n,), or None."""

    features: Floats
    is_all: Labels
    weights: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Trained:
    """A head after training, its history, and its P(ALL) of the test part after some epochs."""

    head: DenseHead
    history: History
    probability: dict[int, NDArray[np.float64]]


def train_dense(
    train: Part, test: Part, epochs: int, options: DenseOptions, seed: int, keep: Sequence[int] = ()
) -> Trained:
    """Train from random weights and follow `test` epoch by epoch; nothing is chosen by it.

    P(ALL) of the test images is kept after the epochs named in `keep` and after the last. Training accuracy and
    loss are Keras' own: running means over the epoch, with dropout on.
    """
    keras = _keras()
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.layers.Input((train.features.shape[1],)),
            keras.layers.Dropout(options.dropout),
            keras.layers.Dense(options.units, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(options.learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=32,
    )
    probability: dict[int, NDArray[np.float64]] = {}
    follow = _follower(keras, {*keep, epochs}, lambda: _head(model).probability_all(test.features), probability)
    weights = None if train.weights is None else train.weights.astype(np.float32)
    found = model.fit(
        train.features,
        train.is_all.astype(np.float32),
        sample_weight=weights,
        batch_size=options.batch_size,
        epochs=epochs,
        validation_data=(test.features, test.is_all.astype(np.float32)),
        validation_batch_size=4096,
        callbacks=[follow],
        verbose=0,
    ).history
    history = History(
        found["accuracy"], found["loss"], found["val_accuracy"], found["val_loss"], follow.seconds
    )  # fmt: skip
    return Trained(_head(model), history, probability)


def _head(model: Any) -> DenseHead:
    """The weights, in the form that classifies without TensorFlow; not calibrated."""
    hidden, hidden_bias, output, output_bias = (np.asarray(array, np.float32) for array in model.get_weights())
    return DenseHead(hidden, hidden_bias, output[:, 0], output_bias, np.array([1.0, 0.0], np.float32))


def _follower(keras: Any, keep: set[int], predict: Any, into: dict[int, NDArray[np.float64]]) -> Any:
    """A callback that times epochs and keeps predictions."""

    class Follower(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is loaded only when it is needed
        def __init__(self) -> None:
            super().__init__()
            self.seconds: list[float] = []
            self._began = 0.0

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self._began = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.seconds.append(time.perf_counter() - self._began)
            if epoch + 1 in keep:
                into[epoch + 1] = predict()

    return Follower()


def _keras() -> Any:
    """Keras on TensorFlow, quiet and with one thread: figures shall not hang on the number of cores."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        pass  # TensorFlow has started already, in a test; its threads stay as they are
    return tf.keras
